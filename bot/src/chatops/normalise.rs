//! Typed text as people meant it: what phones and chat programs did to it is undone.

use std::iter::Peekable;
use std::str::Chars;

/// The longest text that is read.
pub const MAX_CHARS: usize = 2_000;

/// The most words that are read.
pub const MAX_WORDS: usize = 100;

/// Text that is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Too many characters.
    #[error("That is more than {MAX_CHARS} characters. Say it in fewer.")]
    Characters,
    /// Too many words.
    #[error(
        "That is more than {MAX_WORDS} words. Say it in fewer, or put a long remark in quotes."
    )]
    Words,
}

/// Splits text into words; what stands in quotes is one word.
pub fn words(text: &str) -> Result<Vec<String>, TooMuch> {
    if text.chars().count() > MAX_CHARS {
        return Err(TooMuch::Characters);
    }
    let straight = straighten(&unwrap_references(text));
    let mut words = split(&straight);
    if words
        .first()
        .is_some_and(|it| it.text.eq_ignore_ascii_case("/release"))
    {
        words.remove(0);
    }
    if let Some(last) = words.last_mut().filter(|it| !it.quoted) {
        last.text.truncate(last.text.trim_end_matches('.').len());
    }
    words.retain(|it| it.quoted || !it.text.is_empty());
    if words.len() > MAX_WORDS {
        return Err(TooMuch::Words);
    }
    Ok(words.into_iter().map(|it| it.text).collect())
}

/// A word as it must be typed to be read as one word again.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '`' | '<');
    if !word.is_empty() && word.chars().all(plain) && !word.ends_with('.') {
        return word.to_owned();
    }
    let (flag, value) = match word.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") && flag.chars().all(plain) => {
            (&word[..=flag.len()], value)
        }
        Some(_) | None => ("", word),
    };
    format!("{flag}\"{}\"", value.replace('"', "'"))
}

/// Words as one line that is read as these words again.
pub fn joined(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|it| quoted(it.as_ref())).collect();
    quoted.join(" ")
}

struct Word {
    text: String,
    quoted: bool,
}

/// `<@U1|ana>` as `@U1`, `<http://x|x>` as what was typed, everything else as it is.
fn unwrap_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let inside = &rest[start + 1..];
        let plain = inside
            .find('>')
            .and_then(|end| Some((end, reference(&inside[..end])?)));
        if let Some((end, plain)) = plain {
            out.push_str(&plain);
            rest = &inside[end + 1..];
        } else {
            out.push('<');
            rest = inside;
        }
    }
    out.push_str(rest);
    out
}

fn reference(inside: &str) -> Option<String> {
    let (target, label) = match inside.split_once('|') {
        Some((target, label)) => (target, Some(label)),
        None => (inside, None),
    };
    if target.contains(char::is_whitespace) {
        return None;
    }
    if let Some(user) = target.strip_prefix('@') {
        return Some(format!("@{}", user.trim_start_matches('!')));
    }
    if target.starts_with('#') {
        return Some(label.map_or_else(|| target.to_owned(), |label| format!("#{label}")));
    }
    let is_link = ["http://", "https://", "mailto:"]
        .iter()
        .any(|it| target.starts_with(it));
    // A platform makes a link of anything that looks like a host; its words are what was typed.
    let typed = label
        .filter(|label| target.contains(label))
        .unwrap_or(target);
    is_link.then(|| typed.to_owned())
}

/// Straight quotes, plain spaces, no invisible characters, `--` before a flag.
fn straighten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(character) = chars.next() {
        let begins = out.is_empty() || out.ends_with(' ');
        match character {
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => out.push('"'),
            '\u{2018}'..='\u{201b}' => out.push('\''),
            // Code marks and what nobody can see.
            '`' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{2012}'..='\u{2015}' | '\u{2212}' if begins && before_letter(&mut chars) => {
                out.push_str("--");
            }
            other if other.is_whitespace() || other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// Whether a long dash stands before a flag; a second dash after it is swallowed.
fn before_letter(chars: &mut Peekable<Chars<'_>>) -> bool {
    if chars.peek() == Some(&'-') {
        chars.next();
    }
    chars.peek().is_some_and(|next| next.is_alphabetic())
}

fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word {
        text: String::new(),
        quoted: false,
    };
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        let begins = word.text.is_empty() || word.text.ends_with('=');
        match character {
            ' ' => end(&mut words, &mut word),
            '"' | '\'' if begins => {
                let (inside, after) = until(character, rest);
                word.text.push_str(inside);
                word.quoted = true;
                rest = after;
            }
            other => word.text.push(other),
        }
    }
    end(&mut words, &mut word);
    words
}

