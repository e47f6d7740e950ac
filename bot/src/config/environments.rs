//! `[app.x.env.y]`: an application's environments.

mod order;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::calendar::{Hours, Length};
use shipbell_domain::ids::{AppId, EnvId, EnvName};
use shipbell_domain::policy::{EnvPolicy, OnFailure, Severity};

use super::at::{At, Texts, Whole};
use super::desk::{Desk, closest};
use super::quorums::{Electorate, QuorumSection};
use super::secret::Written;
use super::smoke::SmokeSection;
use super::steps::{Around, Services, StepSection};
use super::targets::{Look, Target};
use super::watch::WatchSection;
use super::windows::WindowSection;
use super::{incidents, links, quorums, smoke, steps, targets, watch, windows};

/// The most environments of an application.
const MOST: usize = 20;

/// `[app.x.env.y]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct EnvSection {
    /// The environment this one is like: a key written here replaces the whole key. Default: none.
    pub(super) like: Option<At<String>>,
    /// The environment that must be verified and accepted first. Default: none.
    pub(super) needs: Option<At<String>>,
    /// The address `get` checks ask. Default: none.
    pub(super) url: Option<At<String>>,
    /// Where the engine listens: `unix://`, `tcp://` with certificates, or `ssh://user@host`, whose files are there too. Default: `unix:///var/run/docker.sock`.
    pub(super) docker: Option<At<String>>,
    /// The folder with ca.pem, cert.pem and key.pem for an engine behind tcp://.
    pub(super) docker_certs: Option<At<String>>,
    /// Its hosts, if it has several: each a name and where its engine listens, in the order they are brought to a version; in place of `docker`.
    pub(super) hosts: Option<At<BTreeMap<At<String>, At<String>>>>,
    /// How many hosts take each step together; the next ones begin when they are well. Default: 1.
    pub(super) batch: Option<At<Whole<2>>>,
    /// The compose file, or several, the most general first; paths begin at this file.
    pub(super) compose: Option<At<Texts>>,
    /// The compose project's name. Default: Compose's own rule.
    pub(super) project: Option<At<String>>,
    /// The file Compose reads variables from. Default: .env beside the compose file.
    pub(super) env_file: Option<At<String>>,
    /// Variables that win over that file; a secret is { env = "NAME" } or { file = "/path" }. Default: none.
    pub(super) vars: Option<At<BTreeMap<At<String>, At<Written>>>>,
    /// What a deploy does, step by step.
    pub(super) deploy: Option<At<Vec<At<StepSection>>>>,
    /// What a rollback does. Default: as a deploy.
    pub(super) rollback: Option<At<Vec<At<StepSection>>>>,
    /// Questions to answer before a rollback. Default: none.
    pub(super) rollback_ask: Option<At<Vec<At<String>>>>,
    /// What proves that a deploy went well. Default: nothing.
    pub(super) smoke: Option<At<Vec<At<SmokeSection>>>>,
    /// How many people of which roles consent before a deploy. Default: nobody.
    pub(super) signoff: Option<QuorumSection>,
    /// How many people of which roles accept what was deployed and verified. Default: nobody.
    pub(super) accept: Option<QuorumSection>,
    /// When deploys may start. Default: always.
    pub(super) windows: Option<At<Vec<At<WindowSection>>>>,
    /// How long before it a planned deploy is announced. Default: at once.
    pub(super) announce: Option<At<String>>,
    /// Whether a deploy must have been announced. Default: false.
    pub(super) announced: Option<At<bool>>,
    /// Whether the commit must still be the last of the branch when a deploy starts. Default: false.
    pub(super) no_new_commits: Option<At<bool>>,
    /// How it is watched after a deploy. Default: not.
    pub(super) monitor: Option<At<Vec<At<WatchSection>>>>,
    /// What a failed deploy leads to: stop or rollback. Default: stop.
    pub(super) on_failure: Option<At<String>>,
    /// The severity of the incident a failed deploy opens. Default: none is opened.
    pub(super) incident: Option<At<String>>,
}

/// An application's environments as they are written.
pub(super) type Sections = BTreeMap<At<String>, EnvSection>;

/// What an environment may refer to.
pub(super) struct Place<'a> {
    pub(super) app: &'a AppId,
    pub(super) services: &'a Services,
    pub(super) electorate: &'a Electorate,
    pub(super) severities: &'a BTreeSet<Severity>,
    pub(super) look: Look<'a>,
}

/// What the environments come to.
#[derive(Default)]
pub(super) struct Environments {
    pub(super) policies: Vec<EnvPolicy>,
    pub(super) hours: BTreeMap<EnvId, Hours>,
    pub(super) announce: BTreeMap<EnvId, Length>,
    pub(super) targets: BTreeMap<EnvId, Target>,
}

