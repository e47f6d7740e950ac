//! Converging a project.

use tokio::time::Instant;

use super::api::Api;
use super::compose::{Called, Compose};
use super::override_file;
use crate::containers::{ContainerError, Kind, Running, Session, Up, UpReport};

/// Writes the override file and calls Compose until it converges, twice at most.
pub(super) async fn run(
    api: &Api<'_>,
    mut compose: Compose<'_>,
    up: &Up,
    session: &Session<'_>,
) -> Result<UpReport, ContainerError> {
    super::compose::check_services(up.services.iter().chain(up.pins.keys()))?;
    // Compose would ask a registry for what is missing, even for a local id.
    api.image_ids(&up.pins).await?;
    let begun = Instant::now();
    let flavour = compose.tool.flavour;
    let text = override_file::render(flavour, &up.project, &up.pins, &up.labels).await?;
    let (path, override_text) = override_file::write(&up.state_dir, &up.project, text).await?;
    compose.override_file = Some(path);
    let before = api.running(&up.project.name).await?;
    let mut reaped = api.reap(&up.project.name).await?;
    let mut called = call(&compose, up, session).await?;
    if called.code != 0 && called.says("Conflict") {
        reaped += api.reap(&up.project.name).await?;
        let rest = session.within.saturating_sub(begun.elapsed());
        called = call(
            &compose,
            up,
            &Session {
                within: rest,
                ..*session
            },
        )
        .await?;
    }
    if called.code == 0 {
        return Ok(UpReport {
            flavour,
            override_text,
            reaped,
            output: called.output,
        });
    }
    let after = api.running(&up.project.name).await?;
    let touched = seen(&before) != seen(&after);
    let kind = if touched {
        Kind::Runtime
    } else {
        Kind::Preflight
    };
    Err(called.failed(kind, compose.what("converging")))
}

async fn call(
    compose: &Compose<'_>,
    up: &Up,
    session: &Session<'_>,
) -> Result<Called, ContainerError> {
    let mut args = vec!["up", "-d", "--no-build", "--remove-orphans"];
    args.extend(up.services.iter().map(String::as_str));
    compose.call(&args, session).await
}

/// What changes when anything was touched.
fn seen(containers: &[Running]) -> Vec<(&str, bool, Option<i64>)> {
    let started = |one: &Running| one.started_at.and_then(|at| at.timestamp_nanos_opt());
    containers
        .iter()
        .map(|one| (one.container.as_str(), one.alive, started(one)))
        .collect()
}
