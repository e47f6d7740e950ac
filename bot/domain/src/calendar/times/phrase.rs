//! The grammar of a typed time: from tokens to what was said, before anybody looks at a clock.

mod clock;
mod day;

use chrono::{DateTime, Utc};

pub(super) use self::{
    clock::{Time, Wait},
    day::{Date, Day, MONTHS, Week, full_name},
};
use super::{
    TimeError,
    token::{Token, tokens},
    zones,
};
use crate::calendar::Zone;

/// A typed time, understood but not yet looked up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Phrase {
    pub(super) begins: When,
    pub(super) ends: End,
    /// Whose wall clock, if not that of whoever typed.
    pub(super) zone: Option<Zone>,
}

/// When it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum When {
    Now,
    After(Wait),
    /// Some days from now, at a time.
    DaysAhead(u32, Time),
    On(Day, Time),
}

/// When it ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// It is an instant.
    Never,
    After(Wait),
    On(Day, Time),
}

impl Phrase {
    pub(super) fn read(text: &str, now: DateTime<Utc>, own: &Zone) -> Result<Self, TimeError> {
        let tokens = tokens(text);
        let said = |word: &str| {
            tokens
                .iter()
                .any(|it| matches!(it, Token::Word(other) if other == word))
        };
        let from_the_past = ["yesterday", "ago", "last"].into_iter().any(said);
        if from_the_past || backwards(&tokens) {
            return Err(TimeError::Past);
        }
        let (zone, end) = zones::trailing(&tokens, now, own)?;
        let mut words = Words::new(&tokens[..end]);
        let phrase = Self {
            begins: words.begins()?,
            ends: words.ends()?,
            zone,
        };
        if words.left() {
            return Err(TimeError::STUCK);
        }
        Ok(phrase)
    }
}

/// `-5m`
fn backwards(tokens: &[Token]) -> bool {
    match tokens {
        [Token::Dash, rest @ ..] => Words::new(rest).wait().is_some(),
        _ => false,
    }
}

/// The tokens that are left to read.
pub(super) struct Words<'a> {
    tokens: &'a [Token],
}

impl<'a> Words<'a> {
    fn new(tokens: &'a [Token]) -> Self {
        Self { tokens }
    }

    fn left(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Reads a token if it is this one.
    fn token(&mut self, wanted: &Token) -> bool {
        let found = self.tokens.first() == Some(wanted);
        if found {
            self.skip(1);
        }
        found
    }

    /// Reads a word if it is one of these.
    fn word(&mut self, wanted: &[&str]) -> bool {
        let found = self.peek_word().is_some_and(|word| wanted.contains(&word));
        if found {
            self.skip(1);
        }
        found
    }

    fn peek_word(&self) -> Option<&'a str> {
        match self.tokens.first()? {
            Token::Word(word) => Some(word),
            Token::ZoneName(_)
            | Token::Number(..)
            | Token::Clock { .. }
            | Token::Date { .. }
            | Token::TwoNumbers { .. }
            | Token::Dash
            | Token::Plus
            | Token::Other => None,
        }
    }

    fn skip(&mut self, count: usize) {
        self.tokens = self.tokens.get(count..).unwrap_or_default();
    }

    fn begins(&mut self) -> Result<When, TimeError> {
        let _from = self.word(&["from"]);
        if self.word(&["now"]) {
            return Ok(When::Now);
        }
        if self.token(&Token::Plus) || self.word(&["in"]) {
            let wait = self.wait().ok_or(TimeError::STUCK)?;
            return match wait.whole_days() {
                Some(days) if self.word(&["at"]) => {
                    Ok(When::DaysAhead(days, self.time_after(&Day::Unsaid)?))
                }
                Some(_) | None => Ok(When::After(wait)),
            };
        }
        let day = self.day()?;
        let time = self.time_after(&day)?;
        Ok(When::On(day, time))
    }

    fn ends(&mut self) -> Result<End, TimeError> {
        if self.word(&["for"]) {
            let wait = self.wait().ok_or(TimeError::STUCK)?;
            return Ok(End::After(wait));
        }
        if self.token(&Token::Dash) || self.word(&["to", "until", "till"]) {
            let day = self.day()?;
            let time = self.time_after(&day)?;
            return Ok(End::On(day, time));
        }
        Ok(End::Never)
    }
}
