//! What was deployed lately, newest first.

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::event::StageResult;
use shipbell_domain::ids::{AppId, EnvName};
use shipbell_domain::release::{Release, StageAttempt};

use super::{Sight, table, wanted};
use crate::render::words::{bound, card, counted, sentence};

/// How many attempts are shown.
const MOST: usize = 10;

pub(super) fn draw(app: Option<&AppId>, env: Option<&EnvName>, sight: &Sight<'_>) -> Card {
    let mut all: Vec<(&Release, &EnvName, &StageAttempt)> = Vec::new();
    for release in &sight.scene.vocabulary.releases {
        for (here, stage) in &release.stages {
            if wanted(app, env, (&release.app, here)) {
                all.extend(stage.attempts.iter().map(|it| (&**release, here, it)));
            }
        }
    }
    if all.is_empty() {
        return sentence("Nothing was deployed yet.");
    }
    all.sort_by_key(|(_, _, it)| std::cmp::Reverse(it.at));
    let rows: Vec<Vec<String>> = all.iter().take(MOST).map(|it| row(*it, sight)).collect();
    let first = rows.first().cloned().unwrap_or_default().join(", ");
    let mut card = card(format!(
        "{} known. The last: {first}.",
        counted(all.len(), "attempt")
    ));
    let head = [
        "Release",
        "When",
        "Application",
        "Environment",
        "Version",
        "Took",
        "Result",
        "Asked for by",
    ];
    card.blocks.push(table(&head, rows));
    let more = all.len().saturating_sub(MOST);
    let more = if more == 0 {
        String::new()
    } else {
        format!("{more} earlier. ")
    };
    let zone = sight.voice().zone();
    card.blocks.push(Block::Context(Text::plain(format!(
        "{more}Times in {zone}."
    ))));
    card
}

fn row((release, env, it): (&Release, &EnvName, &StageAttempt), sight: &Sight<'_>) -> Vec<String> {
    let voice = sight.voice();
    vec![
        release.id.to_string(),
        voice
            .settings
            .zone
            .local(it.at)
            .format("%-d %b %H:%M")
            .to_string(),
        release.app.to_string(),
        env.to_string(),
        release.version.to_string(),
        took(it, sight.scene.now),
        result(it),
        voice.name(&release.requester),
    ]
}

fn took(it: &StageAttempt, now: DateTime<Utc>) -> String {
    let end = it.ended.as_ref().map_or(now, |(at, _)| *at);
    let took = (end - it.at).max(TimeDelta::zero());
    match took.num_minutes() {
        0 => format!("{} s", took.num_seconds()),
        minutes => format!("{minutes} min"),
    }
}

fn result(it: &StageAttempt) -> String {
    it.ended
        .as_ref()
        .map_or_else(|| "at work".to_owned(), |(_, result)| words(result))
}

pub(super) fn words(result: &StageResult) -> String {
    match result {
        StageResult::Verified => "deployed".to_owned(),
        StageResult::Failed(why) => format!("failed: {}", bound(why, 60)),
        StageResult::RolledBack(to) => format!("rolled back to {to}"),
    }
}
