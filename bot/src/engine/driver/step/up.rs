//! Bringing a project to its images, and waiting until it is well.

pub(super) mod change;

use std::collections::{BTreeMap, BTreeSet};

use shipbell_adapters::containers::{
    ContainerError, Kind, Labels, LogQuery, Pinned, Session, Snapshot as Kept, Up, UpReport, Wait,
};
use shipbell_adapters::secret::Secret;
use shipbell_domain::manifest::Manifest;
use shipbell_domain::snapshot::Snapshot;
use shipbell_domain::steps;

use super::super::preflight;
use super::{Place, Proof, pins_of};
use crate::engine::Site;
use crate::engine::hub::Hub;

/// How many last lines of each container are kept before it may be removed.
const TAIL: u32 = 50;

/// The label that says which release a container belongs to.
pub(super) const RELEASE: &str = "io.shipbell.release";

/// What the project of an environment is to be brought to.
pub(in crate::engine::driver) fn wanted(
    site: &Site,
    manifest: &Manifest,
    vars: BTreeMap<String, Secret>,
) -> Up {
    let mut project = site.project.clone();
    project.vars.extend(vars);
    Up {
        project,
        services: Vec::new(),
        pins: pins_of(manifest),
        labels: Labels::from([(RELEASE.to_owned(), manifest.version.to_string())]),
        state_dir: site.state_dir.clone(),
        snapshot: None,
        optional: BTreeSet::new(),
    }
}

pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    (step, vars): (&steps::Up, BTreeMap<String, Secret>),
) -> Result<Proof, ContainerError> {
    let site = place.site;
    let containers = &hub.ports.containers;
    let mut wanted = wanted(site, &place.attempt.manifest, vars);
    wanted.snapshot = place.kept.and_then(snapshot);
    wanted.optional = preflight::alone(hub, &place.environment.app);
    let before = containers.running(&site.target, &site.project.name).await?;
    let mut lines = last_words(hub, site).await;
    let mut findings = Vec::new();
    let report = bring(hub, site, (&mut wanted, &mut findings), session).await?;
    let wait = wait(&wanted, &report, step);
    let running = containers.wait_stable(&site.target, &wait, session).await?;
    let seen = running
        .iter()
        .map(|it| change::told(it, &before, &report.ended));
    findings.extend(seen.map(|it| format!("{it}, stable for {}", step.stable_for)));
    let name = format!("a{}", place.attempt.number);
    let kept = containers.keep(&site.target, &wanted, (&name, &report));
    let snapshot = match kept.await {
        Ok(kept) => Some(change::kept(kept, &running, &report)),
        Err(error) => {
            findings.push(format!("nothing to return to was kept: {error}"));
            None
        }
    };
    lines.extend(report.output.tail(usize::MAX));
    lines.extend(running.iter().flat_map(change::checks));
    Ok(Proof {
        findings,
        lines,
        code: None,
        snapshot,
    })
}

/// Brings the project to what is wanted: as it was kept if it returns, or else, where
/// that is gone, by the files of today.
async fn bring(
    hub: &Hub,
    site: &Site,
    (wanted, findings): (&mut Up, &mut Vec<String>),
    session: &Session<'_>,
) -> Result<UpReport, ContainerError> {
    let containers = &hub.ports.containers;
    match containers.up(&site.target, wanted, session).await {
        Err(error) if error.kind == Kind::NotFound && wanted.snapshot.is_some() => {
            findings.push(format!("{error}; the project's files of today are used"));
            wanted.snapshot = None;
            containers.up(&site.target, wanted, session).await
        }
        report => report,
    }
}

/// What must run, and for how long, before it counts as well.
fn wait(wanted: &Up, report: &UpReport, step: &steps::Up) -> Wait {
    let kept = wanted.snapshot.as_ref();
    Wait {
        project: wanted.project.name.clone(),
        services: Vec::new(),
        pins: kept.map_or_else(|| report.pins.clone(), |it| it.images.clone()),
        stable_for: step.stable_for.duration(),
        healthy_within: step.healthy_within.duration(),
    }
}

/// What the services said before any of their containers was removed. They can be
/// replaced without it.
async fn last_words(hub: &Hub, site: &Site) -> Vec<String> {
    let query = LogQuery {
        project: site.project.name.clone(),
        service: None,
        tail: TAIL,
        since: None,
    };
    let logs = hub.ports.containers.logs(&site.target, &query).await;
    let said = logs.map(|it| it.tail(usize::MAX)).unwrap_or_default();
    let said = said.into_iter().map(|it| format!("before: {it}"));
    said.collect()
}

/// What was kept of the project, if it was.
fn snapshot(kept: &Snapshot) -> Option<Kept> {
    let pinned = |(service, image): (&String, &shipbell_domain::snapshot::Kept)| {
        let (reference, local) = (image.pinned.clone(), image.local);
        (service.clone(), Pinned { reference, local })
    };
    Some(Kept {
        name: kept.name.clone()?,
        images: kept.images.iter().map(pinned).collect(),
    })
}
