//! A release and how it stands everywhere: the one card people look at.

mod fields;

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Pin, Text, Tone};
use shipbell_domain::ask::Phase;
use shipbell_domain::attempt::AttemptKind;
use shipbell_domain::event::StageResult;
use shipbell_domain::gates::{self, Waiting};
use shipbell_domain::ids::EnvName;
use shipbell_domain::policy::EnvPolicy;
use shipbell_domain::release::End;

use super::Subject;

use crate::chatops::buttons::Press;
use crate::render::gates::short;
use crate::render::words::{TYPED, bound, button, card, pill, strong};
pub(in crate::render) use fields::window_words;
pub(super) use fields::{changes, votes};

pub(super) fn draw(subject: &Subject<'_>) -> Card {
    let (card, pin) = match &subject.release.end {
        Some(end) => (over(subject, end), Pin::Down),
        None => (open(subject), Pin::Up),
    };
    Card { pin, ..card }
}

/// How a release stands as a whole, in words.
pub(in crate::render) fn stands(subject: &Subject<'_>) -> (Tone, String) {
    let release = subject.release;
    if let Some(end) = &release.end {
        return ended(subject, end);
    }
    match (&release.manifest, &release.unresolved) {
        (Some(_), _) => {}
        (None, Some(_)) => return (Tone::Bad, "Images not found".to_owned()),
        (None, None) => {
            let doing = if release.builds.is_empty() {
                "Pinning images"
            } else {
                "Building images"
            };
            return (Tone::Running, doing.to_owned());
        }
    }
    let now = environments(subject).find_map(|it| at_work(subject, &it.name));
    let wrong = || environments(subject).find_map(|it| went_wrong(subject, &it.name));
    now.or_else(wrong).unwrap_or_else(|| waits(subject))
}

/// The environment it goes to next, and what holds it back there.
fn next(subject: &Subject<'_>) -> Option<(EnvName, Vec<Waiting>)> {
    let env = environments(subject).find(|it| !subject.release.is_verified(&it.name))?;
    let view = subject.view;
    let report = gates::report(view.world, subject.release, &env.name, view.now)?;
    Some((
        env.name.clone(),
        report
            .into_iter()
            .flat_map(|(_, waiting)| waiting)
            .collect(),
    ))
}

fn environments<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a EnvPolicy> {
    subject
        .voice
        .policy
        .into_iter()
        .flat_map(|it| &it.environments)
}

fn at_work(subject: &Subject<'_>, env: &EnvName) -> Option<(Tone, String)> {
    let active = subject.environment(env).and_then(|it| it.active());
    if let Some(it) = active.filter(|it| it.release == subject.release.id) {
        let doing = match &it.kind {
            AttemptKind::Deploy => format!("Deploying to {env}"),
            AttemptKind::Rollback { .. } => format!("Rolling {env} back"),
        };
        return Some((Tone::Running, doing));
    }
    let starting = subject.release.stage(env)?.starting.as_ref();
    starting.map(|_| (Tone::Running, format!("Starting in {env}")))
}

fn went_wrong(subject: &Subject<'_>, env: &EnvName) -> Option<(Tone, String)> {
    if subject.release.ask(env, Phase::Signoff).is_some() {
        // People are asked again, so that is what it waits for.
        return None;
    }
    let (_, result) = subject
        .release
        .stage(env)?
        .attempts
        .last()?
        .ended
        .as_ref()?;
    match result {
        StageResult::Verified => None,
        StageResult::Failed(_) => Some((Tone::Bad, format!("Failed in {env}"))),
        StageResult::RolledBack(_) => Some((Tone::Bad, format!("Rolled back in {env}"))),
    }
}

fn waits(subject: &Subject<'_>) -> (Tone, String) {
    let Some((env, waiting)) = next(subject) else {
        let watched = environments(subject).map(|it| &it.name).find(|env| {
            let watch = subject.environment(env).and_then(|it| it.watching());
            watch.is_some_and(|it| it.release == subject.release.id)
        });
        return match watched {
            Some(env) => (Tone::Running, format!("Watching {env}")),
            None => (Tone::Good, "Deployed everywhere".to_owned()),
        };
    };
    let vetoed = waiting.iter().find(|it| matches!(it, Waiting::Veto { .. }));
    if let Some(veto) = vetoed {
        return (Tone::Bad, short(&subject.voice, veto));
    }
    // People are what most releases wait for, and the only ones who read this.
    let people = waiting
        .iter()
        .find(|it| matches!(it, Waiting::Consent { .. }));
    let earlier = waiting
        .iter()
        .find(|it| matches!(it, Waiting::Checklist { .. } | Waiting::Ci { .. }));
    match earlier.or(people).or(waiting.first()) {
        Some(it) => (Tone::Waiting, short(&subject.voice, it)),
        None => (Tone::Good, format!("Ready for {env}")),
    }
}

