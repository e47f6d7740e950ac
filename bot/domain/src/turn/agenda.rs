//! One-off windows, freezes and locks: time that people set by hand.

use chrono::{DateTime, Utc};

use super::Decided;
use super::draft::{Draft, text};
use crate::agenda::Hold;
use crate::calendar::Span;
use crate::effect::CardId;
use crate::environment::Environment;
use crate::event::{AgendaEvent, EnvironmentEvent};
use crate::ids::{AppId, EnvId, FreezeId, Key, Person, WindowId};
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// How many windows or freezes may be set by hand at a time.
const MAX_STANDING: usize = 200;

pub(super) fn add_window(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    span: Span,
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Window)?;
    if span.to() <= draft.now {
        return Err(Refusal::InThePast { at: span.to() });
    }
    let now = draft.now;
    let standing = draft
        .world
        .agenda
        .windows
        .values()
        .filter(|it| it.span.to() > now);
    limited("the list of windows", standing.count())?;
    let window = WindowId(draft.world.agenda.windows_so_far + 1);
    let (environment, by) = (environment.clone(), by.clone());
    draft.agenda_event(AgendaEvent::WindowAdded {
        window,
        environment: environment.clone(),
        span,
        by,
    });
    Ok(Reply::WindowAdded {
        window,
        environment,
        span,
    })
}

pub(super) fn cancel_window(
    draft: &mut Draft,
    by: &Person,
    window: WindowId,
    why: &str,
) -> Decided {
    let why = text("the reason", why)?;
    draft.require(by, Action::Window)?;
    if !draft.world.agenda.windows.contains_key(&window) {
        let hint = "/release window list".to_owned();
        return Err(Refusal::Unknown {
            what: format!("window {window}"),
            hint,
        });
    }
    draft.agenda_event(AgendaEvent::WindowCancelled {
        window,
        by: by.clone(),
        why,
    });
    Ok(Reply::WindowCancelled { window })
}

pub(super) fn freeze(
    draft: &mut Draft,
    by: &Person,
    app: Option<&AppId>,
    (from, to): (DateTime<Utc>, Option<DateTime<Utc>>),
    reason: &str,
) -> Decided {
    if let Some(app) = app {
        draft.require_policy(app)?;
    }
    draft.require(by, Action::Freeze)?;
    let reason = text("the reason", reason)?;
    if let Some(to) = to.filter(|to| *to <= draft.now || *to <= from) {
        return Err(Refusal::InThePast { at: to });
    }
    let now = draft.now;
    let stands = |it: &&Hold| it.to.is_none_or(|to| to > now);
    let standing = draft.world.agenda.freezes.values().filter(stands);
    limited("the list of freezes", standing.count())?;
    let freeze = FreezeId(draft.world.agenda.freezes_so_far + 1);
    draft.agenda_event(AgendaEvent::Frozen {
        freeze,
        app: app.cloned(),
        from,
        to,
        reason: reason.clone(),
        by: by.clone(),
    });
    let news = News::Frozen {
        freeze,
        reason,
        from,
        to,
        by: by.clone(),
    };
    draft.shout(None, Key::join(&[&"freeze", &freeze]), Vec::new(), news);
    Ok(Reply::Frozen { freeze })
}

pub(super) fn unfreeze(draft: &mut Draft, by: &Person, freeze: FreezeId) -> Decided {
    draft.require(by, Action::Freeze)?;
    if !draft.world.agenda.freezes.contains_key(&freeze) {
        let hint = "/release window list".to_owned();
        return Err(Refusal::Unknown {
            what: format!("freeze {freeze}"),
            hint,
        });
    }
    draft.agenda_event(AgendaEvent::Unfrozen {
        freeze,
        by: by.clone(),
    });
    let news = News::Unfrozen {
        freeze,
        by: by.clone(),
    };
    draft.shout(None, Key::join(&[&"unfreeze", &freeze]), Vec::new(), news);
    Ok(Reply::Unfrozen { freeze })
}

pub(super) fn unlock(draft: &mut Draft, by: &Person, environment: &EnvId, why: &str) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Unlock)?;
    let why = text("the reason", why)?;
    let known = draft.environment(&environment.env);
    if known.is_none_or(|it| it.lock.is_none()) {
        return Err(Refusal::NotLocked {
            environment: environment.clone(),
        });
    }
    let concerned = known
        .map(Environment::releases_concerned)
        .unwrap_or_default();
    draft.environment_event(
        environment,
        EnvironmentEvent::Unlocked {
            by: by.clone(),
            why,
        },
    );
    for release in concerned {
        draft.card(CardId::Release { release });
    }
    Ok(Reply::Unlocked {
        environment: environment.clone(),
    })
}

fn limited(what: &'static str, count: usize) -> Result<(), Refusal> {
    let limit = MAX_STANDING;
    if count < limit {
        Ok(())
    } else {
        Err(Refusal::TooLong { what, limit })
    }
}
