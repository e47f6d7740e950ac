//! A person is asked to do something or to look, and says how that went.

use super::Decided;
use super::attempt::{progress, record_end};
use super::draft::Draft;
use crate::attempt::{Asked, Choice, FailureMode};
use crate::event::{EnvironmentEvent, Evidence, Outcome};
use crate::ids::{EnvId, Key, Person};
use crate::notice::News;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// Tells those who can answer, if the work that began is a question.
pub(super) fn told(draft: &mut Draft, environment: &EnvId) {
    let known = draft.environment(&environment.env);
    let Some(attempt) = known.and_then(|it| it.active()) else {
        return;
    };
    let Some(Asked {
        index, ask, until, ..
    }) = attempt.asked()
    else {
        return;
    };
    let news = News::Asked {
        env: environment.env.clone(),
        version: attempt.manifest.version.clone(),
        rollback: attempt.is_rollback(),
        text: ask.text.clone(),
        role: ask.role.clone(),
        until,
    };
    let answers = attempt.decisions.len();
    let key = Key::join(&[&"asked", environment, &attempt.number, &index, &answers]);
    let (release, mention) = (attempt.release, draft.holders([&ask.role]));
    draft.shout(Some(release), key, mention, news);
}

/// Somebody says that it is done, or that it is not.
pub(super) fn answer(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    choice: Choice,
) -> Decided {
    let known = draft.environment(&environment.env);
    let attempt = known.and_then(|it| it.active());
    let Some((attempt, asked)) = attempt.and_then(|it| Some((it, it.asked()?))) else {
        return Err(Refusal::NothingToDecide {
            environment: environment.clone(),
        });
    };
    let (number, release, index) = (attempt.number, attempt.release, asked.index);
    let ask = asked.ask.clone();
    if !draft.world.settings.roles_of(by).contains(&ask.role) {
        return Err(Refusal::NotAsked {
            people: draft.holders([&ask.role]),
            role: ask.role,
        });
    }
    let name = draft.world.settings.name_of(by);
    let evidence = |finding: String| Evidence {
        findings: vec![finding],
        ..Evidence::default()
    };
    let outcome = match choice {
        Choice::Worked => Outcome::Succeeded {
            evidence: evidence(format!("{name} ({}) said that it is done", ask.role)),
        },
        Choice::Failed => {
            let why = format!("{name} ({}) said no: {}", ask.role, ask.text);
            Outcome::Failed {
                mode: FailureMode::Verification,
                evidence: evidence(why.clone()),
                why,
            }
        }
        Choice::Again => return Err(Refusal::NothingToRepeat { work: ask.text }),
    };
    let decided = EnvironmentEvent::Decided {
        attempt: number,
        index,
        by: by.clone(),
        choice,
    };
    draft.environment_event(environment, decided);
    draft.card(progress(environment, release, number));
    record_end(draft, environment, index, &outcome)?;
    Ok(Reply::GoesOn {
        environment: environment.clone(),
    })
}
