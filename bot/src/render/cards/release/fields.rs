//! How a release stands in each environment, who consents, and the checklist.

use shipbell_adapters::chat::card::{Field, Text};
use shipbell_domain::ask::{Ask, AskState, Phase};
use shipbell_domain::attempt::AttemptKind;
use shipbell_domain::calendar::{self, Allowance, Hours};
use shipbell_domain::event::StageResult;
use shipbell_domain::ids::{EnvId, EnvName, Person};
use shipbell_domain::release::Moment;

use super::super::{Checks, Subject, field, line};
use crate::render::View;
use crate::render::automatic::Automatic;
use crate::render::preview;
use crate::render::words::{TYPED, Voice, bound, capital, role_words};

pub(super) fn all(subject: &Subject<'_>) -> Vec<Field> {
    let mut fields: Vec<Field> = super::environments(subject)
        .map(|it| {
            field(
                capital(it.name.as_str()),
                vec![line(place(subject, &it.name))],
            )
        })
        .collect();
    fields.extend(ahead(subject));
    let asks = subject.release.asks.values();
    fields.extend(asks.filter_map(|ask| consent(subject, ask)));
    fields.extend(checklist(subject));
    fields
}

/// `Deployed 13:38, smoke 3 of 3 passed`
pub(super) fn place(subject: &Subject<'_>, env: &EnvName) -> String {
    let mut parts = vec![bound(&here(subject, env), TYPED)];
    if !subject.release.is_verified(env) {
        parts.extend(
            plan(subject, env)
                .or_else(|| window_words(subject.view, &subject.release.environment(env))),
        );
    }
    let lock = subject.environment(env).and_then(|it| it.lock.as_ref());
    parts.extend(lock.map(|it| format!("Locked since {}", subject.voice.time(it.since))));
    parts.join(". ")
}

fn here(subject: &Subject<'_>, env: &EnvName) -> String {
    let voice = &subject.voice;
    let environment = subject.environment(env);
    let attempt = environment.and_then(|it| it.attempt.as_ref());
    let ours = attempt.filter(|it| it.release == subject.release.id);
    if let Some(it) = ours.filter(|it| !it.is_over()) {
        let since = voice.time(it.started_at);
        return match &it.kind {
            AttemptKind::Deploy => format!("Deploying since {since}"),
            AttemptKind::Rollback { .. } => format!("Rolling back since {since}"),
        };
    }
    let last = subject.release.stage(env).and_then(|it| it.attempts.last());
    match last.and_then(|it| it.ended.as_ref()) {
        Some((at, StageResult::Verified)) => {
            let smoke = ours.map(Checks::of).filter(|it| it.all > 0);
            let smoke = smoke.map(|it| format!(", smoke {} of {} passed", it.passed, it.all));
            format!("Deployed {}{}", voice.time(*at), smoke.unwrap_or_default())
        }
        Some((at, StageResult::Failed(why))) => {
            format!("Failed {}: {}", voice.time(*at), bound(why, 120))
        }
        Some((at, StageResult::RolledBack(_))) => {
            format!("Rolled back {}. {}", voice.time(*at), runs(subject, env))
        }
        None => runs(subject, env),
    }
}

fn runs(subject: &Subject<'_>, env: &EnvName) -> String {
    match subject.environment(env).and_then(|it| it.current()) {
        Some(it) => format!("Runs {}", it.manifest.version),
        None => "Nothing was deployed here yet".to_owned(),
    }
}

fn plan(subject: &Subject<'_>, env: &EnvName) -> Option<String> {
    let plan = subject.release.stage(env)?.plan.as_ref()?;
    let open = plan.told != Some(Moment::Closed);
    open.then(|| format!("Planned {}", subject.voice.hours(&plan.span)))
}

/// `Window open until 16:00`; nothing where every time is as good as another.
pub(in crate::render) fn window_words(view: &View<'_>, id: &EnvId) -> Option<String> {
    let (world, voice) = (view.world, Voice::of(view));
    let always = Hours {
        zone: world.settings.zone.clone(),
        windows: Vec::new(),
    };
    let hours = world.settings.hours.get(id).unwrap_or(&always);
    let mut freezes = world.settings.freezes.clone();
    freezes.extend(world.agenda.freezes_of(&id.app));
    match calendar::judge(hours, &world.agenda.windows_of(id), &freezes, view.now) {
        Allowance::Unrestricted => None,
        Allowance::Open { until } => Some(format!("Window open until {}", voice.time(until))),
        Allowance::Closed { next: Some(next) } => Some(format!("Window {}", voice.hours(&next))),
        Allowance::Closed { next: None } => Some("No window opens".to_owned()),
        Allowance::Frozen {
            until: Some(until), ..
        } => Some(format!("Frozen until {}", voice.time(until))),
        Allowance::Frozen { until: None, .. } => Some("Frozen".to_owned()),
    }
}

