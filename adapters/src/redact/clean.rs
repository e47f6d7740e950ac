//! Text that cannot act on the terminal or page that shows it.

use std::iter::Peekable;
use std::str::Chars;

/// Makes valid, harmless, single-line text of bytes.
///
/// Invalid UTF-8 becomes U+FFFD, escape sequences go, and other control
/// characters become their pictures (`␀`), so that nothing hides behind them.
pub fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            '\u{9b}' => skip_control_sequence(&mut rest),
            '\t' => out.push('\t'),
            c if u32::from(c) < 0x20 => out.push(picture(u32::from(c))),
            '\u{7f}' => out.push('\u{2421}'),
            c if is_deceptive(c) => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

/// At most `limit` bytes of `text`, cut between characters, the cut named.
pub fn cut(text: String, limit: usize, more: usize) -> String {
    if text.len() <= limit && more == 0 {
        return text;
    }
    let end = text.floor_char_boundary(limit);
    let gone = text.len() - end + more;
    format!("{}… [{gone} bytes cut]", &text[..end])
}

fn picture(control: u32) -> char {
    char::from_u32(0x2400 + control).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// C1 controls, line separators, and marks that reorder or hide what is around
/// them.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn skip_escape(rest: &mut Peekable<Chars<'_>>) {
    match rest.peek() {
        Some('[') => {
            rest.next();
            skip_control_sequence(rest);
        }
        Some(']' | 'P' | '^' | '_' | 'X') => {
            rest.next();
            skip_string(rest);
        }
        Some('\u{20}'..='\u{2f}') => {
            while rest
                .next_if(|c| ('\u{20}'..='\u{2f}').contains(c))
                .is_some()
            {}
            rest.next_if(|c| ('\u{30}'..='\u{7e}').contains(c));
        }
        Some('\u{30}'..='\u{7e}') => {
            rest.next();
        }
        Some(_) | None => {}
    }
}

fn skip_control_sequence(rest: &mut Peekable<Chars<'_>>) {
    while rest
        .next_if(|c| ('\u{20}'..='\u{3f}').contains(c))
        .is_some()
    {}
    rest.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
}

/// A string such as a window title ends with BEL or `ESC \`. If it does not end
/// it is kept: a program must not be able to swallow the rest of its line.
fn skip_string(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    while let Some(c) = ahead.next() {
        if c == '\u{7}' || (c == '\u{1b}' && ahead.next_if_eq(&'\\').is_some()) {
            *rest = ahead;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_sequences_go_and_controls_show() {
        for (raw, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;owned\u{7}title", "title"),
            ("\u{1b}]0;never ended", "0;never ended"),
            ("\u{1b}(B\u{1b}cx", "x"),
            ("rm -rf /\rall good", "rm -rf /␍all good"),
            ("a\0b\u{7f}\tc", "a␀b␡\tc"),
            ("\u{9b}2Jcleared", "cleared"),
            ("\u{202e}txt.exe", "\u{fffd}txt.exe"),
        ] {
            assert_eq!(line(raw.as_bytes()), shown, "{raw:?}");
        }
        assert_eq!(line(b"\xff\xfeok"), "\u{fffd}\u{fffd}ok");
    }

    #[test]
    fn a_cut_is_named_and_falls_between_characters() {
        assert_eq!(cut("äöü".into(), 3, 0), "ä… [4 bytes cut]");
        assert_eq!(cut("short".into(), 10, 0), "short");
        assert_eq!(cut("short".into(), 10, 7), "short… [7 bytes cut]");
    }

    proptest! {
        #[test]
        fn nothing_comes_out_that_could_act(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let shown = line(&bytes);
            prop_assert!(shown.chars().all(|c| c == '\t' || !c.is_control()));
        }
    }
}
