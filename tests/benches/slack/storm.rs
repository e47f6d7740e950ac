//! Ten thousand reactions in a minute, two hundred of them on one ask.

use std::time::Duration;

use shipbell_tests::servers::slack::{Person, Seen, What};
use tokio::time::{MissedTickBehavior, interval, timeout};

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
/// How often Slack may have to say that it is too much.
const TOO_MUCH: f64 = 1.0;

const PATIENCE: Duration = Duration::from_mins(2);
const YES: &str = "white_check_mark";

pub(super) async fn run(stage: &Stage) -> Result<(), Failed> {
    let (bo, dan) = (stage.ours.person("bo"), stage.ours.person("dan"));
    bo.say("release", "/release new shop storm --note bench")
        .await;
    let card = stage.ours.message("release", "storm").await;
    let ask = stage.ours.reply(&card, "sign off storm for staging").await;
    stage.rest().await;
    // A small storm before the one that counts: what is made once is made then.
    weather(
        &Storm {
            on: &ask,
            of: (&stage.ana, &dan),
            beside: &card,
        },
        REACTIONS / 10,
    )
    .await;
    stage.rest().await;
    let (before, from) = (stage.bot.kilobytes("VmRSS")?, stage.ours.log().len());
    weather(
        &Storm {
            on: &ask,
            of: (&stage.ana, &dan),
            beside: &card,
        },
        REACTIONS,
    )
    .await;
    let begun = now();
    stage.ana.react(&ask, "x");
    let declined = || stage.ours.reads(&ask).contains("Declined by").then_some(());
    timeout(PATIENCE, stage.ours.until("the last state", declined)).await?;
    let seen = begun.elapsed().as_secs_f64();
    stage.rest().await;
    let after = stage.bot.kilobytes("VmRSS")?;
    tell(stage, from, (before, after), seen);
    Ok(())
}

struct Storm<'a> {
    on: &'a Seen,
    /// Who stands on the ask and leaves it, and who does so elsewhere.
    of: (&'a Person, &'a Person),
    beside: &'a Seen,
}

/// Puts emoji on and takes them off again, evenly over the time it takes.
async fn weather(storm: &Storm<'_>, reactions: u32) {
    let mut ticks = interval(MINUTE / REACTIONS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut on_it, mut beside) = (false, false);
    for number in 0..reactions {
        ticks.tick().await;
        let (by, on, is_there) = if number % ON_THE_ASK == 0 {
            (storm.of.0, storm.on, &mut on_it)
        } else {
            (storm.of.1, storm.beside, &mut beside)
        };
        if *is_there {
            by.unreact(on, YES);
        } else {
            by.react(on, YES);
        }
        *is_there = !*is_there;
    }
}

fn tell(stage: &Stage, from: usize, (before, after): (u64, u64), seen: f64) {
    let mebibytes = |it: u64| u32::try_from(it).map_or(f64::INFINITY, |it| f64::from(it) / 1024.0);
    let (before, after) = (mebibytes(before), mebibytes(after));
    let growth = after / before;
    let detail = format!("{before:.1} MiB before {REACTIONS} reactions, {after:.1} MiB after");
    let holds = (growth <= GROWTH, GROWTH);
    report(
        "slack, storm, memory",
        &format!("{growth:.2} times"),
        holds,
        &detail,
    );
    let holds = (seen <= SEEN, SEEN);
    let detail = "from the last reaction on the ask until the ask shows it";
    report("slack, storm, seen", &format!("{seen:.1} s"), holds, detail);
    let log = stage.ours.log();
    let refused = log.iter().skip(from).filter(|entry| {
        matches!(&entry.what, What::Called { error: Some(error), .. } if error == "ratelimited")
    });
    let refused = u32::try_from(refused.count()).unwrap_or(u32::MAX);
    let holds = (f64::from(refused) <= TOO_MUCH, TOO_MUCH);
    report(
        "slack, storm, refused",
        &format!("{refused} times"),
        holds,
        "answers with 429",
    );
}
