//! Work that was cut off: nobody knows how it ended, and a person says how to go on.

use super::Decided;
use super::attempt::{Failure, failed, has_lost, next, progress, stop_here};
use super::draft::Draft;
use super::{asked, incident};
use crate::attempt::{Choice, FailureMode};
use crate::event::EnvironmentEvent;
use crate::ids::{EnvId, Key, Person};
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// The attempt waits from here on; those who can decide are told what was seen.
pub(super) fn told(draft: &mut Draft, environment: &EnvId, tail: Vec<String>) {
    let known = draft.environment(&environment.env);
    let Some(attempt) = known.and_then(|it| it.active()).cloned() else {
        return;
    };
    let Some(cut_off) = attempt.cut_off() else {
        return;
    };
    let back = known.and_then(|it| it.current());
    let back = back.map(|it| it.manifest.version.clone());
    let news = News::CutOff {
        env: environment.env.clone(),
        version: attempt.manifest.version.clone(),
        rollback: attempt.is_rollback(),
        step: cut_off.work.title(),
        seen: cut_off.seen.to_owned(),
        tail,
        back,
    };
    let asked = attempt.decisions.len();
    let key = Key::join(&[&"cut-off", environment, &attempt.number, &asked]);
    let mention = attempt.by.iter().cloned().collect();
    draft.shout(Some(attempt.release), key, mention, news);
    let what = format!(
        "{} was cut off, and nobody knows how it ended: {}",
        cut_off.work.title(),
        cut_off.seen
    );
    incident::after_failure(draft, environment, &attempt, &what);
}

/// Somebody says that it worked, or did not, or wants it done again.
pub(super) fn decide(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    when: Option<(u32, usize)>,
    choice: Choice,
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    let known = draft.environment(&environment.env);
    let is_question = known.and_then(|it| it.active()?.asked()).is_some();
    if !is_question {
        draft.require(by, Action::Deploy)?;
    }
    let last = known.and_then(|it| it.attempt.as_ref());
    if let (Some((number, before)), Some(last)) = (when, last)
        && number == last.number
        && let Some(decision) = last.decisions.get(before)
    {
        return Err(Refusal::Decided {
            environment: environment.clone(),
            by: decision.by.clone(),
        });
    }
    let meant = |number: u32| when.is_none_or(|(it, _)| it == number);
    let active = known.and_then(|it| it.active());
    let active = active.filter(|it| meant(it.number));
    if active.is_some() && is_question {
        return asked::answer(draft, by, environment, choice);
    }
    let Some((attempt, cut_off)) = active.and_then(|it| Some((it, it.cut_off()?))) else {
        return Err(Refusal::NothingToDecide {
            environment: environment.clone(),
        });
    };
    let (number, release, index) = (attempt.number, attempt.release, cut_off.index);
    let (seen, then) = (cut_off.seen.to_owned(), cut_off.work.then());
    let stop = attempt.stop.is_some();
    let decided = EnvironmentEvent::Decided {
        attempt: number,
        index,
        by: by.clone(),
        choice,
    };
    draft.environment_event(environment, decided);
    draft.card(progress(environment, release, number));
    match choice {
        Choice::Worked if stop => stop_here(draft, environment)?,
        Choice::Worked => next(draft, environment)?,
        Choice::Again => Reply::Nothing,
        Choice::Failed if !stop && has_lost(draft, environment) => next(draft, environment)?,
        Choice::Failed => {
            let name = draft.world.settings.name_of(by);
            let failure = Failure {
                mode: FailureMode::Runtime,
                why: format!("{name} said that it did not work: {seen}"),
                tail: Vec::new(),
                then,
            };
            failed(draft, environment, failure)?
        }
    };
    Ok(Reply::GoesOn {
        environment: environment.clone(),
    })
}
