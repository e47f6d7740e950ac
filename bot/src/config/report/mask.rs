//! Blots out what looks like a secret, so that an error can quote the file.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use toml::de::{DeTable, DeValue};

/// What is in the name of a key whose value is nobody's business.
const NAMES: &str =
    "(?:token|secret|passw|passphrase|credential|api_?key|private_?key|access_?key|basic_auth)";

/// Text after such a key, whether or not the rest of the file can be read.
static AFTER_KEY: LazyLock<Regex> = LazyLock::new(|| {
    let text = r#"(?:"""(?s:.*?)(?:"""|\z)|'''(?s:.*?)(?:'''|\z)|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|[^\s{\["'][^\n]*)"#;
    pattern(&format!(
        r#"(?i)[\w.-]*{NAMES}[\w.-]*["']?[ \t]*=[ \t]*({text})"#
    ))
});

/// Text that is a secret wherever it stands.
static ANYWHERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:xox[a-z]-|xapp-|gh[pousr]_|github_pat_|glpat-|AKIA|sk_live_)[\w-]{6,}|-----BEGIN[^\n]*PRIVATE KEY[\s\S]*?(?:-----END[^\n]*|\z)|://([^\s/:@]+:[^\s/@]+)@",
    )
});

/// Whether a key sounds as if its value were nobody's business.
pub(in crate::config) fn looks_secret(key: &str) -> bool {
    static KEY: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?i){NAMES}")));
    KEY.is_match(key)
}

/// Whether a text is a secret whatever it is called: a known kind of token, an address with a password.
pub(in crate::config) fn is_secret(text: &str) -> bool {
    ANYWHERE.is_match(text)
}

/// A message without anything that is a secret wherever it stands.
pub(super) fn blot(text: &str) -> String {
    ANYWHERE.replace_all(text, "…").into_owned()
}

/// The text with every secret blotted out, byte for byte as long as before.
pub(in crate::config) fn mask(text: &str, table: Option<&DeTable<'_>>) -> String {
    let mut spans = Vec::new();
    spans.extend(
        AFTER_KEY
            .captures_iter(text)
            .filter_map(|it| it.get(1))
            .map(|it| it.range()),
    );
    for found in ANYWHERE.captures_iter(text) {
        let part = found.get(1).or_else(|| found.get(0));
        spans.extend(part.map(|it| it.range()));
    }
    if let Some(table) = table {
        below(table, false, &mut spans);
    }
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        let inside = bytes.get_mut(span).unwrap_or_default();
        for byte in inside
            .iter_mut()
            .filter(|it| !matches!(it, b'\n' | b'\r' | b'"' | b'\''))
        {
            *byte = b'*';
        }
    }
    // Whole characters are blotted out, so this changes nothing.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a text can be the name of an environment variable, and not a secret put in its place.
pub(in crate::config) fn is_variable(name: &str) -> bool {
    let first = name.chars().next();
    name.len() <= 100
        && first.is_some_and(|c| c.is_ascii_uppercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Texts below keys that sound secret. Names of variables and files are none.
fn below(table: &DeTable<'_>, secret: bool, spans: &mut Vec<Range<usize>>) {
    for (key, value) in table {
        let named = key.get_ref().as_ref();
        let reference = match named {
            "env" => value.get_ref().as_str().is_some_and(is_variable),
            "file" => true,
            _ => false,
        };
        let secret = (secret && !reference) || looks_secret(named);
        value_below(value.get_ref(), &value.span(), secret, spans);
    }
}

fn value_below(
    value: &DeValue<'_>,
    span: &Range<usize>,
    secret: bool,
    spans: &mut Vec<Range<usize>>,
) {
    match value {
        DeValue::Table(table) => below(table, secret, spans),
        DeValue::Array(items) => {
            for item in items {
                value_below(item.get_ref(), &item.span(), secret, spans);
            }
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {
            if secret {
                spans.push(span.clone());
            }
        }
    }
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("patterns written here are tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variables_cannot_be_secrets() {
        for bad in ["", "xoxb-1", "lower", "1A", "A B"] {
            assert!(!is_variable(bad), "{bad}");
        }
        assert!(is_variable("APP_TOKEN_2"));
    }

    #[test]
    fn secrets_are_blotted_out_and_nothing_moves() {
        for (text, masked) in [
            (r#"bot_token = "xoxb-1é""#, r#"bot_token = "********""#),
            ("password = 'abc", "password = '***"),
            ("api_key = abc # x", "api_key = *******"),
            (
                r#"token = { env = "TOKEN" }"#,
                r#"token = { env = "TOKEN" }"#,
            ),
            (r#"token = { env = "abc" }"#, r#"token = { env = "***" }"#),
            (r#"tokens = ["abc", "d"]"#, r#"tokens = ["***", "*"]"#),
            ("# it was xoxb-123456-abc", "# it was ***************"),
            (
                r#"url = "http://me:pw@host/""#,
                r#"url = "http://*****@host/""#,
            ),
            (
                "secret = \"\"\"\na\nb\"\"\"\nc = 1",
                "secret = \"\"\"\n*\n*\"\"\"\nc = 1",
            ),
        ] {
            let (table, _) = DeTable::parse_recoverable(text);
            assert_eq!(mask(text, Some(table.get_ref())), masked);
            assert_eq!(mask(text, None).len(), text.len());
        }
    }
}
