//! Reads the file's shape, and goes on after every mistake until all are found.
//!
//! Serde stops at its first complaint. So what it complains about is noted, taken
//! out of the table, and the rest is read again. What only misses the part that was
//! taken out is taken out too, without a word.

mod prune;
mod syntax;

use std::ops::Range;

pub(super) use prune::drop_element;
use serde::Deserialize as _;
pub(super) use syntax::syntax;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use super::desk::{Desk, closest};
use super::file::File;
use super::report::MOST;
use super::secret;

/// The file as far as it can be read; every mistake in its shape is noted.
pub(super) fn file(mut table: Spanned<DeTable<'_>>, desk: &mut Desk) -> File {
    for _ in 0..2 * MOST {
        let error = match File::deserialize(Deserializer::from(table.clone())) {
            Ok(file) => return file,
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        if !is_echo(error.message(), &span, table.get_ref(), desk) {
            complain(error.message(), span.clone(), desk);
        }
        match prune::take_out(table.get_mut(), &span) {
            Some(path) => desk.gone.0.push(path),
            None => break,
        }
    }
    File::default()
}

/// Whether a key is only missing because it was wrong and taken out.
fn is_echo(message: &str, span: &Range<usize>, table: &DeTable<'_>, desk: &Desk) -> bool {
    let Some(key) = message
        .strip_prefix("missing field `")
        .and_then(|it| it.strip_suffix('`'))
    else {
        return false;
    };
    prune::path_of(table, span).is_some_and(|path| {
        let path: Vec<&str> = path.iter().map(String::as_str).chain([key]).collect();
        desk.gone.contains(&path)
    })
}

fn complain(message: &str, span: Range<usize>, desk: &mut Desk) {
    if let Some(rest) = message.strip_prefix("unknown field `") {
        unknown_key(rest, span, desk);
    } else if message == secret::WRITTEN_OUT {
        desk.note(span, message).label("hidden").help(secret::HELP);
    } else if let Some(key) = message.strip_prefix("missing field `") {
        let key = key.trim_end_matches('`');
        desk.note(span, format!("`{key}` is missing"))
            .label("here")
            .help(format!("write {key} = …"));
    } else if message == "invalid type: map, expected a string" {
        // Dates without quotes look like tables to serde.
        desk.note(span, "this is not text").help("put it in quotes");
    } else {
        desk.note(span, in_words(message));
    }
}

/// `rest` is the name and serde's list of the names there are.
fn unknown_key(rest: &str, span: Range<usize>, desk: &mut Desk) {
    let mut words = rest.split('`');
    let name = words.next().unwrap_or_default();
    let known: Vec<&str> = words.skip(1).step_by(2).collect();
    let help = match closest(name, known.iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("known keys here: {}", known.join(", ")),
    };
    let noted = desk.note(span, format!("unknown field `{name}`"));
    noted.label("not a key shipbell knows").help(help);
}

/// Serde's words for shapes, in the words of the file.
fn in_words(message: &str) -> String {
    let words = [
        ("expected a sequence", "expected a list, [ … ]"),
        ("expected a map", "expected a table, { … }"),
        ("expected a string", "expected text in quotes"),
        ("expected a boolean", "expected true or false"),
        ("invalid type: sequence", "invalid type: list"),
        ("invalid type: map", "invalid type: table"),
    ];
    words
        .iter()
        .fold(message.to_owned(), |text, (serde, ours)| {
            text.replace(serde, ours)
        })
}
