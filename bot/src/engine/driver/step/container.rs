//! Bringing one plain container to its image and settings.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use shipbell_adapters::containers::{
    Container, ContainerError, Kind, Labels, Port, Replaced, Restart, Session, Volume,
};
use shipbell_adapters::secret::Secret;
use shipbell_domain::ids::EnvId;
use shipbell_domain::manifest::Manifest;
use shipbell_domain::snapshot::Snapshot;
use shipbell_domain::steps::{self, Mount, Protocol, Settled, Value};

use super::super::fill;
use super::up::{RELEASE, change};
use super::{Place, Proof, pins_of};
use crate::engine::Site;
use crate::engine::hub::Hub;

/// What the container of an environment is to be like.
pub(in crate::engine::driver) fn wanted(
    site: &Site,
    (environment, manifest): (&EnvId, &Manifest),
    (step, vars): (&steps::Container, BTreeMap<String, Secret>),
) -> Result<Container, ContainerError> {
    let name = step.name_in(environment);
    let service = step.service.to_string();
    let Some(image) = pins_of(manifest).remove(&service) else {
        let what = format!("replacing container {name}");
        let why = format!("the release has no image {service}");
        return Err(ContainerError::new(Kind::Preflight, what, why));
    };
    Ok(Container {
        name,
        project: site.project.name.clone(),
        service,
        image,
        labels: Labels::from([(RELEASE.to_owned(), manifest.version.to_string())]),
        command: fill::words(manifest, &step.argv)?,
        vars,
        ports: step.ports.iter().map(port).collect(),
        volumes: step.volumes.iter().map(volume).collect(),
        networks: step.networks.clone(),
        restart: restart(step.restart),
        grace: step.stop_within.duration(),
        stable_for: step.stable_for.duration(),
        healthy_within: step.healthy_within.duration(),
    })
}

pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    (step, vars): (&steps::Container, &BTreeMap<String, Value>),
) -> Result<Proof, ContainerError> {
    let (wanted, settled, note) = settings(place, step, vars)?;
    let target = &place.site.target;
    let replaced = hub
        .ports
        .containers
        .replace(target, &wanted, session)
        .await?;
    let mut findings: Vec<String> = note.into_iter().collect();
    findings.push(told(&wanted, &replaced));
    let away = change::away(&replaced.now, replaced.ended);
    let said = replaced.last_words.iter().map(|it| format!("before: {it}"));
    let lines = said.chain(change::checks(&replaced.now)).collect();
    Ok(Proof {
        findings,
        lines,
        code: None,
        snapshot: Some(Snapshot {
            name: None,
            images: BTreeMap::new(),
            away: { away.into_iter() }
                .map(|it| (wanted.service.clone(), it))
                .collect(),
            containers: BTreeMap::from([(wanted.name, settled)]),
            hosts: BTreeMap::new(),
        }),
    })
}

/// What it is to be like: as the step says, or, if it returns, as it was then. What
/// cannot be had of then is taken from today, and that is said.
fn settings(
    place: &Place<'_>,
    step: &steps::Container,
    vars: &BTreeMap<String, Value>,
) -> Result<(Container, Settled, Option<String>), ContainerError> {
    let today = Settled {
        container: step.clone(),
        vars: vars.clone(),
    };
    let filled = |settled: &Settled| {
        let vars = fill::values(place, &settled.vars)?;
        let of = (place.environment, &place.attempt.manifest);
        wanted(place.site, of, (&settled.container, vars))
    };
    if !place.attempt.is_rollback() {
        return Ok((filled(&today)?, today, None));
    }
    let name = step.name_in(place.environment);
    let then = place.kept.and_then(|it| it.containers.get(&name));
    let why = match then {
        None => "its settings were not kept".to_owned(),
        Some(then) => match filled(then) {
            Ok(wanted) => return Ok((wanted, then.clone(), None)),
            Err(error) => error.to_string(),
        },
    };
    let note = format!("{why}; the settings of today are used");
    Ok((filled(&today)?, today, Some(note)))
}

/// `web  4c1e22aa0b1c → 9f3b11cc7d20 in container 0d5e1f2a3b4c, away for 1.4 s, stable for 10s`
fn told(wanted: &Container, replaced: &Replaced) -> String {
    let now = &replaced.now;
    let ended: BTreeMap<String, DateTime<Utc>> = { replaced.ended.iter() }
        .map(|it| (now.service.clone(), *it))
        .collect();
    let before = replaced.before.as_slice();
    let what = change::told(now, before, &ended);
    let gone = { replaced.before.iter() }
        .filter(|it| it.container != now.container)
        .map(|it| format!(", in place of container {}", change::short(&it.container)));
    let gone: String = gone.collect();
    let stable = wanted.stable_for.as_secs();
    format!("{}: {what}{gone}, stable for {stable} s", wanted.name)
}

fn port(it: &steps::Port) -> Port {
    Port {
        address: it.address,
        outside: it.outside,
        inside: it.inside,
        udp: match it.protocol {
            Protocol::Tcp => false,
            Protocol::Udp => true,
        },
    }
}

fn volume(it: &Mount) -> Volume {
    Volume {
        source: it.source.clone(),
        inside: it.inside.clone(),
        read_only: it.read_only,
    }
}

fn restart(it: steps::Restart) -> Restart {
    match it {
        steps::Restart::No => Restart::No,
        steps::Restart::OnFailure => Restart::OnFailure,
        steps::Restart::Always => Restart::Always,
        steps::Restart::UnlessStopped => Restart::UnlessStopped,
    }
}
