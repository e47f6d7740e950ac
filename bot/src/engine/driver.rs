//! Drives attempts: records that a piece of work begins, does it, records how it
//! ended, and asks the domain what comes next. The same path for the first try
//! and after a crash.

pub(super) mod ahead;
mod ask;
pub(super) mod check;
mod evidence;
mod fill;
mod held;
mod lock;
mod oneoff;
pub(super) mod preflight;
mod step;

pub(super) use ahead::vars_of_up;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, join, select};
use shipbell_domain::attempt::{Attempt, FailureMode, Next, Work};
use shipbell_domain::command::Report;
use shipbell_domain::effect::CardId;
use shipbell_domain::environment::Environment;
use shipbell_domain::event::{Evidence, Outcome};
use shipbell_domain::ids::EnvId;
use shipbell_domain::steps::Step;
use shipbell_domain::{Command, Fold, StreamId};
use shipbell_storage::{Settles, Verdict};

use super::hub::Hub;
use super::live::Ear;
use super::news::News;
use super::{Site, drift, retention, retry};

/// So much of a reason is shown: more would be cut off at its end, where it says what
/// to do. All of it is in the evidence.
pub(in crate::engine) const SHOWN: usize = 290;

/// The pause after the database did not answer.
const AGAIN: Duration = Duration::from_secs(1);

/// Starts a task for every environment on which an attempt is at work.
pub(super) async fn run(hub: Arc<Hub>) {
    let driven = Arc::new(Mutex::new(BTreeSet::new()));
    let mut news = News::of(&hub);
    while hub.halted().is_none() {
        news.look(&hub);
        let Ok(active) = hub.ports.store.active().await else {
            // Nothing need ever change again: it is asked until it answers.
            hub.pause(AGAIN).await;
            continue;
        };
        for environment in active {
            start(&hub, &driven, environment);
        }
        news.wait(&hub, None).await;
    }
}

fn start(hub: &Arc<Hub>, driven: &Arc<Mutex<BTreeSet<EnvId>>>, environment: EnvId) {
    let new = driven
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(environment.clone());
    if !new {
        return;
    }
    let (hub, driven) = (Arc::clone(hub), Arc::clone(driven));
    let spawn = Arc::clone(&hub.ports.spawn);
    let task = async move {
        drive(&hub, &environment).await;
        driven
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&environment);
        // Another attempt may have begun while this one was being put away.
        hub.stir();
        retention::keep(&hub, &environment).await;
    };
    spawn.spawn("attempt", Box::pin(task));
}

/// Drives the attempts of one environment until none is at work.
pub(super) async fn drive(hub: &Hub, environment: &EnvId) {
    let stream = StreamId::Environment(environment.clone());
    let lock = lock::take(hub, environment).await;
    let mut changes = hub.changes();
    while hub.halted().is_none() {
        changes.mark_unchanged();
        let fold = match hub.ports.store.fold(&stream).await {
            Ok(Some(Fold::Environment(fold))) => fold,
            Ok(_) => return,
            Err(_) => {
                hub.pause(AGAIN).await;
                continue;
            }
        };
        let Some(attempt) = fold.active() else { return };
        let (index, work, begun) = match attempt.next() {
            Next::Begin(index, work) => {
                // A question begins, and then a person has the word.
                if !begin(hub, environment, attempt, index).await || work.ask().is_some() {
                    continue;
                }
                (index, work, false)
            }
            Next::Resume(index, work) => (index, work, true),
            Next::Decide(_) => {
                hub.change_or(&mut changes, None).await;
                continue;
            }
            Next::Await(asked) => {
                if !ask::wait(hub, &mut changes, environment, (attempt, &asked)).await {
                    return;
                }
                continue;
            }
            Next::Nothing => return,
        };
        let task = Task {
            environment,
            attempt,
            here: &fold,
            index,
            work,
            begun,
        };
        let Some(outcome) = perform(hub, &task, lock.as_deref()).await else {
            return;
        };
        let report = Report::WorkEnded {
            environment: environment.clone(),
            attempt: attempt.number,
            fence: attempt.fence,
            index,
            outcome,
        };
        let actor = attempt.key.as_str();
        if retry::report(hub, actor, Command::Report(report), Settles::Nothing)
            .await
            .is_none()
        {
            return;
        }
    }
}

/// Records that a piece of work begins. If that is refused, things have changed.
async fn begin(hub: &Hub, environment: &EnvId, attempt: &Attempt, index: u32) -> bool {
    let report = Report::WorkStarted {
        environment: environment.clone(),
        attempt: attempt.number,
        fence: attempt.fence,
        index,
    };
    let actor = attempt.key.as_str();
    let verdict = retry::report(hub, actor, Command::Report(report), Settles::Nothing).await;
    match verdict {
        // Recorded may also mean stopped instead: then nothing began.
        Some(Verdict::Recorded { events, .. }) => events.iter().any(|(_, event)| began(event)),
        Some(verdict @ (Verdict::Refused(_) | Verdict::Repeated)) => {
            if !retry::is_stale(&verdict) {
                tracing::error!(?verdict, "a piece of work could not begin");
                hub.pause(AGAIN).await;
            }
            false
        }
        None => false,
    }
}

