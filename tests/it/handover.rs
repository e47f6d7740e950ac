//! What the model of the hand-over asks of the bot, played step by step in a
//! calm simulated world.

use chrono::TimeDelta;
use shipbell_domain::attempt::Choice;
use shipbell_tests::sim::containers::Host;
use shipbell_tests::sim::executor::Owner;

use crate::calm::{Stage, command};

#[test]
fn a_command_that_takes_too_long_is_over_when_its_attempt_is() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|_| Vec::new());
    stage.deploy(1);
    assert_eq!(stage.attempt().number, 1);
    assert_eq!(stage.ends_well(), Some(true));

    // The next one has a command that lasts longer than it may.
    stage.adopt(|policy| vec![command(policy, false, "1s")]);
    stage.deploy(2);
    assert_eq!(stage.ends_well(), Some(false), "the command took too long");
    let now = stage.executor.now();
    let host = stage.engine.host();
    let at_work: Vec<String> = { host.commands.iter() }
        .filter(|(_, it)| it.started.is_some() && it.ends > now)
        .map(|(name, it)| format!("{name} works until {}", it.ends))
        .collect();
    assert!(at_work.is_empty(), "it is {now}: {at_work:?}");
}

#[test]
fn a_once_command_is_not_run_again_because_its_container_was_cleared_away() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|policy| vec![command(policy, true, "5m")]);
    stage.deploy(1);
    stage.wait_for("the command starts", |host| !host.started.is_empty());
    stage.executor.kill(Owner::Bot(1));

    // It ends well, and somebody makes room before the bot is back.
    stage.wait(TimeDelta::minutes(5));
    stage.engine.host().commands.clear();
    stage.live(2);
    stage.wait(TimeDelta::minutes(5));
    let started = stage.engine.host().started.clone();
    assert_eq!(started.len(), 1, "{started:?}");
}

#[test]
fn what_was_cut_off_runs_again_when_somebody_wants_that() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|policy| vec![command(policy, true, "5m")]);
    stage.deploy(1);
    stage.wait_for("the command starts", |host| !host.started.is_empty());
    stage.executor.kill(Owner::Bot(1));
    stage.wait(TimeDelta::minutes(5));
    stage.engine.host().commands.clear();
    stage.live(2);
    stage.wait(TimeDelta::minutes(1));
    let attempt = stage.attempt();
    let seen = attempt.cut_off().map(|it| it.seen.to_owned());
    assert!(seen.is_some_and(|it| it.contains("container is gone")));

    // It waits as long as people need, over another death of the bot too.
    stage.executor.kill(Owner::Bot(2));
    stage.live(3);
    stage.wait(TimeDelta::hours(5));
    assert!(stage.attempt().cut_off().is_some());
    stage.decide(Choice::Again);
    assert_eq!(stage.ends_well(), Some(true));
    let host = stage.engine.host();
    let names: Vec<&str> = host.started.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[1], format!("{}-r1", names[0]), "a key of its own");
}

#[test]
fn what_was_cut_off_counts_as_done_when_somebody_says_so() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|policy| vec![command(policy, true, "1s")]);
    stage.deploy(1);
    stage.wait_for("it is asked", |_| stage.attempt().cut_off().is_some());
    stage.decide(Choice::Worked);
    assert_eq!(stage.ends_well(), Some(true));
    assert_eq!(stage.engine.host().started.len(), 1);
}

#[test]
fn a_child_of_a_dead_bot_that_hangs_is_ended_when_its_time_is_up() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|_| Vec::new());
    stage.engine.host().hang = true;
    stage.deploy(1);
    let hangs = |host: &Host| host.projects.values().any(|it| it.hanging > 0);
    stage.wait_for("a child hangs", hangs);
    stage.executor.kill(Owner::Bot(1));
    stage.live(2);
    stage.wait(TimeDelta::minutes(4));
    assert!(hangs(&stage.engine.host()), "it may take five minutes");
    assert_eq!(stage.ends_well(), Some(true));
    assert!(!hangs(&stage.engine.host()));
}
