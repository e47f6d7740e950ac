//! What containers wrote.

use std::time::Duration;

use bollard::query_parameters::LogsOptionsBuilder;
use tokio::time::timeout;

use super::api::Api;
use super::classify;
use super::tap::Tap;
use crate::containers::{
    Collector, ContainerError, Discard, LogQuery, Output, OutputLine, Running,
};

/// How long reading one log may take.
const READ: Duration = Duration::from_mins(1);

/// How many lines count as the last ones.
const LAST: u32 = 50;

/// The most lines that are read of one container.
const MOST: u32 = 10_000;

/// Lines of one service, or of all with their service's name before each.
pub(super) async fn read(api: &Api<'_>, query: &LogQuery) -> Result<Output, ContainerError> {
    let mut lines = Vec::new();
    for one in api.all_of(&query.project).await? {
        let named = query
            .service
            .as_ref()
            .is_none_or(|service| *service == one.service);
        if named {
            let read = of_one(api, &one, query).await?;
            lines.extend(read);
        }
    }
    lines.sort_by_key(|line| line.at);
    let mut kept = Collector::default();
    for line in lines {
        kept.push(line);
    }
    Ok(kept.finish())
}

/// The last lines of one container.
pub(super) async fn last(api: &Api<'_>, container: &str) -> Result<Output, ContainerError> {
    raw(api, container, LAST, 0).await
}

async fn of_one(
    api: &Api<'_>,
    one: &Running,
    query: &LogQuery,
) -> Result<Vec<OutputLine>, ContainerError> {
    // The engine takes whole seconds; the rest is done here.
    let since = query.since.map_or(0, |since| {
        i32::try_from(since.timestamp()).unwrap_or(i32::MAX)
    });
    let mut lines = raw(api, &one.container, query.tail, since).await?.lines;
    lines.retain(|line| {
        query
            .since
            .is_none_or(|since| line.at.is_none_or(|at| at > since))
    });
    if query.service.is_none() {
        for line in &mut lines {
            line.text = format!("{}: {}", one.service, line.text);
        }
    }
    Ok(lines)
}

async fn raw(
    api: &Api<'_>,
    container: &str,
    tail: u32,
    since: i32,
) -> Result<Output, ContainerError> {
    let what = format!("reading the log of container {container}");
    let tail = tail.min(MOST).to_string();
    let options = LogsOptionsBuilder::default()
        .stdout(true)
        .stderr(true)
        .timestamps(true);
    let options = options.since(since).tail(&tail).build();
    let mut tap = Tap::stamped(api.redactor, &Discard);
    match timeout(READ, tap.frames(api.docker.logs(container, Some(options)))).await {
        Ok(Ok(())) => Ok(tap.finish()),
        Ok(Err(error)) => Err(api.failed(what, &error)),
        Err(_) => Err(classify::silent(what)),
    }
}
