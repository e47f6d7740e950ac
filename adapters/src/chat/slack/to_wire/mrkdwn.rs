//! Words in Slack's own markup, in which nothing a person typed is markup.

use super::cut;
use crate::chat::{Span, Text};

/// A mark nobody sees. Before and behind a sign it keeps the sign from being markup.
const NOTHING: char = '\u{200b}';

/// The signs that mark words up when they stand at the edge of one.
const SIGNS: [char; 4] = ['*', '_', '~', '`'];

/// The most characters of one run of words, and of an address.
const RUN: usize = 3000;
const ADDRESS: usize = 2000;

/// Words with their marks. What is far too long is cut before it is marked, so that
/// no mark is cut in two.
pub(super) fn text(text: &Text) -> String {
    text.0.iter().map(span).collect()
}

/// Words as they are.
pub(super) fn literal(words: &str) -> String {
    defuse(&escape(&cut::text(words, RUN)))
}

/// Slack's three control characters, as it wants them written.
/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
pub(in crate::chat::slack) fn escape(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn span(span: &Span) -> String {
    match span {
        Span::Plain(words) => literal(words),
        Span::Strong(words) => marked('*', &literal(&one_line(words))),
        Span::Code(words) => marked('`', &escape(&one_line(words).replace('`', "'"))),
        Span::Mention { user, name } => {
            let known = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
            if !user.0.is_empty() && user.0.chars().all(known) {
                format!("<@{user}>")
            } else {
                literal(&format!("@{name}"))
            }
        }
        Span::Link { label, url } => match address(url) {
            Some(url) => format!("<{url}|{}>", label_of(label)),
            None => literal(&format!("{} ({url})", cut::text(label, RUN))),
        },
        Span::Time { at, words } => {
            let (at, words) = (at.timestamp(), label_of(words));
            format!("{words} (<!date^{at}^{{date_short_pretty}} {{time}}|{words}> for you)")
        }
    }
}

/// A mark must touch its words, or it is not one.
fn marked(mark: char, words: &str) -> String {
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

/// What may stand behind the bar of a reference.
fn label_of(words: &str) -> String {
    let words = escape(&one_line(words).replace('|', "/"));
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
        url.replace('&', "&amp;")
            .replace('<', "%3C")
            .replace('>', "%3E")
            .replace('|', "%7C")
    })
}

/// Keeps signs from being markup: only where they could be, so that names and
/// numbers can be copied as they are.
fn defuse(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut before = None;
    for (at, sign) in words.char_indices() {
        let inside = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
        let after = &words[at + sign.len_utf8()..];
        let bare = SIGNS.contains(&sign) && !(inside(before) && inside(after.chars().next()));
        // A line that begins with such a sign would be a quotation.
        let quote = before.is_none_or(|it| it == '\n') && words[at..].starts_with("&gt;");
        if bare {
            out.extend([NOTHING, sign, NOTHING]);
        } else {
            if quote {
                out.push(NOTHING);
            }
            out.push(sign);
        }
        before = Some(sign);
    }
    out
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
        assert_eq!(
            literal("<!channel> & <@U1>"),
            "&lt;!channel&gt; &amp; &lt;@U1&gt;"
        );
        assert_eq!(literal("snake_case_name 1.2*3"), "snake_case_name 1.2*3");
        assert_eq!(literal("*loud*"), "\u{200b}*\u{200b}loud\u{200b}*\u{200b}");
        assert_eq!(literal("> said"), "\u{200b}&gt; said");
        assert_eq!(one(Span::Code("a`b\nc".to_owned())), "`a'b c`");
        assert_eq!(one(Span::Strong(" both ".to_owned())), " *both* ");
        assert_eq!(one(Span::Strong(String::new())), "");
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
            link("a|b", "https://x.example/?a=1&b=<|>"),
            "<https://x.example/?a=1&amp;b=%3C%7C%3E|a/b>"
        );
        assert_eq!(link("page", "javascript:x"), "page (javascript:x)");
        let mention = |user: &str| {
            one(Span::Mention {
                user: UserId(user.to_owned()),
                name: "Ana".to_owned(),
            })
        };
        assert_eq!(mention("U02ANA"), "<@U02ANA>");
        assert_eq!(mention("U1>"), "@Ana");
        let at = DateTime::from_timestamp(1_795_179_600, 0).unwrap();
        let words = "14:00 (Paris)".to_owned();
        assert_eq!(
            one(Span::Time { at, words }),
            "14:00 (Paris) (<!date^1795179600^{date_short_pretty} {time}|14:00 (Paris)> for you)"
        );
    }
}
