//! The little of HTML that the browser channel's own pages are made of.

/// A piece of a page: `Open` carries a tag's attributes as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Open(&'a str, &'a str),
    Close(&'a str),
    Text(&'a str),
}

/// Cuts a page into its pieces. Values hold no `>` there: it is always escaped.
pub(super) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        let Some(end) = tag.find('>') else {
            return pieces;
        };
        let (inside, after) = (&tag[1..end], &tag[end + 1..]);
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            pieces.push(Piece::Close(name.trim()));
        } else {
            let inside = inside.trim_end_matches('/');
            let (name, attributes) = inside
                .split_once(char::is_whitespace)
                .unwrap_or((inside, ""));
            pieces.push(Piece::Open(name, attributes));
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The value of an attribute, unescaped.
pub(super) fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some(at) = rest.find("=\"") {
        let key = rest[..at]
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let value = &rest[at + 2..];
        let end = value.find('"')?;
        if key == name {
            return Some(plain(&value[..end]));
        }
        rest = &value[end + 1..];
    }
    None
}

/// Text without its escapes.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let escape = rest[1..]
            .split_once(';')
            .and_then(|(name, _)| Some((name, escaped(name)?)));
        if let Some((name, character)) = escape {
            plain.push(character);
            rest = &rest[name.len() + 2..];
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

fn escaped(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        _ => char::from_u32(name.strip_prefix('#')?.parse().ok()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_falls_into_pieces() {
        let all = pieces("a<p class=\"x y\">b</p><br/>c");
        let wanted = [
            Piece::Text("a"),
            Piece::Open("p", "class=\"x y\""),
            Piece::Text("b"),
            Piece::Close("p"),
            Piece::Open("br", ""),
            Piece::Text("c"),
        ];
        assert_eq!(all, wanted);
        assert_eq!(pieces("<unfinished"), []);
    }

    #[test]
    fn attributes_are_found_by_their_whole_name() {
        let text = "data-id=\"1\" id=\"m-2\" value=\"a &#34;b&#34;\"";
        assert_eq!(attribute(text, "id").as_deref(), Some("m-2"));
        assert_eq!(attribute(text, "value").as_deref(), Some("a \"b\""));
        assert_eq!(attribute(text, "name"), None);
    }

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(
            plain("&#38;lt; &lt;a&gt; &quot;&#39;&quot; & &x; &amp"),
            "&lt; <a> \"'\" & &x; &amp"
        );
    }
}
