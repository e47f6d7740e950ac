//! Words in Discord's own markup, in which nothing a person typed is markup.

use crate::chat::{Span, Text, cut};

/// The most characters of one run of words, and of an address.
const RUN: usize = 3000;
const ADDRESS: usize = 500;

/// Words with their marks. What is far too long is cut before it is marked, so that
/// no mark is cut in two.
pub(super) fn text(text: &Text) -> String {
    text.0.iter().map(span).collect()
}

/// Words as they are.
pub(super) fn literal(words: &str) -> String {
    escape(&cut::text(words, RUN))
}

/// Secondary words: every line of them small.
pub(super) fn small(words: &str) -> String {
    let line = |it: &str| {
        if it.trim().is_empty() {
            String::new()
        } else {
            format!("-# {it}")
        }
    };
    words.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Preformatted lines, whatever is in them.
pub(super) fn code(words: &str) -> String {
    // Three backticks would end it.
    let words = words.replace("```", "`\u{200b}`\u{200b}`");
    format!("```\n{words}\n```")
}

fn span(span: &Span) -> String {
    match span {
        Span::Plain(words) => literal(words),
        Span::Strong(words) => marked("**", &escape(&one_line(words))),
        Span::Code(words) => marked("`", &one_line(words).replace('`', "'")),
        Span::Mention { user, name } => {
            if !user.0.is_empty() && user.0.chars().all(|it| it.is_ascii_digit()) {
                format!("<@{user}>")
            } else {
                literal(&format!("@{name}"))
            }
        }
        Span::Link { label, url } => match address(url) {
            Some(url) => format!("[{}](<{url}>)", label_of(label)),
            None => literal(&format!("{} ({url})", cut::text(label, RUN))),
        },
        Span::Time { at, words } => {
            format!("{} (<t:{}:f> for you)", literal(words), at.timestamp())
        }
    }
}

/// A mark must touch its words, or it is not one.
fn marked(mark: &str, words: &str) -> String {
    let inner = words.trim();
    if inner.is_empty() {
        return words.to_owned();
    }
    let before = &words[..words.len() - words.trim_start().len()];
    let after = &words[words.trim_end().len()..];
    format!("{before}{mark}{inner}{mark}{after}")
}

fn one_line(words: &str) -> String {
    cut::text(words, RUN).replace(['\n', '\r'], " ")
}

fn label_of(words: &str) -> String {
    let words = escape(&one_line(words));
    if words.trim().is_empty() {
        "here".to_owned()
    } else {
        words
    }
}

/// A web address that cannot end its reference early; none for any other.
fn address(url: &str) -> Option<String> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let safe = url.len() <= ADDRESS && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_web && safe).then(|| {
        url.replace('<', "%3C")
            .replace('>', "%3E")
            .replace('(', "%28")
            .replace(')', "%29")
    })
}

/// Keeps signs from being markup. Addresses stay whole, so that they can be followed.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    let (mut begins, mut rest) = (true, words);
    while let Some(sign) = rest.chars().next() {
        if begins_address(rest) && !out.ends_with(char::is_alphanumeric) {
            let end = rest.find(|c: char| c.is_whitespace() || "<>|`*\\".contains(c));
            let end = end.unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            begins = false;
            continue;
        }
        let always = "\\*_~`|<>[]".contains(sign);
        let at_start = begins && "#-+".contains(sign);
        if always || at_start {
            out.push('\\');
        }
        out.push(sign);
        begins = sign == '\n' || begins && sign.is_whitespace();
        rest = &rest[sign.len_utf8()..];
    }
    out
}

fn begins_address(words: &str) -> bool {
    words.starts_with("https://") || words.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::chat::UserId;

    fn one(it: Span) -> String {
        text(&Text(vec![it]))
    }

    #[test]
    fn what_was_typed_is_never_markup() {
        assert_eq!(literal("<@1> **loud**"), "\\<@1\\> \\*\\*loud\\*\\*");
        assert_eq!(literal("# big\n- item"), "\\# big\n\\- item");
        assert_eq!(literal("1.2-3 #7"), "1.2-3 #7");
        assert_eq!(literal("||secret||"), "\\|\\|secret\\|\\|");
        assert_eq!(
            literal("see https://x.example/a_b_c now"),
            "see https://x.example/a_b_c now"
        );
        assert_eq!(one(Span::Code("a`b\nc".to_owned())), "`a'b c`");
        assert_eq!(one(Span::Strong(" both ".to_owned())), " **both** ");
        assert_eq!(one(Span::Strong(String::new())), "");
        assert!(!code("a```b").trim_matches('`').contains("```"));
    }

    #[test]
    fn references_end_where_they_should() {
        let link = |label: &str, url: &str| {
            one(Span::Link {
                label: label.to_owned(),
                url: url.to_owned(),
            })
        };
        assert_eq!(
            link("a]b", "https://x.example/(1)?b=<>"),
            "[a\\]b](<https://x.example/%281%29?b=%3C%3E>)"
        );
        assert_eq!(link("page", "javascript:x"), "page (javascript:x)");
        let mention = |user: &str| {
            one(Span::Mention {
                user: UserId(user.to_owned()),
                name: "Ana".to_owned(),
            })
        };
        assert_eq!(mention("118700000000000004"), "<@118700000000000004>");
        assert_eq!(mention("1>"), "@Ana");
        let at = DateTime::from_timestamp(1_795_179_600, 0).unwrap();
        let words = "14:00 (Paris)".to_owned();
        assert_eq!(
            one(Span::Time { at, words }),
            "14:00 (Paris) (<t:1795179600:f> for you)"
        );
    }
}
