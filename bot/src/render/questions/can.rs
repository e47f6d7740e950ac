//! May I deploy? Every gate with yes or no, and who can open it.

use shipbell_adapters::chat::card::{Block, Card, Span, StepLine, StepState, Text, Tone};
use shipbell_domain::gates::{self, Gate, Waiting};
use shipbell_domain::ids::EnvId;
use shipbell_domain::policy::Action;

use super::Sight;
use crate::render::gates::{Door, opened_by, what};
use crate::render::words::{Voice, capital, card, counted, pill, said, sentence, strong, typed_id};

pub(super) fn draw(id: &EnvId, sight: &Sight<'_>) -> Card {
    let vocabulary = sight.scene.vocabulary;
    let place = format!("{}, {}", sight.voice().title(&id.app), id.env);
    let open = vocabulary.open_releases(&id.app);
    let Some(release) = open.first() else {
        return sentence(format!(
            "Nothing can go to {place}: there is no open release."
        ));
    };
    let report = sight.on(&id.app, |world, _| {
        gates::report(world, release, &id.env, sight.scene.now)
    });
    let Some(report) = report else {
        return sentence(format!("There is no environment {place}."));
    };
    let mut voice = sight.voice();
    voice.policy = vocabulary.policy(&id.app);
    let closed = report
        .iter()
        .filter(|(_, waiting)| !waiting.is_empty())
        .count();
    let version = &release.version;
    let (tone, state) = match closed {
        0 => (Tone::Good, "Yes, every gate is open".to_owned()),
        closed => (
            Tone::Waiting,
            format!("Not yet, {} closed", counted(closed, "gate")),
        ),
    };
    let title = format!("{version} to {place}");
    let mut card = card(format!("Can {title}? {state}."));
    card.title = Some(strong(title));
    card.pill = Some(pill(tone, state));
    card.blocks
        .push(Block::Steps(report.iter().map(step).collect()));
    let door = Door {
        app: Some(&id.app),
        env: &id.env,
        requester: Some(&release.requester),
    };
    for waiting in report.iter().flat_map(|(_, waiting)| waiting).take(10) {
        card.blocks
            .push(Block::Text(closed_by(&voice, &door, waiting)));
    }
    card.blocks
        .push(Block::Context(you(sight, &voice, id, closed)));
    card
}

fn step((gate, waiting): &(Gate, Vec<Waiting>)) -> StepLine {
    let (state, detail) = match waiting.len() {
        0 => (StepState::Done, "yes"),
        _ => (StepState::Pending, "no"),
    };
    StepLine {
        state,
        title: gate.title().to_owned(),
        detail: detail.to_owned(),
    }
}

fn closed_by(voice: &Voice<'_>, door: &Door<'_>, waiting: &Waiting) -> Text {
    let mut spans = vec![
        Span::Strong(capital(&what(voice, door, waiting))),
        said(". "),
    ];
    spans.extend(opened_by(voice, door, waiting));
    Text(spans)
}

/// What the person who asks may do about it.
fn you(sight: &Sight<'_>, voice: &Voice<'_>, id: &EnvId, closed: usize) -> Text {
    let may = |action| sight.scene.vocabulary.may(sight.scene.by, action, &id.app);
    let place = typed_id(id);
    if !may(Action::Deploy) {
        return Text::plain(format!(
            "You may not deploy. {}.",
            voice.who_may(Action::Deploy)
        ));
    }
    if closed == 0 {
        return Text(vec![
            said("You may: "),
            voice.command(&format!("deploy {place}")),
        ]);
    }
    if may(Action::Override) {
        let line = format!("deploy {place} --override \"reason\"");
        return Text(vec![said("In an emergency: "), voice.command(&line)]);
    }
    Text::plain("You may deploy once every gate is open.")
}
