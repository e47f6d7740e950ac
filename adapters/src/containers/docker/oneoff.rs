//! Commands that run once, each in a container of its own.
//!
//! The container's name stands for the run: whoever comes later, this process
//! or the next, finds the same container and collects the same result.

mod create;
mod follow;

use std::time::Duration;

use bollard::models::{ContainerCreateBody, ContainerInspectResponse};
use bollard::query_parameters::CreateContainerOptionsBuilder;
use tokio::time::{Instant, sleep};

use super::DockerEngines;
use super::api::{Api, check};
use super::project::instant;
use crate::containers::{
    ContainerError, Exit, Found, Home, Kind, Labels, OneOff, Phase, Pinned, Sealing, Session,
    TOMBSTONE, Target,
};

/// How often a name may change hands before it is an error.
const ROUNDS: usize = 10;

/// A name is taken a moment before its container can be seen.
const MOMENT: Duration = Duration::from_millis(100);

/// Makes or adopts the container, follows it, and collects how it ended.
pub(super) async fn run(
    engines: &DockerEngines,
    (api, target): (&Api<'_>, &Target),
    spec: &OneOff,
    session: &Session<'_>,
) -> Result<Exit, ContainerError> {
    let begun = Instant::now();
    let (found, adopted) = ensure(engines, (api, target), spec, session).await?;
    let rest = session.within.saturating_sub(begun.elapsed());
    follow::to_the_end(
        api,
        (&spec.name, &found.container),
        &Session {
            within: rest,
            ..*session
        },
    )
    .await
    .map(|exit| Exit { adopted, ..exit })
}

/// The container of this run, started; and whether it was there before.
async fn ensure(
    engines: &DockerEngines,
    (api, target): (&Api<'_>, &Target),
    spec: &OneOff,
    session: &Session<'_>,
) -> Result<(Found, bool), ContainerError> {
    let what = format!("running {} once", spec.name);
    let mut made = false;
    for _ in 0..ROUNDS {
        let Some(found) = api.find(&spec.name).await? else {
            let creating = create::and_start(engines, (api, target), spec, session).await;
            match creating {
                Ok(()) => made = true,
                // Whoever was faster may have been an earlier call of ours.
                Err(error) if error.kind == Kind::Conflict => sleep(MOMENT).await,
                Err(error) => return Err(error),
            }
            continue;
        };
        if matches!(found.phase, Phase::Tombstone) {
            return Err(ContainerError::given_up(what));
        }
        if found.labels.get(&spec.identity.0) != Some(&spec.identity.1) {
            let why = "a container of that name belongs to something else";
            return Err(ContainerError::new(Kind::Conflict, what, why)
                .hint("Look at that container; remove it if it is not needed"));
        }
        match (&found.phase, &spec.home) {
            (Phase::Running | Phase::Exited { .. } | Phase::Tombstone, _) => {
                return Ok((found, !made));
            }
            (Phase::Created, Home::Image { .. }) => api.start(&found.container).await?,
            // Half made: it may not be in all of its networks. Without force, so
            // that one which is started at this moment stays.
            (Phase::Created, Home::Service { .. }) => {
                api.remove(&found.container, false).await?;
            }
        }
    }
    Err(ContainerError::new(
        Kind::Conflict,
        what,
        "its container comes and goes",
    ))
}

/// Occupies a name.
pub(super) async fn seal(
    api: &Api<'_>,
    name: &str,
    image: &Pinned,
    labels: &Labels,
) -> Result<Sealing, ContainerError> {
    let what = format!("sealing the name {name}");
    check(name)?;
    let mut all: std::collections::HashMap<String, String> = labels.clone().into_iter().collect();
    all.insert(TOMBSTONE.to_owned(), "true".to_owned());
    let body = ContainerCreateBody {
        image: Some(image.reference.clone()),
        entrypoint: Some(vec!["/tombstone".to_owned()]),
        labels: Some(all),
        network_disabled: Some(true),
        ..ContainerCreateBody::default()
    };
    for _ in 0..ROUNDS {
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        let creating = api.docker.create_container(Some(options), body.clone());
        match api.call(what.as_str(), creating).await {
            Ok(_) => return Ok(Sealing::Sealed),
            Err(error) if error.kind == Kind::Conflict => {}
            Err(error) => return Err(error),
        }
        let Some(found) = api.find(name).await? else {
            sleep(MOMENT).await;
            continue;
        };
        match found.phase {
            Phase::Tombstone => return Ok(Sealing::Sealed),
            Phase::Created => api.remove(&found.container, false).await?,
            Phase::Running | Phase::Exited { .. } => return Ok(Sealing::Taken(found)),
        }
    }
    Err(ContainerError::new(
        Kind::Conflict,
        what,
        "its container comes and goes",
    ))
}

/// Ends a run.
pub(super) async fn stop(
    api: &Api<'_>,
    name: &str,
    grace: Duration,
) -> Result<Option<Found>, ContainerError> {
    let what = format!("stopping {name}");
    let Some(found) = api.find(name).await? else {
        return Ok(None);
    };
    match found.phase {
        Phase::Tombstone | Phase::Created | Phase::Exited { .. } => return Ok(Some(found)),
        Phase::Running => {}
    }
    api.stop(what, &found.container, grace).await?;
    api.find(name).await
}

impl Api<'_> {
    /// Looks a one-off container up by its exact name.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Found>, ContainerError> {
        Ok(self.named(name).await?.map(seen))
    }
}

fn seen(container: ContainerInspectResponse) -> Found {
    let state = container.state.unwrap_or_default();
    let labels: Labels = container
        .config
        .and_then(|config| config.labels)
        .unwrap_or_default()
        .into_iter()
        .collect();
    let started = instant(state.started_at.as_deref()).is_some();
    let phase = if labels.contains_key(TOMBSTONE) {
        Phase::Tombstone
    } else if state.running == Some(true) {
        Phase::Running
    } else if !started {
        Phase::Created
    } else {
        Phase::Exited {
            code: state.exit_code.unwrap_or(-1),
            out_of_memory: state.oom_killed == Some(true),
            finished_at: instant(state.finished_at.as_deref()),
        }
    };
    Found {
        container: container.id.unwrap_or_default(),
        labels,
        phase,
    }
}
