//! What runs is compared with what was proven, now and then and before a deploy:
//! somebody else may have changed it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use shipbell_adapters::containers::{ContainerError, Discard, Session, Sight};
use shipbell_domain::command::Report;
use shipbell_domain::drift::{self, Seen};
use shipbell_domain::environment::Environment;
use shipbell_domain::ids::{EnvId, HostName};
use shipbell_domain::manifest::Manifest;
use shipbell_domain::snapshot::Kept;
use shipbell_domain::{Command, Fold, StreamId};
use shipbell_storage::Settles;

use super::driver::vars_of_up;
use super::hub::Hub;
use super::{Site, retry};
use crate::render::difference;

/// The pause before it is looked whether anything is to be compared again.
const IDLE: Duration = Duration::from_hours(24);
/// The pause before what differs is looked at again: a container may just be starting.
const SURELY: Duration = Duration::from_secs(20);
/// How long a deploy waits for a look: what was read for it must not grow old.
const IN_TIME: Duration = Duration::from_secs(5);
/// How long a look may take.
const WITHIN: Duration = Duration::from_mins(1);
/// How much of an id or a hash is kept: enough to tell two apart.
const SHORT: usize = 16;

/// Compares everything now and then.
pub(super) async fn run(hub: Arc<Hub>) {
    while hub.halted().is_none() {
        let Some(every) = hub.setup().compare_every else {
            hub.pause(IDLE).await;
            continue;
        };
        hub.pause(every).await;
        let all: Vec<EnvId> = hub.setup().sites.keys().cloned().collect();
        for environment in all {
            surely(&hub, &environment).await;
        }
    }
}

/// Compares one environment; what differs is told if it still does a little later.
async fn surely(hub: &Hub, environment: &EnvId) {
    let Some(first) = compare(hub, environment).await else {
        return;
    };
    if !first.is_news {
        return;
    }
    let every = hub.setup().compare_every.unwrap_or(SURELY);
    hub.pause(SURELY.min(every)).await;
    let second = compare(hub, environment).await;
    if let Some(second) = second.filter(|it| it.report == first.report) {
        tell(hub, second.report).await;
    }
}

/// Compares where a deploy is about to begin; what differs is told before it does,
/// if it can be seen in time.
pub(super) async fn before(hub: &Hub, environment: &EnvId) {
    let compared = in_time(hub, compare(hub, environment)).await.flatten();
    if let Some(compared) = compared.filter(|it| it.is_news) {
        tell(hub, compared.report).await;
    }
}

/// What an attempt is about to replace that somebody else had changed, in words, as far as
/// it can be seen in time. Nobody is asked about it any more, but the evidence tells it.
pub(super) async fn replaced(hub: &Hub, site: &Site, here: &Environment) -> Vec<String> {
    let compares = hub.setup().compare_every.is_some();
    let Some(proven) = here.untouched().filter(|_| compares) else {
        return Vec::new();
    };
    let looking = look(hub, site, (&here.id, &proven.manifest));
    let Some(Ok(seen)) = in_time(hub, looking).await else {
        return Vec::new();
    };
    let found = drift::differences(&here.seen, &seen);
    let told = found.iter().map(difference);
    told.map(|it| format!("changed by somebody else before: {it}"))
        .collect()
}

/// What a look gives, if it is done before whoever is about to begin waits too long.
async fn in_time<T>(hub: &Hub, looking: impl Future<Output = T>) -> Option<T> {
    match select(Box::pin(looking), Box::pin(hub.pause(IN_TIME))).await {
        Either::Left((seen, _)) => Some(seen),
        Either::Right(((), _)) => None,
    }
}

async fn tell(hub: &Hub, report: Report) {
    // It may have come too late to matter: then it is refused, and nothing is lost.
    retry::report(hub, "drift", Command::Report(report), Settles::Nothing).await;
}

/// What a look found.
struct Compared {
    report: Report,
    /// Whether it differs from what is known.
    is_news: bool,
}

/// None where nothing can be compared, or nothing could be seen.
async fn compare(hub: &Hub, environment: &EnvId) -> Option<Compared> {
    hub.setup().compare_every?;
    let stream = StreamId::Environment(environment.clone());
    let Ok(Some(Fold::Environment(here))) = hub.ports.store.fold(&stream).await else {
        return None;
    };
    let proven = here.compares()?;
    let site = hub.site(environment)?;
    let seen = match look(hub, &site, (environment, &proven.manifest)).await {
        Ok(seen) => seen,
        Err(error) => {
            tracing::debug!(%environment, %error, "what runs could not be compared");
            return None;
        }
    };
    let is_news = here.differs(&seen).is_some();
    let report = Report::Compared {
        environment: environment.clone(),
        attempt: proven.attempt,
        seen,
    };
    Some(Compared { report, is_news })
}

/// Everything that runs of an environment, on each of its hosts.
pub(super) async fn look(
    hub: &Hub,
    site: &Site,
    (environment, manifest): (&EnvId, &Manifest),
) -> Result<Vec<Seen>, ContainerError> {
    let session = Session {
        lines: &Discard,
        lock: None,
        within: WITHIN,
    };
    let mut all = Vec::new();
    for (host, site) in site.each() {
        let mut project = site.project.clone();
        project
            .vars
            .extend(vars_of_up(hub, &site, (environment, manifest))?);
        let containers = &hub.ports.containers;
        let seen = containers.sight(&site.target, &project, &session).await?;
        all.extend(seen.into_iter().map(|it| in_our_words(host.as_ref(), it)));
    }
    Ok(all)
}

fn in_our_words(host: Option<&HostName>, sight: Sight) -> Seen {
    let short = |hash: &str| {
        let digits = hash
            .split(' ')
            .map(|it| it.rsplit(':').next().unwrap_or(it));
        let short = digits.map(|it| it.chars().take(SHORT).collect::<String>());
        short.collect::<Vec<_>>().join(" ")
    };
    Seen {
        on: host.cloned(),
        id: short(&sight.id),
        made: short(&sight.made),
        asked: sight.asked.as_deref().map(short),
        running: sight.running,
        service: sight.service,
        image: Kept {
            pinned: sight.image.reference,
            local: sight.image.local,
        },
    }
}
