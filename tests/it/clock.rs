//! The bot's clock is set while it runs.

use chrono::TimeDelta;
use shipbell_domain::Event;
use shipbell_domain::event::AgendaEvent;

use crate::calm::Stage;

/// The jumps of the clock that were recorded, in seconds.
fn jumps(stage: &Stage) -> Vec<i64> {
    let jump = |it: Event| match it {
        Event::Agenda(AgendaEvent::ClockJumped { seconds }) => Some(seconds),
        _ => None,
    };
    stage.log().into_iter().filter_map(jump).collect()
}

/// The clock is wrong from ten seconds from now on, for so long.
fn set_clock(stage: &Stage, by: TimeDelta, length: TimeDelta) {
    let from = stage.executor.now() + TimeDelta::seconds(10);
    stage.weather.set_clock(from, from + length, by);
}

#[test]
fn a_clock_that_was_set_is_believed_once_it_goes_on_steadily() {
    for by in [TimeDelta::hours(2), TimeDelta::hours(-2)] {
        let stage = Stage::new();
        stage.live(1);
        stage.adopt(|_| Vec::new());
        set_clock(&stage, by, TimeDelta::days(1));
        stage.wait(TimeDelta::minutes(3));
        assert_eq!(jumps(&stage), [by.num_seconds()], "told once");
        stage.deploy(1);
        assert_eq!(stage.ends_well(), Some(true));
        stage.wait(TimeDelta::hours(1));
        assert_eq!(jumps(&stage), [by.num_seconds()]);
    }
}

#[test]
fn what_is_decided_waits_until_the_clock_is_believed() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|_| Vec::new());
    let (before, right) = (stage.log().len(), stage.executor.now());
    set_clock(&stage, TimeDelta::hours(2), TimeDelta::seconds(4));
    stage.wait(TimeDelta::seconds(11));
    stage.say_new(1);
    assert_eq!(stage.log().len(), before, "the clock is two hours ahead");
    stage.wait(TimeDelta::seconds(10));
    assert_eq!(jumps(&stage), [] as [i64; 0], "it was never believed");
    let late = stage
        .times()
        .into_iter()
        .filter(|at| *at > right + TimeDelta::minutes(1));
    assert_eq!(late.count(), 0);
    assert!(stage.log().len() > before);
}

#[test]
fn a_clock_that_is_corrected_a_little_holds_up_nothing() {
    let stage = Stage::new();
    stage.live(1);
    stage.adopt(|_| Vec::new());
    set_clock(&stage, TimeDelta::seconds(20), TimeDelta::days(1));
    stage.wait(TimeDelta::minutes(3));
    stage.deploy(1);
    assert_eq!(stage.ends_well(), Some(true));
    assert_eq!(jumps(&stage), [] as [i64; 0]);
}
