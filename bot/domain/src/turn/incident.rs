//! An incident calls people, level by level, until somebody is on it.

use chrono::TimeDelta;

use super::Decided;
use super::draft::{Draft, text};
use crate::attempt::Attempt;
use crate::effect::{Audience, CardId};
use crate::event::IncidentEvent;
use crate::ids::{EnvId, IncidentId, Key, Person, ReleaseId, Role};
use crate::notice::News;
use crate::policy::{Action, Severity};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;

pub(super) fn open_by_hand(
    draft: &mut Draft,
    by: &Person,
    severity: Severity,
    what: &str,
    environment: Option<&EnvId>,
) -> Decided {
    let what = text("what is wrong", what)?;
    if let Some(environment) = environment {
        draft.require_env(&environment.app, &environment.env)?;
    }
    draft.require(by, Action::Incident)?;
    let release = environment
        .and_then(|it| draft.environment(&it.env))
        .and_then(|it| it.current())
        .map(|it| it.release);
    let about = (environment.cloned(), release);
    let incident = open(draft, severity, &what, about, Some(by.clone()));
    Ok(Reply::IncidentOpened { incident })
}

/// A failed deploy opens one where the team said how bad that is.
pub(super) fn after_failure(draft: &mut Draft, environment: &EnvId, attempt: &Attempt, why: &str) {
    let policy = draft
        .policy()
        .and_then(|it| it.environment(&environment.env));
    let Some(severity) = policy.and_then(|it| it.incident) else {
        return;
    };
    let way = if attempt.is_rollback() {
        "rollback to"
    } else {
        "deploy of"
    };
    let what = format!("the {way} {} failed: {why}", attempt.manifest.version);
    let about = (Some(environment.clone()), Some(attempt.release));
    open(draft, severity, &what, about, None);
}

/// A finding of the watch opens one too.
pub(super) fn from_watch(draft: &mut Draft, environment: &EnvId, release: ReleaseId, what: &str) {
    let policy = draft
        .policy()
        .and_then(|it| it.environment(&environment.env));
    if let Some(severity) = policy.and_then(|it| it.incident) {
        let about = (Some(environment.clone()), Some(release));
        open(draft, severity, what, about, None);
    }
}

fn open(
    draft: &mut Draft,
    severity: Severity,
    what: &str,
    (environment, release): (Option<EnvId>, Option<ReleaseId>),
    by: Option<Person>,
) -> IncidentId {
    let incident = draft.world.next_incident;
    draft.world.next_incident = IncidentId(incident.0 + 1);
    let escalation = draft
        .world
        .settings
        .pages
        .get(&severity)
        .cloned()
        .unwrap_or_default();
    let what: String = what.chars().take(super::draft::MAX_TEXT).collect();
    let opened = IncidentEvent::Opened {
        incident,
        severity,
        what,
        environment,
        release,
        by,
        escalation,
    };
    draft.incident_event(incident, opened);
    page_or_wait(draft, incident, 0);
    incident
}

/// Calls a level if its time has come, else sets the alarm for it.
fn page_or_wait(draft: &mut Draft, incident: IncidentId, level: u32) {
    let due = draft
        .world
        .incidents
        .get(&incident)
        .and_then(|it| it.due(level));
    match due {
        Some(due) if due <= draft.now => page(draft, incident, level),
        Some(due) => draft.wake(Timer::Escalate { incident, level }, due),
        None => {}
    }
}

fn page(draft: &mut Draft, incident: IncidentId, level: u32) {
    let Some(role) = role_at(draft, incident, level) else {
        return;
    };
    let people = draft.holders([&role]);
    let paged = IncidentEvent::Paged {
        level,
        people: people.clone(),
    };
    draft.incident_event(incident, paged);
    let Some(it) = draft.world.incidents.get(&incident) else {
        return;
    };
    let (severity, what, release) = (it.severity, it.what.clone(), it.release);
    // A level that is already due is called in a moment of its own, not in this one.
    let soon = draft.now + TimeDelta::seconds(1);
    let nobody_is_on_it = it.acknowledged.is_none();
    let due = it
        .due(level + 1)
        .filter(|_| nobody_is_on_it)
        .map(|due| due.max(soon));
    let next = role_at(draft, incident, level + 1).zip(due);
    let news = News::Page {
        incident,
        severity,
        what,
        level,
        next,
    };
    let key = Key::join(&[&incident, &"page", &level]);
    let to = Audience::Thread(CardId::Incident { incident });
    draft.say(to, release, key, (people, news));
    if let Some(due) = due {
        draft.wake(
            Timer::Escalate {
                incident,
                level: level + 1,
            },
            due,
        );
    }
}

