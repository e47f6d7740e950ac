//! What programs write: one line at a time, and kept with head and tail.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::redact::clean;

/// Hears lines as they come. Must not block.
pub trait LineSink: Send + Sync {
    /// One more line, already bounded, cleaned and redacted.
    fn line(&self, line: OutputLine);
}

/// A sink for callers that do not listen.
#[derive(Clone, Copy, Debug)]
pub struct Discard;

/// One line that a program wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputLine {
    /// Where it came out.
    pub stream: Stream,
    /// When, if the engine says so.
    pub at: Option<DateTime<Utc>>,
    /// What it says, without its end.
    pub text: String,
}

/// Where a line came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// The program's standard output.
    Stdout,
    /// The program's standard error.
    Stderr,
    /// Not the program: a remark of ours.
    Note,
}

/// Everything a program wrote, or its first and last part with a remark between.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The lines.
    pub lines: Vec<OutputLine>,
    /// How many lines were left out.
    pub left_out: u64,
}

/// Keeps the first and the last lines within limits.
#[derive(Debug, Default)]
pub struct Collector {
    head: Vec<OutputLine>,
    tail: VecDeque<OutputLine>,
    head_size: usize,
    tail_size: usize,
    left_out: u64,
    left_out_bytes: usize,
}

const HEAD: usize = 1024 * 1024;
const TAIL: usize = 4 * 1024 * 1024;

/// What a line costs besides its text, so that empty ones are bounded too.
const COST: usize = 64;

/// How many last lines an error carries, and how much of each.
const EVIDENCE: usize = 50;
const EVIDENCE_LINE: usize = 500;

impl OutputLine {
    /// A remark of ours.
    pub fn note(text: String) -> Self {
        Self {
            stream: Stream::Note,
            at: None,
            text,
        }
    }
}

impl Output {
    /// The last lines, each short: what an error carries.
    pub fn evidence(&self) -> Vec<String> {
        let lines = self.tail(EVIDENCE);
        lines
            .into_iter()
            .map(|line| clean::cut(line, EVIDENCE_LINE, 0))
            .collect()
    }

    /// The text, line by line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }

    /// The text of the last `count` lines.
    pub fn tail(&self, count: usize) -> Vec<String> {
        let skipped = self.lines.len().saturating_sub(count);
        self.lines[skipped..]
            .iter()
            .map(|line| line.text.clone())
            .collect()
    }
}

impl Collector {
    /// Keeps one more line, if need be in place of an earlier one.
    pub fn push(&mut self, line: OutputLine) {
        let size = line.text.len() + COST;
        if self.tail.is_empty() && self.head_size + size <= HEAD {
            self.head_size += size;
            self.head.push(line);
            return;
        }
        self.tail_size += size;
        self.tail.push_back(line);
        while self.tail_size > TAIL {
            let Some(gone) = self.tail.pop_front() else {
                break;
            };
            self.tail_size -= gone.text.len() + COST;
            self.left_out += 1;
            self.left_out_bytes += gone.text.len() + 1;
        }
    }

    /// What was kept.
    pub fn finish(self) -> Output {
        let mut lines = self.head;
        if self.left_out > 0 {
            let text = format!(
                "[{} lines, {} bytes left out]",
                self.left_out, self.left_out_bytes
            );
            lines.push(OutputLine {
                stream: Stream::Note,
                at: None,
                text,
            });
        }
        lines.extend(self.tail);
        Output {
            lines,
            left_out: self.left_out,
        }
    }
}

impl LineSink for Discard {
    fn line(&self, _: OutputLine) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: String) -> OutputLine {
        OutputLine {
            stream: Stream::Stdout,
            at: None,
            text,
        }
    }

    #[test]
    fn head_and_tail_stay_and_the_cut_is_named() {
        let mut kept = Collector::default();
        for number in 0..20_000 {
            kept.push(line(format!("{number:0>1000}")));
        }
        let output = kept.finish();
        assert!(output.text().len() <= 5 * 1024 * 1024);
        assert!(output.lines[0].text.ends_with("000"));
        assert!(output.tail(1)[0].ends_with("19999"));
        assert_eq!(output.left_out, 20_001 - output.lines.len() as u64);
        let named = output
            .lines
            .iter()
            .find(|line| line.stream == Stream::Note)
            .unwrap();
        assert_eq!(
            named.text,
            format!(
                "[{0} lines, {1} bytes left out]",
                output.left_out,
                output.left_out * 1001
            )
        );
    }

    #[test]
    fn empty_lines_are_bounded_too() {
        let mut kept = Collector::default();
        for _ in 0..200_000 {
            kept.push(line(String::new()));
        }
        assert!(kept.finish().lines.len() < 100_000);
    }
}
