//! Work that was cut off: nobody knows how it ended, and a person says how to go on.

use super::Decided;
use super::attempt::{progress, stop_here, verified};
use super::draft::Draft;
use super::incident;
use crate::attempt::Choice;
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

/// Somebody says that it worked, or wants it done again.
pub(super) fn decide(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    asked: Option<(u32, usize)>,
    choice: Choice,
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Deploy)?;
    let known = draft.environment(&environment.env);
    let last = known.and_then(|it| it.attempt.as_ref());
    if let (Some((number, before)), Some(last)) = (asked, last)
        && number == last.number
        && let Some(decision) = last.decisions.get(before)
    {
        return Err(Refusal::Decided {
            environment: environment.clone(),
            by: decision.by.clone(),
        });
    }
    let meant = |number: u32| asked.is_none_or(|(it, _)| it == number);
    let active = known.and_then(|it| it.active());
    let active = active.filter(|it| meant(it.number));
    let Some((attempt, cut_off)) = active.and_then(|it| Some((it, it.cut_off()?))) else {
        return Err(Refusal::NothingToDecide {
            environment: environment.clone(),
        });
    };
    let (number, release, index) = (attempt.number, attempt.release, cut_off.index);
    let is_last = index as usize + 1 == attempt.work.len();
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
        Choice::Worked if is_last => {
            verified(draft, environment);
            Reply::Nothing
        }
        Choice::Worked | Choice::Again => Reply::Nothing,
    };
    Ok(Reply::GoesOn {
        environment: environment.clone(),
    })
}
