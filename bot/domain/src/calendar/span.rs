//! A stretch of time with a beginning and an end.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// From one instant up to, and not including, a later one. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends")]
pub struct Span {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// A span whose end is not after its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end is not after the beginning")]
pub struct EmptySpan;

impl Span {
    /// The time between the two, if there is any.
    pub fn new(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// That much time, beginning there.
    pub fn lasting(from: DateTime<Utc>, length: TimeDelta) -> Option<Self> {
        Self::new(from, from.checked_add_signed(length)?)
    }

    /// The first instant inside.
    pub fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// The first instant no longer inside.
    pub fn to(&self) -> DateTime<Utc> {
        self.to
    }

    /// How long it lasts.
    pub fn length(&self) -> TimeDelta {
        self.to - self.from
    }

    /// Whether the instant lies inside.
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.from <= instant && instant < self.to
    }

    /// Whether the two have any time in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// The same time in order, with what overlaps or touches joined.
pub(super) fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            Some(_) | None => joined.push(span),
        }
    }
    joined
}

/// What is left of joined spans when the holes, joined too, are cut out.
pub(super) fn without(spans: Vec<Span>, holes: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len());
    for span in spans {
        let mut from = span.from;
        for hole in holes.iter().filter(|hole| hole.overlaps(&span)) {
            left.extend(Span::new(from, hole.from));
            from = from.max(hole.to);
        }
        left.extend(Span::new(from, span.to));
    }
    left
}

/// How a span is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ends {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl TryFrom<Ends> for Span {
    type Error = EmptySpan;

    fn try_from(ends: Ends) -> Result<Self, EmptySpan> {
        Self::new(ends.from, ends.to).ok_or(EmptySpan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        let at = |minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn what_touches_is_joined() {
        let spans = vec![span(5, 9), span(0, 2), span(2, 4), span(6, 7)];
        assert_eq!(joined(spans), [span(0, 4), span(5, 9)]);
    }

    #[test]
    fn holes_are_cut_out() {
        let spans = vec![span(0, 10), span(20, 30)];
        let holes = [span(2, 4), span(8, 22), span(40, 50)];
        assert_eq!(
            without(spans, &holes),
            [span(0, 2), span(4, 8), span(22, 30)]
        );
    }

    #[test]
    fn an_empty_span_cannot_be_written_down() {
        let text = serde_json::to_string(&span(0, 1)).unwrap();
        assert_eq!(serde_json::from_str::<Span>(&text).unwrap(), span(0, 1));
        let turned = r#"{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}"#;
        let error = serde_json::from_str::<Span>(turned).unwrap_err();
        assert!(error.to_string().contains("not after the beginning"));
    }
}
