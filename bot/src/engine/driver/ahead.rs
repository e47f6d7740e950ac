//! What a deploy would change, found out before anything is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use shipbell_adapters::containers::{
    Change as Seen, ContainerError, Containers, Discard, Fate as Becomes, Kind, Plan, Session,
};
use shipbell_adapters::secret::Secret;
use shipbell_domain::command::Report;
use shipbell_domain::environment::{Environment, Verified};
use shipbell_domain::ids::{EnvId, EnvName, HostName, ReleaseId};
use shipbell_domain::manifest::Manifest;
use shipbell_domain::policy::EnvPolicy;
use shipbell_domain::preview::{Back, Change, Fate, Preview};
use shipbell_domain::release::Release;
use shipbell_domain::steps::{Step, StepKind};
use shipbell_domain::{Command, Fold, StreamId};

use super::preflight;
use super::step::{container, pins_of, up};
use crate::engine::Site;
use crate::engine::driver::fill;
use crate::engine::hub::Hub;

/// How long a look may take.
const WITHIN: Duration = Duration::from_mins(1);

/// How often an engine that does not answer is asked.
const TRIES: u32 = 5;

/// Looks, and says what was seen. What an engine that does not answer would do
/// is asked again, and then said to be unknown.
pub(in crate::engine) async fn look(
    hub: &Hub,
    (id, env): (ReleaseId, &EnvName),
    tries: u32,
) -> Result<Command, String> {
    let Some(Fold::Release(release)) = fold(hub, StreamId::Release(id)).await? else {
        return Err("the release could not be read".to_owned());
    };
    let here = match fold(hub, StreamId::Environment(release.environment(env))).await? {
        Some(Fold::Environment(here)) => Some(here),
        Some(_) | None => None,
    };
    let mut preview = match seen(hub, &release, env, here.as_deref()).await {
        Ok(preview) => preview,
        Err(Unseen::Later(why)) if tries < TRIES => return Err(why),
        Err(Unseen::Later(why) | Unseen::Never(why)) => Preview {
            trouble: Some(why),
            ..Preview::default()
        },
    };
    if let Some(here) = &here {
        preview.back = back(hub, here, release.id).await;
    }
    Ok(Command::Report(Report::LookedAhead {
        release: id,
        env: env.clone(),
        preview: Box::new(preview),
    }))
}

/// Why nothing could be seen.
enum Unseen {
    /// It may be seen later.
    Later(String),
    /// The deploy would fail by the same reason.
    Never(String),
}

impl From<ContainerError> for Unseen {
    fn from(error: ContainerError) -> Self {
        match error.kind {
            Kind::Unreachable | Kind::Timeout => Self::Later(error.to_string()),
            Kind::Preflight
            | Kind::Runtime
            | Kind::Interrupted
            | Kind::NotFound
            | Kind::Conflict
            | Kind::Refused => Self::Never(error.to_string()),
        }
    }
}

/// All but the way back.
async fn seen(
    hub: &Hub,
    release: &Release,
    env: &EnvName,
    here: Option<&Environment>,
) -> Result<Preview, Unseen> {
    let gone = || Unseen::Never(format!("{env} is not configured any more"));
    let setup = hub.setup();
    let policy = setup.policy(&release.app);
    let policy = policy.and_then(|it| it.environment(env));
    let site = hub.site(&release.environment(env));
    let (Some(policy), Some(site)) = (policy, site) else {
        return Err(gone());
    };
    let Some(manifest) = &release.manifest else {
        return Err(Unseen::Later("the images are not pinned yet".to_owned()));
    };
    let alone = preflight::alone(hub, &release.app);
    let environment = release.environment(env);
    let allowed = preflight::allowed(hub, &release.app);
    let once = deploy(policy).filter(|it| it.once() && it.irreversible.is_none());
    let irreversible = deploy(policy).filter_map(|it| {
        let restore = it.irreversible.as_ref()?.restore.clone();
        Some((it.title(), restore))
    });
    let mut preview = Preview {
        once: once.map(Step::title).collect(),
        irreversible: irreversible.collect(),
        ..Preview::default()
    };
    for (host, site) in site.each() {
        let plan = plan(hub, &site, manifest, (policy, &alone)).await?;
        let containers = containers(hub, &site, (&environment, manifest), policy).await?;
        let away = here.map(|it| away(it, host.as_ref())).unwrap_or_default();
        let changes = plan.changes.iter().chain(&containers);
        let changes = changes.map(|it| change(it, host.as_ref(), &away));
        preview.changes.extend(changes);
        let judged = preflight::judge((&manifest.images, &alone), Some(&allowed), &plan.found)
            .and_then(|()| preflight::ports(deploy(policy), &plan.found));
        let trouble = judged.err().map(|it| match &host {
            Some(host) => it.on(host.as_str()).to_string(),
            None => it.to_string(),
        });
        preview.trouble = preview.trouble.or(trouble);
        if preview.engine.is_empty() {
            preview.engine = preflight::told(&plan.found);
        }
    }
    Ok(preview)
}

