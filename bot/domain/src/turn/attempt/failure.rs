//! An attempt did not reach its end: what follows, and who is told.

use super::{planned, progress};
use crate::attempt::{Attempt, FailureMode, Progress, Work};
use crate::effect::CardId;
use crate::event::{EnvironmentEvent, ReleaseEvent, StageResult};
use crate::ids::{EnvId, Key};
use crate::notice::{AfterFailure, News};
use crate::policy::OnFailure;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::steps::Then;
use crate::turn::draft::Draft;
use crate::turn::{Decided, incident, rollback};

/// In which way it failed, why, the end of what it wrote, and what follows if the
/// work that failed says so itself.
pub(in crate::turn) struct Failure {
    pub(in crate::turn) mode: FailureMode,
    pub(in crate::turn) why: String,
    pub(in crate::turn) tail: Vec<String>,
    pub(in crate::turn) then: Option<Then>,
}

pub(in crate::turn) fn failed(draft: &mut Draft, environment: &EnvId, failure: Failure) -> Decided {
    let known = draft.environment(&environment.env);
    let Some(attempt) = known.and_then(|it| it.active()).cloned() else {
        return Err(Refusal::Stale {
            what: "nothing is running",
        });
    };
    let (number, release) = (attempt.number, attempt.release);
    let (mode, why) = (failure.mode, failure.why.clone());
    let event = EnvironmentEvent::AttemptFailed {
        attempt: number,
        mode,
        why: why.clone(),
    };
    draft.environment_event(environment, event);
    draft.card(progress(environment, release, number));
    if attempt.is_rollback() {
        draft.card(CardId::Release { release });
    } else {
        let (env, result) = (environment.env.clone(), StageResult::Failed(why.clone()));
        let ended = ReleaseEvent::StageEnded {
            env: env.clone(),
            attempt: number,
            result,
        };
        draft.release_event(release, ended);
        if planned(draft, release, environment) {
            draft.card(CardId::Announcement { release, env });
        }
    }
    let next = what_now(draft, environment, &attempt, (mode, failure.then));
    tell(draft, environment, &attempt, failure, next.clone());
    // Nobody is called for what somebody did on purpose.
    if mode != FailureMode::Stopped {
        incident::after_failure(draft, environment, &attempt, &why);
    }
    follow(draft, environment, &attempt, &why, &next);
    Ok(Reply::Nothing)
}

/// What follows from a failure: nothing, the way back, or a person.
fn what_now(
    draft: &Draft,
    environment: &EnvId,
    attempt: &Attempt,
    (mode, then): (FailureMode, Option<Then>),
) -> AfterFailure {
    let policy = draft
        .policy()
        .and_then(|it| it.environment(&environment.env));
    let known = draft.environment(&environment.env);
    // Whoever goes back found it touched, most likely; whoever goes forward did it themselves.
    let touched = if attempt.is_rollback() {
        known.is_some_and(|it| it.touched)
    } else {
        known
            .and_then(|it| it.attempt.as_ref())
            .is_some_and(Attempt::has_touched)
    };
    if !touched {
        return AfterFailure::Untouched;
    }
    // A rollback never chains, and what nobody can tell is never rolled back by itself.
    let wants_back = match then {
        Some(Then::RollBack) => true,
        Some(Then::Stop) => false,
        Some(Then::GoOn) | None => policy.is_some_and(|it| it.on_failure == OnFailure::Rollback),
    };
    let automatic = wants_back
        && policy.is_some()
        && !attempt.is_rollback()
        && !matches!(mode, FailureMode::Interrupted | FailureMode::Stopped);
    let stop = attempt.stop.as_ref();
    let wanted = policy.is_some() && stop.is_some_and(|it| it.rollback.is_some());
    let current = known.and_then(|it| it.current());
    let ahead = current.and_then(|it| known?.ahead_of(it));
    if let Some(ahead) = ahead.filter(|_| automatic || wanted) {
        return AfterFailure::Ahead(Box::new(ahead.clone()));
    }
    match current.map(|it| it.manifest.version.clone()) {
        Some(version) if automatic || wanted => AfterFailure::RollsBack(version),
        target => AfterFailure::Stays(target),
    }
}

fn follow(
    draft: &mut Draft,
    environment: &EnvId,
    attempt: &Attempt,
    why: &str,
    next: &AfterFailure,
) {
    match next {
        AfterFailure::Untouched => {}
        AfterFailure::RollsBack(_) => rollback::by_itself(draft, environment, attempt, why),
        AfterFailure::Stays(_) | AfterFailure::Ahead(_) => {
            let what = if attempt.is_rollback() {
                "the rollback to"
            } else {
                "the deploy of"
            };
            let why = format!("{what} {} failed: {why}", attempt.manifest.version);
            draft.environment_event(environment, EnvironmentEvent::Locked { why });
        }
    }
}

fn tell(
    draft: &mut Draft,
    environment: &EnvId,
    attempt: &Attempt,
    failure: Failure,
    next: AfterFailure,
) {
    let Failure {
        mode,
        why,
        tail,
        then: _,
    } = failure;
    let begun = |progress: &Progress| !matches!(progress, Progress::Pending);
    let last = attempt.progress.iter().rposition(begun);
    let last = last.and_then(|index| attempt.work.get(index));
    let first = attempt.lost().next().map(|it| it.work);
    let step = first.or(last).map(Work::title);
    let news = News::AttemptFailed {
        env: environment.env.clone(),
        version: attempt.manifest.version.clone(),
        rollback: attempt.is_rollback(),
        step,
        mode,
        why,
        tail,
        next,
    };
    let key = Key::join(&[&"failed", environment, &attempt.number]);
    let mention = attempt.by.clone().into_iter().collect();
    draft.shout(Some(attempt.release), key, mention, news);
}
