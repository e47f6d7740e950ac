//! What looks like a credential, whoever's it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// A shape, words one of which a line must have to be looked at more closely (in
/// lower case), and what replaces it. `$a` is the part that may stay.
struct Shape {
    words: &'static [&'static str],
    regex: Regex,
    instead: &'static str,
}

static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    [
        (&["@"][..], r"(?P<a>://[^/\s:@]*:)[^/\s@]+@", "${a}[redacted]@"),
        (
            &["bearer", "basic"],
            r"(?i)(?P<a>\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}",
            "${a}[redacted]",
        ),
        (&["gh"], r"\bgh[pousr]_[A-Za-z0-9]{16,}", "[redacted]"),
        (&["github_pat_"], r"\bgithub_pat_[A-Za-z0-9_]{16,}", "[redacted]"),
        (&["glpat-"], r"\bglpat-[A-Za-z0-9_-]{16,}", "[redacted]"),
        (&["xox"], r"\bxox[a-z]-[A-Za-z0-9-]{8,}", "[redacted]"),
        (&["xapp-"], r"\bxapp-[A-Za-z0-9-]{8,}", "[redacted]"),
        (&["akia", "asia"], r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", "[redacted]"),
        (
            &["eyj"],
            r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+",
            "[redacted]",
        ),
        (
            &["password", "passwd", "secret", "token", "key"],
            r#"(?i)(?P<a>\b[a-z0-9_.-]*(?:password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',;&]{6,}"#,
            "${a}[redacted]",
        ),
    ]
    .into_iter()
    .map(|(words, shape, instead)| {
        let regex = Regex::new(shape).expect("the shapes are constant");
        Shape { words, regex, instead }
    })
    .collect()
});

/// `line` without anything that looks like a credential.
pub(super) fn redact(line: String) -> String {
    let lower = line.to_ascii_lowercase();
    let likely = |shape: &&Shape| shape.words.iter().any(|word| lower.contains(word));
    SHAPES.iter().filter(likely).fold(line, |line, shape| {
        match shape.regex.replace_all(&line, shape.instead) {
            Cow::Borrowed(_) => line,
            Cow::Owned(changed) => changed,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn hides_credentials_and_keeps_what_tells_what_they_were() {
        for (line, shown) in [
            (
                "postgres://app:s3cr3t@db/x",
                "postgres://app:[redacted]@db/x",
            ),
            (
                "Authorization: Bearer abcdef123456",
                "Authorization: Bearer [redacted]",
            ),
            ("using ghp_0123456789abcdefABCD", "using [redacted]"),
            ("DB_PASSWORD=correcthorse", "DB_PASSWORD=[redacted]"),
            (
                r#"{"api_key": "0123456789"}"#,
                r#"{"api_key": "[redacted]"}"#,
            ),
            ("xoxb-123456789-abc", "[redacted]"),
            (
                "listening on http://0.0.0.0:8080/",
                "listening on http://0.0.0.0:8080/",
            ),
            ("the basic idea", "the basic idea"),
        ] {
            assert_eq!(redact(line.to_owned()), shown);
        }
    }
}
