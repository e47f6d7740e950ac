//! News about deploys and rollbacks that went wrong, or put things right.

use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::attempt::FailureMode;
use shipbell_domain::ids::{EnvName, Person, Version};
use shipbell_domain::notice::{AfterFailure, News};

use super::Told;
use crate::render::words::{TYPED, bound, capital, closed, last_lines, said};

/// How many of the last lines are shown.
const TAIL: usize = 12;

pub(super) fn failed(told: &Told<'_>) -> Card {
    let News::AttemptFailed {
        env,
        version,
        rollback,
        step,
        mode,
        why,
        tail,
        next,
    } = &told.notice.news
    else {
        return told.card("An attempt failed.");
    };
    let app = told.app();
    let what = way(*rollback);
    let at = step
        .as_ref()
        .map(|it| format!(" at {}", bound(it, 80)))
        .unwrap_or_default();
    let end = match mode {
        FailureMode::Stopped => "was stopped",
        FailureMode::Interrupted => "was cut off, and nobody knows how it ended",
        FailureMode::Preflight
        | FailureMode::Startup
        | FailureMode::Healthcheck
        | FailureMode::Runtime
        | FailureMode::Timeout
        | FailureMode::Verification => "failed",
    };
    let why = bound(why, TYPED);
    let words = format!(
        "{what} {version} in {env} {end}{at} ({}). {why}",
        mode.words()
    );
    let mut card = told.card(format!("{app}: {words}."));
    if !tail.is_empty() {
        let text = last_lines(tail, TAIL);
        card.blocks.push(Block::Code {
            caption: "Last lines".to_owned(),
            text,
        });
    }
    card.blocks.push(Block::Text(follows(told, env, next)));
    card
}

/// Work was cut off: what was seen, and what somebody can say.
pub(super) fn cut_off(told: &Told<'_>) -> Card {
    let News::CutOff {
        env,
        version,
        rollback,
        step,
        seen,
        tail,
        back,
    } = &told.notice.news
    else {
        return told.card("A step was cut off.");
    };
    let (app, place, way) = (told.app(), told.typed(env), way(*rollback));
    let (step, seen) = (bound(step, 80), bound(seen, TYPED));
    let mut card = told.card(format!(
        "{app}: {way} {version} in {env} waits for a person. {} was cut off, and nobody knows \
         how it ended: {seen}.",
        capital(&step)
    ));
    if !tail.is_empty() {
        let text = last_lines(tail, TAIL);
        card.blocks.push(Block::Code {
            caption: "Last lines".to_owned(),
            text,
        });
    }
    let voice = &told.voice;
    let mut ways = vec![
        said("Look what it did, then say on the card or here. It worked, go on: "),
        voice.command(&format!("resume {place} worked")),
        said(" Run it again: "),
        voice.command(&format!("resume {place} again")),
    ];
    if let Some(back) = back {
        ways.push(said(format!(" Go back to {back}: ")));
        ways.push(voice.command(&format!("rollback {place}")));
    } else {
        ways.push(said(" Leave it as it is, locked: "));
        ways.push(voice.command(&format!("stop {place}")));
    }
    card.blocks.push(Block::Text(Text(ways)));
    card
}

/// Somebody must do something, or look, before an attempt goes on.
pub(super) fn asked(told: &Told<'_>) -> Card {
    let News::Asked {
        env,
        version,
        rollback,
        text,
        role,
        until,
    } = &told.notice.news
    else {
        return told.card("A step asks a person.");
    };
    let (app, place, way) = (told.app(), told.typed(env), way(*rollback));
    let (text, voice) = (bound(text, TYPED), &told.voice);
    let mut card = told.card(format!(
        "{app}: {way} {version} in {env} waits for {role}: {text}."
    ));
    let ways = vec![
        said("Say on the card or here. It is done: "),
        voice.command(&format!("resume {place} worked")),
        said(" It cannot be done, or looks wrong: "),
        voice.command(&format!("resume {place} failed")),
        said(format!(
            " Without an answer it fails {}.",
            voice.time(*until)
        )),
    ];
    card.blocks.push(Block::Text(Text(ways)));
    card
}

/// Something keeps an attempt from going on.
pub(super) fn held(told: &Told<'_>, (env, version): (&EnvName, &Version), why: &str) -> Card {
    let (app, why) = (told.app(), capital(&bound(why, TYPED)));
    told.card(format!(
        "{app}: {version} in {env} cannot go on. {why}. It goes on by itself when that is over."
    ))
}

fn way(rollback: bool) -> &'static str {
    if rollback {
        "the rollback to"
    } else {
        "the deploy of"
    }
}

/// What happens now, and what somebody can do.
fn follows(told: &Told<'_>, env: &EnvName, next: &AfterFailure) -> Text {
    let place = told.typed(env);
    match next {
        AfterFailure::Untouched => {
            Text::plain(format!("Nothing was touched: {env} runs what it ran."))
        }
        AfterFailure::RollsBack(version) => Text::plain(format!(
            "{} returns to {version} by itself now.",
            capital(env.as_str())
        )),
        AfterFailure::Stays(Some(version)) => Text(vec![
            said(format!(
                "{} stays as it is, locked. To return to {version}: ",
                capital(env.as_str())
            )),
            told.voice.command(&format!("rollback {place}")),
        ]),
        AfterFailure::Ahead(ahead) => Text(vec![
            said(format!(
                "{} stays as it is, locked: older versions cannot run once {} of {} was done. To get back: {} Then: ",
                capital(env.as_str()),
                ahead.step,
                ahead.version,
                closed(&ahead.restore, TYPED),
            )),
            told.voice
                .command(&format!("rollback {place} --anyway --why \"reason\"")),
        ]),
        AfterFailure::Stays(None) => Text(vec![
            said(format!(
                "{} stays as it is, locked, and there is no earlier version. When it is repaired: ",
                capital(env.as_str())
            )),
            told.voice.command(&format!("unlock {place}")),
        ]),
    }
}

pub(super) fn rollback_started(
    told: &Told<'_>,
    (env, to): (&EnvName, &Version),
    reason: &str,
    by: Option<&Person>,
) -> Card {
    let by = by.map_or_else(
        || "by itself".to_owned(),
        |by| format!("by {}", told.voice.name(by)),
    );
    let (app, reason) = (told.app(), bound(reason, TYPED));
    told.card(format!(
        "{app}: rollback of {env} to {to} started {by}: {reason}."
    ))
}

pub(super) fn rolled_back(told: &Told<'_>, env: &EnvName, to: &Version) -> Card {
    let app = told.app();
    told.card(format!(
        "{app}: {env} is rolled back, runs {to} and is verified."
    ))
}
