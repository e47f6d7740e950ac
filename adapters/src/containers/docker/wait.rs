//! Waiting until a project is well, and saying precisely why it is not.
//!
//! Compose calls a project up whose containers crash a moment later, and a
//! container that crashes in a loop is healthy in between. So all of them must
//! have been well, unrestarted, for a while.

mod judge;

use std::collections::BTreeMap;
use std::time::Duration;

use bollard::models::ContainerState;
use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep};

use self::judge::{Fault, Judge, Verdict, Wrong};
use super::api::Api;
use super::logs;
use super::project::instant;
use super::replace;
use super::tap::Tap;
use crate::containers::{
    Container, ContainerError, FailureMode, Health, Kind, Running, Session, Wait,
};

/// How often the engine is asked.
const EVERY: Duration = Duration::from_millis(100);

/// How many of the last health checks of a container are told of.
const CHECKS: usize = 3;

/// How long it may take until a program that was restarted ends again.
const ENDS_AGAIN: Duration = Duration::from_secs(3);

/// Whose containers are looked at.
#[derive(Clone, Copy)]
enum Whose<'a> {
    /// A compose project's.
    Project(&'a str),
    /// Only the plain one of this name.
    Name(&'a str),
}

/// Returns the containers of a project once all are well for long enough.
pub(super) async fn stable(
    api: &Api<'_>,
    wanted: &Wait,
    session: &Session<'_>,
) -> Result<Vec<Running>, ContainerError> {
    until_well(api, Whose::Project(&wanted.project), wanted, session).await
}

/// The same for one plain container.
pub(super) async fn plain(
    api: &Api<'_>,
    container: &Container,
    session: &Session<'_>,
) -> Result<Running, ContainerError> {
    let pin = (container.service.clone(), container.image.clone());
    let wanted = Wait {
        project: container.project.clone(),
        services: Vec::new(),
        pins: BTreeMap::from([pin]),
        stable_for: container.stable_for,
        healthy_within: container.healthy_within,
    };
    let whose = Whose::Name(&container.name);
    let well = until_well(api, whose, &wanted, session).await?;
    well.into_iter().next().ok_or_else(|| {
        let what = format!("waiting for {} to be well", whose.in_words());
        ContainerError::new(Kind::Interrupted, what, "it was removed")
    })
}

impl Whose<'_> {
    async fn running(self, api: &Api<'_>) -> Result<Vec<Running>, ContainerError> {
        match self {
            Self::Project(project) => api.running(project).await,
            Self::Name(name) => {
                let found = api.named(name).await?;
                Ok(found.map(replace::seen).into_iter().collect())
            }
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Project(project) => format!("project {project}"),
            Self::Name(name) => format!("container {name}"),
        }
    }
}

async fn until_well(
    api: &Api<'_>,
    whose: Whose<'_>,
    wanted: &Wait,
    session: &Session<'_>,
) -> Result<Vec<Running>, ContainerError> {
    let images = api.image_ids(&wanted.pins).await?;
    let info = api
        .call("asking the engine's time", api.docker.info())
        .await?;
    let engine = instant(info.system_time.as_deref());
    let mut judge = Judge::new(wanted, images, engine);
    let mut ready = Ready::new();
    let mut tap = Tap::new(api.redactor, session.lines);
    let begun = Instant::now();
    let last = session
        .within
        .min(wanted.healthy_within + wanted.stable_for * 2);
    let mut well = Well::default();
    let mut told = String::new();
    loop {
        let containers = whose.running(api).await?;
        note(
            &mut ready,
            &containers,
            engine.map(|it| it + begun.elapsed()),
        );
        let limit = if well.now() {
            last
        } else {
            last.min(wanted.healthy_within)
        };
        let news = match judge.verdict(&containers) {
            Verdict::Failed(fault) => return Err(failed(api, &fault, well.ever).await),
            Verdict::Well(signature) if well.lasts(&signature) >= wanted.stable_for => {
                let mut well = with(&ready, judge.counted(containers));
                for one in well.iter_mut().filter(|it| it.health != Health::Unchecked) {
                    let found = api.inspect(&one.container).await.ok().flatten();
                    let state = found.and_then(|it| it.state);
                    one.checks = state.map_or_else(Vec::new, |it| checks(api, &it));
                }
                return Ok(well);
            }
            Verdict::Well(_) => "all are well; waiting to see that they stay so".to_owned(),
            Verdict::NotYet(why) => {
                well.since = None;
                why
            }
        };
        if begun.elapsed() >= limit {
            return Err(late(api, (whose, wanted), (&judge, &containers), &news).await);
        }
        if news != told {
            tap.note(news.clone());
            told = news;
        }
        sleep(EVERY).await;
    }
}

/// When each container was first seen well.
type Ready = BTreeMap<String, DateTime<Utc>>;

fn note(ready: &mut Ready, containers: &[Running], now: Option<DateTime<Utc>>) {
    let well = |it: &&Running| match it.health {
        // Nobody looks: it is well from its start on.
        Health::Unchecked | Health::Healthy => it.alive,
        Health::Starting | Health::Unhealthy => false,
    };
    for container in containers.iter().filter(well) {
        let since = match container.health {
            Health::Unchecked => container.started_at,
            Health::Healthy | Health::Starting | Health::Unhealthy => now,
        };
        if let Some(since) = since {
            ready.entry(container.container.clone()).or_insert(since);
        }
    }
}

