//! Looking before anything is touched: engine, Compose, files, room.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use shipbell_adapters::containers::{ContainerError, Declared, Discard, Kind, Preflight, Session};
use shipbell_domain::attempt::{Attempt, FailureMode, Work};
use shipbell_domain::event::{Evidence, Outcome};
use shipbell_domain::ids::{AppId, ServiceName};
use shipbell_domain::policy::{Policy, Repositories};
use shipbell_domain::steps::{Step, StepKind};

use super::step::Place;
use super::{SHOWN, evidence, fill};
use crate::engine::Site;
use crate::engine::hub::Hub;

/// How long a look may take.
const WITHIN: Duration = Duration::from_mins(1);

/// With less than this nothing new is brought to an engine.
const ROOM: u64 = 512 * 1024 * 1024;

/// Whether nothing has been done yet: people may have been asked.
pub(super) fn is_due(attempt: &Attempt, index: u32, begun: bool) -> bool {
    let before = attempt.work.iter().take(index as usize);
    !begun && { before }.all(|work| work.ask().is_some())
}

/// What was found on every host, or how the attempt fails before anything is touched.
/// An engine that does not answer is left to the step, which waits for it.
pub(super) async fn look(
    hub: &Hub,
    place: &Place<'_>,
    all: &Site,
) -> Result<Option<String>, Outcome> {
    let mut found = Vec::new();
    for (name, site) in all.each() {
        let seen = look_at(hub, place, &site).await;
        let seen = seen.map_err(|error| match &name {
            Some(name) => error.on(name.as_str()),
            None => error,
        });
        match (seen, name) {
            (Ok(Some(seen)), Some(name)) => found.push(format!("{name}: {seen}")),
            (Ok(seen), _) => found.extend(seen),
            (Err(error), _) => return Err(failed(hub, error).await),
        }
    }
    Ok((!found.is_empty()).then(|| found.join("; ")))
}

