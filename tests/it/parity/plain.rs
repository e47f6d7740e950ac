//! What a message says, without what its platform has of its own.

use crate::room::Over;

/// A message in words that are the same everywhere, without what only that bot can have
/// signed.
pub(super) fn plainly(over: Over, text: &str) -> String {
    let text = text.split("\nSigned").next().unwrap_or_default();
    match over {
        Over::Slack => in_slack(text),
        Over::Discord => in_discord(text),
        Over::Web | Over::Both | Over::All => text.to_owned(),
    }
}

/// Slack's plan has a title of its own and says its states in words, a time is repeated in
/// the reader's zone, and reactions stand below.
fn in_slack(text: &str) -> String {
    let states = ["(complete) ", "(pending) ", "left out, "];
    let text = (states.iter()).fold(uncaptioned(text), |text, state| text.replace(state, ""));
    let title = text.lines().next().unwrap_or_default().to_owned();
    let own = |(place, line): &(usize, &str)| {
        (*place > 0 && *line == title) || line.starts_with(":white_check_mark:")
    };
    let lines = text.lines().enumerate().filter(|it| !own(it));
    let lines = lines.map(|(_, it)| without_local(it));
    lines.collect::<Vec<_>>().join("\n")
}

/// A time is repeated in the reader's zone, and a state that has no colour is said.
fn in_discord(text: &str) -> String {
    let text = text.replace(" left out (", " (");
    let lines = text.lines().map(without_local);
    lines.collect::<Vec<_>>().join("\n")
}

/// A line without the time in the reader's zone behind it.
fn without_local(line: &str) -> &str {
    const ZONE: &str = " (UTC)";
    let local = line.strip_suffix(" for you)");
    let end = local.and_then(|it| it.find(&format!("{ZONE} (")));
    end.map_or(line, |end| &line[..end + ZONE.len()])
}

/// A text as Slack shows it, without the caption that a table must have there: it says in
/// one sentence, for those who cannot see it, what the rows say.
fn uncaptioned(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let row = lines.iter().position(|it| it.trim_start().contains("  "));
    if let Some(caption) = row.and_then(|it| it.checked_sub(1)) {
        lines.remove(caption);
    }
    lines.join("\n")
}
