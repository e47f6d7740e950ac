//! Whether a project can be brought anywhere: what serves it, and what its files declare.

use super::api::Api;
use super::compose::Compose;
use super::{disk, listening};
use crate::containers::{ContainerError, Preflight, Session};

/// What serves a project, and what its files declare.
pub(super) async fn look(
    api: &Api<'_>,
    compose: &Compose<'_>,
    session: &Session<'_>,
) -> Result<Preflight, ContainerError> {
    let (engine, version) = api.version().await?;
    let services = compose.declared(session).await?;
    let (flavour, tool) = (compose.tool.flavour, compose.tool.version.clone());
    let free = disk::free(api, compose).await;
    let taken = listening::taken(api, compose, &services).await?;
    Ok(Preflight {
        engine,
        api: version,
        flavour,
        compose: tool,
        services,
        free,
        taken,
    })
}
