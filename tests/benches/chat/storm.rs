//! Ten thousand reactions in a minute, two hundred of them on one ask.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use super::House;
use super::stage::Stage;
use crate::measure::{Failed, now, report};

/// How many reactions there are, and every which of them is on the ask.
const REACTIONS: u32 = 10_000;
const ON_THE_ASK: u32 = 50;
/// How long they take.
const MINUTE: Duration = Duration::from_mins(1);

/// How much more memory may be resident afterwards: nothing but what one reading
/// of the counter differs from the next by.
const GROWTH: f64 = 1.02;
/// How many seconds the last state may take until everybody can see it.
const SEEN: f64 = 3.0;
/// How often the platform may have to say that it is too much.
const TOO_MUCH: f64 = 1.0;

const PATIENCE: Duration = Duration::from_mins(2);

pub(super) async fn run<H: House>(stage: &Stage<H>) -> Result<(), Failed> {
    stage.release("shop", "storm").await;
    let card = stage.ours.message("storm").await;
    let ask = stage.ours.reply(&card, "sign off storm for staging").await;
    stage.rest().await;
    // A small storm before the one that counts: what is made once is made then.
    weather(&stage.ours, (&ask, &card), REACTIONS / 10).await;
    stage.rest().await;
    let (before, refused) = (stage.bot.kilobytes("VmRSS")?, stage.ours.refused());
    weather(&stage.ours, (&ask, &card), REACTIONS).await;
    let begun = now();
    let [_, no] = H::SIGNS;
    stage.ours.reacts("bo", &ask, no, true);
    timeout(PATIENCE, stage.ours.shows(&ask, "Declined by")).await?;
    let seen = begun.elapsed().as_secs_f64();
    stage.rest().await;
    let after = stage.bot.kilobytes("VmRSS")?;
    let refused = stage.ours.refused() - refused;
    tell(H::NAME, (before, after), seen, refused);
    Ok(())
}

/// Puts emoji on and takes them off again, evenly over the time it takes: Bo on the
/// ask, where Ana, who opened the release, does not count, and Dan on the card.
async fn weather<H: House>(house: &H, (ask, card): (&H::Seen, &H::Seen), reactions: u32) {
    let mut ticks = interval(MINUTE / REACTIONS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let [yes, _] = H::SIGNS;
    let (mut on_it, mut beside) = (false, false);
    for number in 0..reactions {
        ticks.tick().await;
        let (by, on, is_there) = if number % ON_THE_ASK == 0 {
            ("bo", ask, &mut on_it)
        } else {
            ("dan", card, &mut beside)
        };
        house.reacts(by, on, yes, !*is_there);
        *is_there = !*is_there;
    }
}

fn tell(about: &str, (before, after): (u64, u64), seen: f64, refused: usize) {
    let mebibytes = |it: u64| u32::try_from(it).map_or(f64::INFINITY, |it| f64::from(it) / 1024.0);
    let (before, after) = (mebibytes(before), mebibytes(after));
    let growth = after / before;
    let detail = format!("{before:.1} MiB before {REACTIONS} reactions, {after:.1} MiB after");
    let holds = (growth <= GROWTH, GROWTH);
    report(
        &format!("{about}, storm, memory"),
        &format!("{growth:.2} times"),
        holds,
        &detail,
    );
    let holds = (seen <= SEEN, SEEN);
    let detail = "from the last reaction on the ask until the ask shows it";
    report(
        &format!("{about}, storm, seen"),
        &format!("{seen:.1} s"),
        holds,
        detail,
    );
    let refused = u32::try_from(refused).unwrap_or(u32::MAX);
    let holds = (f64::from(refused) <= TOO_MUCH, TOO_MUCH);
    report(
        &format!("{about}, storm, refused"),
        &format!("{refused} times"),
        holds,
        "answers with 429",
    );
}
