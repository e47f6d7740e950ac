//! Text and emoji as people meant them: what Slack did to them is undone.

/// The longest text that is read.
const LONGEST: usize = 4000;

/// Text as it was typed: references are what they were made from, and escapes are
/// undone. Signs people type are escaped, so nothing is taken for a reference that
/// is none.
pub(super) fn typed(text: &str) -> String {
    let text: String = text.chars().take(LONGEST).collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>').map(|at| start + at) else {
            break;
        };
        out.push_str(&rest[..start]);
        out.push_str(&reference(&rest[start + 1..end]));
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    unescaped(&out)
}

/// `@U1|ana` as `@U1`, `#C1|ops` as `#ops`, and an address as it was typed: Slack
/// makes a link of anything that looks like one.
fn reference(inside: &str) -> String {
    let (target, label) = match inside.split_once('|') {
        Some((target, label)) => (target, Some(label)),
        None => (inside, None),
    };
    if target.starts_with(['@', '!']) {
        return target.to_owned();
    }
    if target.starts_with('#') {
        return label.map_or_else(|| target.to_owned(), |label| format!("#{label}"));
    }
    let typed = label.filter(|label| target.contains(label));
    typed.unwrap_or(target).to_owned()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}

/// A message to the bot without the mention that made it one.
pub(super) fn addressed(text: &str, own: Option<&str>) -> String {
    let mut rest = text.trim_start();
    let mut head = String::new();
    while let Some(start) = rest.find("<@") {
        let Some(end) = rest[start..].find('>').map(|at| start + at) else {
            break;
        };
        let user = &rest[start + 2..end];
        let user = user.split('|').next().unwrap_or_default();
        // Without knowing its own account the bot takes the first mention for it.
        let is_own = own.is_none_or(|own| own == user);
        head.push_str(&rest[..start]);
        if !is_own {
            head.push_str(&rest[start..=end]);
        }
        rest = &rest[end + 1..];
        if is_own {
            break;
        }
    }
    typed(&format!("{head}{rest}"))
}

/// An emoji's one name: no colons, no skin tone, no second name.
pub(in crate::chat::slack) fn emoji(name: &str) -> String {
    let name = name.trim().trim_matches(':');
    let name = name.split("::").next().unwrap_or_default();
    let known = match name {
        "thumbsup" => "+1",
        "thumbsdown" => "-1",
        "check" | "white_tick" => "white_check_mark",
        other => other,
    };
    known.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_have_one_name() {
        for (given, name) in [
            ("white_check_mark", "white_check_mark"),
            (":white_check_mark:", "white_check_mark"),
            ("white_check_mark::skin-tone-3", "white_check_mark"),
            ("+1::skin-tone-2", "+1"),
            ("thumbsup", "+1"),
            ("x", "x"),
            ("", ""),
        ] {
            assert_eq!(emoji(given), name, "{given}");
        }
    }

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(typed(" a &lt;b&gt; &amp;amp; "), "a <b> &amp;");
        assert_eq!(typed("a &lt; b"), "a < b");
    }

    #[test]
    fn references_are_what_they_were_made_from() {
        for (given, meant) in [
            ("<@U1|ana> now", "@U1 now"),
            ("<@U1>", "@U1"),
            ("<#C1|ops>", "#ops"),
            ("<http://x.example|x.example>", "x.example"),
            ("<https://x.example/a>", "https://x.example/a"),
            ("<https://x.example/a|our page>", "https://x.example/a"),
            ("<mailto:a@x.example|a@x.example>", "a@x.example"),
            ("<!here> never <closed", "!here never <closed"),
        ] {
            assert_eq!(typed(given), meant, "{given}");
        }
    }

    #[test]
    fn only_the_mention_of_the_bot_goes() {
        let bot = Some("U0BOT");
        for (given, meant) in [
            ("<@U0BOT> deploy staging", "deploy staging"),
            ("<@U0BOT|bot> status", "status"),
            ("hey <@U0BOT> status", "hey  status"),
            ("<@U1> asks <@U0BOT> help", "@U1 asks  help"),
            ("nobody <@", "nobody <@"),
        ] {
            assert_eq!(addressed(given, bot), meant, "{given}");
        }
        assert_eq!(addressed("<@U7> status", None), "status");
    }
}
