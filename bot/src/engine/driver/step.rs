//! Doing one step of an attempt through the container engine.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use shipbell_adapters::containers::{
    ContainerError, Discard, Exec, FailureMode as Stage, Kind, Labels, Pinned, Session, Up, Wait,
};
use shipbell_domain::attempt::{Attempt, FailureMode};
use shipbell_domain::event::{Evidence, Outcome};
use shipbell_domain::ids::EnvId;
use shipbell_domain::steps::{self, Step, StepKind};

use super::oneoff::GivenUp;
use super::{evidence, oneoff};
use crate::engine::Site;
use crate::engine::hub::Hub;

/// The label that says which release a container belongs to.
const RELEASE: &str = "io.shipbell.release";

/// The pause before an engine that did not answer is asked again.
pub(super) const AGAIN: Duration = Duration::from_secs(3);

/// Where a step is done.
pub(super) struct Place<'a> {
    pub(super) environment: &'a EnvId,
    pub(super) site: &'a Site,
    pub(super) attempt: &'a Attempt,
    pub(super) index: u32,
    pub(super) lock: Option<&'a File>,
    /// Whether an earlier try may have begun the work.
    pub(super) begun: AtomicBool,
}

/// What a step proved, before it is kept.
pub(super) struct Proof {
    pub(super) findings: Vec<String>,
    pub(super) lines: Vec<String>,
    pub(super) code: Option<i64>,
}

/// Does a step. An engine that does not answer is asked again for as long as
/// the step may take: every step finds what an earlier try began.
///
/// None if all effects were stopped before it could be told how it ended.
pub(super) async fn run(hub: &Hub, place: &Place<'_>, step: &Step) -> Option<Outcome> {
    let until = hub.time().await + step.timeout.delta();
    let mut given_up = false;
    loop {
        let within = (until - hub.time().await)
            .to_std()
            .unwrap_or(AGAIN)
            .max(AGAIN);
        let error = match once(hub, place, step, within).await {
            Ok(proof) => return Some(proven(hub, step, proof).await),
            Err(error) => error,
        };
        if error.kind == Kind::Unreachable && hub.time().await < until {
            tracing::warn!(%error, step = step.title(), "trying again");
            hub.pause(AGAIN).await;
            continue;
        }
        if let StepKind::Run(command) = &step.kind
            && oneoff::may_be_at_work(&error)
            && !given_up
        {
            given_up = true;
            match oneoff::give_up(hub, place, command).await? {
                GivenUp::Sealed => {}
                // How it ended is told by the same call that would have waited.
                GivenUp::Ended => continue,
            }
        }
        return Some(failed(hub, step, error).await);
    }
}

async fn once(
    hub: &Hub,
    place: &Place<'_>,
    step: &Step,
    within: Duration,
) -> Result<Proof, ContainerError> {
    let session = Session {
        lines: &Discard,
        lock: place.lock,
        within,
    };
    match &step.kind {
        StepKind::Pull(it) => pull(hub, place, &session, it).await,
        StepKind::Up(it) => up(hub, place, &session, it).await,
        StepKind::Run(it) => oneoff::run(hub, place, &session, it).await,
        StepKind::Exec(it) => exec(hub, place, &session, it).await,
    }
}

async fn proven(hub: &Hub, step: &Step, proof: Proof) -> Outcome {
    let Proof {
        findings,
        lines,
        code,
    } = proof;
    let evidence = evidence::keep(hub, findings, &lines).await;
    match code.filter(|code| *code != 0) {
        None => Outcome::Succeeded { evidence },
        Some(code) => {
            let why = format!("{} ended with exit code {code}", step.title());
            let mode = FailureMode::Runtime;
            Outcome::Failed {
                mode,
                why,
                evidence,
            }
        }
    }
}

