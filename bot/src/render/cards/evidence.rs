//! What the checks of an attempt found.

use shipbell_adapters::chat::card::{Block, Card, Tone};
use shipbell_domain::attempt::{Attempt, Progress, Work};
use shipbell_domain::event::{Evidence, Outcome};
use shipbell_domain::ids::EnvId;

use super::{Checks, Subject};
use crate::render::words::{bound, card, last_lines, pill, strong};

/// How many lines of findings are shown.
const FINDINGS: usize = 30;

pub(super) fn draw(subject: &Subject<'_>, id: &EnvId, attempt: &Attempt) -> Option<Card> {
    let checks = Checks::of(attempt);
    if checks.all == 0 {
        return None;
    }
    let (tone, state) = match (checks.failed, checks.passed == checks.all) {
        (0, true) => (
            Tone::Good,
            format!("{} of {} passed", checks.passed, checks.all),
        ),
        (0, false) => (
            Tone::Running,
            format!("{} of {} passed so far", checks.passed, checks.all),
        ),
        (failed, _) => (
            Tone::Bad,
            format!(
                "{failed} failed, {} of {} passed",
                checks.passed, checks.all
            ),
        ),
    };
    let version = &attempt.manifest.version;
    let title = format!("Smoke tests of {version} on {}", id.env);
    let app = subject.voice.title(&id.app);
    let mut card = card(format!("{app}: {title}: {state}."));
    card.title = Some(strong(title));
    card.pill = Some(pill(tone, state));
    let lines = findings(attempt);
    if !lines.is_empty() {
        let title = format!("Evidence, attempt {}", attempt.number);
        card.blocks.push(Block::Evidence { title, lines });
    }
    if let Some(it) = broken(attempt).filter(|it| !it.tail.is_empty()) {
        let text = last_lines(&it.tail, 12);
        card.blocks.push(Block::Code {
            caption: "Last lines".to_owned(),
            text,
        });
    }
    Some(card)
}

fn findings(attempt: &Attempt) -> Vec<String> {
    let mut lines = Vec::new();
    for (work, progress) in attempt.work.iter().zip(&attempt.progress) {
        let (Work::Check(check), Progress::Ended { outcome, .. }) = (work, progress) else {
            continue;
        };
        let (evidence, state) = ended(outcome);
        let title = bound(&check.title(), 80);
        let found: Vec<String> = evidence
            .findings
            .iter()
            .take(3)
            .map(|it| bound(it, 200))
            .collect();
        let more = evidence.findings.len().saturating_sub(3);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more findings")
        };
        let hash = evidence
            .hash
            .as_ref()
            .map(|it| format!(", sha256 {}", it.short()));
        let hash = hash.unwrap_or_default();
        lines.push(format!(
            "{title}: {state}. {}{more}{hash}",
            found.join("; ")
        ));
    }
    let rest = lines.len().saturating_sub(FINDINGS);
    lines.truncate(FINDINGS);
    if rest > 0 {
        lines.push(format!("and {rest} more checks"));
    }
    lines
}

fn ended(outcome: &Outcome) -> (&Evidence, &'static str) {
    match outcome {
        Outcome::Succeeded { evidence } => (evidence, "passed"),
        Outcome::Failed { evidence, .. } => (evidence, "failed"),
        Outcome::Interrupted { evidence, .. } => (evidence, "cut off"),
    }
}

/// What the check left that failed.
fn broken(attempt: &Attempt) -> Option<&Evidence> {
    attempt
        .work
        .iter()
        .zip(&attempt.progress)
        .find_map(|(work, progress)| {
            let (Work::Check(_), Progress::Ended { outcome, .. }) = (work, progress) else {
                return None;
            };
            match outcome {
                Outcome::Succeeded { .. } => None,
                Outcome::Failed { evidence, .. } | Outcome::Interrupted { evidence, .. } => {
                    Some(evidence)
                }
            }
        })
}
