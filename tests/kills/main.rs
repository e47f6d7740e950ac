//! The real program on a real file with real containers, killed again and again.
//!
//! Teams bring versions to their environments over the browser channel. Meanwhile the
//! program dies, by its own hand at every named point and from outside at any time.
//! After each death somebody who knows nothing of its memory compares what people
//! were told, what stands in the channel and what ran with the log.
//!
//! `SHIPBELL_KILLS=200` makes it longer, `SHIPBELL_SEED=7` another one. Containers
//! and time are real, so a seed decides what is tried, not what happens.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that fails must fail its test"
)]

mod stage;

mod house;
mod people;
mod records;
mod world;

mod lanes;

mod schedule;

mod deaths;

mod judge;
mod story;

mod children;

use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use shipbell_tests::sim::chance::Chance;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use deaths::{Deaths, fail};
use house::House;
use lanes::{LANES, Team};
use people::Person;
use stage::Stage;

/// How long teams may take to end what they are at, and the bot to be at rest.
const PATIENCE: Duration = Duration::from_mins(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_done_twice_however_the_bot_dies() {
    if let Some(why) = world::lacking() {
        let required = setting("SHIPBELL_REQUIRE");
        let required = required.is_some_and(|all| all.split(',').any(|it| it == "docker"));
        assert!(!required, "docker is required: {why}");
        return say(&format!("skipped: kills: {why}"));
    }
    let number = |name| setting(name).map(|it| it.parse::<u64>().unwrap());
    let seed = number("SHIPBELL_SEED").unwrap_or(1);
    let kills = number("SHIPBELL_KILLS").map_or(50, |it| u32::try_from(it).unwrap());
    world::sweep();
    let stage = Arc::new(Stage::new(House::build(lanes::CONFIG, lanes::places())));
    let run = AssertUnwindSafe(run(Arc::clone(&stage), kills, seed));
    let outcome = run.catch_unwind().await;
    // What a dead bot left at work would make containers after they were removed.
    until_alone(&stage).await;
    if let Err(panic) = outcome {
        let story = stage.tells();
        say(&format!(
            "seed {seed}, {kills} kills: what happened\n{story}"
        ));
        drop(stage);
        std::panic::resume_unwind(panic);
    }
}

/// Waits a while until no child of a dead bot is at work.
async fn until_alone(stage: &Stage) {
    let alone = async {
        while !stage.house.is_let_alone() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    drop(timeout(Duration::from_secs(30), alone).await);
}

async fn run(stage: Arc<Stage>, kills: u32, seed: u64) {
    let mut chance = Chance::new(seed);
    let mut deaths = Deaths::new(kills, &mut chance);
    first_life(&stage).await;
    let mut teams = JoinSet::new();
    for lane in &LANES {
        let (stage, chance) = (Arc::clone(&stage), Chance::new(chance.draw()));
        teams.spawn(async move { Team::new(lane, &stage, chance).works().await });
    }
    while deaths.one_more(&stage).await {
        // A team that cannot go on is the end of it.
        if let Some(ended) = teams.try_join_next() {
            ended.unwrap();
        }
    }
    stage.set_over();
    let mut life = stage.house.starts(None);
    assert!(life.serves().await, "the bot starts");
    let ending = async {
        let mut releases = 0;
        while let Some(ended) = teams.join_next().await {
            releases += ended.unwrap();
        }
        while !stage.records.is_quiet() {
            sleep(Duration::from_millis(300)).await;
        }
        releases
    };
    let releases = timeout(PATIENCE, ending).await;
    let Ok(releases) = releases else {
        panic!("the bot is not at rest within {PATIENCE:?}")
    };
    let wrong = deaths.judge.looks_at_the_end(&stage).await;
    fail(&stage, &wrong);
    let status = life.is_stopped().await;
    assert_eq!(status.code(), Some(0), "it stops when it is told to");
    fail(&stage, &deaths.judge.looks(&stage).await);
    let seconds = stage.story.seconds();
    let (told, reached) = (deaths.count(), deaths.reached());
    say(&format!(
        "kills: {told} deaths, {reached} by the bot's own hand, {releases} releases, \
         seed {seed}, {seconds:.0} s: nothing lost, nothing twice"
    ));
}

/// People sign in once; their sessions outlive every death.
async fn first_life(stage: &Stage) {
    let mut life = stage.house.starts(None);
    assert!(
        life.serves().await,
        "the bot starts:\n{}",
        stage.house.log()
    );
    let mut people = Vec::new();
    for name in ["kai", "lea", "mia"] {
        people.push(Person::enter(&stage.house, name).await);
    }
    stage.enter(people);
    world::load("drafts", "v1", world::Fate::Well).await;
    life.is_killed().await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The test runner hides what is printed.
fn say(line: &str) {
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