pub(super) fn lower(
    sections: &Sections,
    place: &Place<'_>,
    desk: &mut Desk,
    all: &mut Environments,
) {
    desk.limit(sections.keys().next().map(At::span), sections.len(), MOST);
    for (name, chain) in order::sorted(sections, place.app, desk) {
        let Some(env) = desk.name(name, EnvName::new) else {
            continue;
        };
        let section = chain.section();
        let id = EnvId {
            app: place.app.clone(),
            env: env.clone(),
        };
        all.policies.push(policy(env, &section, place, desk));
        let hours = windows::lower(section.windows.as_ref(), desk);
        all.hours.extend(hours.map(|it| (id.clone(), it)));
        let announce = section
            .announce
            .as_ref()
            .and_then(|it| desk.length(it, "30d"));
        all.announce.extend(announce.map(|it| (id.clone(), it)));
        let target = targets::lower(name, &section, place.look, desk);
        needed(name, &chain, &section, desk);
        if let Some(target) = target {
            alone(name, &id, &target, &all.targets, desk);
            all.targets.insert(id, target);
        }
    }
}

fn policy(env: EnvName, section: &EnvSection, place: &Place<'_>, desk: &mut Desk) -> EnvPolicy {
    let url = section.url.as_ref().and_then(|it| links::base(it, desk));
    // A wrong address is noted once, not again for every path behind it.
    let url = url.or_else(|| section.url.as_ref().map(|_| "http://wrong".to_owned()));
    let needs = section
        .needs
        .as_ref()
        .and_then(|it| EnvName::new(it.as_str()).ok());
    let around = Around {
        services: place.services,
        url: url.as_deref(),
        there: targets::is_there(section),
    };
    EnvPolicy {
        name: env,
        needs,
        signoff: quorums::lower(section.signoff.as_ref(), place.electorate, desk),
        accept: quorums::lower(section.accept.as_ref(), place.electorate, desk),
        announced: section.announced.as_ref().is_some_and(|it| **it),
        fleet: targets::fleet(section, desk),
        no_new_commits: section.no_new_commits.as_ref().is_some_and(|it| **it),
        deploy: steps::lower(section.deploy.as_ref(), &around, desk),
        rollback: steps::lower_back(section.rollback.as_ref(), &around, desk),
        smoke: smoke::lower(section.smoke.as_ref(), url.as_deref(), desk),
        on_failure: section
            .on_failure
            .as_ref()
            .map_or(OnFailure::Stop, |it| on_failure(it, desk)),
        watch: watch::lower(section.monitor.as_ref(), url.as_deref(), desk),
        incident: section
            .incident
            .as_ref()
            .and_then(|it| severity(it, place, desk)),
        rollback_ask: questions(section, desk),
    }
}

fn on_failure(written: &At<String>, desk: &mut Desk) -> OnFailure {
    match written.as_str() {
        "rollback" => OnFailure::Rollback,
        "stop" => OnFailure::Stop,
        other => {
            let help = match closest(other, ["rollback", "stop"].into_iter()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "write stop or rollback".to_owned(),
            };
            desk.note(written.span(), format!("`{other}` is not known here"))
                .help(help);
            OnFailure::Stop
        }
    }
}

fn severity(written: &At<String>, place: &Place<'_>, desk: &mut Desk) -> Option<Severity> {
    let severity = incidents::severity(written, desk)?;
    if !place.severities.contains(&severity) && !desk.gone.touches(&["incident", written]) {
        let noted = desk.note(written.span(), format!("{} calls nobody", **written));
        noted.help(format!(
            "add a section [incident.{}] with page = [ … ]",
            **written
        ));
    }
    Some(severity)
}

fn questions(section: &EnvSection, desk: &mut Desk) -> Vec<String> {
    let Some(written) = &section.rollback_ask else {
        return Vec::new();
    };
    desk.limit(Some(written.span()), written.len(), 20);
    written.iter().filter_map(|it| desk.line(it, 300)).collect()
}

/// Notes that there is nothing to deploy, or no place to deploy it to.
fn needed(name: &At<String>, chain: &order::Chain<'_>, section: &EnvSection, desk: &mut Desk) {
    let empty = section.deploy.as_ref().is_none_or(|it| it.is_empty());
    if chain.lost("deploy", desk) {
        return;
    }
    if empty {
        let noted = desk.note(
            name.span(),
            format!("`{}` says nothing about how it is deployed", **name),
        );
        noted.help("add deploy = [{ pull = \"web\" }, { up = true }]");
    } else if section.compose.is_none() && !chain.lost("compose", desk) {
        let noted = desk.note(name.span(), format!("`{}` has no compose file", **name));
        noted.help("add compose = \"docker-compose.yml\"");
    }
}

/// Notes that two environments would recreate each other's containers.
fn alone(
    name: &At<String>,
    id: &EnvId,
    target: &Target,
    others: &BTreeMap<EnvId, Target>,
    desk: &mut Desk,
) {
    let same = |(_, other): &(&EnvId, &Target)| {
        let mut engines = other.engines();
        let shared = engines.any(|it| target.engines().any(|mine| mine == it));
        shared && other.project == target.project
    };
    if let Some((other, _)) = others.iter().find(same) {
        let message = format!(
            "{id} and {other} are the same compose project `{}`",
            target.project
        );
        let noted = desk.note(name.span(), message);
        noted
            .label("on the same engine")
            .help("write project = \"…\" in one of them");
    }
}
