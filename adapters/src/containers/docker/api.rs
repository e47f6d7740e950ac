//! One engine's own interface, with a limit on every call and our errors.

use std::collections::HashMap;
use std::time::Duration;

use bollard::models::{ContainerInspectResponse, ContainerSummary};
use bollard::query_parameters::{
    InspectContainerOptions, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
    RenameContainerOptionsBuilder, StartContainerOptions, StopContainerOptionsBuilder,
};
use bollard::{API_DEFAULT_VERSION, Docker};

use super::classify;
use crate::containers::{ContainerError, Kind, Target};
use crate::redact::Redactor;

/// How long a call may take that only asks, or changes one small thing.
pub(super) const CALL: Duration = Duration::from_secs(30);

/// The longest any answer's head may take, in seconds; each call has its own, shorter limit.
const LONGEST: u64 = 15 * 60;

/// The headers that carry credentials of registries.
const CREDENTIALS: [&str; 2] = ["X-Registry-Auth", "X-Registry-Config"];

/// A connection to one engine.
pub(super) struct Api<'a> {
    pub(super) docker: Docker,
    pub(super) redactor: &'a Redactor,
}

impl<'a> Api<'a> {
    pub(super) fn over(docker: Docker, redactor: &'a Redactor) -> Self {
        Self { docker, redactor }
    }

    /// Connects and agrees on a version of the protocol.
    pub(super) async fn connect(
        target: &Target,
        redactor: &'a Redactor,
    ) -> Result<Self, ContainerError> {
        let what = format!(
            "connecting to the engine at {}",
            redactor.line(&target.docker)
        );
        let docker = line(target, &what)?
            .map_err(|error| classify::engine(redactor, what.clone(), &error))?
            .with_request_modifier(with_safe_credentials);
        let negotiating = tokio::time::timeout(CALL, docker.negotiate_version()).await;
        let docker = negotiating
            .map_err(|_| classify::silent(what.clone()))?
            .map_err(|error| classify::engine(redactor, what, &error))?;
        Ok(Self { docker, redactor })
    }

    /// Awaits one short call.
    pub(super) async fn call<T>(
        &self,
        what: impl Into<String>,
        call: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, ContainerError> {
        let what = what.into();
        match tokio::time::timeout(CALL, call).await {
            Ok(answer) => answer.map_err(|error| self.failed(what, &error)),
            Err(_) => Err(classify::silent(what)),
        }
    }

    /// What an error of the engine means.
    pub(super) fn failed(
        &self,
        what: impl Into<String>,
        error: &bollard::errors::Error,
    ) -> ContainerError {
        classify::engine(self.redactor, what.into(), error)
    }

    /// The engine's version and that of the protocol.
    pub(super) async fn version(&self) -> Result<(String, String), ContainerError> {
        let version = self
            .call("asking the engine's version", self.docker.version())
            .await?;
        Ok((
            version.version.unwrap_or_default(),
            version.api_version.unwrap_or_default(),
        ))
    }

    /// Where the engine keeps what it has; none if it does not say.
    pub(super) async fn root(&self) -> Option<String> {
        let info = self
            .call("asking about the engine", self.docker.info())
            .await;
        info.ok()?.docker_root_dir.filter(|it| it.starts_with('/'))
    }

    /// What the engine's machine is called; none if it does not say.
    pub(super) async fn machine(&self) -> Option<String> {
        let info = self
            .call("asking about the engine", self.docker.info())
            .await;
        info.ok()?.name
    }

    /// Every container that runs.
    pub(super) async fn alive(&self) -> Result<Vec<ContainerSummary>, ContainerError> {
        let none = ListContainersOptionsBuilder::default().build();
        let listing = self.docker.list_containers(Some(none));
        self.call("listing containers", listing).await
    }

    /// Every container that carries all the labels, `key` or `key=value`.
    pub(super) async fn labelled(
        &self,
        labels: Vec<String>,
    ) -> Result<Vec<ContainerSummary>, ContainerError> {
        let filters = HashMap::from([("label".to_owned(), labels)]);
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filters)
            .build();
        self.call(
            "listing containers",
            self.docker.list_containers(Some(options)),
        )
        .await
    }

    /// All about one container; none if it does not exist.
    pub(super) async fn inspect(
        &self,
        container: &str,
    ) -> Result<Option<ContainerInspectResponse>, ContainerError> {
        let call = self
            .docker
            .inspect_container(container, None::<InspectContainerOptions>);
        absent_is_none(
            self.call(format!("looking at container {container}"), call)
                .await,
        )
    }

    /// The container of exactly this name, which must be one; none if it does not exist.
    pub(super) async fn named(
        &self,
        name: &str,
    ) -> Result<Option<ContainerInspectResponse>, ContainerError> {
        check(name)?;
        let found = self.inspect(name).await?;
        // The engine also takes the beginning of an id for a name.
        Ok(found.filter(|one| one.name.as_deref() == Some(&format!("/{name}"))))
    }

