//! One bot that dies and comes back.

use shipbell_tests::model::check::story;
use shipbell_tests::model::guards::{Guard as _, Guards};
use shipbell_tests::model::one::{Bounds, Guard, One, must};

use super::{breaks, everything_comes_to_an_end, is_told, nothing_goes_wrong};

/// What every guard is checked with.
const SMALL: Bounds = Bounds {
    mishaps: 2,
    wishes: 1,
};

/// What the whole is checked with.
const LARGE: Bounds = Bounds {
    mishaps: 3,
    wishes: 2,
};

/// What breaks without one guard.
const NEEDED: [(Guard, &[&str]); 12] = [
    // Nothing unsafe, as long as the lock file holds: but the bot that was
    // replaced stops all effects and keeps the lock.
    (Guard::OneProcess, &[must::GOES_ON]),
    // The second line refuses, and stops all effects.
    (Guard::EnvLock, &[must::GOES_ON]),
    (Guard::Lock, &[must::ONE_AT_A_TIME, must::OVER]),
    (Guard::LockInherited, &[must::ONE_AT_A_TIME, must::OVER]),
    (Guard::Recorded, &[must::ONE_AT_A_TIME, must::OVER]),
    (Guard::Resumed, &[must::GOES_ON]),
    (Guard::StopWaits, &[must::ONE_AT_A_TIME, must::OVER]),
    (Guard::ChildEnded, &[must::OVER]),
    (Guard::HostKey, &[must::ONE_AT_A_TIME, must::OVER]),
    (Guard::OnceRule, &[must::ONCE]),
    (Guard::Seal, &[must::ONE_AT_A_TIME, must::OVER]),
    (Guard::OrphanEnded, &[must::GOES_ON]),
];

/// What breaks without several, one of which is missed by nobody while the others stand.
const SECOND_LINES: [(&[Guard], &[&str]); 9] = [
    (&[Guard::Assertion], &[]),
    (&[Guard::EnvLock, Guard::Assertion], &[must::ONE_ATTEMPT]),
    (&[Guard::Epoch], &[]),
    (&[Guard::FenceCompared], &[]),
    (&[Guard::Epoch, Guard::FenceCompared], &[]),
    // The lock file alone is enough on one machine.
    (&[Guard::OneProcess, Guard::Epoch], &[]),
    (&[Guard::OneProcess, Guard::FenceCompared], &[must::GOES_ON]),
    (
        &[Guard::OneProcess, Guard::Epoch, Guard::FenceCompared],
        &[],
    ),
    (
        &[Guard::HostKey, Guard::OnceRule],
        &[must::ONE_AT_A_TIME, must::OVER, must::ONCE],
    ),
];

fn without(off: &[Guard], bounds: Bounds) -> One {
    let guards = Guards::without(off);
    One { guards, bounds }
}

#[test]
fn with_every_guard_nothing_goes_wrong() {
    nothing_goes_wrong(&without(&[], LARGE));
}

#[test]
fn with_every_guard_everything_comes_to_an_end() {
    let model = without(&[], SMALL);
    nothing_goes_wrong(&model);
    everything_comes_to_an_end(&model);
}

#[test]
fn every_guard_is_needed() {
    for (guard, broken) in NEEDED {
        let name = format!("{guard:?}");
        breaks(&without(&[guard], SMALL), &name, broken);
        is_told(&name);
    }
}

#[test]
fn every_other_guard_is_a_second_line() {
    for (guards, broken) in SECOND_LINES {
        breaks(&without(guards, SMALL), &format!("{guards:?}"), broken);
    }
    for guard in Guard::ALL {
        let first = NEEDED.iter().any(|it| it.0 == *guard);
        let second = SECOND_LINES.iter().any(|it| it.0.contains(guard));
        assert!(first || second, "nobody says what {guard:?} is for");
        is_told(&format!("{guard:?}"));
    }
}

#[test]
fn what_goes_wrong_reads_as_a_story() {
    let story = story(&without(&[Guard::Seal], SMALL), must::OVER);
    let steps = story.expect("it is needed").steps.join("\n");
    insta::assert_snapshot!(steps, @"
    somebody deploys release A
    life 1 takes the lock file
    life 1 reads what comes next
    life 1 records that the command of attempt 1 (deploy A, fence 1) begins
    life 1 begins the command of attempt 1 (deploy A, fence 1), or finds it
    the child of life 1 (making the container, attempt 1) is done
    life 1 waits no longer
    life 1 gives up the command of attempt 1 (deploy A, fence 1)
    life 1 records that the command of attempt 1 (deploy A, fence 1) ended: nobody knows how
    ");
}
