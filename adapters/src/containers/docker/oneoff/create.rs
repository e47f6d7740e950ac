//! Making the container of a one-off command.

use std::collections::{BTreeMap, HashMap};

use bollard::models::{ContainerCreateBody, HealthConfig, HostConfig};
use bollard::query_parameters::CreateContainerOptionsBuilder;

use super::super::DockerEngines;
use super::super::api::Api;
use super::super::compose::{Aim, check_services};
use super::super::override_file::{self, Overlay};
use crate::containers::{
    ContainerError, Home, Kind, Labels, OneOff, Phase, Pinned, Project, Session, Target,
};

/// The most processes and threads in a container that has no service to follow.
const PIDS: i64 = 512;

/// Makes the container and starts it.
pub(super) async fn and_start(
    engines: &DockerEngines,
    (api, target): (&Api<'_>, &Target),
    spec: &OneOff,
    session: &Session<'_>,
) -> Result<(), ContainerError> {
    match &spec.home {
        Home::Image { image, .. } => from_image(api, spec, image).await,
        Home::Service { project, .. } => {
            with_compose(engines, (api, target), (spec, project), session).await
        }
    }
}

async fn from_image(api: &Api<'_>, spec: &OneOff, image: &Pinned) -> Result<(), ContainerError> {
    let options = CreateContainerOptionsBuilder::default()
        .name(&spec.name)
        .build();
    let creating = api
        .docker
        .create_container(Some(options), body(spec, image));
    let container = api
        .call(format!("creating {}", spec.name), creating)
        .await?
        .id;
    api.start(&container).await
}

fn body(spec: &OneOff, image: &Pinned) -> ContainerCreateBody {
    let (vars, network) = match &spec.home {
        Home::Image { vars, network, .. } => (vars.clone(), network.clone()),
        Home::Service { .. } => Default::default(),
    };
    let vars = vars
        .iter()
        .map(|(name, value)| format!("{name}={}", value.expose()))
        .collect();
    let command = (!spec.command.is_empty()).then(|| spec.command.clone());
    ContainerCreateBody {
        image: Some(image.reference.clone()),
        cmd: command,
        env: Some(vars),
        labels: Some(HashMap::from_iter(labels(spec))),
        healthcheck: Some(HealthConfig {
            test: Some(vec!["NONE".into()]),
            ..HealthConfig::default()
        }),
        host_config: Some(HostConfig {
            network_mode: Some(network.unwrap_or_else(|| "none".into())),
            cap_drop: Some(vec!["ALL".into()]),
            security_opt: Some(vec!["no-new-privileges".into()]),
            pids_limit: Some(PIDS),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

async fn with_compose(
    engines: &DockerEngines,
    (api, target): (&Api<'_>, &Target),
    (spec, project): (&OneOff, &Project),
    session: &Session<'_>,
) -> Result<(), ContainerError> {
    let Home::Service {
        service,
        pins,
        vars,
        state_dir,
        ..
    } = &spec.home
    else {
        return Ok(());
    };
    check_services([service].into_iter().chain(pins.keys()))?;
    api.image_ids(pins).await?;
    let mut project = project.clone();
    project.vars.extend(vars.clone());
    let mut compose = engines.compose(api, target, (&project, Aim::Act)).await?;
    // The labels are those of the run, never of the service.
    let overlay = Overlay {
        pins,
        labels: BTreeMap::new(),
        vars: Some((service, vars.keys().map(String::as_str).collect())),
    };
    let text = override_file::render(&compose, &overlay).await?;
    compose.overlay(state_dir, text).await?;
    let labels: Vec<String> = labels(spec)
        .into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let mut args = vec!["run", "-d", "--name", &spec.name, "--no-deps", "-T"];
    for label in &labels {
        args.extend(["-l", label]);
    }
    args.push(service);
    args.extend(spec.command.iter().map(String::as_str));
    let called = compose.call(&args, session).await?;
    if called.code == 0 {
        return Ok(());
    }
    // A container that was started is judged by how it ends, whatever Compose says.
    let started = matches!(
        api.find(&spec.name).await?.map(|found| found.phase),
        Some(Phase::Running | Phase::Exited { .. })
    );
    if started {
        return Ok(());
    }
    let doing = format!("creating {} in", spec.name);
    Err(called.failed(Kind::Preflight, &compose, &doing))
}

fn labels(spec: &OneOff) -> Labels {
    let mut labels = spec.labels.clone();
    labels.insert(spec.identity.0.clone(), spec.identity.1.clone());
    labels
}
