//! A repeatable command inside a running container.

use std::collections::BTreeMap;

use shipbell_adapters::containers::{ContainerError, Exec, Session};
use shipbell_adapters::secret::Secret;
use shipbell_domain::steps;

use super::super::fill;
use super::{Place, Proof};
use crate::engine::hub::Hub;

pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    (step, vars): (&steps::Exec, BTreeMap<String, Secret>),
) -> Result<Proof, ContainerError> {
    let exec = Exec {
        project: place.site.project.name.clone(),
        service: step.service.to_string(),
        command: fill::words(&place.attempt.manifest, &step.argv)?,
        vars,
    };
    let ran = hub
        .ports
        .containers
        .exec(&place.site.target, &exec, session)
        .await?;
    let findings = vec![
        format!("{} in {}", exec.command.join(" "), step.service),
        format!("exit code {}", ran.code),
    ];
    Ok(Proof {
        findings,
        lines: ran.output.tail(usize::MAX),
        code: Some(ran.code),
        snapshot: None,
    })
}
