//! When a release goes to an environment.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Span, Text, Tone};
use shipbell_domain::event::StageResult;
use shipbell_domain::ids::EnvName;
use shipbell_domain::release::{End, Moment, Plan, Stage};

use super::Subject;
use crate::chatops::buttons::Press;
use crate::render::words::{TYPED, bound, button, card, pill, strong};

pub(super) fn draw(subject: &Subject<'_>, env: &EnvName) -> Option<Card> {
    let (voice, release) = (&subject.voice, subject.release);
    let stage = release.stage(env)?;
    let plan = stage.plan.as_ref()?;
    let (tone, words) = state(subject, stage, plan);
    let over = plan.told == Some(Moment::Closed) || !release.is_open();
    let title = format!("{} goes to {env}", subject.name());
    let when = voice.whole(&plan.span);
    let mut card = card(format!("{title}, {when}: {}.", lower(&words)));
    card.title = Some(strong(title));
    card.pill = Some(pill(tone, words));
    card.blocks.push(Block::Text(Text(vec![Span::Time {
        at: plan.span.from(),
        words: when,
    }])));
    if over {
        return Some(card);
    }
    let summary = bound(&plan.summary, TYPED);
    if !summary.is_empty() {
        card.blocks.push(Block::Text(Text::plain(summary)));
    }
    let (owner, by) = (voice.name(&plan.owner), voice.name(&plan.by));
    let owner = format!("Rollback owner: {owner}. Planned by {by}, {}.", release.id);
    card.blocks.push(Block::Context(Text::plain(owner)));
    let details = Press::Show(release.id);
    card.buttons
        .push(button("Show the release", &details, ButtonStyle::Plain));
    Some(card)
}

fn state(subject: &Subject<'_>, stage: &Stage, plan: &Plan) -> (Tone, String) {
    let voice = &subject.voice;
    let last = stage.attempts.iter().rfind(|it| it.at >= plan.span.from());
    if let Some(last) = last {
        return match &last.ended {
            None => (
                Tone::Running,
                format!("Deploying since {}", voice.time(last.at)),
            ),
            Some((at, StageResult::Verified)) => {
                (Tone::Good, format!("Deployed {}", voice.time(*at)))
            }
            Some((at, StageResult::Failed(_))) => {
                (Tone::Bad, format!("Failed {}", voice.time(*at)))
            }
            Some((at, StageResult::RolledBack(_))) => {
                (Tone::Bad, format!("Rolled back {}", voice.time(*at)))
            }
        };
    }
    if let Some(End::Cancelled { .. }) = &subject.release.end {
        return (Tone::Bad, "Given up: nothing was deployed".to_owned());
    }
    let (from, to) = (voice.time(plan.span.from()), voice.time(plan.span.to()));
    match plan.told {
        None | Some(Moment::Announced) => (Tone::Idle, format!("Planned, opens {from}")),
        Some(Moment::Ahead) => (Tone::Waiting, format!("Opens soon, {from}")),
        Some(Moment::Open) => (Tone::Running, format!("Open now, closes {to}")),
        Some(Moment::Closed) => (Tone::Idle, "Closed: nothing was deployed".to_owned()),
    }
}

fn lower(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars
        .next()
        .map(|it| it.to_lowercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", chars.as_str())
}
