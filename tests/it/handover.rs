//! What the model of the hand-over asks of the bot, played step by step in a
//! calm simulated world.

use chrono::TimeDelta;
use shipbell_domain::Event;
use shipbell_domain::attempt::Choice;
use shipbell_domain::event::EnvironmentEvent;
use shipbell_tests::sim::containers::Host;
use shipbell_tests::sim::executor::Owner;
use shipbell_tests::sim::store::DATABASE;

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
fn a_command_that_a_dying_bot_gave_up_waits_for_a_person() {
    for once in [true, false] {
        let stage = Stage::new();
        stage.live(1);
        stage.adopt(|policy| vec![command(policy, once, "5m")]);
        stage.deploy(1);
        stage.wait_for("the command starts", |host| !host.started.is_empty());
        stage.executor.kill(Owner::Bot(1));
        // Its name is occupied, and that this happened was not recorded any more.
        for command in stage.engine.host().commands.values_mut() {
            command.started = None;
        }
        stage.live(2);
        stage.wait(TimeDelta::minutes(1));
        let seen = stage.attempt().cut_off().map(|it| it.seen.to_owned());
        assert!(
            seen.as_ref()
                .is_some_and(|it| it.contains("it was given up")),
            "once is {once}: {seen:?}"
        );
        stage.decide(Choice::Again);
        assert_eq!(stage.ends_well(), Some(true), "once is {once}");
    }
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

#[test]
fn a_database_that_is_away_just_after_a_takeover_holds_up_nothing_for_good() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|_| Vec::new());
    stage.deploy(1);
    stage.executor.kill(Owner::Bot(1));
    let taken = |stage: &Stage| {
        let fence = |it| matches!(it, Event::Environment(EnvironmentEvent::FenceTaken { .. }));
        stage.log().into_iter().any(fence)
    };
    stage.begin(2);
    for _ in 0..1_000 {
        if taken(&stage) {
            break;
        }
        stage.wait(TimeDelta::milliseconds(1));
    }
    assert!(taken(&stage), "the attempt is taken over");
    let now = stage.executor.now();
    let until = now + TimeDelta::seconds(3);
    stage.weather.take_away(DATABASE, now, until);
    // Nothing else happens in this world: nobody acts, no timer comes.
    assert_eq!(stage.ends_well(), Some(true));
}
