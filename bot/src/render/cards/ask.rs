//! A question to the people who must consent: the one message whose answers count.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Field, Span, Text, Tone};
use shipbell_domain::ask::{Ask, AskState, Phase};
use shipbell_domain::ids::Person;

use super::Subject;
use super::release::{changes, votes};
use crate::chatops::buttons::{AskRef, Press};
use crate::render::words::{TYPED, bound, button, card, counted, pill, said, strong};

pub(super) fn draw(subject: &Subject<'_>, ask: &Ask) -> Card {
    let (release, voice) = (subject.release, &subject.voice);
    let (env, name) = (&ask.id.env, subject.name());
    let over = |tone, state: String| {
        let mut card = card(format!(
            "{name}, {} for {env}: {state}.",
            noun(ask.id.phase)
        ));
        card.title = Some(strong(format!("{name}, {} for {env}", noun(ask.id.phase))));
        card.pill = Some(pill(tone, state));
        card
    };
    match &ask.state {
        AskState::Void(why) => {
            let state = format!("Void, ask again: {}", bound(why, TYPED));
            return over(Tone::Idle, state);
        }
        AskState::Used(attempt) => {
            let people = ask.consenting(&release.requester, voice.settings);
            let names = voice.names(people.keys());
            return over(
                Tone::Good,
                format!("Given by {names}, used by attempt {attempt}"),
            );
        }
        AskState::Open => {}
    }
    if let Some(end) = &release.end {
        let (tone, state) = super::release::ended(subject, end);
        return over(tone, state);
    }
    open(subject, ask)
}

fn open(subject: &Subject<'_>, ask: &Ask) -> Card {
    let (release, voice) = (subject.release, &subject.voice);
    let (env, version) = (&ask.id.env, &release.version);
    let vetoes = ask.vetoing(&release.requester, voice.settings);
    let missing: u32 = ask
        .missing(&release.requester, voice.settings)
        .values()
        .sum();
    let (tone, state) = match (vetoes.is_empty(), missing) {
        (false, _) => (
            Tone::Bad,
            format!("Declined by {}", voice.names(vetoes.keys())),
        ),
        (true, 0) => (Tone::Good, "Complete".to_owned()),
        (true, count) => {
            let words = counted(count as usize, noun(ask.id.phase));
            (Tone::Waiting, format!("Waiting for {words}"))
        }
    };
    let question = match ask.id.phase {
        Phase::Signoff => format!("sign off {version} for {env}?"),
        Phase::Accept => format!("is {version} good in {env}?"),
    };
    let called = called(subject, ask);
    let names = if called.is_empty() {
        String::new()
    } else {
        format!("{}: ", voice.names(&called))
    };
    let title = voice.title(&release.app);
    let mut card = card(format!(
        "{names}{question} {title}, {}. {state}.",
        release.id
    ));
    let mut spans = voice.mentions(&called);
    if !spans.is_empty() {
        spans.push(said(": "));
    }
    spans.push(Span::Strong(question));
    card.title = Some(Text(spans));
    card.pill = Some(pill(tone, state));
    card.blocks
        .extend(images(subject, ask).map(|it| Block::Text(Text::plain(it))));
    card.blocks.extend(
        release
            .note
            .iter()
            .map(|it| Block::Text(Text::plain(bound(it, TYPED)))),
    );
    card.blocks.push(Block::Fields(fields(subject, ask)));
    let requester = voice.name(&release.requester);
    let how = "React with ✅ to consent, ❌ to decline, or use the buttons.";
    let context = format!("{how} {requester} asked for the release and does not count.");
    card.blocks.push(Block::Context(Text::plain(context)));
    let press = AskRef::from(&ask.id);
    let label = match ask.id.phase {
        Phase::Signoff => format!("Sign off for {env}"),
        Phase::Accept => format!("Accept {env}"),
    };
    card.buttons = vec![
        button(label, &Press::SignOff(press.clone()), ButtonStyle::Primary),
        button("Decline", &Press::Decline(press), ButtonStyle::Danger),
    ];
    card
}

/// What people decide about, and what they said.
fn fields(subject: &Subject<'_>, ask: &Ask) -> Vec<Field> {
    let mut fields: Vec<Field> = match ask.id.phase {
        Phase::Signoff => changes(subject, &ask.id.env).into_iter().collect(),
        Phase::Accept => Vec::new(),
    };
    fields.push(Field {
        name: "Answers".to_owned(),
        lines: votes(subject, ask),
    });
    fields
}

/// Those who can still give what is missing.
fn called(subject: &Subject<'_>, ask: &Ask) -> Vec<Person> {
    let (requester, settings) = (&subject.release.requester, subject.voice.settings);
    let answered = ask.consenting(requester, settings);
    let vetoing = ask.vetoing(requester, settings);
    let missing = ask.missing(requester, settings);
    let mut people: Vec<Person> = missing
        .keys()
        .flat_map(|role| settings.holders(role))
        .collect();
    people.sort();
    people.dedup();
    let done = |it: &Person| answered.contains_key(it) || vetoing.contains_key(it);
    people.retain(|it| it != requester && !done(it));
    people
}

/// `php 4c1e22aa, the same as in staging`
fn images(subject: &Subject<'_>, ask: &Ask) -> Option<String> {
    const MOST: usize = 6;
    let manifest = subject.release.manifest.as_ref()?;
    let images: Vec<String> = manifest
        .images
        .iter()
        .map(|(service, it)| {
            let local = if it.local { " (local image)" } else { "" };
            format!("{service} {}{local}", it.short())
        })
        .collect();
    let needs = subject
        .voice
        .policy?
        .environment(&ask.id.env)?
        .needs
        .as_ref();
    let same = needs.filter(|env| {
        let runs = subject.environment(env).and_then(|it| it.current());
        runs.is_some_and(|it| it.manifest.images == manifest.images)
    });
    let same = same
        .map(|env| format!(", the same as in {env}"))
        .unwrap_or_default();
    let images = crate::render::words::listed(&images, MOST);
    Some(format!("Consists of {images}{same}."))
}

fn noun(phase: Phase) -> &'static str {
    match phase {
        Phase::Signoff => "sign-off",
        Phase::Accept => "acceptance",
    }
}
