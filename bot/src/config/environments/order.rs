//! Which environment is like which, and which comes first.

use std::collections::BTreeSet;

use shipbell_domain::ids::AppId;

use super::super::at::At;
use super::super::desk::{Desk, closest};
use super::{EnvSection, Sections};

/// An environment and those it is like, the nearest first.
pub(super) struct Chain<'a> {
    app: &'a str,
    links: Vec<(&'a At<String>, &'a EnvSection)>,
}

/// The environments in the order a release passes them: as in the file, but none before
/// what it needs.
pub(super) fn sorted<'a>(
    sections: &'a Sections,
    app: &'a AppId,
    desk: &mut Desk,
) -> Vec<(&'a At<String>, Chain<'a>)> {
    let mut waiting: Vec<(&At<String>, &EnvSection)> = sections.iter().collect();
    waiting.sort_by_key(|(name, _)| name.span().start);
    let mut done = BTreeSet::new();
    let mut sorted = Vec::new();
    for (name, section) in &waiting {
        if let Some(needs) = &section.needs {
            exists(needs, name, app.as_str(), desk);
        }
    }
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|(_, section)| {
            section
                .needs
                .as_ref()
                .is_none_or(|it| done.contains(it.as_str()) || !sections.contains_key(it))
        });
        let (name, section) = waiting.remove(ready.unwrap_or(0));
        if ready.is_none()
            && let Some(needs) = &section.needs
        {
            circle(needs, name, "needs", desk);
        }
        done.insert(name.as_str());
        sorted.push((
            name,
            chain(name, section, sections, (app.as_str(), &mut *desk)),
        ));
    }
    sorted
}

fn chain<'a>(
    name: &'a At<String>,
    section: &'a EnvSection,
    sections: &'a Sections,
    (app, desk): (&'a str, &mut Desk),
) -> Chain<'a> {
    let mut links = vec![(name, section)];
    let mut next = section.like.as_ref();
    let mut from = name;
    while let Some(like) = next {
        exists(like, from, app, desk);
        let Some((other, section)) = sections.get_key_value(like) else {
            break;
        };
        if links.iter().any(|(seen, _)| *seen == other) {
            if other != from {
                circle(like, from, "is like", desk);
            }
            break;
        }
        links.push((other, section));
        next = section.like.as_ref();
        from = other;
    }
    Chain { app, links }
}

/// Notes a reference to an environment that is not there, or to the environment itself.
fn exists(written: &At<String>, from: &At<String>, app: &str, desk: &mut Desk) {
    if written == from {
        let noted = desk.note(written.span(), format!("`{}` refers to itself", **from));
        noted
            .label("name another environment")
            .help("or leave the line out");
        return;
    }
    let known = desk.names.apps.get(app).cloned().unwrap_or_default();
    if known.contains(written.as_str()) {
        return;
    }
    let others = known
        .iter()
        .map(String::as_str)
        .filter(|it| *it != from.as_str());
    let help = match closest(written, others) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("write it as [app.{app}.env.{}]", **written),
    };
    let message = format!("environment `{}` does not exist", **written);
    desk.note(written.span(), message)
        .label("referenced here")
        .help(help);
}

fn circle(written: &At<String>, from: &At<String>, verb: &str, desk: &mut Desk) {
    if written == from {
        return;
    }
    let message = format!(
        "`{}` {verb} `{}`, which leads back to it",
        **from, **written
    );
    desk.note(written.span(), message)
        .label("a circle")
        .help("take this line out, or another of the circle");
}

impl Chain<'_> {
    /// The environment with what it takes over. What it needs is its own alone.
    pub(super) fn section(&self) -> EnvSection {
        let mut links = self.links.iter().map(|(_, section)| *section);
        let own = links.next().cloned().unwrap_or_default();
        links.fold(own, or)
    }

    /// Whether a key was taken out of any of them because something is wrong with it.
    pub(super) fn lost(&self, key: &str, desk: &Desk) -> bool {
        let lost =
            |(name, _): &(&At<String>, _)| desk.gone.touches(&["app", self.app, "env", name, key]);
        self.links.iter().any(lost)
    }
}

fn or(own: EnvSection, other: &EnvSection) -> EnvSection {
    let mut other = other.clone();
    if own.docker.is_some() || own.hosts.is_some() {
        // One is in place of the other: where it runs is said by this environment alone.
        (other.docker, other.hosts, other.batch) = (None, None, None);
    }
    EnvSection {
        like: own.like,
        needs: own.needs,
        url: own.url.or(other.url),
        docker: own.docker.or(other.docker),
        docker_certs: own.docker_certs.or(other.docker_certs),
        hosts: own.hosts.or(other.hosts),
        batch: own.batch.or(other.batch),
        compose: own.compose.or(other.compose),
        project: own.project.or(other.project),
        env_file: own.env_file.or(other.env_file),
        vars: own.vars.or(other.vars),
        deploy: own.deploy.or(other.deploy),
        rollback: own.rollback.or(other.rollback),
        rollback_ask: own.rollback_ask.or(other.rollback_ask),
        smoke: own.smoke.or(other.smoke),
        signoff: own.signoff.or(other.signoff),
        accept: own.accept.or(other.accept),
        windows: own.windows.or(other.windows),
        announce: own.announce.or(other.announce),
        announced: own.announced.or(other.announced),
        no_new_commits: own.no_new_commits.or(other.no_new_commits),
        monitor: own.monitor.or(other.monitor),
        on_failure: own.on_failure.or(other.on_failure),
        incident: own.incident.or(other.incident),
    }
}
