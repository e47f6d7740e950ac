//! Following a one-off command to its end.

use std::pin::pin;
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::ContainerState;
use bollard::query_parameters::{LogsOptionsBuilder, WaitContainerOptionsBuilder};
use futures_util::StreamExt as _;
use tokio::time::{sleep, timeout};

use super::super::api::Api;
use super::super::project::instant;
use super::super::tap::Tap;
use crate::containers::{ContainerError, Exit, Kind, Session};

/// After this much silence the engine is asked whether the command still runs.
const SILENCE: Duration = Duration::from_secs(30);

/// Tells every line from the first on, and collects how the command ended.
pub(super) async fn to_the_end(
    api: &Api<'_>,
    (name, container): (&str, &str),
    session: &Session<'_>,
) -> Result<Exit, ContainerError> {
    let mut tap = Tap::stamped(api.redactor, session.lines);
    let ended = timeout(session.within, async {
        lines(api, (name, container), &mut tap).await?;
        let state = end(api, (name, container)).await?;
        last_lines(api, container, &mut tap).await;
        Ok::<_, ContainerError>(state)
    });
    let ended = ended.await;
    let output = tap.finish();
    let what = format!("running {name} once");
    let state = match ended {
        Ok(Ok(state)) => state,
        Ok(Err(error)) => return Err(error.output(output.evidence())),
        Err(_) => {
            let why = format!("not done after {} s", session.within.as_secs());
            return Err(ContainerError::new(Kind::Timeout, what, why)
                .output(output.evidence())
                .hint("It is still running: wait for it again, or stop it"));
        }
    };
    let code = state.exit_code.unwrap_or(-1);
    if state.oom_killed == Some(true) {
        return Err(
            ContainerError::new(Kind::Runtime, what, "it was killed for want of memory")
                .output(output.evidence()),
        );
    }
    if matches!(code, 137 | 143) {
        let why = format!("it was ended from outside, exit code {code}");
        return Err(ContainerError::new(Kind::Interrupted, what, why)
            .output(output.evidence())
            .hint("Whether it did its work is unknown: look, then decide"));
    }
    Ok(Exit {
        code,
        container: container.to_owned(),
        adopted: false,
        started_at: instant(state.started_at.as_deref()),
        finished_at: instant(state.finished_at.as_deref()),
        output,
    })
}

async fn lines(
    api: &Api<'_>,
    (name, container): (&str, &str),
    tap: &mut Tap<'_>,
) -> Result<(), ContainerError> {
    let options = LogsOptionsBuilder::default()
        .stdout(true)
        .stderr(true)
        .timestamps(true);
    let options = options.follow(true).build();
    let mut frames = pin!(api.docker.logs(container, Some(options)));
    let mut silent = Duration::ZERO;
    loop {
        match timeout(SILENCE, frames.next()).await {
            Ok(Some(Ok(frame))) => {
                silent = Duration::ZERO;
                tap.frame(&frame);
            }
            // A log that cannot be read is a pity; the exit code still counts.
            Ok(Some(Err(Error::DockerResponseServerError { message, .. }))) => {
                tap.note(
                    api.redactor
                        .text(&format!("the log cannot be read: {message}")),
                );
                return Ok(());
            }
            Ok(Some(Err(error))) => return Err(api.failed(format!("following {name}"), &error)),
            Ok(None) => return Ok(()),
            Err(_) => {
                silent += SILENCE;
                state(api, (name, container)).await?;
                let last = tap.last().to_owned();
                tap.note(format!(
                    "nothing new for {} s; last line: {last}",
                    silent.as_secs()
                ));
            }
        }
    }
}

/// An engine may stop telling a log before the last lines of a program that ends.
async fn last_lines(api: &Api<'_>, container: &str, tap: &mut Tap<'_>) {
    // Clocks of the two streams may differ a little.
    let since = tap.again().map_or(0, |at| at.timestamp().saturating_sub(1));
    let options = LogsOptionsBuilder::default()
        .stdout(true)
        .stderr(true)
        .timestamps(true);
    let options = options
        .since(i32::try_from(since).unwrap_or(i32::MAX))
        .build();
    if let Err(error) = tap.frames(api.docker.logs(container, Some(options))).await {
        tap.note(
            api.redactor
                .text(&format!("the end of the log cannot be read: {error}")),
        );
    }
}

async fn end(
    api: &Api<'_>,
    (name, container): (&str, &str),
) -> Result<ContainerState, ContainerError> {
    loop {
        let options = WaitContainerOptionsBuilder::default()
            .condition("not-running")
            .build();
        let mut waiting = pin!(api.docker.wait_container(container, Some(options)));
        match timeout(SILENCE, waiting.next()).await {
            // The client makes an error of every exit code but 0.
            Ok(Some(Ok(_) | Err(Error::DockerContainerWaitError { .. })) | None) | Err(_) => {}
            Ok(Some(Err(error))) => {
                return Err(api.failed(format!("waiting for {name}"), &error));
            }
        }
        let state = state(api, (name, container)).await?;
        if state.running != Some(true) {
            return Ok(state);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

async fn state(
    api: &Api<'_>,
    (name, container): (&str, &str),
) -> Result<ContainerState, ContainerError> {
    let found = api.inspect(container).await?;
    found.and_then(|found| found.state).ok_or_else(|| {
        let what = format!("waiting for {name}");
        ContainerError::new(Kind::Interrupted, what, "its container was removed")
    })
}