/// An ask that people answer, or that was enough for the last attempt.
fn consent(subject: &Subject<'_>, ask: &Ask) -> Option<Field> {
    let (voice, requester) = (&subject.voice, &subject.release.requester);
    let what = match ask.id.phase {
        Phase::Signoff => format!("Sign-off for {}", ask.id.env),
        Phase::Accept => format!("Acceptance of {}", ask.id.env),
    };
    match &ask.state {
        AskState::Open => {
            let size = ask.quorum.size();
            let missing: u32 = ask.missing(requester, voice.settings).values().sum();
            let given = size.saturating_sub(missing);
            Some(field(
                format!("{what}, {given} of {size}"),
                votes(subject, ask),
            ))
        }
        AskState::Used(attempt) => {
            let last = subject.release.stage(&ask.id.env)?.attempts.last()?;
            let people = ask.consenting(requester, voice.settings);
            let given = format!("Given by {}", voice.names(people.keys()));
            (last.number == *attempt).then(|| field(what, vec![line(given)]))
        }
        AskState::Void(_) => None,
    }
}

/// What a deploy to the next environment would change.
fn ahead(subject: &Subject<'_>) -> Option<Field> {
    let (env, _) = super::next(subject)?;
    if super::at_work(subject, &env).is_some() {
        return None;
    }
    changes(subject, &env)
}

/// What a deploy to an environment would change, as it was found last.
pub(in crate::render::cards) fn changes(subject: &Subject<'_>, env: &EnvName) -> Option<Field> {
    let ahead = subject.release.stage(env)?.ahead.as_ref()?;
    let at = subject.voice.time(ahead.at);
    let lines = preview::lines(&ahead.preview).into_iter().map(line);
    Some(field(
        format!("Changes in {env}, seen {at}"),
        lines.collect(),
    ))
}

/// Who consented, who declined, who still can, and who was not asked.
pub(in crate::render::cards) fn votes(subject: &Subject<'_>, ask: &Ask) -> Vec<Text> {
    let (voice, requester) = (&subject.voice, &subject.release.requester);
    let since = |person: &Person| {
        ask.votes
            .get(person)
            .and_then(|it| it.last())
            .map(|it| it.since)
    };
    let time = |person: &Person| {
        since(person)
            .map(|it| format!(", {}", voice.time(it)))
            .unwrap_or_default()
    };
    let mut lines = Vec::new();
    for (person, roles) in ask.consenting(requester, voice.settings) {
        let roles: Vec<String> = roles.iter().map(role_words).collect();
        let (name, roles) = (voice.name(&person), roles.join(" and "));
        lines.push(line(format!("✓ {name}, {roles}{}", time(&person))));
    }
    for (person, why) in ask.vetoing(requester, voice.settings) {
        let why = why.map_or_else(|| "reason not given yet".to_owned(), |it| bound(&it, 200));
        lines.push(line(format!(
            "✕ {} declined{}: {why}",
            voice.name(&person),
            time(&person)
        )));
    }
    let vetoing = ask.vetoing(requester, voice.settings);
    for (role, count) in ask.missing(requester, voice.settings) {
        let but = |it: &Person| it == requester || vetoing.contains_key(it);
        let who = voice.who_can(&role, but);
        let times = if count == 1 {
            String::new()
        } else {
            format!(" ({count} of them)")
        };
        lines.push(line(format!(
            "○ {}{times}: {who}",
            capital(&role_words(&role))
        )));
    }
    if !ask.ignored.is_empty() {
        let one =
            |(person, why): (&_, &String)| format!("{} ({})", voice.name(person), bound(why, 80));
        let all: Vec<String> = ask.ignored.iter().map(one).collect();
        lines.push(line(format!(
            "Ignored: {}",
            crate::render::words::listed(&all, 5)
        )));
    }
    lines
}

fn checklist(subject: &Subject<'_>) -> Option<Field> {
    let policy = subject.voice.policy?;
    let items = &policy.checklist;
    if items.is_empty() {
        return None;
    }
    let settled = &subject.release.checklist;
    let mut done = 0;
    let mut automatic = Vec::new();
    for (place, item) in (1u32..).zip(items) {
        let is_done = match Automatic::of(policy, subject.release, item) {
            None => settled.contains_key(&place),
            Some(it) => {
                automatic.push(line(it.line(&subject.voice)));
                it.is_green()
            }
        };
        done += usize::from(is_done);
    }
    let mut lines = vec![line(format!("{done} of {} done", items.len()))];
    lines.extend(automatic);
    Some(field("Checklist", lines))
}
