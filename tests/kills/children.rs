//! The program and the children it works through, killed in the middle of deploys and
//! ways back: Compose, `ssh` with a call of Compose behind it, the tunnel to an engine.
//!
//! Two programs beside each other, each with one environment: one works on this
//! machine's engine, the other reaches the same engine over `ssh`.

mod blow;
mod ground;
mod processes;
mod rounds;
mod server;
mod verdict;

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use shipbell_tests::sim::chance::Chance;

use crate::{say, setting, until_alone, world};
use ground::Ground;
use rounds::Team;

/// How many kills there are if nothing is said, on both grounds together.
const KILLS: u32 = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_deploy_ends_well_whichever_process_dies() {
    if let Some(why) = world::lacking().or_else(server::lacking) {
        let required = setting("SHIPBELL_REQUIRE").unwrap_or_default();
        let wanted = |it: &str| matches!(it, "docker" | "ssh");
        let required = required.split(',').any(wanted);
        assert!(!required, "docker and ssh are required: {why}");
        return say(&format!("skipped: kills of children: {why}"));
    }
    let number = |name| setting(name).map(|it| it.parse::<u64>().unwrap());
    let seed = number("SHIPBELL_SEED").unwrap_or(1);
    let kills = number("SHIPBELL_KILLS").map_or(KILLS, |it| u32::try_from(it).unwrap());
    world::sweep();
    let mut chance = Chance::new(seed);
    let (near, far) = (Ground::near(), Ground::far().await);
    let (first, second) = (Chance::new(chance.draw()), Chance::new(chance.draw()));
    // Behind `ssh` everything takes longer.
    let fewer = kills / 3;
    let ended = tokio::try_join!(run(&near, kills - fewer, first), run(&far, fewer, second),);
    // What a dead bot left at work would make containers after they were removed.
    tokio::join!(until_alone(&near.stage), until_alone(&far.stage));
    match ended {
        Ok(told) => {
            for (ground, told) in [(&near, told.0), (&far, told.1)] {
                say(&format!(
                    "kills of children, seed {seed}, {}: {told}",
                    ground.app
                ));
            }
        }
        Err((ground, panic)) => {
            let (app, story) = (ground.app, ground.stage.tells());
            say(&format!(
                "seed {seed}, {kills} kills, {app}: what happened\n{story}"
            ));
            std::panic::resume_unwind(panic);
        }
    }
}

/// Why it ended early, and where.
type Failed<'a> = (&'a Ground, Box<dyn Any + Send>);

/// Deploys and ways back on one ground until so many kills were survived.
async fn run(ground: &Ground, kills: u32, chance: Chance) -> Result<String, Failed<'_>> {
    let work = Team::new(ground, chance).survives(kills);
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    outcome.map_err(|panic| (ground, panic))
}