    /// Starts a container; one that runs is fine.
    pub(super) async fn start(&self, container: &str) -> Result<(), ContainerError> {
        let what = format!("starting container {container}");
        let starting = (self.docker).start_container(container, None::<StartContainerOptions>);
        self.call(what, starting).await
    }

    /// Asks a container to end, and ends it after `grace`; one that has ended is fine.
    pub(super) async fn stop(
        &self,
        what: String,
        container: &str,
        grace: Duration,
    ) -> Result<(), ContainerError> {
        let seconds = i32::try_from(grace.as_secs()).unwrap_or(i32::MAX);
        let options = StopContainerOptionsBuilder::default().t(seconds).build();
        let stopping = self.docker.stop_container(container, Some(options));
        match tokio::time::timeout(grace.saturating_add(CALL), stopping).await {
            Ok(stopped) => stopped.map_err(|error| self.failed(what, &error)),
            Err(_) => Err(classify::silent(what)),
        }
    }

    /// Calls a container something else.
    pub(super) async fn rename(&self, container: &str, name: &str) -> Result<(), ContainerError> {
        let what = format!("renaming container {container} to {name}");
        let options = RenameContainerOptionsBuilder::default().name(name).build();
        let renaming = self.docker.rename_container(container, options);
        self.call(what, renaming).await
    }

    /// The id of an image that is present; none if it is not.
    pub(super) async fn image_id(&self, image: &str) -> Result<Option<String>, ContainerError> {
        let call = self.call(
            format!("looking for image {image}"),
            self.docker.inspect_image(image),
        );
        Ok(absent_is_none(call.await)?.and_then(|found| found.id))
    }

    /// Removes a container and its unnamed volumes. One that is gone is fine;
    /// without `force` one that runs is refused.
    pub(super) async fn remove(&self, container: &str, force: bool) -> Result<(), ContainerError> {
        self.remove_with(container, (force, true)).await
    }

    /// Removes a container that has ended, and no volume. One that is gone is fine.
    pub(super) async fn remove_one(&self, container: &str) -> Result<(), ContainerError> {
        self.remove_with(container, (false, false)).await
    }

    async fn remove_with(
        &self,
        container: &str,
        (force, volumes): (bool, bool),
    ) -> Result<(), ContainerError> {
        let options = RemoveContainerOptionsBuilder::default()
            .force(force)
            .v(volumes)
            .build();
        let call = self.docker.remove_container(container, Some(options));
        absent_is_none(
            self.call(format!("removing container {container}"), call)
                .await,
        )
        .map(drop)
    }
}

/// A line to an engine that nothing has been said on yet.
fn line(
    target: &Target,
    what: &str,
) -> Result<Result<Docker, bollard::errors::Error>, ContainerError> {
    let refused =
        |why: &str, hint: &str| Err(ContainerError::new(Kind::Refused, what, why).hint(hint));
    if let Some(path) = target.docker.strip_prefix("unix://") {
        return Ok(Docker::connect_with_unix(
            path,
            LONGEST,
            API_DEFAULT_VERSION,
        ));
    }
    if !target.docker.starts_with("tcp://") {
        return refused(
            "there is no way to such an address",
            "Use unix:///var/run/docker.sock, ssh://user@host, or tcp://host:2376 with certificates",
        );
    }
    let Some(certs) = &target.certs else {
        return refused(
            "an engine behind tcp:// is open to everybody without certificates",
            "Name the folder with ca.pem, cert.pem and key.pem",
        );
    };
    crate::tls::choose();
    let [key, cert, ca] = ["key.pem", "cert.pem", "ca.pem"].map(|name| certs.join(name));
    let docker = &target.docker;
    Ok(Docker::connect_with_ssl(
        docker,
        &key,
        &cert,
        &ca,
        LONGEST,
        API_DEFAULT_VERSION,
    ))
}

/// Names become part of addresses.
pub(super) fn check(name: &str) -> Result<(), ContainerError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts_well && name.len() <= 200 && name.len() > 1 && name.chars().all(plain) {
        return Ok(());
    }
    Err(ContainerError::new(
        Kind::Refused,
        format!("using {name:?}"),
        "that is no container name",
    ))
}

fn absent_is_none<T>(result: Result<T, ContainerError>) -> Result<Option<T>, ContainerError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The client spells credentials in standard base64, the engine wants the
/// URL-safe one; passwords with certain letters would fail.
fn with_safe_credentials(mut request: bollard::BollardRequest) -> bollard::BollardRequest {
    for header in CREDENTIALS {
        let value = request
            .headers()
            .get(header)
            .and_then(|value| value.to_str().ok());
        let safe = value.map(|value| value.replace('+', "-").replace('/', "_"));
        if let Some(safe) = safe.and_then(|safe| safe.parse().ok()) {
            request.headers_mut().insert(header, safe);
        }
    }
    request
}
