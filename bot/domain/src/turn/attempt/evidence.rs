//! Evidence with its limits kept, whoever made it.

use crate::drift;
use crate::event::{Evidence, Outcome};
use crate::snapshot::Snapshot;
use crate::turn::draft::MAX_TEXT;

/// Evidence with its limits kept, whoever made it.
pub(super) fn bounded(outcome: &Outcome) -> Outcome {
    let cut = |evidence: &Evidence| Evidence {
        findings: limited(&evidence.findings),
        tail: limited(&evidence.tail),
        hash: evidence.hash.clone(),
        size: evidence.size,
        unchanged: evidence.unchanged,
        snapshot: whole(evidence.snapshot.as_deref()),
        seen: drift::bounded(&evidence.seen),
    };
    let words = |why: &String| why.chars().take(MAX_TEXT).collect();
    match outcome {
        Outcome::Succeeded { evidence } => Outcome::Succeeded {
            evidence: cut(evidence),
        },
        Outcome::Failed {
            mode,
            why,
            evidence,
        } => Outcome::Failed {
            mode: *mode,
            why: words(why),
            evidence: cut(evidence),
        },
        Outcome::Interrupted { seen, evidence } => Outcome::Interrupted {
            seen: words(seen),
            evidence: cut(evidence),
        },
    }
}

/// What is kept in parts is of no use.
fn whole(snapshot: Option<&Snapshot>) -> Option<Box<Snapshot>> {
    snapshot.and_then(Snapshot::bounded).map(Box::new)
}

/// The last lines that fit into 4 KiB, each cut at 500 characters.
fn limited(lines: &[String]) -> Vec<String> {
    let mut room = 4096usize;
    let mut kept: Vec<String> = Vec::new();
    for line in lines.iter().rev() {
        let line: String = line.chars().take(500).collect();
        let Some(left) = room.checked_sub(line.len() + 1) else {
            break;
        };
        room = left;
        kept.push(line);
    }
    kept.reverse();
    kept
}
