//! Effects that no platform shows: pinning images, reading asks and checks, looking at
//! a watch, signing where the log stands.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join;
use shipbell_adapters::containers::{ContainerError, Discard, Kind, Pinned};
use shipbell_domain::command::Report;
use shipbell_domain::history::LogEnd;
use shipbell_domain::ids::{EnvId, EnvName, ReleaseId, ServiceName};
use shipbell_domain::manifest::Image;
use shipbell_domain::release::Release;
use shipbell_domain::{Command, Effect, Fold, StreamId};
use shipbell_storage::{Claim, Owed, Settlement, Settles};

use crate::engine::Site;
use crate::engine::hub::Hub;
use crate::engine::standing::Seen;
use crate::engine::{build, commits, drift, driver, retry, standing, view};

/// The pause before something that may work later is tried again.
const AGAIN: TimeDelta = TimeDelta::seconds(3);
/// How often an engine that does not answer is asked to pin an image.
const TRIES: u32 = 10;

/// Carries one effect out and reports; says until when it must wait, if it must.
pub(super) async fn perform(hub: &Hub, owed: Owed) -> Option<DateTime<Utc>> {
    let Some(claim) = retry::claim(hub, &owed.id).await else {
        return Some(hub.time().await + AGAIN);
    };
    let report = match &owed.effect {
        Effect::PinImages { release } => pin(hub, *release, owed.tries).await,
        Effect::ReadStanding { release, env } => match view::release(hub, *release).await {
            Some(fold) => before_a_start(hub, &fold, env).await,
            None => Err("the release could not be read".to_owned()),
        },
        Effect::ReadChecks { release } => match commits::read(hub, *release, owed.tries).await {
            Ok(command) => Ok(command),
            Err(later) => return put_off(hub, &claim, later.why, later.pause).await,
        },
        Effect::LookAhead { release, env } => {
            driver::ahead::look(hub, (*release, env), owed.tries).await
        }
        Effect::LookAt {
            environment,
            attempt,
            tick,
        } => look(hub, environment, *attempt, *tick).await,
        Effect::Checkpoint { release } => checkpoint(hub, *release).await,
        Effect::Card { .. } | Effect::Say { .. } => return None,
    };
    match report {
        Ok(command) => {
            retry::report(hub, "world", command, Settles::Effect(Box::new(claim))).await;
            None
        }
        Err(error) => put_off(hub, &claim, error, AGAIN).await,
    }
}

/// Reads the asks and what is demanded of the commit, side by side.
async fn before_a_start(hub: &Hub, release: &Release, env: &EnvName) -> Result<Command, String> {
    let environment = release.environment(env);
    let reading = join(
        standing::read(hub, release),
        commits::sighting(hub, release, env),
    );
    let ((seen, sighting), ()) = join(reading, drift::before(hub, &environment)).await;
    let seen = seen.map_err(|error| error.to_string())?;
    let Seen { read_at, standing } = seen;
    Ok(Command::Report(Report::StandingRead {
        release: release.id,
        env: Some(env.clone()),
        read_at,
        standing,
        sighting,
    }))
}

async fn put_off(
    hub: &Hub,
    claim: &Claim,
    error: String,
    pause: TimeDelta,
) -> Option<DateTime<Utc>> {
    let at = hub.time().await + pause;
    retry::settle(hub, claim, &Settlement::Later { at, error }).await;
    None
}

/// Pins every image of a release on the engine of its first environment.
async fn pin(hub: &Hub, id: ReleaseId, tries: u32) -> Result<Command, String> {
    let release = view::release(hub, id)
        .await
        .ok_or("the release could not be read")?;
    let setup = hub.setup();
    let first = (setup.policy(&release.app)).and_then(|it| it.environments.first());
    let site = first.and_then(|env| hub.site(&release.environment(&env.name)));
    let Some(site) = site else {
        let why = format!("{} has no environment to ask for its images", release.app);
        return Ok(Command::Report(Report::ImagesUnresolved {
            release: id,
            why,
        }));
    };
    let mut images = BTreeMap::new();
    for (service, reference) in &release.references {
        match find(hub, &site, (&release, service, reference)).await {
            Ok(pinned) => {
                let reference = reference.clone();
                let image = Image {
                    reference,
                    pinned: pinned.reference,
                    local: pinned.local,
                };
                images.insert(service.clone(), image);
            }
            Err(error) if may_pass(&error) && tries < TRIES => return Err(error.to_string()),
            Err(error) if release.builds.contains_key(service) => {
                let tail = error.output.clone();
                let why = error.within(driver::SHOWN).to_string();
                return Ok(Command::Report(Report::BuildFailed {
                    release: id,
                    why,
                    tail,
                }));
            }
            Err(error) => {
                let error = error.within(driver::SHOWN.saturating_sub(reference.len()));
                let why = format!("{reference}: {error}");
                return Ok(Command::Report(Report::ImagesUnresolved {
                    release: id,
                    why,
                }));
            }
        }
    }
    Ok(Command::Report(Report::ImagesPinned {
        release: id,
        images,
    }))
}

/// What one image is: as it was built, or as it is found.
async fn find(
    hub: &Hub,
    site: &Site,
    (release, service, reference): (&Release, &ServiceName, &str),
) -> Result<Pinned, ContainerError> {
    let Some(build) = release.builds.get(service) else {
        return hub.ports.containers.resolve(&site.target, reference).await;
    };
    let wanted = build::Wanted {
        release,
        service,
        reference,
        build,
    };
    build::pin(hub, &wanted).await
}

fn may_pass(error: &ContainerError) -> bool {
    match error.kind {
        Kind::Unreachable | Kind::Timeout => true,
        Kind::Preflight
        | Kind::Runtime
        | Kind::Interrupted
        | Kind::NotFound
        | Kind::Conflict
        | Kind::Refused => false,
    }
}

/// Runs the checks of one look at a watched environment.
async fn look(hub: &Hub, environment: &EnvId, attempt: u32, tick: u32) -> Result<Command, String> {
    let stream = StreamId::Environment(environment.clone());
    let fold = hub
        .ports
        .store
        .fold(&stream)
        .await
        .map_err(|error| error.to_string())?;
    let Some(Fold::Environment(fold)) = fold else {
        return Err("the environment could not be read".to_owned());
    };
    let watch = fold.watch.as_ref().filter(|it| it.attempt == attempt);
    let checks = watch
        .and_then(|it| it.ticks.get(tick as usize))
        .map(|it| it.checks.clone());
    let manifest = fold.current().map(|it| it.manifest.clone());
    let (mut passed, mut findings) = (true, Vec::new());
    if let (Some(checks), Some(manifest), Some(site)) = (checks, manifest, hub.site(environment)) {
        for check in &checks {
            let seen = driver::check::run(hub, &site, &manifest, (check, &Discard)).await;
            passed &= seen.passed;
            findings.extend(seen.findings);
        }
    }
    let environment = environment.clone();
    Ok(Command::Report(Report::TickChecked {
        environment,
        attempt,
        tick,
        passed,
        findings,
    }))
}

/// Signs where the log stands: at the end of this release, or a little behind it.
async fn checkpoint(hub: &Hub, release: ReleaseId) -> Result<Command, String> {
    let store = &hub.ports.store;
    let (seq, hash) = store.head().await.map_err(|error| error.to_string())?;
    let instance = store.instance().to_owned();
    let checkpoint = hub.ports.notary.sign(&LogEnd {
        instance,
        seq,
        hash,
    });
    Ok(Command::Report(Report::CheckpointSigned {
        release,
        checkpoint,
    }))
}
