//! Times without deploys, whatever the windows say.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Span;

/// Nothing is deployed while it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends; without, when somebody ends it.
    pub to: Option<DateTime<Utc>>,
    /// Why, for those who wait.
    pub reason: String,
    /// Who ordered it.
    pub by: String,
}

impl Freeze {
    /// Whether it stands at that instant.
    pub fn stands(&self, now: DateTime<Utc>) -> bool {
        self.span().is_some_and(|span| span.contains(now))
    }

    /// The time it takes away; none if it was ended before it began.
    pub fn span(&self) -> Option<Span> {
        Span::new(self.from, self.end())
    }

    /// When it ends, with the end of time for one without an end.
    pub(super) fn end(&self) -> DateTime<Utc> {
        self.to.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
