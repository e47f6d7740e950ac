//! What an emoji on a message means.

/// What somebody says with an emoji.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Consents.
    Yes,
    /// Vetoes.
    No,
    /// Keeps the message with the release.
    Keep,
}

/// Reads an emoji on any message, by name or as the character; most are conversation and mean nothing.
pub fn meaning(emoji: &str) -> Option<Meaning> {
    const YES: [&str; 2] = ["white_check_mark", "✅"];
    const NO: [&str; 3] = ["x", "cross_mark", "❌"];
    const KEEP: [&str; 2] = ["pushpin", "📌"];
    let name = normal(emoji);
    let among = |names: &[&str]| names.contains(&name.as_str());
    if among(&YES) {
        Some(Meaning::Yes)
    } else if among(&NO) {
        Some(Meaning::No)
    } else {
        among(&KEEP).then_some(Meaning::Keep)
    }
}

/// Without colons, skin tone and invisible selectors.
fn normal(emoji: &str) -> String {
    let name = emoji.trim().trim_matches(':');
    let name = name.split("::").next().unwrap_or_default();
    let (name, _) = name.split_once(":skin-tone").unwrap_or((name, ""));
    let shown = |c: &char| !matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    name.chars()
        .filter(shown)
        .take(64)
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_emoji_mean_something_however_they_are_written() {
        for yes in [
            "white_check_mark",
            ":white_check_mark:",
            "white_check_mark::skin-tone-2",
            ":white_check_mark::skin-tone-6:",
            "✅",
            "✅\u{fe0f}",
            "✅\u{1f3fd}",
        ] {
            assert_eq!(meaning(yes), Some(Meaning::Yes), "{yes}");
        }
        for no in ["x", ":x:", "❌", "cross_mark"] {
            assert_eq!(meaning(no), Some(Meaning::No), "{no}");
        }
        for keep in ["pushpin", ":pushpin:", "📌"] {
            assert_eq!(meaning(keep), Some(Meaning::Keep), "{keep}");
        }
        for nothing in [
            "+1",
            "heavy_check_mark",
            "tada",
            "round_pushpin",
            "",
            ":",
            "👍",
            "xx",
        ] {
            assert_eq!(meaning(nothing), None, "{nothing}");
        }
    }
}
