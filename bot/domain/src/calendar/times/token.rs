//! The words and numbers of a typed time.

/// The longest number that is looked at.
const MOST_DIGITS: usize = 6;

/// One piece of a typed time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters, in lower case.
    Word(String),
    /// Letters with a slash: `Europe/Paris`, as typed.
    ZoneName(String),
    /// Digits, and how many they were.
    Number(u32, usize),
    /// `14:00` or `14:00:00`.
    Clock {
        hour: u32,
        minute: u32,
        second: Option<u32>,
    },
    /// `2026-11-24`
    Date { year: i32, month: u32, day: u32 },
    /// `24/11`, `24/11/2026` or `24.11`, as typed too.
    TwoNumbers {
        typed: String,
        first: u32,
        second: u32,
        year: Option<i32>,
    },
    /// `-`
    Dash,
    /// `+`
    Plus,
    /// Anything else, which no time contains.
    Other,
}

/// Takes tidied text apart. Commas count as spaces.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut rest = text;
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            ' ' | ',' => (None, 1),
            '-' => (Some(Token::Dash), 1),
            '+' => (Some(Token::Plus), 1),
            '0'..='9' => numeric(rest),
            letter if letter.is_ascii_alphabetic() => letters(rest),
            other => (Some(Token::Other), other.len_utf8()),
        };
        tokens.extend(token);
        rest = &rest[length..];
    }
    tokens
}

fn letters(text: &str) -> (Option<Token>, usize) {
    let length = run(text, |byte| byte.is_ascii_alphabetic());
    if !text[length..].starts_with('/') {
        return (
            Some(Token::Word(text[..length].to_ascii_lowercase())),
            length,
        );
    }
    let length = run(text, |byte| {
        byte.is_ascii_alphanumeric() || b"/_-+".contains(&byte)
    });
    (Some(Token::ZoneName(text[..length].to_owned())), length)
}

/// Digits, and what belongs to them without a space.
fn numeric(text: &str) -> (Option<Token>, usize) {
    let mut scan = Scan { text, at: 0 };
    let token = scan.numeric().unwrap_or(Token::Other);
    (Some(token), scan.at)
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn numeric(&mut self) -> Option<Token> {
        let (first, digits) = self.number()?;
        if self.followed_by(':', 2) {
            let minute = self.part()?;
            let second = if self.followed_by(':', 2) {
                Some(self.part()?)
            } else {
                None
            };
            return Some(Token::Clock {
                hour: first,
                minute,
                second,
            });
        }
        if digits == 4 && self.followed_by('-', 2) && !self.looks_like_a_time() {
            let month = self.part()?;
            let day = if self.followed_by('-', 1) {
                self.part()?
            } else {
                return Some(Token::Other);
            };
            let year = i32::try_from(first).ok()?;
            return Some(Token::Date { year, month, day });
        }
        for separator in ['/', '.'] {
            if self.followed_by(separator, 1) {
                return self.two_numbers(first, separator);
            }
        }
        Some(Token::Number(first, digits))
    }

    fn two_numbers(&mut self, first: u32, separator: char) -> Option<Token> {
        let second = self.part()?;
        let year = if self.followed_by(separator, 2) {
            i32::try_from(self.part()?).ok()
        } else {
            None
        };
        let typed = self.text[..self.at].to_owned();
        // The full stop after a date, as in `24.11.`
        if separator == '.' && self.text[self.at..].starts_with('.') {
            self.at += 1;
        }
        Some(Token::TwoNumbers {
            typed,
            first,
            second,
            year,
        })
    }

    /// Steps over the separator and reads what follows.
    fn part(&mut self) -> Option<u32> {
        self.at += 1;
        self.number().map(|(number, _)| number)
    }

    fn number(&mut self) -> Option<(u32, usize)> {
        let digits = run(&self.text[self.at..], |byte| byte.is_ascii_digit());
        let number = &self.text[self.at..self.at + digits];
        self.at += digits;
        (digits <= MOST_DIGITS)
            .then(|| number.parse().ok())
            .flatten()
            .map(|number| (number, digits))
    }

    fn followed_by(&self, separator: char, digits: usize) -> bool {
        self.text[self.at..]
            .strip_prefix(separator)
            .is_some_and(|rest| run(rest, |byte| byte.is_ascii_digit()) >= digits)
    }

    /// `1400-16:00` is no date.
    fn looks_like_a_time(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        rest[run(rest, |byte| byte.is_ascii_digit())..].starts_with(':')
    }
}

fn run(text: &str, wanted: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| wanted(*byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(hour: u32, minute: u32) -> Token {
        Token::Clock {
            hour,
            minute,
            second: None,
        }
    }

    #[test]
    fn text_comes_apart_where_kinds_change() {
        let word = |text: &str| Token::Word(text.to_owned());
        for (text, expected) in [
            (
                "1h30m",
                vec![
                    Token::Number(1, 1),
                    word("h"),
                    Token::Number(30, 2),
                    word("m"),
                ],
            ),
            ("14:00-16:00", vec![clock(14, 0), Token::Dash, clock(16, 0)]),
            (
                "2026-11-24T14:00",
                vec![
                    Token::Date {
                        year: 2026,
                        month: 11,
                        day: 24,
                    },
                    word("t"),
                    clock(14, 0),
                ],
            ),
            (
                "UTC+1, Nov",
                vec![word("utc"), Token::Plus, Token::Number(1, 1), word("nov")],
            ),
            (
                "America/New_York",
                vec![Token::ZoneName("America/New_York".to_owned())],
            ),
            ("1234567", vec![Token::Other]),
            (
                "é14:0",
                vec![
                    Token::Other,
                    Token::Number(14, 2),
                    Token::Other,
                    Token::Number(0, 1),
                ],
            ),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }
}
