//! One event of every kind that is about an environment.

use super::{at, bo, hash, manifest, over};
use crate::attempt::{AttemptKind, Choice, FailureMode};
use crate::drift::{Difference, Differs, Seen};
use crate::event::{EnvironmentEvent, Evidence, Outcome};
use crate::ids::{Key, ReleaseId};
use crate::snapshot::Kept;
use crate::watch::Tick;

pub(super) fn attempts() -> Vec<EnvironmentEvent> {
    let (attempt, by) = (1, bo());
    let why = "unhealthy".to_owned();
    let started = EnvironmentEvent::AttemptStarted {
        attempt,
        key: Key::new("attempt/shop/production/1").unwrap(),
        fence: 3,
        kind: AttemptKind::Rollback {
            reason: why.clone(),
            automatic: true,
        },
        release: ReleaseId(2),
        target: ReleaseId(1),
        manifest: Box::new(manifest()),
        work: Vec::new(),
        by: None,
        over: Some(over()),
    };
    let tail = vec!["panic".to_owned()];
    let evidence = Evidence {
        findings: Vec::new(),
        tail,
        hash: Some(hash()),
        size: 5,
        unchanged: false,
        snapshot: None,
        seen: Vec::new(),
    };
    let mode = FailureMode::Healthcheck;
    let outcome = Outcome::Failed {
        mode,
        why: why.clone(),
        evidence,
    };
    let rollback = Some("slow".to_owned());
    vec![
        started,
        EnvironmentEvent::FenceTaken { attempt, fence: 4 },
        EnvironmentEvent::WorkStarted { attempt, index: 0 },
        EnvironmentEvent::WorkEnded {
            attempt,
            index: 0,
            outcome,
        },
        EnvironmentEvent::StopAsked {
            attempt,
            by: by.clone(),
            rollback,
        },
        EnvironmentEvent::WorkHeld {
            attempt,
            why: Some(why.clone()),
        },
        EnvironmentEvent::Decided {
            attempt,
            index: 0,
            by: by.clone(),
            choice: Choice::Again,
        },
        EnvironmentEvent::AttemptVerified { attempt },
        EnvironmentEvent::AttemptFailed {
            attempt,
            mode,
            why: why.clone(),
        },
        EnvironmentEvent::Locked { why: why.clone() },
        EnvironmentEvent::Unlocked { by, why },
    ]
}

pub(super) fn outside() -> Vec<EnvironmentEvent> {
    let (attempt, manifest) = (1, Box::new(manifest()));
    let seen = vec![Seen {
        on: None,
        service: "web".to_owned(),
        image: Kept {
            pinned: "shop/web@sha256:1".to_owned(),
            local: false,
        },
        id: "1".to_owned(),
        made: "2".to_owned(),
        asked: None,
        running: 1,
    }];
    vec![
        EnvironmentEvent::DriftSeen {
            attempt,
            differences: vec![Difference {
                on: None,
                service: "web".to_owned(),
                what: Differs::Count { from: 2, to: 1 },
            }],
            seen: seen.clone(),
        },
        EnvironmentEvent::DriftGone { attempt },
        EnvironmentEvent::Adopted {
            attempt: 2,
            release: ReleaseId(1),
            manifest,
            by: bo(),
            why: "a fix by hand".to_owned(),
            seen,
        },
    ]
}

pub(super) fn watches() -> Vec<EnvironmentEvent> {
    let (attempt, tick, by) = (1, 0, bo());
    let ticks = vec![Tick {
        due: at(),
        checks: Vec::new(),
        ask: None,
    }];
    let findings = vec!["500".to_owned()];
    let release = ReleaseId(1);
    vec![
        EnvironmentEvent::WatchStarted {
            attempt,
            release,
            ticks: ticks.clone(),
        },
        EnvironmentEvent::TickChecked {
            attempt,
            tick,
            passed: false,
            findings,
        },
        EnvironmentEvent::TickAnswered {
            attempt,
            tick,
            by: by.clone(),
            good: true,
        },
        EnvironmentEvent::TickMissed {
            attempt,
            tick,
            coalesced_into: Some(2),
        },
        EnvironmentEvent::WatchExtended { attempt, by, ticks },
        EnvironmentEvent::WatchEnded {
            attempt,
            by: None,
            at: at(),
        },
    ]
}
