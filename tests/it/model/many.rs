//! Several replicas and a runner on the target.

use shipbell_tests::model::check::story;
use shipbell_tests::model::guards::{Guard as _, Guards};
use shipbell_tests::model::many::{Bounds, Guard, Many, must};

use super::{breaks, everything_comes_to_an_end, is_told, nothing_goes_wrong};

/// What the whole is checked with.
const LARGE: Bounds = Bounds {
    mishaps: 4,
    aborts: 2,
};

/// What breaks without one guard, and how much must go wrong for that.
const NEEDED: [(Guard, u8, &[&str]); 8] = [
    (Guard::EnvLock, 2, &[must::ONE_ATTEMPT]),
    (Guard::FenceCompared, 4, &[must::OVER]),
    (Guard::HostFence, 2, &[must::OVER]),
    (Guard::HostKey, 2, &[must::ONCE, must::TRUE]),
    (Guard::ResultKept, 2, &[must::ONCE, must::TRUE, must::OVER]),
    (Guard::Seal, 2, &[must::OVER]),
    (Guard::SealLooks, 2, &[must::OVER]),
    (Guard::NewFence, 4, &[must::OVER]),
];

/// What breaks without several, one of which is missed by nobody while the others stand.
const SECOND_LINES: [(&[Guard], &[&str]); 4] = [
    (&[Guard::HostBusy], &[]),
    // The fences keep deploys apart by themselves. The epoch is for all else that
    // only one replica may do.
    (&[Guard::Epoch], &[]),
    (&[Guard::Epoch, Guard::HostBusy], &[]),
    // With the epoch it takes two more mishaps.
    (&[Guard::Epoch, Guard::NewFence], &[must::OVER]),
];

fn without(off: &[Guard], bounds: Bounds) -> Many {
    Many {
        guards: Guards::without(off),
        bounds,
        watched: None,
    }
}

fn small(mishaps: u8) -> Bounds {
    Bounds { mishaps, aborts: 1 }
}

#[test]
fn with_every_guard_nothing_goes_wrong() {
    nothing_goes_wrong(&without(&[], LARGE));
}

#[test]
fn with_every_guard_everything_comes_to_an_end() {
    let model = without(&[], small(4));
    nothing_goes_wrong(&model);
    everything_comes_to_an_end(&model);
}

#[test]
fn every_guard_is_needed() {
    for (guard, mishaps, broken) in NEEDED {
        let name = format!("{guard:?}");
        breaks(&without(&[guard], small(mishaps)), &name, broken);
        is_told(&name);
    }
}

#[test]
fn every_other_guard_is_a_second_line() {
    for (guards, broken) in SECOND_LINES {
        breaks(&without(guards, small(3)), &format!("{guards:?}"), broken);
    }
    for guard in Guard::ALL {
        let first = NEEDED.iter().any(|it| it.0 == *guard);
        let second = SECOND_LINES.iter().any(|it| it.0.contains(guard));
        assert!(first || second, "nobody says what {guard:?} is for");
        is_told(&format!("{guard:?}"));
    }
}

#[test]
fn a_runner_does_one_thing_at_a_time_even_if_two_attempts_are_active() {
    let watching = |off: &[Guard]| Many {
        watched: Some(must::ONE_AT_A_TIME),
        ..without(off, small(2))
    };
    breaks(&watching(&[Guard::EnvLock]), "EnvLock", &[]);
    let both = [Guard::EnvLock, Guard::HostBusy];
    let broken = [must::ONE_AT_A_TIME];
    breaks(&watching(&both), "EnvLock, HostBusy", &broken);
}

#[test]
fn what_goes_wrong_reads_as_a_story() {
    let story = story(&without(&[Guard::FenceCompared], small(4)), must::OVER);
    let steps = story.expect("it is needed").steps.join("\n");
    insta::assert_snapshot!(steps, @"
    replica 1 (the leader) commits to deploy A under fence 1
    replica 1 (the leader) dies and comes back
    replica 1 (the leader) asks for the run of A: unknown here
    replica 1 (the leader) decides to give up, under fence 2
    replica 1 (the leader) has the runner sealed for A (fence 2), if it is to
    the runner is told to seal for A (fence 2)
    replica 2 takes the lead
    replica 2 (the leader) asks early for the run of A: unknown here
    replica 2 (the leader) commits to start A (fence 1) again, if all is as it was
    replica 2 (the leader) sends: start A (fence 3)
    the runner is told to start A (fence 3)
    replica 1 takes the lead
    replica 1 (the leader) commits that A (fence 2) is given up, if all is as it was
    ");
}
