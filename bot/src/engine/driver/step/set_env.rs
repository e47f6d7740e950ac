//! Variables of an env file on the host.

use std::path::PathBuf;

use shipbell_adapters::containers::ContainerError;
use shipbell_adapters::hosts::EnvEdit;
use shipbell_domain::steps;

use super::super::fill;
use super::{Place, Proof};
use crate::engine::hub::Hub;

pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    step: &steps::SetEnv,
) -> Result<Proof, ContainerError> {
    let edit = EnvEdit {
        file: PathBuf::from(&step.file),
        values: fill::values(place, &step.values)?,
    };
    let changed = hub.ports.hosts.set_env(&place.site.host, &edit).await?;
    let file = &step.file;
    Ok(Proof::found(if changed.is_empty() {
        format!("{file} says so already")
    } else {
        format!("set {} in {file}", changed.join(", "))
    }))
}
