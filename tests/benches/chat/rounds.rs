//! Rounds of commands, at the bot and at the bare program in turns.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};

use super::House;
use super::stage::{LANES, Stage};
use crate::measure::{Failed, middle, now, report};

/// How many rounds are taken, ours and the bare way's in turns, after one that does not count.
const ROUNDS: u32 = 5;
/// How many commands a round has.
const COMMANDS: u32 = 500;

/// How many times the floor's answer ours may take, in the middle and at the end.
const MIDDLE: f64 = 1.6;
const END: f64 = 4.0;
/// How many times the floor's processor time ours may take.
const PROCESSOR: f64 = 2.5;
/// How many times faster many at once must be than one at a time.
const GROUPED: f64 = 1.5;

/// Takes the rounds, and prints what they come to under a name.
pub(super) async fn run<H: House>(stage: &Stage<H>, name: &str) -> Result<(), Failed> {
    let (mut ours, mut bare) = (Rounds::default(), Rounds::default());
    let mut many = Vec::new();
    for round in 0..=ROUNDS {
        let (own, floor) = (one_at_a_time(stage).await?, at_the_floor(stage).await?);
        let together = at_once(stage).await?;
        if round > 0 {
            many.push(together / own.rate);
            ours.push(&own);
            bare.push(&floor);
        }
    }
    tell(name, &mut ours, &mut bare);
    let times = middle(&mut many);
    let detail = format!("{LANES} in flight against one at a time, n = {ROUNDS}");
    report(
        &format!("{name}: commits grouped"),
        &format!("{times:.2} times the rate"),
        (times > GROUPED, GROUPED),
        &detail,
    );
    Ok(())
}

fn tell(about: &str, ours: &mut Rounds, bare: &mut Rounds) {
    let measures = [
        ("answered", &mut ours.middle, &mut bare.middle, MIDDLE, "ms"),
        ("answered, p99", &mut ours.end, &mut bare.end, END, "ms"),
        (
            "processor",
            &mut ours.processor,
            &mut bare.processor,
            PROCESSOR,
            "s for 1,000 commands",
        ),
    ];
    for (name, ours, bare, bound, unit) in measures {
        let (ours, bare) = (middle(ours), middle(bare));
        let ratio = ours / bare;
        let detail = format!("medians {ours:.2} against {bare:.2} {unit}, n = {ROUNDS}");
        report(
            &format!("{about}: {name}"),
            &format!("{ratio:.2} times"),
            (ratio <= bound, bound),
            &detail,
        );
    }
}

/// What one round came to.
struct Round {
    /// Milliseconds until half of the commands, and 99 of 100, were answered.
    middle: f64,
    end: f64,
    /// Seconds of processor for a thousand commands.
    processor: f64,
    /// Commands a second.
    rate: f64,
}

#[derive(Default)]
struct Rounds {
    middle: Vec<f64>,
    end: Vec<f64>,
    processor: Vec<f64>,
}

impl Rounds {
    fn push(&mut self, round: &Round) {
        self.middle.push(round.middle);
        self.end.push(round.end);
        self.processor.push(round.processor);
    }
}

async fn one_at_a_time<H: House>(stage: &Stage<H>) -> Result<Round, Failed> {
    let from = stage.ours.answered().len();
    let (before, begun) = (stage.bot.processor()?, now());
    for number in 0..COMMANDS {
        stage.check(0, number).await;
    }
    let took = begun.elapsed();
    let processor = stage.bot.processor()? - before;
    round(stage.ours.answered().split_off(from), processor, took)
}

async fn at_the_floor<H: House>(stage: &Stage<H>) -> Result<Round, Failed> {
    let from = stage.floor.answered().len();
    let (before, begun) = (stage.bare.processor()?, now());
    for number in 0..COMMANDS {
        stage.check_at_the_floor(number).await;
    }
    let took = begun.elapsed();
    let processor = stage.bare.processor()? - before;
    round(stage.floor.answered().split_off(from), processor, took)
}

/// Commands a second with many in flight, each about a release of its own.
async fn at_once<H: House>(stage: &Stage<H>) -> Result<f64, Failed> {
    let (from, begun) = (stage.ours.answered().len(), now());
    let each = COMMANDS / LANES;
    let lanes = stream::iter(0..LANES).map(async |lane| {
        for number in 0..each {
            stage.check(lane, number).await;
        }
    });
    lanes.buffer_unordered(LANES as usize).collect::<()>().await;
    let took = begun.elapsed();
    let heard = u32::try_from(stage.ours.answered().len() - from)?;
    if heard < each * LANES {
        return Err(format!("{heard} commands were answered").into());
    }
    Ok(f64::from(heard) / took.as_secs_f64())
}

fn round(mut times: Vec<Duration>, processor: f64, took: Duration) -> Result<Round, Failed> {
    let heard = u32::try_from(times.len())?;
    if heard != COMMANDS {
        return Err(format!("{heard} of {COMMANDS} commands were answered").into());
    }
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    Ok(Round {
        middle: at(50).as_secs_f64() * 1e3,
        end: at(99).as_secs_f64() * 1e3,
        processor: processor * 1e3 / f64::from(heard),
        rate: f64::from(heard) / took.as_secs_f64(),
    })
}
