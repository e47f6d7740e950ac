//! What the demo prints, and how long it lets people read.

use std::io::Write as _;
use std::time::Duration;

/// Prints a line.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that went away is no failure of ours.
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// What a line begins with that tells of containers, if they are not real.
pub(super) fn mark(simulated: bool) -> &'static str {
    if simulated { "[simulated] " } else { "" }
}

/// How fast the tour goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pause: Duration,
}

impl Pace {
    pub(super) fn new(fast: bool) -> Self {
        let millis = if fast { 200 } else { 2_500 };
        Self {
            pause: Duration::from_millis(millis),
        }
    }

    /// How long people read before somebody acts again.
    pub(super) fn pause(self) -> Duration {
        self.pause
    }
}
