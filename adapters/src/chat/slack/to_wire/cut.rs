//! How much a message of Slack's holds.

use slack_morphism::blocks::SlackBlock;

use super::parts;
pub(super) use crate::chat::cut::{line, text};

/// How many characters all blocks of a message hold together. Slack gives no
/// number; somewhat more than this has been refused.
const TOGETHER: usize = 12_000;

/// The characters a message may still hold.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(TOGETHER)
    }

    /// The text within a limit of its own and what is left of the message's.
    pub(super) fn take(&mut self, words: &str, most: usize) -> Option<String> {
        // Room for the note that something was cut.
        const LEAST: usize = 60;
        if self.0 < LEAST {
            return None;
        }
        let words = text(words, most.min(self.0));
        self.0 = self.0.saturating_sub(words.chars().count());
        Some(words)
    }
}

/// At most so many blocks; a last one says how many are missing.
pub(super) fn blocks(blocks: &mut Vec<SlackBlock>, most: usize) {
    if blocks.len() > most {
        let cut = blocks.len() - (most - 1);
        blocks.truncate(most - 1);
        blocks.push(parts::context(&format!("… {cut} more parts are not shown here.")).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends() {
        let mut budget = Budget::new();
        let mut shown = 0;
        while budget.take(&"x".repeat(2900), 3000).is_some() {
            shown += 1;
        }
        assert_eq!(shown, 5);
    }
}
