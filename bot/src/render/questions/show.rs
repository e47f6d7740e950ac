//! Everything about one release, and its checklist.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, StepLine, StepState, Text};
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::ReleaseId;
use shipbell_domain::release::{Mark, Note, Release};

use super::{Sight, not_there};
use crate::chatops::buttons::Press;
use crate::render::automatic::Automatic;
use crate::render::cards::card as card_of;
use crate::render::words::{bound, button, card, strong};

pub(super) fn draw(id: ReleaseId, sight: &Sight<'_>) -> Card {
    let Some(release) = sight.scene.vocabulary.release(id) else {
        return not_there(&format!(
            "release {id} at hand; older ones are on the dashboard"
        ));
    };
    let shown = sight.on(&release.app, |_, view| {
        card_of(&CardId::Release { release: id }, view)
    });
    let mut card = shown.unwrap_or_else(|| not_there(&format!("release {id}")));
    card.menu.clear();
    card.blocks.push(Block::Evidence {
        title: "Images".to_owned(),
        lines: images(release),
    });
    let attempts = attempts(release, sight);
    if !attempts.is_empty() {
        card.blocks.push(Block::Evidence {
            title: "Attempts".to_owned(),
            lines: attempts,
        });
    }
    let notes = notes(release, sight);
    if !notes.is_empty() {
        card.blocks.push(Block::Evidence {
            title: "Notes".to_owned(),
            lines: notes,
        });
    }
    card
}

/// What people kept with it, the latest last.
fn notes(release: &Release, sight: &Sight<'_>) -> Vec<String> {
    const MOST: usize = 20;
    let voice = sight.voice();
    let skipped = release.notes.len().saturating_sub(MOST);
    let earlier = (skipped > 0).then(|| format!("{skipped} earlier"));
    let line = |it: &Note| {
        let link = it.link.as_ref();
        let link = link.map_or_else(String::new, |it| format!(", {}", bound(it, 200)));
        let (by, at) = (voice.name(&it.by), voice.time(it.at));
        format!("{at}, {by}: {}{link}", bound(&it.text, 300))
    };
    let shown = release.notes.iter().skip(skipped).map(line);
    earlier.into_iter().chain(shown).collect()
}

fn images(release: &Release) -> Vec<String> {
    const MOST: usize = 20;
    let Some(manifest) = &release.manifest else {
        return vec!["not pinned".to_owned()];
    };
    let line = |(service, image): (&_, &shipbell_domain::manifest::Image)| {
        let local = if image.local { ", local image" } else { "" };
        format!(
            "{service}: {} ({}{local})",
            bound(&image.reference, 120),
            image.short()
        )
    };
    let mut lines: Vec<String> = manifest.images.iter().take(MOST).map(line).collect();
    let more = manifest.images.len().saturating_sub(MOST);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.push(format!("manifest {}", manifest.hash().short()));
    lines
}

fn attempts(release: &Release, sight: &Sight<'_>) -> Vec<String> {
    const MOST: usize = 10;
    let voice = sight.voice();
    let mut lines = Vec::new();
    for (env, stage) in &release.stages {
        let skipped = stage.attempts.len().saturating_sub(MOST);
        if skipped > 0 {
            lines.push(format!("{env}: {skipped} earlier"));
        }
        for it in stage.attempts.iter().skip(skipped) {
            let end = match &it.ended {
                None => "at work".to_owned(),
                Some((at, result)) => {
                    format!("{} {}", super::history::words(result), voice.time(*at))
                }
            };
            lines.push(format!(
                "{env}, attempt {}: started {}, {end}",
                it.number,
                voice.time(it.at)
            ));
        }
    }
    lines
}

pub(super) fn checklist(id: ReleaseId, sight: &Sight<'_>) -> Card {
    let vocabulary = sight.scene.vocabulary;
    let Some(release) = vocabulary.release(id) else {
        return not_there(&format!("release {id}"));
    };
    let policy = vocabulary.policy(&release.app);
    let items = policy.map(|it| it.checklist.as_slice());
    let items = items.unwrap_or_default();
    let voice = sight.voice();
    let mut done = 0;
    let mut steps = Vec::new();
    for (number, item) in (1u32..).zip(items).take(50) {
        let title = format!("{number} {}", bound(&item.title, 120));
        let (state, detail) = match release.checklist.get(&number) {
            None => match (item.role(), policy) {
                (Some(role), _) => (StepState::Pending, voice.who_can(role, |_| false)),
                (None, None) => continue,
                (None, Some(policy)) => {
                    let Some(it) = Automatic::of(policy, release, item) else {
                        continue;
                    };
                    done += usize::from(it.is_green());
                    (it.state(), it.detail(&voice))
                }
            },
            Some(it) => {
                done += 1;
                let (by, at) = (voice.name(&it.by), voice.time(it.at));
                match &it.mark {
                    Mark::Done => (StepState::Done, format!("done by {by}, {at}")),
                    Mark::NotApplicable { reason } => {
                        let reason = bound(reason, 120);
                        (
                            StepState::Skipped,
                            format!("does not apply, {by}, {at}: {reason}"),
                        )
                    }
                }
            }
        };
        steps.push(StepLine {
            state,
            title,
            detail,
        });
    }
    let title = format!(
        "Checklist of {}: {done} of {} done",
        release.version,
        items.len()
    );
    let mut card = card(format!("{title}."));
    card.title = Some(strong(title));
    card.blocks.push(Block::Steps(steps));
    if release.is_open() && items.iter().any(|it| it.role().is_some()) {
        let press = Press::Checklist(id);
        card.buttons
            .push(button("Tick items", &press, ButtonStyle::Primary));
        let how = voice.command(&format!("check {id} <number>"));
        card.blocks.push(Block::Context(Text(vec![how])));
    }
    card
}
