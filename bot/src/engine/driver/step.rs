//! Doing one step of an attempt.

pub(super) mod container;
mod exec;
mod git;
mod host;
mod http;
mod pull;
mod registry;
mod set_env;
pub(super) mod up;

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use shipbell_adapters::containers::{ContainerError, FailureMode as Stage, Kind, Pinned, Session};
use shipbell_domain::attempt::{Attempt, FailureMode};
use shipbell_domain::event::{Evidence, Outcome};
use shipbell_domain::ids::EnvId;
use shipbell_domain::manifest::Manifest;
use shipbell_domain::snapshot::Snapshot;
use shipbell_domain::steps::{Step, StepKind};

use super::oneoff::GivenUp;
use super::{SHOWN, check, evidence, fill, held, oneoff};
use crate::engine::Site;
use crate::engine::hub::Hub;
use crate::engine::live::Ear;

/// The pause before an engine that did not answer is asked again.
pub(super) const AGAIN: Duration = Duration::from_secs(3);

/// How long an engine or a registry may be away before people are told: one that starts
/// anew is back by then.
const BLIP: TimeDelta = TimeDelta::seconds(10);

/// How often a program that brings something to a state is begun again after somebody
/// else has ended it: by then they mean it, or the machine cannot bear it.
const KILLED: u32 = 3;

/// Where a step is done.
pub(super) struct Place<'a> {
    pub(super) environment: &'a EnvId,
    pub(super) site: &'a Site,
    pub(super) attempt: &'a Attempt,
    /// What a rollback returns to, if that was kept.
    pub(super) kept: Option<&'a Snapshot>,
    pub(super) index: u32,
    pub(super) lock: Option<&'a File>,
    /// Who hears what it says.
    pub(super) ear: &'a Ear<'a>,
    /// Whether an earlier try may have begun the work.
    pub(super) begun: AtomicBool,
    /// How often it has failed.
    pub(super) tries: AtomicU32,
}

/// What a step proved, before it is kept.
pub(super) struct Proof {
    pub(super) findings: Vec<String>,
    pub(super) lines: Vec<String>,
    pub(super) code: Option<i64>,
    /// What a project was brought to.
    pub(super) snapshot: Option<Snapshot>,
}

/// Does a step, again after a failure if it says so.
///
/// None if all effects were stopped before it could be told how it ended.
pub(super) async fn run(hub: &Hub, place: &Place<'_>, step: &Step) -> Option<Outcome> {
    if step.once() && place.begun.load(Ordering::Relaxed) && !finds_itself(step) {
        return Some(unknown(hub, step).await);
    }
    loop {
        let outcome = tried(hub, place, step).await?;
        let failed = matches!(outcome, Outcome::Failed { .. });
        let tries = place.tries.load(Ordering::Relaxed);
        if !failed || tries >= step.retries {
            return Some(counted(outcome, tries, step));
        }
        tracing::info!(step = step.title(), tries, "failed; trying again");
        let (next, most) = (tries + 2, step.retries + 1);
        place.ear.note(&format!("it failed; try {next} of {most}"));
        place.tries.store(tries + 1, Ordering::Relaxed);
        hub.pause(AGAIN).await;
    }
}

