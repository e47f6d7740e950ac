//! What a deploy would change is found out ahead: when people are about to decide
//! about it, and when somebody wants to know.

use super::Decided;
use super::draft::Draft;
use crate::effect::{CardId, Effect};
use crate::event::ReleaseEvent;
use crate::gates::Waiting;
use crate::ids::{EnvName, Key, Person, ReleaseId};
use crate::notice::News;
use crate::preview::Preview;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::steps::StepKind;

pub(super) fn wanted(draft: &mut Draft, by: &Person, release: ReleaseId, env: &EnvName) -> Decided {
    let it = draft.require_open(release)?;
    let (app, pinned) = (it.app.clone(), it.manifest.is_some());
    let failed = it.unresolved.clone();
    draft.require_env(&app, env)?;
    if !pinned {
        return Err(Refusal::NotYet {
            release,
            env: env.clone(),
            waiting: vec![Waiting::Images { failed }],
            override_roles: Vec::new(),
        });
    }
    let wanted = ReleaseEvent::PreviewWanted {
        env: env.clone(),
        by: by.clone(),
    };
    draft.release_event(release, wanted);
    draft.owe(Effect::LookAhead {
        release,
        env: env.clone(),
    });
    Ok(Reply::LookingAhead {
        release,
        env: env.clone(),
    })
}

/// What comes next is looked at before anybody wants it: the environments whose
/// turn it is behind this one, or in the beginning.
pub(super) fn next(draft: &mut Draft, release: ReleaseId, behind: Option<&EnvName>) {
    let policy = draft.policy().into_iter();
    let next: Vec<EnvName> = policy
        .flat_map(|it| &it.environments)
        .filter(|it| it.needs.as_ref() == behind)
        .map(|it| it.name.clone())
        .collect();
    for env in next {
        look(draft, release, &env);
    }
}

/// Owes a look, where a deploy brings a project or a container to images.
pub(super) fn look(draft: &mut Draft, release: ReleaseId, env: &EnvName) {
    let policy = draft.policy().and_then(|it| it.environment(env));
    let brings = |it: &crate::policy::EnvPolicy| {
        let mut steps = it.deploy.iter();
        let brings = |it: &StepKind| matches!(it, StepKind::Up(_) | StepKind::Container(_));
        steps.any(|step| brings(&step.kind) && step.belongs(false))
    };
    if policy.is_some_and(brings) {
        draft.owe(Effect::LookAhead {
            release,
            env: env.clone(),
        });
    }
}

pub(super) fn found(
    draft: &mut Draft,
    release: ReleaseId,
    env: &EnvName,
    preview: &Preview,
) -> Decided {
    let it = draft.require_open(release)?;
    let version = it.version.clone();
    let stage = it.stage(env);
    let curious = stage.map(|it| it.curious.clone()).unwrap_or_default();
    let asks: Vec<CardId> = (it.asks.values())
        .filter(|ask| ask.is_open() && ask.id.env == *env)
        .map(|ask| CardId::Ask {
            ask: ask.id.clone(),
        })
        .collect();
    let preview = Box::new(preview.bounded());
    let previewed = ReleaseEvent::Previewed {
        env: env.clone(),
        preview: preview.clone(),
    };
    draft.release_event(release, previewed);
    for card in asks {
        draft.card(card);
    }
    if !curious.is_empty() {
        let key = Key::join(&[&release, env, &"ahead", &draft.now.timestamp_millis()]);
        let news = News::DryRun {
            env: env.clone(),
            version,
            preview,
        };
        draft.tell(release, key, curious, news);
    }
    Ok(Reply::Nothing)
}