async fn failed(hub: &Hub, step: &Step, error: ContainerError) -> Outcome {
    let why = error.to_string();
    let evidence: Evidence = evidence::keep(hub, vec![why.clone()], &error.output).await;
    let once = match &step.kind {
        StepKind::Run(run) => run.once,
        StepKind::Pull(_) | StepKind::Up(_) | StepKind::Exec(_) => false,
    };
    let mode = match (error.mode, error.kind) {
        (Some(Stage::Startup), _) => FailureMode::Startup,
        (Some(Stage::Healthcheck), _) => FailureMode::Healthcheck,
        (None, Kind::Preflight | Kind::NotFound | Kind::Refused) => FailureMode::Preflight,
        (None, Kind::Timeout | Kind::Unreachable) if once => {
            return Outcome::Interrupted {
                seen: why,
                evidence,
            };
        }
        (None, Kind::Interrupted) => {
            return Outcome::Interrupted {
                seen: why,
                evidence,
            };
        }
        (None, Kind::Timeout) => FailureMode::Timeout,
        (Some(Stage::Runtime), _) | (None, Kind::Runtime | Kind::Unreachable | Kind::Conflict) => {
            FailureMode::Runtime
        }
    };
    Outcome::Failed {
        mode,
        why,
        evidence,
    }
}

async fn pull(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    step: &steps::Pull,
) -> Result<Proof, ContainerError> {
    let pins = pins(place.attempt);
    let Some(image) = pins.get(step.service.as_str()) else {
        let why = format!("the release has no image {}", step.service);
        return Err(ContainerError::new(Kind::Preflight, "pulling", why));
    };
    hub.ports
        .containers
        .pull(&place.site.target, image, session)
        .await?;
    let local = if image.local { ", local image" } else { "" };
    let findings = vec![format!("{}  {}{local}", step.service, short(image))];
    Ok(Proof {
        findings,
        lines: Vec::new(),
        code: None,
    })
}

async fn up(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    step: &steps::Up,
) -> Result<Proof, ContainerError> {
    let (site, pins) = (place.site, pins(place.attempt));
    let version = place.attempt.manifest.version.to_string();
    let up = Up {
        project: site.project.clone(),
        services: Vec::new(),
        pins: pins.clone(),
        labels: Labels::from([(RELEASE.to_owned(), version)]),
        state_dir: site.state_dir.clone(),
    };
    let report = hub.ports.containers.up(&site.target, &up, session).await?;
    let wait = Wait {
        project: site.project.name.clone(),
        services: Vec::new(),
        pins,
        stable_for: step.stable_for.duration(),
        healthy_within: step.healthy_within.duration(),
    };
    let running = hub
        .ports
        .containers
        .wait_stable(&site.target, &wait, session)
        .await?;
    let findings = running
        .iter()
        .map(|it| format!("{}  running, stable for {}", it.service, step.stable_for))
        .collect();
    Ok(Proof {
        findings,
        lines: report.output.tail(usize::MAX),
        code: None,
    })
}

async fn exec(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    step: &steps::Exec,
) -> Result<Proof, ContainerError> {
    let exec = Exec {
        project: place.site.project.name.clone(),
        service: step.service.to_string(),
        command: step.argv.clone(),
        vars: BTreeMap::new(),
    };
    let ran = hub
        .ports
        .containers
        .exec(&place.site.target, &exec, session)
        .await?;
    let findings = vec![format!("exit code {}", ran.code)];
    Ok(Proof {
        findings,
        lines: ran.output.tail(usize::MAX),
        code: Some(ran.code),
    })
}

pub(super) fn pins(attempt: &Attempt) -> BTreeMap<String, Pinned> {
    let pin = |(service, image): (&shipbell_domain::ids::ServiceName, &_)| {
        let image: &shipbell_domain::manifest::Image = image;
        let pinned = Pinned {
            reference: image.pinned.clone(),
            local: image.local,
        };
        (service.to_string(), pinned)
    };
    attempt.manifest.images.iter().map(pin).collect()
}

fn short(image: &Pinned) -> String {
    image.digest().chars().take("sha256:".len() + 12).collect()
}
