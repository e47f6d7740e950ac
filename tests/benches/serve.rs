//! What a serving bot costs: memory after many commands, and rest when idle.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::sleep;

use crate::bare;
use crate::bot::{self, Bot};
use crate::measure::{Failed, folder, note, report};

/// How much more memory may be resident after [`LAST`] commands than after [`FIRST`].
const GROWTH: f64 = 1.2;
/// How many MiB may be resident.
const MEMORY: f64 = 32.0;
/// How many voluntary context switches an idle minute may have.
const SWITCHES: f64 = 60.0;

const FIRST: u32 = 1_000;
const LAST: u32 = 10_000;

/// How many releases are worked on at a time.
const AT_ONCE: usize = 4;
/// A second with fewer switches is a quiet one.
const QUIET: u64 = 10;
/// How many quiet seconds in a row are rest, and how many seconds that may take.
const REST: u32 = 3;
const PATIENCE: u32 = 180;

/// What people say about each release.
const ROUND: [&[&str]; 10] = [
    &["new", "shop", "VERSION", "--note", "faster checkout"],
    &["status"],
    &["check", "VERSION", "1"],
    &["check", "VERSION"],
    &["check", "VERSION", "2"],
    &["show", "VERSION"],
    &["can", "shop", "staging"],
    &["check", "VERSION", "2", "--undo"],
    &["history", "shop"],
    &["cancel", "VERSION", "superseded", "by", "the", "next"],
];

pub(crate) async fn run() -> Result<(), Failed> {
    let program = bot::program().await?;
    let folder = folder()?;
    bot::write_config(folder.path())?;
    let place = folder.path().to_owned();
    // It ends with the runtime.
    let engine = async move { bot::engine(&place).await };
    tokio::select! {
        ended = engine => ended,
        done = measure(&program, folder.path()) => done,
    }
}

async fn measure(program: &std::path::Path, folder: &std::path::Path) -> Result<(), Failed> {
    let (bot, _) = Bot::start(program, folder).await?;
    rest(&bot).await?;
    let fresh = bot.kilobytes("VmRSS")?;
    work(&bot, 0, FIRST).await?;
    rest(&bot).await?;
    let first = bot.kilobytes("VmRSS")?;
    work(&bot, FIRST, LAST).await?;
    rest(&bot).await?;
    let last = bot.kilobytes("VmRSS")?;
    memory(&bot, fresh, first, last)?;
    idle(&bot).await?;
    bot.stop().await
}

fn memory(bot: &Bot, fresh: u64, first: u64, last: u64) -> Result<(), Failed> {
    let conn = bare::open(&bot.database())?;
    let count = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM inbox)";
    let (events, inputs): (i64, i64) = conn.query_row(count, (), |row| row.try_into())?;
    let most = mebibytes(bot.kilobytes("VmHWM")?);
    let (fresh, first, last) = (mebibytes(fresh), mebibytes(first), mebibytes(last));
    let ratio = last / first;
    let detail = format!(
        "{first:.1} MiB after {FIRST} commands, {last:.1} MiB after {LAST}, {fresh:.1} MiB at \
         the start, n = 1"
    );
    report(
        "memory, growth",
        &format!("{ratio:.2} times"),
        (ratio <= GROWTH, GROWTH),
        &detail,
    );
    let detail = format!(
        "MiB, after {LAST} commands that left {events} events from {inputs} inputs of people; \
         at most {most:.1} on the way, n = 1"
    );
    report(
        "memory, resident",
        &format!("{last:.1} MiB"),
        (last < MEMORY, MEMORY),
        &detail,
    );
    Ok(())
}

/// Counts over a minute in which nobody says anything while an ask is open.
async fn idle(bot: &Bot) -> Result<(), Failed> {
    say(bot, "idle", 0, &["new", "shop", "idle"]).await?;
    rest(bot).await?;
    let before = bot.switches()?;
    sleep(Duration::from_mins(1)).await;
    let switches = bot.switches()?.saturating_sub(before);
    let counted = f64::from(u32::try_from(switches)?);
    let detail = "voluntary context switches of all threads in a minute, n = 1";
    report(
        "idle",
        &format!("{switches} switches"),
        (counted <= SWITCHES, SWITCHES),
        detail,
    );
    Ok(())
}

/// Says commands until so many were said.
async fn work(bot: &Bot, from: u32, to: u32) -> Result<(), Failed> {
    let rounds = u32::try_from(ROUND.len())?;
    stream::iter(from / rounds..to / rounds)
        .map(|release| round(bot, release))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await
}

async fn round(bot: &Bot, release: u32) -> Result<(), Failed> {
    let version = format!("v{release}");
    for (index, words) in ROUND.iter().enumerate() {
        let filled: Vec<&str> = words
            .iter()
            .map(|word| {
                if *word == "VERSION" {
                    version.as_str()
                } else {
                    word
                }
            })
            .collect();
        say(bot, &version, index, &filled).await?;
    }
    Ok(())
}

async fn say(bot: &Bot, version: &str, index: usize, words: &[&str]) -> Result<(), Failed> {
    let response = bot.say(format!("{version}-{index}"), words).await?;
    if response.ok {
        return Ok(());
    }
    Err(format!("`{}` was not done: {}", words.join(" "), response.text).into())
}

/// Waits until everything that follows from what was said is done.
async fn rest(bot: &Bot) -> Result<(), Failed> {
    let mut quiet = 0;
    let mut before = bot.switches()?;
    for _ in 0..PATIENCE {
        sleep(Duration::from_secs(1)).await;
        let after = bot.switches()?;
        quiet = if after.saturating_sub(before) < QUIET {
            quiet + 1
        } else {
            0
        };
        if quiet == REST {
            return Ok(());
        }
        before = after;
    }
    note(
        "serve",
        &format!("not at rest after {PATIENCE} s; measured all the same"),
    );
    Ok(())
}

fn mebibytes(kilobytes: u64) -> f64 {
    u32::try_from(kilobytes).map_or(f64::INFINITY, |it| f64::from(it) / 1024.0)
}
