//! An attempt begins, does its work piece by piece, and is verified or fails.

mod ended;
mod evidence;
mod failure;

pub(super) use self::ended::{has_lost, next, record as record_end};
pub(super) use self::failure::{Failure, failed};
use super::Decided;
use super::draft::Draft;
use super::{asked, consent, rollback, watch};
use crate::ask::AskId;
use crate::attempt::{Attempt, AttemptKind, FailureMode, Progress, Work};
use crate::effect::CardId;
use crate::event::{EnvironmentEvent, Outcome, Override, ReleaseEvent, StageResult};
use crate::fleet::Fleet;
use crate::ids::{EnvId, Key, Person, ReleaseId, Version};
use crate::manifest::Manifest;
use crate::notice::News;
use crate::policy::EnvPolicy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::steps::Step;

pub(super) struct Start {
    pub(super) kind: AttemptKind,
    pub(super) release: ReleaseId,
    pub(super) target: ReleaseId,
    pub(super) manifest: Manifest,
    pub(super) work: Vec<Work>,
    pub(super) by: Option<Person>,
    pub(super) over: Option<Override>,
    pub(super) ask: Option<AskId>,
}

/// What a deploy does: its steps, then the checks.
pub(super) fn way_forward(policy: &EnvPolicy) -> Vec<Work> {
    work(&policy.deploy, policy, policy.fleet.as_ref(), false)
}

/// What a rollback does. Of several hosts the one that failed comes last: the others
/// need not wait for it.
pub(super) fn way_back(policy: &EnvPolicy, last: Option<&Attempt>) -> Vec<Work> {
    let steps = if policy.rollback.is_empty() {
        &policy.deploy
    } else {
        &policy.rollback
    };
    let failed = last.and_then(Attempt::failed_on);
    let fleet = policy.fleet.as_ref().map(|it| it.with_last(failed));
    work(steps, policy, fleet.as_ref(), true)
}

fn work(steps: &[Step], policy: &EnvPolicy, fleet: Option<&Fleet>, rollback: bool) -> Vec<Work> {
    let steps: Vec<&Step> = steps.iter().filter(|it| it.belongs(rollback)).collect();
    let steps = match fleet {
        Some(fleet) => fleet.spread(&steps),
        None => steps.into_iter().cloned().collect(),
    };
    let checks = policy.smoke.iter().cloned().map(Work::Check);
    steps.into_iter().map(Work::Step).chain(checks).collect()
}

pub(super) fn start(draft: &mut Draft, environment: &EnvId, start: Start) {
    let known = draft.environment(&environment.env);
    let (attempts, fence) = known.map_or((0, 0), |it| (it.attempts, it.fence));
    let attempt = attempts + 1;
    watch::end(draft, environment, None);
    let Start {
        kind,
        release,
        target,
        manifest,
        work,
        by,
        over,
        ask,
    } = start;
    let is_deploy = kind == AttemptKind::Deploy;
    let started = EnvironmentEvent::AttemptStarted {
        attempt,
        key: Key::join(&[&"attempt", environment, &attempt]),
        fence: fence + 1,
        kind,
        release,
        target,
        manifest: Box::new(manifest),
        work,
        by,
        over,
    };
    draft.environment_event(environment, started);
    if is_deploy {
        let env = environment.env.clone();
        if let Some(ask) = &ask {
            draft.let_sleep(consent::reminder(ask));
            draft.card(CardId::Ask { ask: ask.clone() });
        }
        draft.release_event(release, ReleaseEvent::StageStarted { env, attempt, ask });
    } else {
        draft.card(CardId::Release { release });
    }
    draft.card(progress(environment, release, attempt));
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.active());
    if known.is_some_and(|it| it.work.is_empty()) {
        // Nobody would ever report that nothing has ended.
        verified(draft, environment);
    }
}

pub(super) fn take_over(draft: &mut Draft, environment: &EnvId, number: u32) -> Decided {
    let fence = active(draft, environment, number)?.fence;
    draft.environment_event(
        environment,
        EnvironmentEvent::FenceTaken {
            attempt: number,
            fence: fence + 1,
        },
    );
    Ok(Reply::Nothing)
}

pub(super) fn work_started(
    draft: &mut Draft,
    environment: &EnvId,
    (number, fence): (u32, u64),
    index: u32,
) -> Decided {
    let attempt = owned(draft, environment, number, fence)?;
    let release = attempt.release;
    if attempt.stop.is_some() {
        return stop_here(draft, environment);
    }
    match attempt.progress.get(index as usize) {
        Some(Progress::Pending) => {}
        // The bot started again: what had begun goes on.
        Some(Progress::Running { .. }) => return Ok(Reply::Nothing),
        Some(Progress::Ended { .. }) | None => {
            return Err(Refusal::Stale {
                what: "this work is over",
            });
        }
    }
    let mut before = (attempt.work.iter().zip(&attempt.progress)).take(index as usize);
    let is_open = |(work, progress): (&Work, &Progress)| match progress {
        Progress::Pending => !attempt.is_left_out(work),
        Progress::Running { .. } => true,
        Progress::Ended { .. } => false,
    };
    if before.any(is_open) {
        return Err(Refusal::Stale {
            what: "the work before it is not over",
        });
    }
    draft.environment_event(
        environment,
        EnvironmentEvent::WorkStarted {
            attempt: number,
            index,
        },
    );
    draft.card(progress(environment, release, number));
    asked::told(draft, environment);
    Ok(Reply::Nothing)
}

