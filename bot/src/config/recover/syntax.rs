//! Slips of the pen: what the parser cannot read, and what only follows from that.

use super::super::desk::Desk;
use super::super::report::Problem;

/// Notes each slip once, and forgets the other mistakes in lines nobody could read.
///
/// After an open bracket the parser stumbles over line after line until it is closed.
pub(in crate::config) fn syntax(text: &str, errors: &[toml::de::Error], desk: &mut Desk) {
    let mut slips: Vec<(usize, &toml::de::Error)> = errors
        .iter()
        .map(|error| (line(text, start(error)), error))
        .collect();
    slips.sort_by_key(|(_, error)| start(error));
    let mut unread: Vec<(usize, usize)> = Vec::new();
    let mut first = Vec::new();
    for (line, error) in slips {
        match unread.last_mut() {
            Some((_, last)) if follows(text, *last, line) => *last = line,
            Some(_) | None => {
                unread.push((line, line));
                first.push(error);
            }
        }
    }
    let within = |it: &Problem| {
        let line = it.span.as_ref().map(|span| line(text, span.start));
        line.is_some_and(|line| {
            unread
                .iter()
                .any(|(from, to)| (*from..=*to).contains(&line))
        })
    };
    desk.problems.retain(|it| !within(it));
    for error in first {
        let noted = desk.note(error.span().unwrap_or(0..0), error.message());
        noted
            .label("this cannot be read")
            .help("look here and at the line before for a quote, a comma or a bracket");
    }
}

fn start(error: &toml::de::Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// Whether nothing that could be read stands between two lines.
fn follows(text: &str, before: usize, line: usize) -> bool {
    let between = text
        .lines()
        .skip(before + 1)
        .take(line.saturating_sub(before + 1));
    between
        .map(str::trim)
        .all(|it| it.is_empty() || it.starts_with('#'))
}
