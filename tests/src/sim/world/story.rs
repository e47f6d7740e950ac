//! The story of what went wrong: what the log, the platforms and the host saw of it.

use shipbell_domain::StreamId;
use shipbell_domain::ids::ReleaseId;
use shipbell_storage::EventRow;

use super::Plan;
use crate::sim::diary::{Line, tell};
use crate::sim::oracle::{Facts, Violation};

/// How many lines are told at most: the last ones.
const MOST: usize = 250;

/// Tells everything that concerns a violation.
pub(super) fn of(plan: Plan, violation: &Violation, facts: &Facts, diary: Vec<Line>) -> String {
    let mut lines: Vec<Line> = diary;
    if let Some(release) = violation.release {
        lines.retain(|it| it.who == "bot" || it.who == "host" || names(&it.what, facts, release));
    }
    lines.extend(
        facts
            .events
            .iter()
            .filter(|it| concerns(it, violation))
            .map(line),
    );
    lines.sort_by_key(|it| it.at);
    let left_out = lines.len().saturating_sub(MOST);
    let lines = lines.split_off(left_out);
    let mutant = plan
        .mutant
        .map(|it| format!(" --mutant {it:?}"))
        .unwrap_or_default();
    format!(
        "seed {} broke {violation}\nagain: simulate --from {} --seeds 1 --releases {}{mutant}\n\
         ({left_out} earlier lines left out)\n{}",
        plan.seed,
        plan.seed,
        plan.releases,
        tell(lines)
    )
}

/// Tells everything.
pub(super) fn all(facts: &Facts, diary: Vec<Line>) -> String {
    let mut lines = diary;
    lines.extend(facts.events.iter().map(line));
    tell(lines)
}

/// Whether words are about a release: by its number or its version.
fn names(words: &str, facts: &Facts, release: ReleaseId) -> bool {
    let stream = StreamId::Release(release);
    let version = match facts.folds.get(&stream) {
        Some(shipbell_domain::Fold::Release(it)) => it.version.to_string(),
        _ => return true,
    };
    let apart = |word: &str| {
        words
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
            .any(|it| it == word)
    };
    apart(&release.to_string()) || apart(&version)
}

fn concerns(row: &EventRow, violation: &Violation) -> bool {
    let (release, environment) = (violation.release, &violation.environment);
    match &row.stream {
        StreamId::Release(id) => release.is_none_or(|it| it == *id),
        StreamId::Environment(id) => environment.as_ref().is_none_or(|it| it == id),
        StreamId::Incident(_) => release.is_none(),
        StreamId::Agenda | StreamId::Application(_) => true,
    }
}

fn line(row: &EventRow) -> Line {
    let what = row
        .event
        .as_ref()
        .map(|it| serde_json::to_string(it).unwrap_or_default());
    let mut what = what.unwrap_or_else(|| "erased".to_owned());
    if let Some((end, _)) = what.char_indices().nth(400) {
        what.truncate(end);
        what.push('…');
    }
    let what = format!("#{} {} by {}: {what}", row.seq, row.stream, row.actor);
    Line {
        at: row.at,
        who: "log".to_owned(),
        what,
    }
}