fn open(subject: &Subject<'_>) -> Card {
    let release = subject.release;
    let (tone, state) = stands(subject);
    let fields = fields::all(subject);
    let places: Vec<String> = environments(subject)
        .map(|it| format!("{}: {}", it.name, fields::place(subject, &it.name)))
        .collect();
    let mut card = card(format!(
        "{}: {state}. {}.",
        subject.name(),
        places.join("; ")
    ));
    card.title = Some(strong(subject.name()));
    card.pill = Some(pill(tone, state));
    card.blocks.push(Block::Fields(fields));
    if let Some(note) = &release.note {
        card.blocks
            .push(Block::Text(Text::plain(bound(note, TYPED))));
    }
    card.blocks
        .push(Block::Context(Text::plain(about(subject))));
    if let Some((env, _)) = next(subject)
        && release.manifest.is_some()
        && at_work(subject, &env).is_none()
    {
        let press = Press::DryRun(release.id, env.clone());
        let label = format!("Dry run for {env}");
        card.menu.push(button(label, &press, ButtonStyle::Plain));
    }
    let ready = next(subject)
        .filter(|(env, waiting)| waiting.is_empty() && at_work(subject, env).is_none());
    if let Some((env, _)) = ready {
        let press = Press::Deploy(release.id, env.clone());
        card.buttons.push(button(
            format!("Deploy to {env}"),
            &press,
            ButtonStyle::Primary,
        ));
    }
    if release
        .asks
        .values()
        .any(shipbell_domain::ask::Ask::is_open)
    {
        let press = Press::Asks(release.id);
        card.buttons
            .push(button("Open the ask", &press, ButtonStyle::Plain));
    }
    if subject
        .voice
        .policy
        .is_some_and(|it| it.checklist.iter().any(|it| it.role().is_some()))
    {
        let press = Press::Checklist(release.id);
        card.buttons
            .push(button("Checklist", &press, ButtonStyle::Plain));
    }
    card.menu.push(button(
        "Show the release",
        &Press::Show(release.id),
        ButtonStyle::Plain,
    ));
    card
}

fn about(subject: &Subject<'_>) -> String {
    let (voice, release) = (&subject.voice, subject.release);
    let mut parts = vec![format!(
        "{}, asked for by {}",
        release.id,
        voice.name(&release.requester)
    )];
    parts.extend(
        release
            .ticket
            .iter()
            .map(|it| format!("ticket {}", bound(it, 60))),
    );
    parts.extend(
        release
            .commit
            .iter()
            .map(|it| format!("commit {}", bound(it, 12))),
    );
    format!("{}. Times in {}.", parts.join(", "), voice.zone())
}

/// One line is all that is left of what is over.
fn over(subject: &Subject<'_>, end: &End) -> Card {
    let (tone, state) = ended(subject, end);
    let mut card = card(format!(
        "{}: {state}. {}.",
        subject.name(),
        whereabouts(subject)
    ));
    card.title = Some(strong(subject.name()));
    card.pill = Some(pill(tone, state));
    card
}

pub(super) fn ended(subject: &Subject<'_>, end: &End) -> (Tone, String) {
    let voice = &subject.voice;
    match end {
        End::Done { at } => (Tone::Good, format!("Done {}", voice.time(*at))),
        End::Cancelled { at, by, why } => {
            let (at, by) = (voice.time(*at), voice.name(by));
            (
                Tone::Idle,
                format!("Given up {at} by {by}: {}", bound(why, 120)),
            )
        }
    }
}

fn whereabouts(subject: &Subject<'_>) -> String {
    let verified: Vec<&str> = environments(subject)
        .filter(|it| subject.release.is_verified(&it.name))
        .map(|it| it.name.as_str())
        .collect();
    match verified.as_slice() {
        [] => "Deployed nowhere".to_owned(),
        all => format!("Deployed to {}", all.join(", ")),
    }
}