fn with(ready: &Ready, mut containers: Vec<Running>) -> Vec<Running> {
    for container in &mut containers {
        container.ready_at = ready.get(&container.container).copied();
    }
    containers
}

/// Since when all have been well, unrestarted.
#[derive(Default)]
struct Well {
    since: Option<(Instant, String)>,
    ever: bool,
}

impl Well {
    fn now(&self) -> bool {
        self.since.is_some()
    }

    /// How long all have been well as this signature says.
    fn lasts(&mut self, signature: &str) -> Duration {
        self.ever = true;
        match &self.since {
            Some((since, same)) if *same == signature => since.elapsed(),
            Some(_) | None => {
                self.since = Some((Instant::now(), signature.to_owned()));
                Duration::ZERO
            }
        }
    }
}

/// What stands in the way when the time is over.
async fn late(
    api: &Api<'_>,
    (whose, wanted): (Whose<'_>, &Wait),
    (judge, containers): (&Judge<'_>, &[Running]),
    news: &str,
) -> ContainerError {
    let what = format!("waiting for {} to be well", whose.in_words());
    let why = format!(
        "not within {} s: {news}",
        wanted.healthy_within.as_secs_f32()
    );
    let culprit = judge.unwell(containers);
    let checked = culprit.is_some_and(|one| one.health != Health::Unchecked);
    let mode = if checked {
        FailureMode::Healthcheck
    } else {
        FailureMode::Startup
    };
    let output = match culprit {
        Some(culprit) => evidence(api, &culprit.container).await.1,
        None => Vec::new(),
    };
    ContainerError::new(Kind::Timeout, what, why)
        .mode(mode)
        .output(output)
}

/// What happened to the container at fault.
async fn failed(api: &Api<'_>, fault: &Fault, ever_well: bool) -> ContainerError {
    let what = format!("service {}", fault.service);
    if fault.what == Wrong::Restarted {
        ends_again(api, &fault.container).await;
    }
    let (state, output) = evidence(api, &fault.container).await;
    let mode = match (fault.what, ever_well) {
        (Wrong::Unhealthy, _) => FailureMode::Healthcheck,
        (Wrong::Image | Wrong::Restarted | Wrong::Ended, true) => FailureMode::Runtime,
        (Wrong::Image | Wrong::Restarted | Wrong::Ended, false) => FailureMode::Startup,
    };
    let why = if state.is_empty() {
        fault.why.clone()
    } else {
        format!("{} ({state})", fault.why)
    };
    ContainerError::new(Kind::Runtime, what, why)
        .mode(mode)
        .output(output)
}

/// Waits a little for a program that ends again and again: only then its exit code is known.
async fn ends_again(api: &Api<'_>, container: &str) {
    let begun = Instant::now();
    while begun.elapsed() < ENDS_AGAIN {
        let found = api.inspect(container).await.ok().flatten();
        let state = found.and_then(|it| it.state).unwrap_or_default();
        if has_ended(&state) {
            return;
        }
        sleep(EVERY).await;
    }
}

/// The state of a container in words; and what its health check and its program
/// last said. What cannot be had is left out.
async fn evidence(api: &Api<'_>, container: &str) -> (String, Vec<String>) {
    let Ok(Some(found)) = api.inspect(container).await else {
        return (String::new(), Vec::new());
    };
    let state = found.state.unwrap_or_default();
    let mut lines = checks(api, &state);
    if let Ok(log) = logs::last(api, container).await {
        lines.extend(log.evidence());
    }
    (in_words(api, &state), lines)
}

/// How the last checks of a container's health ended, and the last line of each.
fn checks(api: &Api<'_>, state: &ContainerState) -> Vec<String> {
    let log = state.health.as_ref().and_then(|it| it.log.as_deref());
    let last = log.unwrap_or_default().iter().rev().take(CHECKS).rev();
    let told = last.map(|check| {
        let said = check.output.as_deref().unwrap_or_default().trim();
        let said = api.redactor.text(said);
        let said = said.lines().last().map(|it| format!(": {it}"));
        let code = check.exit_code.unwrap_or(-1);
        format!("health check, exit code {code}{}", said.unwrap_or_default())
    });
    told.collect()
}

/// Whether its program is not at work just now: then there is an exit code.
fn has_ended(state: &ContainerState) -> bool {
    state.running != Some(true) || state.restarting == Some(true)
}

fn in_words(api: &Api<'_>, state: &ContainerState) -> String {
    let status = state
        .status
        .map(|status| status.to_string())
        .unwrap_or_default();
    let mut words = vec![status];
    if has_ended(state) {
        words.push(format!("exit code {}", state.exit_code.unwrap_or(-1)));
    }
    if state.oom_killed == Some(true) {
        words.push("killed for want of memory".into());
    }
    if let Some(error) = state.error.as_ref().filter(|error| !error.is_empty()) {
        words.push(api.redactor.text(error));
    }
    words.join(", ")
}
