//! Converging a project.

use futures_util::future::join;
use tokio::time::Instant;

use super::api::Api;
use super::compose::{Called, Compose};
use super::override_file::{self, Overlay};
use super::watched;
use crate::containers::{ContainerError, Kind, Running, Session, Up, UpReport};
use crate::secret::Secret;

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
    let before = api.running(&up.project.name).await?;
    let overlay = Overlay {
        pins: &up.pins,
        labels: override_file::labels(up, &before),
        vars: None,
    };
    let text = override_file::render(&compose, &overlay).await?;
    let override_text = compose.overlay(&up.state_dir, text).await?;
    let mut reaped = api.reap(&up.project.name).await?;
    let calling = call(&compose, up, session);
    let calling = watched::during(api, &up.project.name, calling);
    // Beside it, because nobody should have to wait for that afterwards.
    let ((called, mut ended), files) = join(calling, compose.raw(&["config"], session)).await;
    let mut called = called?;
    if called.code != 0 && called.says("Conflict") {
        reaped += api.reap(&up.project.name).await?;
        let rest = session.within.saturating_sub(begun.elapsed());
        let rest = Session {
            within: rest,
            ..*session
        };
        let calling = call(&compose, up, &rest);
        let (again, later) = watched::during(api, &up.project.name, calling).await;
        for (service, at) in later {
            ended.entry(service).or_insert(at);
        }
        called = again?;
    }
    if called.code == 0 {
        return Ok(UpReport {
            flavour,
            override_text,
            files: files
                .ok()
                .and_then(|it| String::from_utf8(it).ok())
                .map(Secret::new),
            reaped,
            pins: up.pins.clone(),
            ended,
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
    Err(called.failed(kind, &compose, "converging"))
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
