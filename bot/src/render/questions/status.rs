//! What runs where, and what waits for somebody.

use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::ids::{AppId, EnvId, EnvName};

use super::{Sight, table, wanted};
use crate::render::cards::{Subject, stands, window_words};
use crate::render::difference;
use crate::render::words::{bound, card, counted, listed, severity};

/// How many environments are shown.
const MOST: usize = 40;

pub(super) fn draw(app: Option<&AppId>, env: Option<&EnvName>, sight: &Sight<'_>) -> Card {
    let vocabulary = sight.scene.vocabulary;
    let places: Vec<EnvId> = vocabulary
        .places()
        .filter(|it| wanted(app, env, (&it.app, &it.env)))
        .collect();
    let rows: Vec<Vec<String>> = places.iter().take(MOST).map(|it| row(it, sight)).collect();
    let short: Vec<String> = rows
        .iter()
        .map(|it| format!("{} {}: {}, {}", it[0], it[1], it[2], it[3]))
        .collect();
    let mut card = card(format!("{}.", listed(&short, 8)));
    card.blocks.push(table(
        &["Application", "Environment", "Runs", "State", "Window"],
        rows,
    ));
    let more = places.len().saturating_sub(MOST);
    if more > 0 {
        card.blocks.push(Block::Text(Text::plain(format!(
            "And {more} more environments."
        ))));
    }
    let open = vocabulary.all_open().rev();
    let open = open.filter(|it| app.is_none_or(|app| it.app == *app));
    let lines: Vec<String> = open
        .take(8)
        .map(|it| {
            sight.on(&it.app, |_, view| {
                let subject = Subject::of(view, it);
                format!("{} ({}): {}", subject.name(), it.id, stands(&subject).1)
            })
        })
        .collect();
    if !lines.is_empty() {
        card.blocks.push(Block::Evidence {
            title: "Open releases".to_owned(),
            lines,
        });
    }
    card.blocks.push(Block::Text(waiting(sight)));
    card.blocks.push(Block::Context(Text::plain(around(sight))));
    card
}

fn row(id: &EnvId, sight: &Sight<'_>) -> Vec<String> {
    let vocabulary = sight.scene.vocabulary;
    let here = vocabulary.environment(id);
    let runs = here.and_then(|it| it.current());
    let runs = runs.map_or_else(
        || "nothing yet".to_owned(),
        |it| it.manifest.version.to_string(),
    );
    let window = sight.on(&id.app, |_, view| window_words(view, id));
    let window = window.unwrap_or_else(|| "always open".to_owned());
    vec![
        id.app.to_string(),
        id.env.to_string(),
        runs,
        state(id, sight),
        window,
    ]
}

fn state(id: &EnvId, sight: &Sight<'_>) -> String {
    let (voice, here) = (sight.voice(), sight.scene.vocabulary.environment(id));
    let Some(here) = here else {
        return "never deployed".to_owned();
    };
    if let Some(active) = here.active() {
        let doing = if active.is_rollback() {
            "rolling back to"
        } else {
            "deploying"
        };
        let since = voice.time(active.started_at);
        return format!("{doing} {} since {since}", active.manifest.version);
    }
    if let Some(lock) = &here.lock {
        return format!(
            "locked since {}: {}",
            voice.time(lock.since),
            bound(&lock.why, 60)
        );
    }
    if let Some(drift) = &here.drift {
        let what: Vec<String> = drift.differences.iter().map(difference).collect();
        let since = voice.time(drift.since);
        return format!("changed outside, seen {since}: {}", listed(&what, 2));
    }
    let since = here
        .current()
        .map(|it| format!("since {}", voice.time(it.at)));
    match here.watching() {
        Some(_) => format!("watched, {}", since.unwrap_or_default()),
        None => format!("verified {}", since.unwrap_or_default()),
    }
}

/// What waits for the person who asks.
fn waiting(sight: &Sight<'_>) -> Text {
    let asks = sight.scene.vocabulary.asks_to(sight.scene.by);
    let unanswered = asks.filter(|it| !it.votes.contains_key(sight.scene.by));
    let lines: Vec<String> = unanswered
        .map(|it| format!("your answer for {} in {}", it.id.release, it.id.env))
        .collect();
    match lines.as_slice() {
        [] => Text::plain("Nothing waits for you."),
        lines => Text(vec![
            shipbell_adapters::chat::card::Span::Strong(format!(
                "Waiting for you: {}. ",
                listed(lines, 5)
            )),
            sight.voice().command("signoff"),
        ]),
    }
}

fn around(sight: &Sight<'_>) -> String {
    let (voice, vocabulary) = (sight.voice(), sight.scene.vocabulary);
    let incidents: Vec<String> = vocabulary
        .open_incidents()
        .map(|it| {
            format!(
                "{} {} {}",
                it.id,
                severity(it.severity),
                bound(&it.what, 60)
            )
        })
        .collect();
    let incidents = if incidents.is_empty() {
        "none".to_owned()
    } else {
        listed(&incidents, 4)
    };
    let ahead = vocabulary
        .settings
        .freezes
        .iter()
        .filter(|it| it.to.is_none_or(|to| to > voice.now));
    let freezes = vocabulary.agenda.freezes.len() + ahead.count();
    let freezes = if freezes == 0 {
        "none".to_owned()
    } else {
        counted(freezes, "freeze")
    };
    format!(
        "Incidents: {incidents}. Freezes: {freezes}. Times in {}.",
        voice.zone()
    )
}
