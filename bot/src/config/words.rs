//! Commands: lists of words, or text split into words. No shell reads them.

use super::at::{At, Texts};
use super::desk::Desk;

/// The most words of a command, and the most bytes.
const MOST_WORDS: usize = 100;
const MOST_BYTES: usize = 4096;

/// Why a text is not a command.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    /// A character only a shell understands.
    Shell(char),
    /// A quote without its end.
    Open(char),
}

/// The words of a command.
pub(super) fn lower(written: &At<Texts>, desk: &mut Desk) -> Option<Vec<String>> {
    let words = match &**written {
        Texts::One(text) => match split(text) {
            Ok(words) => words,
            Err(fault) => {
                note(&fault, written, desk);
                return None;
            }
        },
        Texts::Many(words) => words.iter().map(|it| (**it).clone()).collect(),
    };
    let fault = match words.first() {
        None => Some("this command is empty"),
        Some(program) if program.trim().is_empty() => Some("this command is empty"),
        Some(program) if program.contains(char::is_whitespace) => {
            Some("the program's name has a space in it")
        }
        Some(_) if words.len() > MOST_WORDS => Some("this command has more than 100 words"),
        Some(_) if words.iter().map(String::len).sum::<usize>() > MOST_BYTES => {
            Some("this command is longer than 4096 bytes")
        }
        Some(_) if words.iter().any(|it| it.contains('\0')) => Some("this command has a NUL in it"),
        Some(_) => return Some(words),
    };
    if let Some(fault) = fault {
        let noted = desk.note(written.span(), fault);
        noted.help("write the program and its arguments: [\"bin/migrate\", \"--all\"]");
    }
    None
}

fn note(fault: &Fault, written: &At<Texts>, desk: &mut Desk) {
    let message = match fault {
        Fault::Shell(character) => format!("no shell reads this: `{character}` means nothing here"),
        Fault::Open(quote) => format!("a {quote} is opened and never closed"),
    };
    let noted = desk.note(written.span(), message);
    noted.help("quote it with ' ' if it is meant literally, or write a list of words");
}

/// Splits at spaces; quotes keep words together. Nothing is expanded.
fn split(text: &str) -> Result<Vec<String>, Fault> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for character in text.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            // In double quotes a shell would still expand these, so they are no text either.
            (Some('"'), '$' | '`' | '\\') => return Err(Fault::Shell(character)),
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, '$' | '`' | ';' | '|' | '&' | '>' | '<' | '\\' | '*' | '(' | ')') => {
                return Err(Fault::Shell(character));
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            (Some(_) | None, _) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.map_or(Ok(words), |open| Err(Fault::Open(open)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_and_nothing_is_expanded() {
        for (text, words) in [
            (
                "php bin/console cache:clear --env=prod",
                &["php", "bin/console", "cache:clear", "--env=prod"][..],
            ),
            ("  a  'b c' \"d e\"f '' ", &["a", "b c", "d ef", ""]),
            ("echo '$HOME; `x`'", &["echo", "$HOME; `x`"]),
            ("sh -c 'a && b'", &["sh", "-c", "a && b"]),
            ("", &[]),
        ] {
            assert_eq!(split(text).unwrap(), words, "{text}");
        }
    }

    #[test]
    fn what_only_a_shell_understands_is_refused() {
        for character in "$`;|&><\\*()".chars() {
            let text = format!("echo a{character}b");
            assert_eq!(split(&text), Err(Fault::Shell(character)));
        }
        assert_eq!(split("echo \"$HOME\""), Err(Fault::Shell('$')));
        assert_eq!(split("echo 'a"), Err(Fault::Open('\'')));
    }
}