fn end(words: &mut Vec<Word>, word: &mut Word) {
    if word.quoted || !word.text.is_empty() {
        words.push(Word {
            text: std::mem::take(&mut word.text),
            quoted: word.quoted,
        });
        word.quoted = false;
    }
}

/// What stands before the closing quote, and what follows. A quote nobody closed
/// reaches to the end; an apostrophe nobody closed is nothing.
fn until(quote: char, rest: &str) -> (&str, &str) {
    let closes = |at: usize| {
        let after = &rest[at + quote.len_utf8()..];
        quote != '\'' || after.is_empty() || after.starts_with(' ')
    };
    let close = rest
        .match_indices(quote)
        .map(|(at, _)| at)
        .find(|at| closes(*at));
    match close {
        Some(at) => (&rest[..at], &rest[at + quote.len_utf8()..]),
        None if quote == '"' => (rest, ""),
        None => ("", rest),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_done_to_the_text_is_undone() {
        for (typed, meant) in [
            ("deploy staging", vec!["deploy", "staging"]),
            ("  deploy \t staging \n", vec!["deploy", "staging"]),
            ("/release deploy staging", vec!["deploy", "staging"]),
            ("deploy\u{a0}staging", vec!["deploy", "staging"]),
            ("deploy sta\u{200b}ging", vec!["deploy", "staging"]),
            ("deploy staging.", vec!["deploy", "staging"]),
            ("deploy staging .", vec!["deploy", "staging"]),
            (
                "x \u{2014}why \u{201c}too slow\u{201d}",
                vec!["x", "--why", "too slow"],
            ),
            ("x \u{2013}why late", vec!["x", "--why", "late"]),
            ("x \u{2014}-why late", vec!["x", "--why", "late"]),
            ("x \u{2212}why late", vec!["x", "--why", "late"]),
            ("x --why=\"too slow\"", vec!["x", "--why=too slow"]),
            ("x --why '' y", vec!["x", "--why", "", "y"]),
            ("tue 14:00\u{2013}16:00", vec!["tue", "14:00\u{2013}16:00"]),
            ("it doesn\u{2019}t work", vec!["it", "doesn't", "work"]),
            ("say 'it doesn't work'", vec!["say", "it doesn't work"]),
            ("the devs' fault", vec!["the", "devs'", "fault"]),
            (
                "why \"never closed and on",
                vec!["why", "never closed and on"],
            ),
            ("`deploy staging`", vec!["deploy", "staging"]),
            ("\u{ab}end of year\u{bb}", vec!["end of year"]),
        ] {
            assert_eq!(words(typed).unwrap(), meant, "{typed:?}");
        }
    }

    #[test]
    fn references_read_as_what_was_typed() {
        for (typed, meant) in [
            ("<@U1|ana>", "@U1"),
            ("<@U1>", "@U1"),
            ("<@!118>", "@118"),
            ("@ana", "@ana"),
            ("<#C1|release>", "#release"),
            ("<http://x.example|x.example>", "x.example"),
            ("<https://x.example/a>", "https://x.example/a"),
            ("<https://x.example/a|our page>", "https://x.example/a"),
            ("<mailto:a@x.example|a@x.example>", "a@x.example"),
            ("a<b", "a<b"),
            ("<b>", "<b>"),
        ] {
            let typed_words = words(&format!("x {typed}")).unwrap();
            assert_eq!(typed_words[1..].join(" "), meant, "{typed:?}");
        }
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(words(&"é".repeat(MAX_CHARS + 1)), Err(TooMuch::Characters));
        assert_eq!(words(&"a ".repeat(MAX_WORDS + 1)), Err(TooMuch::Words));
        assert_eq!(words(&"a ".repeat(MAX_WORDS)).unwrap().len(), MAX_WORDS);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[\\PC \"'`<>|@.\u{2014}-]{0,60}") {
            drop(words(&text));
        }

        #[test]
        fn what_is_quoted_is_read_as_one_word(word in "[a-z0-9 .'-]{0,20}") {
            let line = format!("x {}", quoted(&word));
            let typed = word.split_whitespace().collect::<Vec<_>>().join(" ");
            let read = words(&line).unwrap();
            prop_assert_eq!(read[1].split_whitespace().collect::<Vec<_>>().join(" "), typed);
        }
    }
}
