//! Making a plain container.

use std::collections::{BTreeMap, HashMap};

use bollard::models::{
    ContainerCreateBody, HostConfig, Mount, MountType, NetworkConnectRequest, PortBinding, PortMap,
    RestartPolicy, RestartPolicyNameEnum,
};
use bollard::query_parameters::{CreateContainerOptionsBuilder, InspectNetworkOptions};
use serde_json::{Value, json};

use super::super::api::Api;
use super::there;
use crate::containers::digest::sha256;
use crate::containers::{Container, ContainerError, Kind, PLAIN, Port, Restart, Volume};

/// The label with the service a plain container stands for.
pub(in super::super) const SERVICE: &str = "io.shipbell.service";

/// The label with what the settings of a container come to.
pub(in super::super) const SPEC: &str = "io.shipbell.spec";

/// Makes the container under the name of the one that is to take the place, in all of
/// its networks, and gives its id.
pub(super) async fn beside(api: &Api<'_>, container: &Container) -> Result<String, ContainerError> {
    for network in &container.networks {
        look_for(api, network).await?;
    }
    let name = there::next(container);
    let options = CreateContainerOptionsBuilder::default().name(&name).build();
    let creating = (api.docker).create_container(Some(options), body(container));
    let what = format!("creating container {}", container.name);
    let id = api.call(what, creating).await?.id;
    if let Err(error) = join(api, container, &id).await {
        api.remove_one(&id).await?;
        return Err(error);
    }
    Ok(id)
}

/// An engine believes every name of a network until a container is started in it.
async fn look_for(api: &Api<'_>, network: &str) -> Result<(), ContainerError> {
    let what = format!("looking for network {network}");
    let looking = (api.docker).inspect_network(network, None::<InspectNetworkOptions>);
    match api.call(what, looking).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind == Kind::NotFound => {
            Err(error.hint("Make it with `docker network create`, or correct `networks`"))
        }
        Err(error) => Err(error),
    }
}

/// Older engines take one network when a container is made, and the others after.
async fn join(api: &Api<'_>, container: &Container, id: &str) -> Result<(), ContainerError> {
    for network in container.networks.iter().skip(1) {
        let request = NetworkConnectRequest {
            container: id.to_owned(),
            ..NetworkConnectRequest::default()
        };
        let what = format!("connecting container {} to {network}", container.name);
        let joining = api.docker.connect_network(network, request);
        api.call(what, joining).await?;
    }
    Ok(())
}

fn body(container: &Container) -> ContainerCreateBody {
    let vars = { container.vars.iter() }.map(|(name, value)| format!("{name}={}", value.expose()));
    let command = (!container.command.is_empty()).then(|| container.command.clone());
    let mut labels = container.labels.clone();
    labels.insert(PLAIN.to_owned(), container.project.clone());
    labels.insert(SERVICE.to_owned(), container.service.clone());
    labels.insert(SPEC.to_owned(), spec(container));
    ContainerCreateBody {
        image: Some(container.image.reference.clone()),
        cmd: command,
        env: Some(vars.collect()),
        labels: Some(labels.into_iter().collect()),
        exposed_ports: Some(container.ports.iter().map(inside).collect()),
        host_config: Some(HostConfig {
            network_mode: container.networks.first().cloned(),
            port_bindings: Some(bindings(&container.ports)),
            mounts: Some(container.volumes.iter().map(mount).collect()),
            restart_policy: Some(RestartPolicy {
                name: Some(policy(container.restart)),
                maximum_retry_count: None,
            }),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

/// `80/tcp`
fn inside(port: &Port) -> String {
    let protocol = if port.udp { "udp" } else { "tcp" };
    format!("{}/{protocol}", port.inside)
}

fn bindings(ports: &[Port]) -> PortMap {
    let mut bindings: HashMap<String, Option<Vec<PortBinding>>> = HashMap::new();
    for port in ports {
        let all = bindings.entry(inside(port)).or_default();
        all.get_or_insert_default().push(PortBinding {
            host_ip: port.address.map(|it| it.to_string()),
            host_port: Some(port.outside.to_string()),
        });
    }
    bindings
}

fn mount(volume: &Volume) -> Mount {
    let path = volume.source.starts_with('/');
    Mount {
        source: Some(volume.source.clone()),
        target: Some(volume.inside.clone()),
        // A path that is missing is a mistake, and never made.
        typ: Some(if path {
            MountType::BIND
        } else {
            MountType::VOLUME
        }),
        read_only: Some(volume.read_only),
        ..Mount::default()
    }
}

fn policy(restart: Restart) -> RestartPolicyNameEnum {
    match restart {
        Restart::No => RestartPolicyNameEnum::NO,
        Restart::OnFailure => RestartPolicyNameEnum::ON_FAILURE,
        Restart::Always => RestartPolicyNameEnum::ALWAYS,
        Restart::UnlessStopped => RestartPolicyNameEnum::UNLESS_STOPPED,
    }
}

/// What makes one container another, besides its image, come to a hash. Its form must
/// last: a change of it would replace every container once.
pub(super) fn spec(container: &Container) -> String {
    let vars: BTreeMap<&str, &str> = { container.vars.iter() }
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect();
    let port = |it: &Port| {
        let address = it.address.map(|it| it.to_string()).unwrap_or_default();
        format!("{address} {} {}", it.outside, inside(it))
    };
    let ports: Vec<String> = container.ports.iter().map(port).collect();
    let volume = |it: &Volume| json!([it.source, it.inside, it.read_only]);
    let volumes: Vec<Value> = container.volumes.iter().map(volume).collect();
    let restart = policy(container.restart).to_string();
    let spec = json!([
        container.command,
        vars,
        ports,
        volumes,
        container.networks,
        restart
    ]);
    sha256(spec.to_string())
}