/// One try. An engine that does not answer is asked again for as long as the
/// step may take: every step finds what an earlier try began.
async fn tried(hub: &Hub, place: &Place<'_>, step: &Step) -> Option<Outcome> {
    let begun = hub.time().await;
    let until = begun + step.timeout.delta();
    let (mut given_up, mut killed) = (false, 0);
    let mut told = None;
    loop {
        let within = (until - hub.time().await)
            .to_std()
            .unwrap_or(AGAIN)
            .max(AGAIN);
        let error = match once(hub, place, step, within).await {
            Ok(proof) => return Some(proven(hub, step, proof).await),
            Err(error) => error,
        };
        let again = !step.once() || finds_itself(step);
        if error.kind == Kind::Unreachable && again && hub.time().await < until {
            tracing::warn!(%error, step = step.title(), "trying again");
            place.ear.note(&format!("{}; trying again", error.why));
            if hub.time().await >= begun + BLIP {
                let why = Some(error.within(SHOWN).to_string());
                if told != why && held::tell(hub, place.environment, why.clone()).await {
                    told = why;
                }
            }
            hub.pause(AGAIN).await;
            continue;
        }
        if error.kind == Kind::Interrupted && converges(step) && killed < KILLED {
            killed += 1;
            tracing::warn!(%error, step = step.title(), "ended from outside; doing it again");
            place.ear.note("somebody ended it; doing it again");
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

/// Whether a try finds what an earlier one began.
fn finds_itself(step: &Step) -> bool {
    matches!(step.kind, StepKind::Run(_))
}

/// Whether it only brings something to a wanted state, however far an earlier try came.
fn converges(step: &Step) -> bool {
    match &step.kind {
        StepKind::Pull(_) | StepKind::Up(_) | StepKind::Container(_) => true,
        StepKind::Run(_)
        | StepKind::Exec(_)
        | StepKind::Tag(_)
        | StepKind::Push(_)
        | StepKind::Host(_)
        | StepKind::SetEnv(_)
        | StepKind::Git(_)
        | StepKind::Http(_)
        | StepKind::Wait(_)
        | StepKind::Ask(_) => false,
    }
}

/// What must not be repeated had begun when the bot went away.
async fn unknown(hub: &Hub, step: &Step) -> Outcome {
    let seen = format!("{} had begun when the bot went away", step.title());
    let evidence = evidence::keep(hub, vec![seen.clone()], &[]).await;
    Outcome::Interrupted { seen, evidence }
}

/// The outcome of the last try, with their number if there were several.
fn counted(mut outcome: Outcome, retried: u32, step: &Step) -> Outcome {
    if retried > 0 {
        let evidence = match &mut outcome {
            Outcome::Succeeded { evidence }
            | Outcome::Failed { evidence, .. }
            | Outcome::Interrupted { evidence, .. } => evidence,
        };
        let (tries, most) = (retried + 1, step.retries + 1);
        evidence
            .findings
            .push(format!("after {tries} of {most} tries"));
    }
    outcome
}

async fn once(
    hub: &Hub,
    place: &Place<'_>,
    step: &Step,
    within: Duration,
) -> Result<Proof, ContainerError> {
    let session = Session {
        lines: place.ear,
        lock: place.lock,
        within,
    };
    let vars = fill::values(place, &step.vars)?;
    match &step.kind {
        StepKind::Pull(it) => pull::run(hub, place, &session, it).await,
        StepKind::Up(it) => up::run(hub, place, &session, (it, vars)).await,
        StepKind::Container(it) => container::run(hub, place, &session, (it, &step.vars)).await,
        StepKind::Run(it) => oneoff::run(hub, place, &session, (it, vars)).await,
        StepKind::Exec(it) => exec::run(hub, place, &session, (it, vars)).await,
        StepKind::Tag(it) => registry::tag(hub, place, &session, it).await,
        StepKind::Push(it) => registry::push(hub, place, &session, it).await,
        StepKind::Host(it) => host::run(hub, place, &session, (it, vars)).await,
        StepKind::SetEnv(it) => set_env::run(hub, place, it).await,
        StepKind::Git(it) => git::run(hub, place, &session, it).await,
        StepKind::Http(it) => http::run(hub, place, it, within).await,
        StepKind::Wait(it) => {
            hub.pause(it.length.duration()).await;
            Ok(Proof::found(format!("waited {}", it.length)))
        }
        // The driver waits for that person; there is nothing to do here.
        StepKind::Ask(it) => Ok(Proof::found(format!("{} is asked", it.role))),
    }
}

impl Proof {
    /// One finding and no output.
    pub(super) fn found(finding: String) -> Self {
        Self {
            findings: vec![finding],
            lines: Vec::new(),
            code: None,
            snapshot: None,
        }
    }
}

async fn proven(hub: &Hub, step: &Step, proof: Proof) -> Outcome {
    let Proof {
        findings,
        lines,
        code,
        snapshot,
    } = proof;
    let evidence = Evidence {
        snapshot: snapshot.map(|it| Box::new(it.of_host(step.on.as_ref()))),
        unchanged: unchanged(step, &lines),
        ..evidence::keep(hub, findings, &lines).await
    };
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

/// Whether what it wrote says that it had nothing to do.
fn unchanged(step: &Step, lines: &[String]) -> bool {
    let pattern = step.irreversible.as_ref().and_then(|it| it.unless.as_ref());
    let pattern = pattern.and_then(|it| check::pattern(it).ok());
    pattern.is_some_and(|it| lines.iter().any(|line| it.is_match(line)))
}

async fn failed(hub: &Hub, step: &Step, error: ContainerError) -> Outcome {
    let mut evidence: Evidence = evidence::keep(hub, vec![error.to_string()], &error.output).await;
    let once = step.once();
    let (mode, kind) = (error.mode, error.kind);
    let why = error.within(SHOWN).to_string();
    // It was not begun.
    evidence.unchanged =
        mode.is_none() && matches!(kind, Kind::Preflight | Kind::NotFound | Kind::Refused);
    let mode = match (mode, kind) {
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

/// The images of an attempt by service.
pub(super) fn pins(attempt: &Attempt) -> BTreeMap<String, Pinned> {
    pins_of(&attempt.manifest)
}

/// The images of a manifest by service.
pub(super) fn pins_of(manifest: &Manifest) -> BTreeMap<String, Pinned> {
    let pin = |(service, image): (&shipbell_domain::ids::ServiceName, &_)| {
        let image: &shipbell_domain::manifest::Image = image;
        let pinned = Pinned {
            reference: image.pinned.clone(),
            local: image.local,
        };
        (service.to_string(), pinned)
    };
    manifest.images.iter().map(pin).collect()
}
