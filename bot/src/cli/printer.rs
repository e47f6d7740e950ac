//! The one place that prints.

use std::io::{IsTerminal as _, Write as _};

/// Prints what was asked for.
pub(super) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that went away is no failure of ours.
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// Prints what went wrong.
pub(super) fn error(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Whether errors may be coloured.
pub(super) fn colours() -> bool {
    std::io::stderr().is_terminal()
}
