//! `hosts` and `batch`: an environment that runs on several hosts.

use std::collections::BTreeMap;

use shipbell_domain::fleet::Fleet;
use shipbell_domain::ids::HostName;

use super::super::at::At;
use super::super::desk::Desk;
use super::super::environments::EnvSection;
use super::docker;

/// The hosts of an environment in the order they are written, each with the address of
/// its engine; none if it has but one.
pub(super) fn lower(section: &EnvSection, desk: &mut Desk) -> Vec<(HostName, String)> {
    let Some(written) = &section.hosts else {
        return Vec::new();
    };
    if let Some(docker) = &section.docker {
        let noted = desk.note(docker.span(), "`hosts` says where the engines listen");
        noted.help("leave `docker` out, or put its address among the hosts");
    }
    desk.limit(Some(written.span()), written.len(), Fleet::MOST);
    if written.is_empty() {
        let noted = desk.note(written.span(), "there is no host here");
        noted.help("for example hosts = { web-1 = \"ssh://deploy@web-1\" }");
    }
    let mut hosts: Vec<(HostName, String)> = Vec::new();
    for (name, address) in in_order(written) {
        let known = desk.name(name, HostName::new);
        let engine = docker(Some(address), desk);
        let (Some(known), Some(engine)) = (known, engine) else {
            continue;
        };
        if let Some((other, _)) = hosts.iter().find(|(_, it)| *it == engine) {
            let message = format!("{other} and {known} are the same engine");
            desk.note(address.span(), message)
                .label("written before")
                .help("a host has an engine of its own");
        }
        hosts.push((known, engine));
    }
    alike(&hosts, written, desk);
    hosts
}

/// The hosts as a policy has them; none if there is but one.
pub(in crate::config) fn fleet(section: &EnvSection, desk: &mut Desk) -> Option<Fleet> {
    let Some(written) = &section.hosts else {
        if let Some(batch) = &section.batch {
            let noted = desk.note(batch.span(), "`batch` belongs to `hosts`");
            noted.help("leave it out here");
        }
        return None;
    };
    let batch = section.batch.as_ref().map_or(1, |it| {
        let most = u32::try_from(Fleet::MOST).unwrap_or(u32::MAX);
        if it.0 == 0 || it.0 > most {
            let message = format!("a batch of {} hosts", it.0);
            desk.note(it.span(), message)
                .help(format!("write 1 to {most}"));
        }
        it.0
    });
    // What is no name is noted where their addresses are read.
    let name = |(it, _): (&At<String>, _)| HostName::new((**it).clone()).ok();
    Some(Fleet {
        hosts: in_order(written).into_iter().filter_map(name).collect(),
        batch: batch.max(1) as usize,
    })
}

/// As they are written in the file.
fn in_order(written: &BTreeMap<At<String>, At<String>>) -> Vec<(&At<String>, &At<String>)> {
    let mut all: Vec<_> = written.iter().collect();
    all.sort_by_key(|(name, _)| name.span().start);
    all
}

/// Notes hosts whose files are in different places: the project is one.
fn alike(hosts: &[(HostName, String)], written: &At<impl Sized>, desk: &mut Desk) {
    let there = |(_, engine): &&(HostName, String)| engine.starts_with("ssh://");
    let (over_ssh, others): (Vec<_>, Vec<_>) = hosts.iter().partition(there);
    if let ([(far, _), ..], [(near, _), ..]) = (&over_ssh[..], &others[..]) {
        let message = format!("the files are on {far}, but not on {near}");
        desk.note(written.span(), message)
            .help("name all hosts as ssh://, or none of them");
    }
}
