//! A program of the host.

use std::collections::BTreeMap;
use std::path::PathBuf;

use shipbell_adapters::containers::{ContainerError, Session};
use shipbell_adapters::hosts::Program;
use shipbell_adapters::secret::Secret;
use shipbell_domain::steps;

use super::super::fill;
use super::{Place, Proof};
use crate::engine::hub::Hub;

pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    (step, vars): (&steps::Host, BTreeMap<String, Secret>),
) -> Result<Proof, ContainerError> {
    let program = Program {
        argv: fill::words(&place.attempt.manifest, &step.argv)?,
        directory: directory(place, step.directory.as_deref()),
        vars,
    };
    let host = &place.site.host;
    let ran = hub.ports.hosts.run(host, &program, session).await?;
    Ok(Proof {
        findings: vec![
            format!("{} on {host}", program.argv.join(" ")),
            format!("exit code {}", ran.code),
        ],
        lines: ran.output.tail(usize::MAX),
        code: Some(ran.code),
        snapshot: None,
    })
}

/// As written, or the folder of the compose file.
pub(super) fn directory(place: &Place<'_>, written: Option<&str>) -> PathBuf {
    written.map_or_else(|| place.site.project.directory.clone(), PathBuf::from)
}
