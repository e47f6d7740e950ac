//! Text and emoji as people meant them.

use serde_json::Value;

/// The longest text that is read.
const LONGEST: usize = 4000;

/// The emoji that have names every platform shares; of all others the character is
/// the name.
const NAMES: [(&str, &str); 6] = [
    ("✅", "white_check_mark"),
    ("❌", "x"),
    ("📌", "pushpin"),
    ("👍", "+1"),
    ("👎", "-1"),
    ("👀", "eyes"),
];

/// A message to the bot without the mention that made it one; other mentions as they
/// are typed in commands.
pub(super) fn addressed(content: &str, own: &str) -> String {
    let content: String = content.chars().take(LONGEST).collect();
    let mut rest = content.as_str();
    let mut out = String::new();
    let mut removed = false;
    while let Some(start) = rest.find("<@") {
        let Some(end) = rest[start..].find('>').map(|at| start + at) else {
            break;
        };
        let user = rest[start + 2..end].trim_start_matches('!');
        out.push_str(&rest[..start]);
        if user == own && !removed {
            removed = true;
        } else if user.starts_with('&') {
            out.push_str(&rest[start..=end]);
        } else {
            out.push('@');
            out.push_str(user);
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out.trim().to_owned()
}

/// An emoji's one name, without skin tone. Those a server made itself have none: they
/// may look like anything.
pub(in crate::chat::discord) fn emoji(emoji: &Value) -> Option<String> {
    if !emoji["id"].is_null() {
        return None;
    }
    let shown = |it: &char| !matches!(it, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    let sign: String = emoji["name"]
        .as_str()?
        .chars()
        .filter(shown)
        .take(64)
        .collect();
    let known = NAMES.iter().find(|(it, _)| *it == sign);
    Some(known.map_or(sign, |(_, name)| (*name).to_owned()))
}

/// The character of an emoji by its name.
pub(in crate::chat::discord) fn sign(name: &str) -> &str {
    let name = name.trim_matches(':');
    let known = NAMES.iter().find(|(_, it)| *it == name);
    known.map_or(name, |(sign, _)| sign)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn emoji_have_one_name() {
        for (given, name) in [
            ("✅", "white_check_mark"),
            ("👍🏽", "+1"),
            ("❌", "x"),
            ("🎉", "🎉"),
        ] {
            let emoji = emoji(&json!({ "id": null, "name": given }));
            assert_eq!(emoji.as_deref(), Some(name), "{given}");
        }
        assert_eq!(sign("white_check_mark"), "✅");
        assert_eq!(sign("🎉"), "🎉");
        assert_eq!(emoji(&json!({ "id": "9", "name": "x" })), None);
    }

    #[test]
    fn only_the_mention_of_the_bot_goes() {
        for (given, meant) in [
            ("<@1> deploy staging", "deploy staging"),
            ("<@!1> status", "status"),
            ("<@7> asks <@1> help", "@7 asks  help"),
            ("nobody <@", "nobody <@"),
        ] {
            assert_eq!(addressed(given, "1"), meant, "{given}");
        }
    }
}
