//! Text as people send it, tidied before it is read.

use std::borrow::Cow;

use chrono::Weekday;

/// Longest text any parser here looks at; the rest of a longer one is cut off.
const LONGEST: usize = 200;

/// Straight dashes, single spaces, no quotes, no invisible characters, no full stop at the end.
///
/// Phones and chat programs put all of these in without being asked. Upper and lower case stay.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    for character in text.chars().take(LONGEST) {
        match character {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => {
                tidied.push('-');
            }
            '\u{ff1a}' | '\u{2236}' => tidied.push(':'),
            other if is_quote(other) || is_invisible(other) => {}
            other if other.is_whitespace() || other.is_control() => {
                if !tidied.is_empty() && !tidied.ends_with(' ') {
                    tidied.push(' ');
                }
            }
            other => tidied.push(other),
        }
    }
    let end = tidied.trim_end_matches(['.', ' ']).len();
    tidied.truncate(end);
    tidied
}

/// The text again for an error message: one line, and not too much of it.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A day of the week by its English name or its usual abbreviations.
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    let longer = ["tues", "weds", "thur", "thurs"];
    let known = longer.iter().any(|other| other.eq_ignore_ascii_case(word));
    let word = if known { word.get(..3)? } else { word };
    word.parse().ok()
}

fn is_quote(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '`' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}'
    )
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_phones_do_to_text_is_undone() {
        for (typed, meant) in [
            ("\u{201c}tomorrow 14:00\u{201d}", "tomorrow 14:00"),
            ("tomorrow\u{a0}14:00.", "tomorrow 14:00"),
            ("tue 14:00\u{2013}16:00", "tue 14:00-16:00"),
            ("  in \t 2h \n", "in 2h"),
            ("now\u{200b}", "now"),
            (" ... ", ""),
        ] {
            assert_eq!(tidy(typed), meant, "{typed:?}");
        }
    }

    #[test]
    fn long_text_is_shortened_for_messages() {
        assert_eq!(quoted("short"), "short");
        assert_eq!(quoted(&"é".repeat(70)).chars().count(), 61);
    }
}
