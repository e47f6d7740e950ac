//! What stands in the records: whether each image that a deploy or the way back would
//! bring can still be had, and means what it meant when people consented.

use shipbell_adapters::containers::{Containers as _, Pinned, Target};
use shipbell_domain::environment::Environment;
use shipbell_domain::event::StageResult;
use shipbell_domain::ids::{AppId, EnvName, ServiceName};
use shipbell_domain::manifest::{Image, Manifest};
use shipbell_domain::release::{Release, Stage};
use shipbell_storage::Inspection;

use super::{Finding, Hands, Told};
use crate::config::Config;
use crate::engine::Setup;
use crate::wiring;

/// Looks at every open release, and at what each environment would return to.
pub(super) async fn examine(hands: &Hands, (config, setup): (&Config, &Setup)) -> Vec<Told> {
    let database = wiring::database(&config.data);
    if !database.exists() {
        return Vec::new();
    }
    let standing = match Inspection::open(&database).await {
        Ok(mut log) => log.standing().await,
        Err(error) => Err(error),
    };
    let standing = match standing {
        Ok(standing) => standing,
        Err(error) => {
            let fix = "`shipbell verify` looks the whole database over".to_owned();
            let what = error.to_string();
            return vec![("Records".to_owned(), Finding::Bad { what, fix })];
        }
    };
    let mut findings = Vec::new();
    for release in &standing.releases {
        findings.extend(of_release(hands, setup, release).await);
    }
    for environment in &standing.environments {
        findings.extend(of_environment(hands, setup, environment).await);
    }
    findings
}

/// What a release would bring, and how it went where it was brought before.
async fn of_release(hands: &Hands, setup: &Setup, release: &Release) -> Vec<Told> {
    let name = format!("Release {} {} {}", release.app, release.id, release.version);
    let Some(manifest) = &release.manifest else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (service, image) in &manifest.images {
        for target in engines(setup, &release.app, None) {
            let found = of_image(hands, &target, (service, image)).await;
            findings.extend(found);
        }
    }
    let failed = |(env, stage): (&EnvName, &Stage)| {
        let (_, result) = stage.attempts.last()?.ended.as_ref()?;
        let what = match result {
            StageResult::Failed(why) => format!("its last deploy to {env} failed: {why}"),
            StageResult::RolledBack(_) => format!("its last deploy to {env} was taken back"),
            StageResult::Verified => return None,
        };
        let fix = "open a release with mended images: the same ones fail the same way, unless \
                   something else was wrong";
        let fix = fix.to_owned();
        Some(Finding::Warning { what, fix })
    };
    findings.extend(release.stages.iter().filter_map(failed));
    if findings.is_empty() {
        findings.push(Finding::Good("its images can be had, as pinned".to_owned()));
    }
    dedup(&name, findings)
}

/// What a rollback would bring. It may do without the registry: what cannot be had is
/// no trouble yet.
async fn of_environment(hands: &Hands, setup: &Setup, environment: &Environment) -> Vec<Told> {
    let Some(back) = environment.previous() else {
        return Vec::new();
    };
    let (id, manifest): (_, &Manifest) = (&environment.id, &back.manifest);
    let name = format!("Way back {id} {}", manifest.version);
    let mut findings = Vec::new();
    for (service, image) in &manifest.images {
        for target in engines(setup, &id.app, Some(&id.env)) {
            let pinned = pinned(image);
            if let Err(error) = hands.engines.resolve(&target, &pinned.reference).await {
                findings.push(of_service(service, Finding::refused(error).doubtful()));
            }
        }
    }
    if findings.is_empty() {
        findings.push(Finding::Good("its images can be had".to_owned()));
    }
    dedup(&name, findings)
}

/// The same on several hosts is said once.
fn dedup(name: &str, findings: Vec<Finding>) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let words = |it: &Finding| match it {
        Finding::Good(what) | Finding::Warning { what, .. } | Finding::Bad { what, .. } => {
            what.clone()
        }
    };
    for finding in findings {
        if told.iter().all(|(_, it)| words(it) != words(&finding)) {
            told.push((name.to_owned(), finding));
        }
    }
    told
}

/// The engines an application is brought to, each once.
fn engines(setup: &Setup, app: &AppId, env: Option<&EnvName>) -> Vec<Target> {
    let sites = setup.sites.iter();
    let sites = sites.filter(|(id, _)| id.app == *app && env.is_none_or(|env| id.env == *env));
    let all = sites.flat_map(|(_, site)| site.each());
    let mut targets: Vec<Target> = all.map(|(_, site)| site.target).collect();
    targets.sort();
    targets.dedup();
    targets
}

/// What is wrong with an image, if anything is.
async fn of_image(
    hands: &Hands,
    target: &Target,
    (service, image): (&ServiceName, &Image),
) -> Option<Finding> {
    let pinned = pinned(image);
    if pinned.local {
        let there = hands.engines.resolve(target, &pinned.reference).await;
        let missing = there.err()?;
        let missing = missing.hint("Build or load it on this engine again");
        return Some(of_service(service, Finding::refused(missing)));
    }
    if let Err(error) = hands.engines.in_registry(target, &pinned.reference).await {
        let refused = Finding::refused(error);
        // One that the engine has needs no registry.
        let there = hands.engines.resolve(target, &pinned.reference).await;
        let finding = if there.is_ok() {
            refused.doubtful()
        } else {
            refused
        };
        return Some(of_service(service, finding));
    }
    if image.reference.contains('@') {
        return None;
    }
    let now = hands.engines.in_registry(target, &image.reference).await;
    let now = now.ok()?;
    (now.digest() != pinned.digest()).then(|| {
        let what = format!(
            "the tag of {} was moved since it was pinned; a deploy brings what people consented to",
            image.reference
        );
        let fix = "nothing, if that is meant; to bring what the tag means now, open a release \
                   and have it signed off";
        of_service(
            service,
            Finding::Warning {
                what,
                fix: fix.to_owned(),
            },
        )
    })
}

fn pinned(image: &Image) -> Pinned {
    Pinned {
        reference: image.pinned.clone(),
        local: image.local,
    }
}

fn of_service(service: &ServiceName, finding: Finding) -> Finding {
    let named = |what: String| format!("{service}: {what}");
    match finding {
        Finding::Good(what) => Finding::Good(named(what)),
        Finding::Warning { what, fix } => Finding::Warning {
            what: named(what),
            fix,
        },
        Finding::Bad { what, fix } => Finding::Bad {
            what: named(what),
            fix,
        },
    }
}