pub(super) fn work_ended(
    draft: &mut Draft,
    environment: &EnvId,
    (number, fence): (u32, u64),
    index: u32,
    outcome: &Outcome,
) -> Decided {
    let attempt = owned(draft, environment, number, fence)?;
    let Some(Progress::Running { .. }) = attempt.progress.get(index as usize) else {
        return Err(Refusal::Stale {
            what: "this work is not running",
        });
    };
    ended::record(draft, environment, index, outcome)
}

/// Something keeps the work at hand from going on, or nothing does any more.
pub(super) fn work_held(
    draft: &mut Draft,
    environment: &EnvId,
    (number, fence): (u32, u64),
    why: Option<&str>,
) -> Decided {
    let attempt = owned(draft, environment, number, fence)?;
    if attempt.held.as_deref() == why {
        return Ok(Reply::Nothing);
    }
    let (release, version, mention) = (
        attempt.release,
        version_of(attempt),
        attempt.by.iter().cloned().collect(),
    );
    let held = EnvironmentEvent::WorkHeld {
        attempt: number,
        why: why.map(str::to_owned),
    };
    draft.environment_event(environment, held);
    draft.card(progress(environment, release, number));
    if let Some(why) = why {
        let key = Key::join(&[&"held", environment, &number, &fence]);
        let news = News::WorkHeld {
            env: environment.env.clone(),
            version,
            why: why.to_owned(),
        };
        draft.shout(Some(release), key, mention, news);
    }
    Ok(Reply::Nothing)
}

/// All its work is done and proven.
pub(super) fn verified(draft: &mut Draft, environment: &EnvId) {
    let known = draft.environment(&environment.env);
    let Some(attempt) = known.and_then(|it| it.active()).cloned() else {
        return;
    };
    let (number, release) = (attempt.number, attempt.release);
    draft.environment_event(
        environment,
        EnvironmentEvent::AttemptVerified { attempt: number },
    );
    draft.card(progress(environment, release, number));
    if attempt.is_rollback() {
        return rollback::arrived(draft, environment, &attempt);
    }
    let (env, result) = (environment.env.clone(), StageResult::Verified);
    let ended = ReleaseEvent::StageEnded {
        env: env.clone(),
        attempt: number,
        result,
    };
    draft.release_event(release, ended);
    super::ahead::next(draft, release, Some(&env));
    if planned(draft, release, environment) {
        draft.card(CardId::Announcement { release, env });
    }
    watch::begin(draft, environment, &attempt);
}

pub(super) fn stop_here(draft: &mut Draft, environment: &EnvId) -> Decided {
    let known = draft.environment(&environment.env);
    let stop = known
        .and_then(|it| it.active())
        .and_then(|it| it.stop.as_ref());
    let name = stop
        .map(|it| draft.world.settings.name_of(&it.by))
        .unwrap_or_default();
    let (mode, why) = (FailureMode::Stopped, format!("{name} stopped it"));
    failed(
        draft,
        environment,
        Failure {
            mode,
            why,
            tail: Vec::new(),
            then: None,
        },
    )
}

fn active<'a>(draft: &'a Draft, environment: &EnvId, number: u32) -> Result<&'a Attempt, Refusal> {
    let active = draft
        .environment(&environment.env)
        .and_then(|it| it.active());
    let stale = Refusal::Stale {
        what: "this attempt is over",
    };
    active.filter(|it| it.number == number).ok_or(stale)
}

fn owned<'a>(
    draft: &'a Draft,
    environment: &EnvId,
    number: u32,
    fence: u64,
) -> Result<&'a Attempt, Refusal> {
    let attempt = active(draft, environment, number)?;
    let stale = Refusal::Stale {
        what: "somebody else has taken this attempt over",
    };
    if attempt.fence == fence {
        Ok(attempt)
    } else {
        Err(stale)
    }
}

fn planned(draft: &Draft, release: ReleaseId, environment: &EnvId) -> bool {
    let stage = draft
        .world
        .releases
        .get(&release)
        .and_then(|it| it.stage(&environment.env));
    stage.is_some_and(|it| it.plan.is_some())
}

pub(super) fn progress(environment: &EnvId, release: ReleaseId, attempt: u32) -> CardId {
    CardId::Progress {
        release,
        environment: environment.clone(),
        attempt,
    }
}

/// The version an attempt brings, for those who only know its number.
pub(super) fn version_of(attempt: &Attempt) -> Version {
    attempt.manifest.version.clone()
}