fn deploy(policy: &EnvPolicy) -> impl Iterator<Item = &Step> {
    policy.deploy.iter().filter(|it| it.belongs(false))
}

/// The step that brings a project to its images.
fn up_of(policy: &EnvPolicy) -> Option<&Step> {
    deploy(policy).find(|it| matches!(it.kind, StepKind::Up(_)))
}

/// What that step has Compose know besides the project's own variables.
pub(in crate::engine) fn vars_of_up(
    hub: &Hub,
    site: &Site,
    (environment, manifest): (&EnvId, &Manifest),
) -> Result<BTreeMap<String, Secret>, ContainerError> {
    let setup = hub.setup();
    let policy = setup.policy(&environment.app);
    let step = policy.and_then(|it| up_of(it.environment(&environment.env)?));
    step.map_or_else(
        || Ok(BTreeMap::new()),
        |it| fill::here(site, manifest, &it.vars),
    )
}

async fn plan(
    hub: &Hub,
    site: &Site,
    manifest: &Manifest,
    (policy, alone): (&EnvPolicy, &BTreeSet<String>),
) -> Result<Plan, ContainerError> {
    let step = up_of(policy);
    let vars = match step {
        Some(step) => fill::here(site, manifest, &step.vars)?,
        None => BTreeMap::default(),
    };
    let mut wanted = up::wanted(site, manifest, vars);
    wanted.optional = alone.clone();
    let session = Session {
        lines: &Discard,
        lock: None,
        within: WITHIN,
    };
    let containers = &hub.ports.containers;
    let mut plan = containers.plan(&site.target, &wanted, &session).await?;
    if step.is_none() {
        // Nothing is brought to images: what runs goes on.
        plan.changes.clear();
    }
    Ok(plan)
}

/// What would become of the plain containers.
async fn containers(
    hub: &Hub,
    site: &Site,
    (environment, manifest): (&EnvId, &Manifest),
    policy: &EnvPolicy,
) -> Result<Vec<Seen>, ContainerError> {
    let mut changes = Vec::new();
    for step in deploy(policy) {
        let Some(it) = step.container() else { continue };
        let vars = fill::here(site, manifest, &step.vars)?;
        let wanted = container::wanted(site, (environment, manifest), (it, vars))?;
        let containers = &hub.ports.containers;
        changes.push(containers.foresee(&site.target, &wanted).await?);
    }
    Ok(changes)
}

/// For how long services were away when they were last replaced.
fn away(here: &Environment, host: Option<&HostName>) -> BTreeMap<String, u64> {
    let snapshots = here.verified.iter().filter_map(|it| it.snapshot.as_deref());
    let of_host = snapshots.filter_map(|it| it.on(host));
    of_host.flat_map(|it| it.away.clone()).collect()
}

fn change(seen: &Seen, host: Option<&HostName>, away: &BTreeMap<String, u64>) -> Change {
    Change {
        service: seen.service.clone(),
        on: host.cloned(),
        fate: match seen.fate {
            Becomes::Created => Fate::Created,
            Becomes::Replaced => Fate::Replaced,
            Becomes::Started => Fate::Started,
            Becomes::Kept => Fate::Kept,
            Becomes::Removed => Fate::Removed,
        },
        from: seen.from.clone(),
        to: seen.to.clone(),
        published: seen.published,
        away: away.get(&seen.service).copied(),
    }
}

/// What a deploy that fails would return to, and whether all of it can be had.
async fn back(hub: &Hub, here: &Environment, release: ReleaseId) -> Option<Back> {
    let target = target(here, release)?;
    let site = hub.site(&here.id)?;
    let lost = lost(hub.ports.containers.as_ref(), &site, &target.manifest).await;
    Some(Back {
        version: target.manifest.version.clone(),
        lost,
    })
}

fn target(here: &Environment, release: ReleaseId) -> Option<&Verified> {
    let current = here.current()?;
    // Where it runs already, the way back leads further.
    if current.release == release {
        return here.previous().filter(|it| it.release != release);
    }
    Some(current)
}

/// Why a manifest's images cannot all be had: neither an engine nor the registry has one.
async fn lost(containers: &dyn Containers, site: &Site, manifest: &Manifest) -> Option<String> {
    for (host, site) in site.each() {
        for (service, image) in pins_of(manifest) {
            if let Err(error) = containers.resolve(&site.target, &image.reference).await {
                return Some(match host {
                    Some(host) => format!("{host}: {service}: {error}"),
                    None => format!("{service}: {error}"),
                });
            }
        }
    }
    None
}

async fn fold(hub: &Hub, stream: StreamId) -> Result<Option<Fold>, String> {
    let fold = hub.ports.store.fold(&stream).await;
    fold.map_err(|error| error.to_string())
}
