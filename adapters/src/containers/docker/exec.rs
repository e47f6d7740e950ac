//! Commands inside running containers.

use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::ExecConfig;
use tokio::time::timeout;

use super::api::Api;
use super::tap::Tap;
use crate::containers::{ContainerError, Exec, Kind, Ran, Session};

/// Runs the command and collects its exit code.
pub(super) async fn run(
    api: &Api<'_>,
    exec: &Exec,
    session: &Session<'_>,
) -> Result<Ran, ContainerError> {
    let what = format!(
        "running a command in service {} of {}",
        exec.service, exec.project
    );
    let container = api.one_of(&exec.project, &exec.service).await?.container;
    let vars = exec
        .vars
        .iter()
        .map(|(name, value)| format!("{name}={}", value.expose()));
    let config = ExecConfig {
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        cmd: Some(exec.command.clone()),
        env: Some(vars.collect()),
        ..ExecConfig::default()
    };
    let id = api
        .call(what.as_str(), api.docker.create_exec(&container, config))
        .await?
        .id;
    let starting = api.docker.start_exec(&id, None::<StartExecOptions>);
    let started = api.call(what.as_str(), starting).await?;
    let mut tap = Tap::new(api.redactor, session.lines);
    if let StartExecResults::Attached { output, input } = started {
        let read = timeout(session.within, tap.frames(output)).await;
        drop(input);
        let Ok(read) = read else {
            let why = format!("not done after {} s", session.within.as_secs());
            return Err(ContainerError::new(Kind::Timeout, what, why)
                .output(tap.finish().evidence())
                .hint("It may still be running inside the container"));
        };
        read.map_err(|error| api.failed(what.as_str(), &error))?;
    }
    let output = tap.finish();
    let ended = api
        .call(what.as_str(), api.docker.inspect_exec(&id))
        .await?;
    let lives = api
        .inspect(&container)
        .await?
        .and_then(|found| found.state?.running);
    if let (Some(code), Some(true)) = (ended.exit_code, lives) {
        return Ok(Ran { code, output });
    }
    let why = "the container ended while it ran";
    Err(ContainerError::new(Kind::Interrupted, what, why).output(output.evidence()))
}
