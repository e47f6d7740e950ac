//! Where the bytes of a program become lines that are told and kept.

use std::pin::pin;

use bollard::container::LogOutput;
use chrono::{DateTime, Utc};
use futures_util::{Stream as FutureStream, StreamExt as _};

use crate::containers::{Collector, LineSink, Output, OutputLine, Stream};
use crate::redact::Redactor;
use crate::redact::lines::Splitter;

/// Takes bytes of two streams apart, tells every line and keeps it.
pub(crate) struct Tap<'a> {
    sink: &'a dyn LineSink,
    kept: Collector,
    stdout: Lane,
    stderr: Lane,
    /// Each frame begins with the time it was written.
    stamped: bool,
    last: String,
}

struct Lane {
    splitter: Splitter,
    /// When the last frame was written, and how many have been seen of that time.
    at: Option<DateTime<Utc>>,
    seen: u32,
    /// Frames up to this one are known.
    known: Option<(DateTime<Utc>, u32)>,
}

impl<'a> Tap<'a> {
    pub(crate) fn new(redactor: &Redactor, sink: &'a dyn LineSink) -> Self {
        let lane = || Lane {
            splitter: Splitter::new(redactor.clone()),
            at: None,
            seen: 0,
            known: None,
        };
        Self {
            sink,
            kept: Collector::default(),
            stdout: lane(),
            stderr: lane(),
            stamped: false,
            last: String::new(),
        }
    }

    /// For streams in which each frame begins with a time.
    pub(crate) fn stamped(redactor: &Redactor, sink: &'a dyn LineSink) -> Self {
        Self {
            stamped: true,
            ..Self::new(redactor, sink)
        }
    }

    /// Takes bytes of one stream.
    pub(crate) fn bytes(&mut self, stream: Stream, bytes: &[u8]) {
        let lane = match stream {
            Stream::Stdout | Stream::Note => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let (at, bytes) = if self.stamped {
            unstamp(bytes)
        } else {
            (None, bytes)
        };
        if at.is_some_and(|at| lane.is_known(at)) {
            return;
        }
        let at = lane.at;
        for text in lane.splitter.push(bytes) {
            self.tell(OutputLine { stream, at, text });
        }
    }

    /// Takes one frame of an engine's answer.
    pub(crate) fn frame(&mut self, frame: &LogOutput) {
        match frame {
            LogOutput::StdErr { message } => self.bytes(Stream::Stderr, message),
            LogOutput::StdOut { message } | LogOutput::Console { message } => {
                self.bytes(Stream::Stdout, message);
            }
            LogOutput::StdIn { .. } => {}
        }
    }

    /// Takes frames until there are no more.
    pub(crate) async fn frames(
        &mut self,
        frames: impl FutureStream<Item = Result<LogOutput, bollard::errors::Error>>,
    ) -> Result<(), bollard::errors::Error> {
        let mut frames = pin!(frames);
        while let Some(frame) = frames.next().await {
            self.frame(&frame?);
        }
        Ok(())
    }

    /// Begins to read the same streams again: what is known is passed over.
    /// Says from when on there may be anything new.
    pub(crate) fn again(&mut self) -> Option<DateTime<Utc>> {
        for lane in [&mut self.stdout, &mut self.stderr] {
            lane.known = lane.at.map(|at| (at, std::mem::take(&mut lane.seen)));
        }
        self.stdout.at.max(self.stderr.at)
    }

    /// A remark of ours among the lines.
    pub(crate) fn note(&mut self, text: String) {
        self.tell(OutputLine::note(text));
    }

    /// The last line so far.
    pub(crate) fn last(&self) -> &str {
        &self.last
    }

    /// Everything, with lines that have no end.
    pub(crate) fn finish(mut self) -> Output {
        if let Some(text) = self.stdout.splitter.finish() {
            self.tell(OutputLine {
                stream: Stream::Stdout,
                at: self.stdout.at,
                text,
            });
        }
        if let Some(text) = self.stderr.splitter.finish() {
            self.tell(OutputLine {
                stream: Stream::Stderr,
                at: self.stderr.at,
                text,
            });
        }
        self.kept.finish()
    }

    fn tell(&mut self, line: OutputLine) {
        if line.stream != Stream::Note {
            self.last.clone_from(&line.text);
        }
        self.kept.push(line.clone());
        self.sink.line(line);
    }
}

impl Lane {
    /// Whether the frame written at that time was seen before. Several frames may
    /// share a time, so they are counted.
    fn is_known(&mut self, at: DateTime<Utc>) -> bool {
        match &mut self.known {
            Some((last, _)) if at < *last => return true,
            Some((last, left)) if at == *last && *left > 0 => {
                *left -= 1;
                self.seen += 1;
                return true;
            }
            Some(_) | None => self.known = None,
        }
        self.seen = if self.at == Some(at) {
            self.seen + 1
        } else {
            1
        };
        self.at = Some(at);
        false
    }
}

/// The time a frame begins with, and the rest of it.
fn unstamp(frame: &[u8]) -> (Option<DateTime<Utc>>, &[u8]) {
    let Some(space) = frame.iter().take(40).position(|byte| *byte == b' ') else {
        return (None, frame);
    };
    let stamp = std::str::from_utf8(&frame[..space]).ok();
    match stamp.and_then(|stamp| DateTime::parse_from_rfc3339(stamp).ok()) {
        Some(at) => (Some(at.to_utc()), &frame[space + 1..]),
        None => (None, frame),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::Discard;

    #[test]
    fn reading_again_tells_only_what_is_new() {
        let mut tap = Tap::stamped(&Redactor::default(), &Discard);
        let first = b"2024-09-24T10:00:00Z one\n";
        let part = b"2024-09-24T10:00:01Z two, ";
        let whole = b"2024-09-24T10:00:01Z and its end\n";
        tap.bytes(Stream::Stdout, first);
        tap.bytes(Stream::Stdout, part);
        let since = tap.again().unwrap();
        assert_eq!(since.to_rfc3339(), "2024-09-24T10:00:01+00:00");
        for frame in [&first[..], part, whole] {
            tap.bytes(Stream::Stdout, frame);
        }
        tap.bytes(Stream::Stderr, first);
        let mut lines = tap.finish().tail(9);
        lines.sort();
        assert_eq!(lines, ["one", "one", "two, and its end"]);
    }

    #[test]
    fn the_parts_of_a_long_line_lose_their_stamps() {
        let mut tap = Tap::stamped(&Redactor::default(), &Discard);
        tap.bytes(Stream::Stdout, b"2024-09-24T10:00:00.5Z one ");
        tap.bytes(Stream::Stderr, b"2024-09-24T10:00:01Z between\n");
        tap.bytes(Stream::Stdout, b"2024-09-24T10:00:02Z line\n");
        let lines = tap.finish().lines;
        assert_eq!(
            (lines[0].stream, lines[0].text.as_str()),
            (Stream::Stderr, "between")
        );
        assert_eq!(lines[1].text, "one line");
        assert_eq!(
            lines[1].at.unwrap().to_rfc3339(),
            "2024-09-24T10:00:02+00:00"
        );
    }
}
