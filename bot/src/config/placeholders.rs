//! What a release fills in: `{version}` and `{sha}`.

use super::at::At;
use super::desk::{Desk, closest};

/// The text as some release would have it.
pub(super) fn example(text: &str) -> String {
    text.replace("{version}", "1").replace("{sha}", "1")
}

/// Whether a release fills in every placeholder; notes the first that none does.
pub(super) fn are_known(written: &At<String>, desk: &mut Desk) -> bool {
    let word = unknown(written);
    if let Some(word) = word {
        note(written, word, desk);
    }
    word.is_none()
}

/// Notes one that somebody probably misspelt: what is compared may have braces of its own.
pub(super) fn are_spelt(written: &At<String>, desk: &mut Desk) {
    if let Some(word) = unknown(written)
        && closest(word, ["{version}", "{sha}"].into_iter()).is_some()
    {
        note(written, word, desk);
    }
}

fn note(written: &At<String>, word: &str, desk: &mut Desk) {
    desk.note(written.span(), format!("nothing fills in `{word}`"))
        .help("there are {version} and {sha}");
}

/// The first `{word}` that is neither `{version}` nor `{sha}`.
fn unknown(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let end = start + rest[start..].find('}')? + 1;
        let word = &rest[start..end];
        let inside = &word[1..word.len() - 1];
        let named = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_alphabetic());
        if named && !matches!(inside, "version" | "sha") {
            return Some(word);
        }
        rest = &rest[start + 1..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_in_braces_are_placeholders() {
        assert_eq!(unknown("/{version}/{sha}"), None);
        assert_eq!(unknown("{\"a\": 1} {} {1}"), None);
        assert_eq!(unknown("{{tag}"), Some("{tag}"));
        assert_eq!(example("v{version}-{sha}"), "v1-1");
    }
}
