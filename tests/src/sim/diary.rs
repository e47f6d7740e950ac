//! What happened in the world, in words: the story told when something went wrong.

use std::fmt::Write as _;
use std::sync::Mutex;

use chrono::{DateTime, Utc};

use super::chance::digest;
use super::executor::Executor;
use super::locked;

/// A diary; everything written into it also enters the executor's trace.
pub struct Diary {
    executor: Executor,
    lines: Mutex<Vec<Line>>,
}

/// One line of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// When.
    pub at: DateTime<Utc>,
    /// Who or what: `web`, `host`, `bot`, `log`.
    pub who: String,
    /// What.
    pub what: String,
}

impl Diary {
    /// An empty diary.
    pub fn new(executor: Executor) -> Self {
        Self {
            executor,
            lines: Mutex::default(),
        }
    }

    /// Writes a line.
    pub fn write(&self, who: &str, what: impl Into<String>) {
        let (at, what) = (self.executor.now(), what.into());
        self.executor.note(digest(&what));
        locked(&self.lines).push(Line {
            at,
            who: who.to_owned(),
            what,
        });
    }

    /// All lines.
    pub fn lines(&self) -> Vec<Line> {
        locked(&self.lines).clone()
    }
}

/// Lines in the order they happened, as text.
pub fn tell(mut lines: Vec<Line>) -> String {
    lines.sort_by_key(|line| line.at);
    let mut story = String::new();
    for Line { at, who, what } in lines {
        let at = at.format("%d %H:%M:%S%.3f");
        writeln!(story, "  {at}  {who:<9} {what}").expect("writing to a string cannot fail");
    }
    story
}
