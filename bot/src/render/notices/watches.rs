//! News about watched environments.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Text};
use shipbell_domain::ids::{EnvName, Person, Version};

use super::Told;
use crate::chatops::buttons::Press;
use crate::render::words::{bound, button, said};

pub(super) fn finding(
    told: &Told<'_>,
    (env, version): (&EnvName, &Version),
    findings: &[String],
    by: Option<&Person>,
) -> Card {
    const MOST: usize = 5;
    let app = told.app();
    let by = by.map_or_else(String::new, |by| format!(", says {}", told.voice.name(by)));
    let words = format!("{app}: {env} looks wrong after {version}{by}.");
    let mut card = told.card(words);
    let mut lines: Vec<String> = findings
        .iter()
        .take(MOST)
        .map(|it| bound(it, 300))
        .collect();
    let more = findings.len().saturating_sub(MOST);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    if !lines.is_empty() {
        card.blocks.push(Block::Evidence {
            title: "Found".to_owned(),
            lines,
        });
    }
    card.blocks.push(Block::Context(Text(vec![
        said("To go back: "),
        told.voice.command(&format!("rollback {}", told.typed(env))),
        said(". To call people: "),
        told.voice.command(&format!(
            "incident open P1 \"what is wrong\" {}",
            told.typed(env)
        )),
    ])));
    card
}

pub(super) fn question(
    told: &Told<'_>,
    (env, version): (&EnvName, &Version),
    tick: u32,
    again: bool,
) -> Card {
    let app = told.app();
    let again = if again { "once more: " } else { "" };
    let words = format!("{again}is everything normal in {env} after {version}? {app}.");
    let mut card = told.card(words);
    if let Some(release) = told.notice.release {
        let good = Press::AllGood(release, env.clone(), tick);
        let bad = Press::SomethingWrong(release, env.clone(), tick);
        let longer = Press::WatchLonger(release, env.clone());
        card.buttons = vec![
            button("All good", &good, ButtonStyle::Primary),
            button("Something is wrong", &bad, ButtonStyle::Danger),
            button("Watch 30 min longer", &longer, ButtonStyle::Plain),
        ];
    }
    card
}
