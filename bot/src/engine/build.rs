//! Images that are built while a release is pinned: from its commit, in a copy of it
//! of their own, before anybody is asked.
//!
//! Safe to do twice and to be killed in: an image that is there with the commit's
//! label is taken, and an image gets its name only once it is built. A tag that means
//! something else is never moved: others may have deployed it.

mod checkout;

use std::collections::BTreeMap;
use std::time::Duration;

use shipbell_adapters::containers::{
    self, ContainerError, Discard, Kind, Pinned, Session, Shelf, Tagged,
};
use shipbell_domain::ids::ServiceName;
use shipbell_domain::policy::Build;
use shipbell_domain::release::Release;

use self::checkout::Checkout;
use super::hub::Hub;
use super::{Setup, Site};

/// The labels that say what an image was made from.
const REVISION: &str = "org.opencontainers.image.revision";
const VERSION: &str = "org.opencontainers.image.version";

/// Where the id of an image is written: it goes with the copy, whoever writes it.
const ID_FILE: &str = ".shipbell-image-id";

/// How long pushing an image may take, or fetching one to read its labels.
const MOVING: Duration = Duration::from_mins(15);

/// One image of a release.
pub(super) struct Wanted<'a> {
    pub(super) release: &'a Release,
    pub(super) service: &'a ServiceName,
    /// What it is called, with a tag.
    pub(super) reference: &'a str,
    pub(super) build: &'a Build,
}

/// The image of a commit: as it is there already, or as it is built now.
pub(super) async fn pin(hub: &Hub, wanted: &Wanted<'_>) -> Result<Pinned, ContainerError> {
    let site = site(hub, wanted)?;
    let checkout = Checkout::of(hub, &site, wanted).await?;
    let (push, reference) = (wanted.build.push, wanted.reference);
    let containers = &hub.ports.containers;
    let moving = session(MOVING);
    if push {
        let there = containers
            .look_up(&site.target, (reference, Shelf::Registry), &moving)
            .await?;
        if let Some(there) = there {
            return same(there, "its registry", (&checkout, wanted));
        }
    }
    let there = containers
        .look_up(&site.target, (reference, Shelf::Engine), &moving)
        .await?;
    let built = match there {
        Some(there) => same(there, "the engine", (&checkout, wanted))?,
        None => make(hub, &site, (&checkout, wanted)).await?,
    };
    if !push {
        return Ok(built);
    }
    containers.push(&site.target, reference, &moving).await
}

/// Builds it in a copy of the commit, which is removed whatever comes of it.
async fn make(
    hub: &Hub,
    site: &Site,
    (checkout, wanted): (&Checkout<'_>, &Wanted<'_>),
) -> Result<Pinned, ContainerError> {
    let how = wanted.build;
    checkout.clear().await;
    let copy = checkout.copy(&how.context, how.file.as_deref()).await;
    let built = match copy {
        Ok(copy) => {
            let order = containers::Build {
                tag: wanted.reference.to_owned(),
                id_file: copy.join(ID_FILE),
                directory: copy,
                context: how.context.clone(),
                file: how.file.clone(),
                platform: how.platform.clone(),
                args: args(wanted, &checkout.commit),
                labels: BTreeMap::from([
                    (REVISION.to_owned(), checkout.commit.clone()),
                    (VERSION.to_owned(), wanted.release.version.to_string()),
                ]),
            };
            tracing::info!(release = %wanted.release.id, image = wanted.reference, "building");
            let within = session(how.within.duration());
            let containers = &hub.ports.containers;
            let built = containers.build(&site.target, &order, &within).await;
            built.map_err(at_once)
        }
        Err(error) => Err(error),
    };
    checkout.clear().await;
    built
}

/// What took too long would so again: people are told now.
fn at_once(mut error: ContainerError) -> ContainerError {
    if error.kind == Kind::Timeout {
        error.kind = Kind::Runtime;
    }
    error
}

/// What is there, if it is of this commit.
fn same(
    there: Tagged,
    shelf: &str,
    (checkout, wanted): (&Checkout<'_>, &Wanted<'_>),
) -> Result<Pinned, ContainerError> {
    let revision = there.labels.get(REVISION);
    if revision == Some(&checkout.commit) {
        return Ok(there.pinned);
    }
    let of = match revision {
        Some(other) => format!("of commit {}", other.chars().take(40).collect::<String>()),
        None => "that does not say of which commit".to_owned(),
    };
    let what = format!("building {}", wanted.reference);
    let why = format!(
        "{shelf} has an image of that name {of}, and not of {}",
        checkout.commit
    );
    Err(ContainerError::new(Kind::Refused, what, why).hint(
        "A tag is never moved, because somebody may have deployed it: choose another version, or remove that image",
    ))
}

/// The machine it is built on: of the environment that was named, or of the first.
fn site(hub: &Hub, wanted: &Wanted<'_>) -> Result<Site, ContainerError> {
    let setup = hub.setup();
    let first = first(&setup, wanted.release);
    let env = wanted.build.env.as_ref().or(first.as_ref());
    let site = env.and_then(|env| hub.site(&wanted.release.environment(env)));
    site.ok_or_else(|| {
        let what = format!("building {}", wanted.reference);
        let why = "the environment whose host builds it is not configured any more";
        ContainerError::new(Kind::Refused, what, why).hint("Open the release again")
    })
}

fn first(setup: &Setup, release: &Release) -> Option<shipbell_domain::ids::EnvName> {
    let policy = setup.policy(&release.app)?;
    policy.environments.first().map(|it| it.name.clone())
}

/// The arguments with what the release brings filled in.
fn args(wanted: &Wanted<'_>, commit: &str) -> BTreeMap<String, String> {
    let version = wanted.release.version.as_str();
    let fill = |it: &String| it.replace("{version}", version).replace("{sha}", commit);
    let args = wanted.build.args.iter();
    args.map(|(name, value)| (name.clone(), fill(value)))
        .collect()
}

fn session(within: Duration) -> Session<'static> {
    Session {
        lines: &Discard,
        lock: None,
        within,
    }
}
