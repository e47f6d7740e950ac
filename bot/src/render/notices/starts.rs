//! News about what begins, or does not.

use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::calendar::Span;
use shipbell_domain::event::Override;
use shipbell_domain::gates::Waiting;
use shipbell_domain::ids::{EnvName, Person, Role, Version};
use shipbell_domain::preview::Preview;

use super::Told;
use crate::render::gates::{Door, what};
use crate::render::preview;
use crate::render::words::{TYPED, bound, last_lines, listed, role_words, said};

/// How many of the last lines of a build are shown.
const TAIL: usize = 12;

pub(super) fn rollback_owner(
    told: &Told<'_>,
    env: &EnvName,
    version: &Version,
    span: &Span,
) -> Card {
    let (app, when) = (told.app(), told.voice.whole(span));
    let words = format!("you decide about going back when {app} {version} goes to {env}, {when}.");
    let mut card = told.card(words);
    card.blocks.push(Block::Context(Text(vec![
        said("If it goes wrong: "),
        told.voice.command(&format!("rollback {}", told.typed(env))),
    ])));
    card
}

pub(super) fn images(told: &Told<'_>, version: &Version, why: &str) -> Card {
    let (app, why) = (told.app(), bound(why, TYPED));
    let words = format!("the images of {app} {version} could not be pinned: {why}");
    let mut card = told.card(format!(
        "{words}. Nothing can be deployed to any environment."
    ));
    let line = told
        .notice
        .app
        .as_ref()
        .map(|it| format!("new {it} <version> --image name=reference"));
    card.blocks.push(Block::Context(Text(vec![
        said("Push the images and open the release again, or name others: "),
        told.voice
            .command(&line.unwrap_or_else(|| "new".to_owned())),
    ])));
    card
}

pub(super) fn build(told: &Told<'_>, version: &Version, (why, tail): (&str, &[String])) -> Card {
    let (app, why) = (told.app(), bound(why, TYPED));
    let words = format!("an image of {app} {version} could not be built: {why}");
    let mut card = told.card(format!(
        "{words}. Nothing can be deployed to any environment."
    ));
    if !tail.is_empty() {
        let text = last_lines(tail, TAIL);
        card.blocks.push(Block::Code {
            caption: "Last lines".to_owned(),
            text,
        });
    }
    let app = told.notice.app.as_ref();
    let line = app.map(|it| format!("new {it} <version> --commit <commit>"));
    card.blocks.push(Block::Context(Text(vec![
        said("Cancel the release, and when that is mended open it again: "),
        told.voice
            .command(&line.unwrap_or_else(|| "new".to_owned())),
    ])));
    card
}

pub(super) fn dry_run(
    told: &Told<'_>,
    (env, version): (&EnvName, &Version),
    preview: &Preview,
) -> Card {
    let app = told.app();
    let title = format!("this is what {app} {version} would change in {env}");
    let mut card = told.card(format!("{title}. Nothing was touched."));
    card.blocks.push(Block::Evidence {
        title: format!("Changes in {env}"),
        lines: preview::lines(preview),
    });
    if !preview.engine.is_empty() {
        let engine = bound(&preview.engine, TYPED);
        card.blocks.push(Block::Context(Text::plain(engine)));
    }
    card
}

pub(super) fn refused(
    told: &Told<'_>,
    env: &EnvName,
    version: &Version,
    waiting: &[Waiting],
) -> Card {
    let app = told.app();
    let words = format!(
        "{app} {version} did not start in {env}: what stands was read, and it is not enough."
    );
    let mut card = told.card(words);
    card.blocks.extend(told.gates(env, waiting));
    card
}

pub(super) fn timed_out(told: &Told<'_>, env: &EnvName, version: &Version) -> Card {
    let app = told.app();
    let words = format!(
        "{app} {version} did not start in {env}: the asks could not be read in time. Nothing was changed."
    );
    let mut card = told.card(words);
    card.blocks.push(Block::Context(Text(vec![
        said("When chat answers again: "),
        told.voice.command(&format!("deploy {}", told.typed(env))),
    ])));
    card
}

pub(super) fn still_waiting(
    told: &Told<'_>,
    env: &EnvName,
    version: &Version,
    roles: &[Role],
) -> Card {
    let roles: Vec<String> = roles.iter().map(role_words).collect();
    let (app, roles) = (told.app(), listed(&roles, 5));
    told.card(format!(
        "{app} {version} still waits for {roles} to answer the ask for {env}."
    ))
}

pub(super) fn overridden(
    told: &Told<'_>,
    (env, version): (&EnvName, &Version),
    over: &Override,
    skipped: &[Waiting],
) -> Card {
    let (app, by) = (told.app(), told.voice.name(&over.by));
    let (role, reason) = (role_words(&over.role), bound(&over.reason, TYPED));
    let words =
        format!("{by} ({role}) set gates aside to deploy {app} {version} to {env}: {reason}");
    let mut card = told.card(format!("{words}."));
    let app = told.notice.app.as_ref();
    let door = Door {
        app,
        env,
        requester: None,
    };
    let gates: Vec<String> = skipped
        .iter()
        .map(|it| what(&told.voice, &door, it))
        .collect();
    let gates = listed(&gates, 6);
    card.blocks
        .push(Block::Text(Text::plain(format!("Set aside: {gates}."))));
    card
}

pub(super) fn withdrawn_too_late(
    told: &Told<'_>,
    env: &EnvName,
    version: &Version,
    by: &Person,
) -> Card {
    let (app, by) = (told.app(), told.voice.name(by));
    let words = format!(
        "{by} withdrew after the start of {app} {version} in {env}. Nothing stops by itself."
    );
    let mut card = told.card(words);
    card.blocks.push(Block::Context(Text(vec![
        said("To stop it: "),
        told.voice.command(&format!("stop {}", told.typed(env))),
    ])));
    card
}