/// Who is called at a level: the last ones again, once the levels are through.
fn role_at(draft: &Draft, incident: IncidentId, level: u32) -> Option<Role> {
    let levels = &draft.world.incidents.get(&incident)?.escalation.levels;
    levels
        .get(level as usize)
        .or(levels.last())
        .map(|it| it.role.clone())
}

pub(super) fn due(draft: &mut Draft, incident: IncidentId, level: u32) -> Decided {
    let it = draft.require_incident(incident)?;
    if it.acknowledged.is_some() {
        return Err(Refusal::Stale {
            what: "somebody is on it",
        });
    }
    if it.paged.iter().any(|paged| paged.level >= level) {
        return Err(Refusal::Stale {
            what: "this level was called",
        });
    }
    page(draft, incident, level);
    Ok(Reply::Nothing)
}

pub(super) fn acknowledge(draft: &mut Draft, by: &Person, incident: IncidentId) -> Decided {
    let it = draft.require_incident(incident)?;
    if let Some((person, _)) = &it.acknowledged {
        return Err(Refusal::AlreadyAcknowledged {
            incident,
            person: person.clone(),
        });
    }
    quiet(draft, incident);
    draft.incident_event(incident, IncidentEvent::Acknowledged { by: by.clone() });
    Ok(Reply::Acknowledged { incident })
}

pub(super) fn escalate(draft: &mut Draft, by: &Person, incident: IncidentId) -> Decided {
    let it = draft.require_incident(incident)?;
    draft.require(by, Action::Incident)?;
    let level = it.paged.iter().map(|it| it.level + 1).max().unwrap_or(0);
    if it.due(level).is_none() {
        let hint = "everybody on the list was called".to_owned();
        return Err(Refusal::Unknown {
            what: "a further level".to_owned(),
            hint,
        });
    }
    quiet(draft, incident);
    draft.incident_event(incident, IncidentEvent::Escalated { by: by.clone() });
    page(draft, incident, level);
    Ok(Reply::Escalated { incident })
}

pub(super) fn update(draft: &mut Draft, by: &Person, incident: IncidentId, words: &str) -> Decided {
    draft.require_incident(incident)?;
    let words = text("what you know", words)?;
    draft.incident_event(
        incident,
        IncidentEvent::Updated {
            by: by.clone(),
            text: words,
        },
    );
    Ok(Reply::Updated { incident })
}

pub(super) fn resolve(
    draft: &mut Draft,
    by: &Person,
    incident: IncidentId,
    words: &str,
) -> Decided {
    let it = draft.require_incident(incident)?.clone();
    draft.require(by, Action::Incident)?;
    let words = text("what ended it", words)?;
    quiet(draft, incident);
    let resolved = IncidentEvent::Resolved {
        by: by.clone(),
        text: words.clone(),
    };
    draft.incident_event(incident, resolved);
    let seconds = (draft.now - it.opened_at).num_seconds();
    let key = Key::join(&[&incident, &"resolved"]);
    let (what, by) = (it.what, by.clone());
    let news = News::Resolved {
        incident,
        what,
        text: words,
        seconds,
        by,
    };
    draft.shout(it.release, key, Vec::new(), news);
    Ok(Reply::Resolved { incident })
}

/// Nobody is called any more by what was set before.
fn quiet(draft: &mut Draft, incident: IncidentId) {
    let Some(it) = draft.world.incidents.get(&incident) else {
        return;
    };
    let next = it.paged.iter().map(|it| it.level + 1).max().unwrap_or(0);
    draft.let_sleep(Timer::Escalate {
        incident,
        level: next,
    });
}
