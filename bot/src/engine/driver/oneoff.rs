//! One-off commands: made under one name, found again by it, and ended or kept
//! from beginning when they are given up.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use shipbell_adapters::containers::{
    ContainerError, Found, Home, Kind, Labels, OneOff, Phase, Sealing, Session,
};
use shipbell_adapters::secret::Secret;
use shipbell_domain::ids::EnvId;
use shipbell_domain::steps;

use super::step::{AGAIN, Place, Proof, pins};
use super::{fill, preflight};
use crate::engine::hub::Hub;

/// The label that says which run a one-off container is.
const RUN: &str = "io.shipbell.run";
/// The label that says which environment a one-off container is for.
const ENVIRONMENT: &str = "io.shipbell.env";

/// How long a command that is given up may take to end after it was asked to.
const POLITELY: Duration = Duration::from_secs(10);

/// Runs the command, or follows the one an earlier try began.
pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    (step, vars): (&steps::Run, BTreeMap<String, Secret>),
) -> Result<Proof, ContainerError> {
    let site = place.site;
    let name = name(hub, place);
    if step.once {
        may_begin(hub, place, &name).await?;
    }
    let spec = OneOff {
        identity: (RUN.to_owned(), name.clone()),
        name,
        labels: labels(place),
        command: fill::words(&place.attempt.manifest, &step.argv)?,
        home: home(hub, place, step, vars)?,
    };
    let exit = hub
        .ports
        .containers
        .run_once(&site.target, &spec, session)
        .await?;
    let adopted = if exit.adopted {
        ", found again after an interruption"
    } else {
        ""
    };
    let container = exit.container.get(..12).unwrap_or(&exit.container);
    let findings = vec![
        format!("{} in {}", spec.command.join(" "), step.service),
        format!("exit code {} in container {container}{adopted}", exit.code),
    ];
    Ok(Proof {
        findings,
        lines: exit.output.tail(usize::MAX),
        code: Some(exit.code),
        snapshot: None,
    })
}

/// What a command runs in.
fn home(
    hub: &Hub,
    place: &Place<'_>,
    step: &steps::Run,
    vars: BTreeMap<String, Secret>,
) -> Result<Home, ContainerError> {
    let service = step.service.to_string();
    let mut pins = pins(place.attempt);
    if let Some(alone) = &step.alone {
        let Some(image) = pins.remove(&service) else {
            let why = format!("the release has no image {service}");
            return Err(ContainerError::new(
                Kind::Preflight,
                "running a command",
                why,
            ));
        };
        let network = alone.network.clone();
        return Ok(Home::Image {
            image,
            vars,
            network,
        });
    }
    let optional = preflight::alone(hub, &place.environment.app);
    pins.retain(|name, _| *name == service || !optional.contains(name));
    Ok(Home::Service {
        project: Box::new(place.site.project.clone()),
        service,
        pins,
        vars,
        state_dir: place.site.state_dir.clone(),
    })
}

/// A command that must not be repeated is made by its first try and by no other:
/// whoever comes later finds its container, or cannot tell whether it ran.
async fn may_begin(hub: &Hub, place: &Place<'_>, name: &str) -> Result<(), ContainerError> {
    let found = find(hub, place, name).await?;
    let begun = place.begun.swap(true, Ordering::Relaxed);
    if found.is_some() || !begun {
        return Ok(());
    }
    let (what, why) = (
        format!("running {name} once"),
        "it had begun, and its container is gone",
    );
    Err(ContainerError::new(Kind::Interrupted, what, why)
        .hint("Whether it did its work is unknown: look, then decide"))
}

/// What became of a command that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GivenUp {
    /// It is over, and can begin no more.
    Sealed,
    /// It had ended by itself: how can still be told.
    Ended,
}

/// Whether after this error the command may be at work still, or begin late.
pub(super) fn may_be_at_work(error: &ContainerError) -> bool {
    match error.kind {
        Kind::Timeout | Kind::Unreachable | Kind::Interrupted => true,
        Kind::Preflight | Kind::Runtime | Kind::NotFound | Kind::Conflict | Kind::Refused => false,
    }
}

/// Ends a command that is given up, or occupies its name, however long the
/// engine is away: nobody may believe that it is over before it is.
///
/// None if all effects were stopped meanwhile.
pub(super) async fn give_up(hub: &Hub, place: &Place<'_>, step: &steps::Run) -> Option<GivenUp> {
    let name = name(hub, place);
    while hub.halted().is_none() {
        match seal(hub, place, step, &name).await {
            Ok(Some(done)) => return Some(done),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, name, "a command cannot be ended; trying again");
                hub.pause(AGAIN).await;
            }
        }
    }
    None
}

/// One look, and what follows from it; none if it must be looked again.
async fn seal(
    hub: &Hub,
    place: &Place<'_>,
    step: &steps::Run,
    name: &str,
) -> Result<Option<GivenUp>, ContainerError> {
    let containers = &hub.ports.containers;
    let target = &place.site.target;
    let phase = find(hub, place, name).await?.map(|it| it.phase);
    match phase {
        Some(Phase::Tombstone) => Ok(Some(GivenUp::Sealed)),
        Some(Phase::Exited { .. }) => Ok(Some(GivenUp::Ended)),
        Some(Phase::Running) => {
            let stopped = containers.stop_once(target, name, POLITELY).await?;
            // A container that has ended keeps its name occupied.
            Ok(stopped.and_then(|it| match it.phase {
                Phase::Exited { .. } | Phase::Tombstone => Some(GivenUp::Sealed),
                Phase::Running | Phase::Created => None,
            }))
        }
        Some(Phase::Created) | None => {
            let pins = pins(place.attempt);
            let own = pins.get(step.service.as_str());
            let Some(image) = own.or_else(|| pins.values().next()) else {
                // Without an image nothing can be made late either.
                return Ok(Some(GivenUp::Sealed));
            };
            let labels = labels(place);
            match containers.tombstone(target, name, image, &labels).await {
                Ok(Sealing::Sealed) => Ok(Some(GivenUp::Sealed)),
                Ok(Sealing::Taken(_)) => Ok(None),
                // Nor can it where the image is missing.
                Err(error) if error.kind == Kind::NotFound => Ok(Some(GivenUp::Sealed)),
                Err(error) => Err(error),
            }
        }
    }
}

async fn find(hub: &Hub, place: &Place<'_>, name: &str) -> Result<Option<Found>, ContainerError> {
    let containers = &hub.ports.containers;
    containers.find(&place.site.target, name).await
}

fn labels(place: &Place<'_>) -> Labels {
    Labels::from([(ENVIRONMENT.to_owned(), place.environment.to_string())])
}

/// The name of a one-off container: the same on every try, another for every
/// database, and another when it failed or somebody wants it run again. Nothing
/// else's can be the same: words hold no dots.
fn name(hub: &Hub, place: &Place<'_>) -> String {
    let instance: String = hub.ports.store.instance().chars().take(8).collect();
    let EnvId { app, env } = place.environment;
    let again = match place.attempt.repeats(place.index) {
        0 => String::new(),
        times => format!("-r{times}"),
    };
    let tried = match place.tries.load(Ordering::Relaxed) {
        0 => String::new(),
        times => format!("-t{times}"),
    };
    format!(
        "shipbell-{instance}-{app}.{env}-a{}-s{}{again}{tried}",
        place.attempt.number, place.index
    )
}
