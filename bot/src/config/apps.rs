//! `[app.x]`: what is released.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::ids::{AppId, Role, ServiceName};
use shipbell_domain::policy::{Action, Pinned, Policy, Severity, VersionScheme};

use super::at::At;
use super::checklist::{self, ItemSection};
use super::desk::{Desk, closest};
use super::environments::{self, Environments, Place, Sections};
use super::forges::{self, Forges, Repository, Wanted};
use super::quorums::Electorate;
use super::steps::same_title;
use super::targets::Look;
use super::{builds, hash, images};

/// The most applications.
const MOST: usize = 100;

/// `[app.x]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct App {
    /// What people call it. Default: the key.
    title: Option<At<String>>,
    /// How versions are written: calver, semver, git-sha or any. Default: any.
    version: Option<At<String>>,
    /// The image of each service; {version} is filled in, and without a tag a release must name it. Or how it is built.
    images: images::Section,
    /// The repositories images may come from, or what their names begin with. Default: anywhere.
    allow_images: Vec<At<String>>,
    /// Where its commits are: github:organisation/name, gitlab:group/name, or an address or folder git knows. Default: nowhere.
    repo: Option<At<String>>,
    /// The branch releases come from. Default: none.
    branch: Option<At<String>>,
    /// What somebody, or checks, must attest before anything is deployed. Default: nothing.
    checklist: Vec<At<ItemSection>>,
    /// The environments.
    env: Sections,
}

/// What all applications have in common.
pub(super) struct Team<'a> {
    pub(super) allow: &'a BTreeMap<Action, Vec<Role>>,
    pub(super) electorate: &'a Electorate,
    pub(super) severities: &'a BTreeSet<Severity>,
    pub(super) look: Look<'a>,
    pub(super) forges: &'a Forges,
}

/// What the applications come to.
#[derive(Default)]
pub(super) struct Apps {
    pub(super) policies: Vec<Pinned>,
    pub(super) titles: BTreeMap<AppId, String>,
    pub(super) repositories: BTreeMap<AppId, Repository>,
    pub(super) environments: Environments,
}

pub(super) fn lower(
    sections: &BTreeMap<At<String>, App>,
    team: &Team<'_>,
    desk: &mut Desk,
) -> Apps {
    let mut apps = Apps::default();
    if sections.is_empty() && !desk.gone.touches(&["app"]) {
        desk.note_file(
            "there is no application to release",
            "add a section [app.shop]",
        );
    }
    desk.limit(sections.keys().next().map(At::span), sections.len(), MOST);
    let mut titles = BTreeSet::new();
    for (key, section) in sections {
        let Some(app) = desk.name(key, AppId::new) else {
            continue;
        };
        let title = section.title.as_ref().and_then(|it| desk.line(it, 100));
        if let (Some(title), Some(written)) = (&title, &section.title) {
            same_title(&mut titles, title, written.span(), desk);
        }
        apps.titles
            .insert(app.clone(), title.unwrap_or_else(|| app.to_string()));
        let mut policy = policy(
            app.clone(),
            (key, section),
            team,
            &mut apps.environments,
            desk,
        );
        let wanted = wanted(section);
        let written = (section.repo.as_ref(), section.branch.as_ref());
        if let Some((origin, repository)) = forges::origin(written, wanted, team.forges, desk) {
            policy.origin = Some(origin);
            apps.repositories.insert(app, repository);
        }
        apps.policies.push(Pinned {
            hash: hash::of(&policy),
            policy,
        });
    }
    apps
}

fn policy(
    app: AppId,
    (key, section): (&At<String>, &App),
    team: &Team<'_>,
    all: &mut Environments,
    desk: &mut Desk,
) -> Policy {
    let images = images::lower(&app, &section.images, desk);
    let named = section.images.keys();
    let services = named.filter_map(|it| ServiceName::new(it.as_str()).ok());
    let services = services.collect();
    let allow_images = images::allowed(&section.allow_images, &section.images, desk);
    if images.references.is_empty() && section.images.is_empty() && !lost(key, section, desk) {
        let noted = desk.note(key.span(), format!("`{}` has no images", **key));
        noted.help("add images = { web = \"registry/name:{version}\" }");
    }
    if section.env.is_empty() && !desk.gone.touches(&["app", key, "env"]) {
        let noted = desk.note(key.span(), format!("`{}` has no environment", **key));
        noted.help(format!("add a section [app.{}.env.production]", **key));
    }
    let place = Place {
        app: &app,
        services: &services,
        electorate: team.electorate,
        severities: team.severities,
        look: team.look,
    };
    environments::lower(&section.env, &place, desk, all);
    let mine = all.targets.iter().filter(|(id, _)| id.app == app);
    builds::within_reach(&section.images, mine.map(|(_, target)| target), desk);
    Policy {
        scheme: section
            .version
            .as_ref()
            .map(|it| scheme(it, desk))
            .unwrap_or_default(),
        images: images.references,
        builds: images.builds,
        allow_images,
        origin: None,
        checklist: checklist::lower(&section.checklist, desk),
        allow: team.allow.clone(),
        environments: std::mem::take(&mut all.policies),
        app,
    }
}

/// What is asked of the repository: the first that asks it.
fn wanted(section: &App) -> Wanted<'_> {
    let ends = section
        .env
        .values()
        .filter_map(|it| it.no_new_commits.as_ref());
    Wanted {
        checks: section.checklist.iter().find_map(|it| it.auto()),
        end: ends.filter(|it| ***it).min_by_key(|it| it.span().start),
    }
}

/// Whether the images, or what would need them, were taken out of the file.
fn lost(key: &At<String>, section: &App, desk: &Desk) -> bool {
    let steps = |env: &At<String>| desk.gone.touches(&["app", key, "env", env, "deploy"]);
    desk.gone.touches(&["app", key, "images"]) || section.env.keys().any(steps)
}

fn scheme(written: &At<String>, desk: &mut Desk) -> VersionScheme {
    let known = [
        ("calver", VersionScheme::Calver),
        ("semver", VersionScheme::Semver),
        ("git-sha", VersionScheme::GitSha),
        ("any", VersionScheme::Any),
    ];
    if let Some((_, scheme)) = known.iter().find(|(word, _)| *word == written.as_str()) {
        return *scheme;
    }
    let help = match closest(written, known.iter().map(|(word, _)| *word)) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "write calver (2026.11.20-1), semver (1.4.0), git-sha or any".to_owned(),
    };
    let message = format!("`{}` is no way to write versions", **written);
    desk.note(written.span(), message).help(help);
    VersionScheme::Any
}