async fn look_at(
    hub: &Hub,
    place: &Place<'_>,
    site: &Site,
) -> Result<Option<String>, ContainerError> {
    let session = Session {
        lines: &Discard,
        lock: place.lock,
        within: WITHIN,
    };
    let mut project = site.project.clone();
    // Variables of single steps may be needed to read the files.
    for work in &place.attempt.work {
        if let Work::Step(step) = work
            && let Ok(vars) = fill::values(place, &step.vars)
        {
            project.vars.extend(vars);
        }
    }
    let containers = &hub.ports.containers;
    let found = containers.preflight(&site.target, &project, &session).await;
    if place.kept.is_some() {
        // It returns to what was kept, whatever the project's files have become.
        return Ok(found.ok().as_ref().map(told));
    }
    let attempt = place.attempt;
    let allowed = (!attempt.is_rollback()).then(|| allowed(hub, &place.environment.app));
    let alone = alone(hub, &place.environment.app);
    let images = (&attempt.manifest.images, &alone);
    let judged = found.and_then(|found| {
        judge(images, allowed.as_ref(), &found)?;
        if !attempt.is_rollback() {
            ports(steps_of(attempt), &found)?;
        }
        Ok(found)
    });
    match judged {
        Ok(found) => Ok(Some(told(&found))),
        Err(error) if matches!(error.kind, Kind::Unreachable | Kind::Timeout) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The images of an application that its project's files need not name.
pub(super) fn alone(hub: &Hub, app: &AppId) -> BTreeSet<String> {
    let setup = hub.setup();
    let alone = setup.policy(app).map(Policy::alone).unwrap_or_default();
    alone.iter().map(ToString::to_string).collect()
}

/// Where images of an application may come from.
pub(super) fn allowed(hub: &Hub, app: &AppId) -> Repositories {
    let setup = hub.setup();
    let policy = setup.policy(app);
    policy.map_or_else(Repositories::default, |it| it.allow_images.clone())
}

/// Why what was found will not do. Where images may come from is nothing to the way
/// back, which is needed and brings nothing that was not there before.
pub(in crate::engine) fn judge<T>(
    (images, alone): (&BTreeMap<ServiceName, T>, &BTreeSet<String>),
    allowed: Option<&Repositories>,
    found: &Preflight,
) -> Result<(), ContainerError> {
    let refused = |why: String, hint: String| {
        let what = "looking before anything is touched";
        Err(ContainerError::new(Kind::Preflight, what, why).hint(hint))
    };
    let declared = |name: &str| found.services.iter().any(|it| it.name == name);
    let needed = |it: &&ServiceName| !declared(it.as_str()) && !alone.contains(it.as_str());
    if let Some(missing) = images.keys().find(needed) {
        return refused(
            format!("the project's files have no service {missing}"),
            format!(
                "Its services are {}: correct the files, or `images`",
                found.names()
            ),
        );
    }
    let Some(allowed) = allowed else {
        return Ok(());
    };
    let pinned = |name: &str| images.keys().any(|it| it.as_str() == name);
    let mut built = found.services.iter().filter(|it| it.builds);
    if let Some(built) = built.find(|it| !pinned(&it.name)) {
        let name = &built.name;
        return refused(
            format!("service {name} is built on the host: nobody consented to what comes of it"),
            format!(
                "Name its image under `images`, or take `build` out of the project's files for {name}"
            ),
        );
    }
    let strange = |it: &&Declared| {
        let image = it.image.as_deref().filter(|_| !pinned(&it.name));
        image.is_some_and(|image| !allowed.allow(image))
    };
    if let Some(strange) = found.services.iter().find(strange) {
        let (name, image) = (&strange.name, strange.image.as_deref().unwrap_or_default());
        return refused(
            format!("the image {image} of service {name} is from no allowed repository"),
            "Add its repository to `allow_images`, or take another image".to_owned(),
        );
    }
    match found.free {
        Some(free) if free < ROOM => refused(
            format!(
                "only {} MiB are free where the engine keeps images",
                free >> 20
            ),
            "Free some space on the engine's disk".to_owned(),
        ),
        Some(_) | None => Ok(()),
    }
}

/// Why the project cannot come up: somebody else has a port that its files publish, and
/// nothing that is done before is anything that could change it. The way back may find
/// it free once the version that went wrong is gone.
pub(super) fn ports<'a>(
    steps: impl Iterator<Item = &'a Step>,
    found: &Preflight,
) -> Result<(), ContainerError> {
    let Some(taken) = found.taken.first() else {
        return Ok(());
    };
    for step in steps {
        match &step.kind {
            StepKind::Up(_) => {
                let what = "looking before anything is touched";
                let error = ContainerError::new(Kind::Preflight, what, taken.why());
                return Err(error.hint(format!("{}; then deploy again", taken.hint())));
            }
            StepKind::Pull(_) | StepKind::Tag(_) | StepKind::Push(_) => {}
            StepKind::Container(_)
            | StepKind::Run(_)
            | StepKind::Exec(_)
            | StepKind::Host(_)
            | StepKind::SetEnv(_)
            | StepKind::Git(_)
            | StepKind::Http(_)
            | StepKind::Wait(_)
            | StepKind::Ask(_) => return Ok(()),
        }
    }
    Ok(())
}

fn steps_of(attempt: &Attempt) -> impl Iterator<Item = &Step> {
    attempt.work.iter().filter_map(|work| match work {
        Work::Step(step) => Some(step),
        Work::Check(_) => None,
    })
}

/// Engine, Compose and room, in words.
pub(super) fn told(found: &Preflight) -> String {
    let room = found
        .free
        .map(|it| format!(", {} MiB free", it >> 20))
        .unwrap_or_default();
    let (engine, flavour, compose) = (&found.engine, found.flavour, &found.compose);
    format!("engine {engine}, {flavour} {compose}{room}")
}

async fn failed(hub: &Hub, error: ContainerError) -> Outcome {
    let evidence: Evidence = evidence::keep(hub, vec![error.to_string()], &error.output).await;
    let why = error.within(SHOWN).to_string();
    let mode = FailureMode::Preflight;
    Outcome::Failed {
        mode,
        why,
        evidence,
    }
}

/// The outcome of a piece of work, with what was found before it.
pub(super) fn with(found: Vec<String>, mut outcome: Outcome) -> Outcome {
    let evidence = match &mut outcome {
        Outcome::Succeeded { evidence }
        | Outcome::Failed { evidence, .. }
        | Outcome::Interrupted { evidence, .. } => evidence,
    };
    evidence.findings.splice(0..0, found);
    outcome
}