fn began(event: &shipbell_domain::Event) -> bool {
    use shipbell_domain::event::EnvironmentEvent;
    matches!(
        event,
        shipbell_domain::Event::Environment(EnvironmentEvent::WorkStarted { .. })
    )
}

/// A piece of work to be done.
struct Task<'a> {
    environment: &'a EnvId,
    attempt: &'a Attempt,
    /// The environment before it.
    here: &'a Environment,
    index: u32,
    work: &'a Work,
    /// Whether it had begun when the bot went away.
    begun: bool,
}

/// Does a piece of work, and looks what runs if it was the last; none if all effects
/// were stopped before it ended.
async fn perform(hub: &Hub, task: &Task<'_>, lock: Option<&std::fs::File>) -> Option<Outcome> {
    let mut outcome = carry_out(hub, task, lock).await?;
    let is_last = task.index as usize + 1 == task.attempt.work.len();
    if let Outcome::Succeeded { evidence } = &mut outcome
        && is_last
        && hub.setup().compare_every.is_some()
        && let Some(site) = hub.site(task.environment)
    {
        let manifest = &task.attempt.manifest;
        let seen = drift::look(hub, &site, (task.environment, manifest)).await;
        match seen {
            Ok(seen) => evidence.seen = seen,
            Err(error) => tracing::warn!(%error, "what runs could not be looked at"),
        }
    }
    Some(outcome)
}

async fn carry_out(hub: &Hub, task: &Task<'_>, lock: Option<&std::fs::File>) -> Option<Outcome> {
    let gone = |what: String| {
        Some(Outcome::Failed {
            mode: FailureMode::Preflight,
            why: format!("{what} is not configured any more"),
            evidence: Evidence::default(),
        })
    };
    let Some(site) = hub.site(task.environment) else {
        return gone(task.environment.to_string());
    };
    let ear = Ear::open(hub, shown_on(task), task.index);
    match task.work {
        Work::Step(step) => {
            let host = step.on.as_ref();
            let Some(here) = site.on(host) else {
                let name = host.map(ToString::to_string).unwrap_or_default();
                return gone(format!("host {name} of {}", task.environment));
            };
            let place = step::Place {
                environment: task.environment,
                site: &here,
                attempt: task.attempt,
                kept: { task.here.kept_for(task.attempt) }.and_then(|it| it.on(host)),
                index: task.index,
                lock,
                ear: &ear,
                begun: AtomicBool::new(task.begun),
                tries: AtomicU32::new(0),
            };
            looked_and_done(hub, task, (&site, &place), step).await
        }
        Work::Check(check) => Some(verify(hub, &site, task.attempt, (check, &ear)).await),
    }
}

/// Does a step; the first of an attempt once it was looked whether anything stands in the way.
async fn looked_and_done(
    hub: &Hub,
    task: &Task<'_>,
    (site, place): (&Site, &step::Place<'_>),
    step: &Step,
) -> Option<Outcome> {
    if !preflight::is_due(task.attempt, task.index, task.begun) {
        return step::run(hub, place, step).await;
    }
    let looking = preflight::look(hub, place, site);
    if place.kept.is_some() {
        // Whatever is found keeps nobody from going back: nor does looking.
        let mut found = drift::replaced(hub, site, task.here).await;
        let working = Box::pin(step::run(hub, place, step));
        let outcome = match select(Box::pin(looking), working).await {
            Either::Left((seen, working)) => {
                found.extend(seen.ok().flatten());
                working.await
            }
            Either::Right((outcome, _)) => outcome,
        };
        return Some(preflight::with(found, outcome?));
    }
    let (seen, found) = join(looking, drift::replaced(hub, site, task.here)).await;
    match seen {
        Ok(seen) => {
            let found = seen.into_iter().chain(found).collect();
            let outcome = step::run(hub, place, step).await?;
            Some(preflight::with(found, outcome))
        }
        Err(outcome) => Some(outcome),
    }
}

/// The card that shows an attempt while it goes on.
fn shown_on(task: &Task<'_>) -> CardId {
    CardId::Progress {
        release: task.attempt.release,
        environment: task.environment.clone(),
        attempt: task.attempt.number,
    }
}

async fn verify(
    hub: &Hub,
    site: &Site,
    attempt: &Attempt,
    (check, ear): (&shipbell_domain::checks::Check, &Ear<'_>),
) -> Outcome {
    let seen = check::run(hub, site, &attempt.manifest, (check, ear)).await;
    let why = seen
        .findings
        .last()
        .cloned()
        .unwrap_or_else(|| "it did not pass".to_owned());
    let evidence = evidence::keep(hub, seen.findings, &seen.lines).await;
    if seen.passed {
        Outcome::Succeeded { evidence }
    } else {
        Outcome::Failed {
            mode: FailureMode::Verification,
            why,
            evidence,
        }
    }
}
