//! How the sample Friday goes on once production is deployed to.

use std::sync::Arc;

use shipbell_domain::attempt::{FailureMode, Work};
use shipbell_domain::calendar::Length;
use shipbell_domain::event::{
    EnvironmentEvent, Evidence, IncidentEvent, Outcome, ReleaseEvent, StageResult,
};
use shipbell_domain::ids::IncidentId;
use shipbell_domain::origin::{CheckState, Checked};
use shipbell_domain::policy::{Settler, Severity};
use shipbell_domain::steps::{Ask, Step, StepKind};
use shipbell_domain::watch::Tick;

use super::team::{check, settings};
use super::{Day, RELEASE, at, env, person, place, role};

impl Day {
    /// Production is at its second piece of work.
    pub(crate) fn deploying() -> Self {
        let mut day = Self::ready();
        day.starts(RELEASE, "production", 8, "14:02");
        day.works(
            "production",
            0,
            Some(Outcome::Succeeded {
                evidence: Evidence::default(),
            }),
            "14:03",
        );
        day.works("production", 1, None, "14:03");
        day
    }

    /// The containers of production were being made, and nobody knows how that ended.
    pub(crate) fn cut_off() -> Self {
        let mut day = Self::deploying();
        let seen = "its container is gone".to_owned();
        let evidence = Evidence::default();
        let outcome = Outcome::Interrupted { seen, evidence };
        day.works("production", 1, Some(outcome), "14:04");
        day
    }

    /// An engineer is asked to do something in production.
    pub(crate) fn asking() -> Self {
        let mut day = Self::ready();
        let ask = Ask {
            role: role("sre"),
            text: "Drain the queue".to_owned(),
        };
        let hour = Length::parse("1h").expect("a length");
        day.starts(RELEASE, "production", 8, "14:02");
        let production = day.world.environments.get_mut(&env("production"));
        if let Some(attempt) = production.and_then(|it| Arc::make_mut(it).attempt.as_mut()) {
            attempt.work[0] = Work::Step(Step::new(StepKind::Ask(ask), hour));
        }
        day.works("production", 0, None, "14:03");
        day
    }

    /// The first check in production found something wrong.
    pub(crate) fn failed() -> Self {
        let mut day = Self::deploying();
        let good = Outcome::Succeeded {
            evidence: Evidence::default(),
        };
        day.works("production", 1, Some(good), "14:04");
        let tail: Vec<String> = (1..=14).map(|line| format!("php: line {line}")).collect();
        let findings = vec!["500 in 80 ms, expected 200".to_owned()];
        let evidence = Evidence {
            findings,
            tail,
            hash: None,
            size: 900,
            unchanged: false,
            snapshot: None,
            seen: Vec::new(),
        };
        let why = "GET /healthz answers 500".to_owned();
        let mode = FailureMode::Verification;
        let outcome = Outcome::Failed {
            mode,
            why: why.clone(),
            evidence,
        };
        day.works("production", 2, Some(outcome), "14:05");
        let ended = EnvironmentEvent::AttemptFailed {
            attempt: 8,
            mode,
            why: why.clone(),
        };
        day.environment("production", ended, "14:05");
        day.environment(
            "production",
            EnvironmentEvent::Locked { why: why.clone() },
            "14:05",
        );
        let result = StageResult::Failed(why);
        let ended = ReleaseEvent::StageEnded {
            env: env("production"),
            attempt: 8,
            result,
        };
        day.release(RELEASE, ended, "14:05");
        day
    }

    /// Production is verified and watched.
    pub(crate) fn watching() -> Self {
        let mut day = Self::deploying();
        day.works_well("production", "14:05");
        day.verifies(RELEASE, "production", 8, "14:05");
        let tick = |minute: u32| Tick {
            due: at(&format!("14:{minute:02}")),
            checks: vec![check("/healthz")],
            ask: (minute == 8).then(|| role("sre")),
        };
        let ticks = (6..=10).map(tick).collect();
        let begun = EnvironmentEvent::WatchStarted {
            attempt: 8,
            release: RELEASE,
            ticks,
        };
        day.environment("production", begun, "14:05");
        for tick in 0..3 {
            let findings = vec!["200 in 84 ms".to_owned()];
            let checked = EnvironmentEvent::TickChecked {
                attempt: 8,
                tick,
                passed: true,
                findings,
            };
            day.environment("production", checked, "14:08");
        }
        day
    }

    /// A P1 that the failed deploy opened.
    pub(crate) fn burning() -> Self {
        let mut day = Self::failed();
        let incident = IncidentId(7);
        let opened = IncidentEvent::Opened {
            incident,
            severity: Severity::P1,
            what: "GET /healthz answers 500".to_owned(),
            environment: Some(place("production")),
            release: Some(RELEASE),
            by: None,
            escalation: settings().pages[&Severity::P1].clone(),
        };
        day.incident(opened, "14:06");
        let paged = IncidentEvent::Paged {
            level: 0,
            people: vec![person("bo")],
        };
        day.incident(paged, "14:06");
        day
    }
}

impl Day {
    /// The first item of the checklist is settled by two checks, which were read so.
    pub(crate) fn demanding(found: Result<&[(&str, CheckState)], &str>) -> Self {
        let mut day = Self::waiting();
        let application = Arc::make_mut(day.world.application.as_mut().unwrap());
        let policy = &mut application.pinned.as_mut().unwrap().policy;
        policy.checklist[0].by = Settler::Checks(["lint".to_owned(), "test".to_owned()].into());
        let release = Arc::make_mut(day.world.releases.get_mut(&RELEASE).unwrap());
        release.commit = Some("3f9c2ab8".to_owned());
        release.checklist.remove(&1);
        let own = |(name, state): &(&str, CheckState)| ((*name).to_owned(), state.clone());
        let checked = Checked {
            read_at: at("13:40"),
            commit: "3f9c2ab8d1e04f7a6b5c4d3e2f1a0b9c8d7e6f5a".to_owned(),
            checks: found
                .map(|it| it.iter().map(own).collect())
                .map_err(str::to_owned),
        };
        day.release(RELEASE, ReleaseEvent::ChecksRead { checked }, "13:40");
        day
    }
}
