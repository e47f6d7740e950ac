//! Removing what carries certain labels.

use std::collections::HashMap;

use bollard::query_parameters::ListNetworksOptionsBuilder;

use super::api::Api;
use crate::containers::{ContainerError, Kind, Labels};

/// Removes containers, then networks, that carry all the labels.
pub(super) async fn labelled(api: &Api<'_>, labels: &Labels) -> Result<(), ContainerError> {
    if labels.is_empty() {
        let why = "without a label that would be everything";
        return Err(ContainerError::new(
            Kind::Refused,
            "removing containers",
            why,
        ));
    }
    let wanted: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    for container in api.labelled(wanted.clone()).await? {
        api.remove(&container.id.unwrap_or_default(), true).await?;
    }
    let filters = HashMap::from([("label".to_owned(), wanted)]);
    let options = ListNetworksOptionsBuilder::default()
        .filters(&filters)
        .build();
    let networks = api.docker.list_networks(Some(options));
    for network in api.call("listing networks", networks).await? {
        let id = network.id.unwrap_or_default();
        let removing = api.call(
            format!("removing network {id}"),
            api.docker.remove_network(&id),
        );
        match removing.await {
            Ok(()) => {}
            Err(gone) if gone.kind == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
