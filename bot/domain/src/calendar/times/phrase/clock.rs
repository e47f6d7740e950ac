//! Times of day and waits, as they are typed.

use super::{Day, Words};
use crate::calendar::times::{TimeError, token::Token};

/// A time of day. Hour 24 is the end of the day, and only ends a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::calendar::times) struct Time {
    pub(in crate::calendar::times) hour: u32,
    pub(in crate::calendar::times) minute: u32,
    pub(in crate::calendar::times) second: u32,
}

/// Days on the calendar, then seconds that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::calendar::times) struct Wait {
    pub(in crate::calendar::times) days: u32,
    pub(in crate::calendar::times) seconds: u64,
}

/// What a unit of waiting adds.
#[derive(Clone, Copy)]
enum Unit {
    Days(u32),
    Seconds(u64),
}

impl Time {
    pub(super) const MIDNIGHT: Self = Self {
        hour: 0,
        minute: 0,
        second: 0,
    };
}

impl Wait {
    /// The days, if it is made of nothing else.
    pub(super) fn whole_days(self) -> Option<u32> {
        (self.seconds == 0).then_some(self.days)
    }
}

impl Words<'_> {
    /// Reads `2h`, `1h 30m`, `90 minutes`, `a day`; nothing if no wait stands here.
    pub(super) fn wait(&mut self) -> Option<Wait> {
        let mut wait = Wait {
            days: 0,
            seconds: 0,
        };
        let mut found = false;
        while let Some((count, unit)) = self.amount() {
            self.skip(2);
            found = true;
            match unit {
                Unit::Days(days) => {
                    wait.days = wait.days.saturating_add(count.saturating_mul(days));
                }
                Unit::Seconds(seconds) => wait.seconds += u64::from(count) * seconds,
            }
        }
        found.then_some(wait)
    }

    fn amount(&self) -> Option<(u32, Unit)> {
        let (count, word) = match self.tokens {
            [Token::Number(count, _), Token::Word(word), ..] => (*count, word),
            [Token::Word(one), Token::Word(word), ..] if one == "a" || one == "an" => (1, word),
            _ => return None,
        };
        Some((count, unit(word)?))
    }

    /// Reads `at 14:00` behind a day; says what is missing if it is not there.
    pub(super) fn time_after(&mut self, day: &Day) -> Result<Time, TimeError> {
        let _at = self.word(&["at", "t"]);
        if !self.left() {
            return day.without_time();
        }
        match (self.tokens, day) {
            ([Token::Clock { .. }, ..], _) => self.clock(),
            ([Token::Number(hour, _), Token::Word(half), ..], _) if is_half(half) => {
                self.skip(2);
                of_halves(*hour, 0, half)
            }
            ([Token::Number(hour, _), Token::Word(h), rest @ ..], _) if h == "h" => {
                Err(hours(*hour, rest, day))
            }
            ([Token::Number(..), Token::Word(word), ..], Day::Unsaid) if unit(word).is_some() => {
                let typed = self.tokens;
                let wait = self.wait().is_some() && !self.left();
                Err(if wait {
                    TimeError::BareWait(waited(typed))
                } else {
                    TimeError::STUCK
                })
            }
            (
                [
                    Token::TwoNumbers {
                        first,
                        second,
                        year: None,
                        typed,
                    },
                    rest @ ..,
                ],
                _,
            ) if typed.contains('.') && *first < 24 && *second < 60 && !starts_with_unit(rest) => {
                Err(TimeError::BareTime(format!("{first:02}:{second:02}")))
            }
            ([Token::Word(word), ..], _) if word == "noon" => {
                self.skip(1);
                time(12, 0, 0)
            }
            ([Token::Word(word), ..], _) if word == "midnight" => Err(TimeError::Midnight),
            _ => Err(TimeError::STUCK),
        }
    }

    fn clock(&mut self) -> Result<Time, TimeError> {
        let [
            Token::Clock {
                hour,
                minute,
                second,
            },
            rest @ ..,
        ] = self.tokens
        else {
            return Err(TimeError::STUCK);
        };
        match (rest, second) {
            ([Token::Word(half), ..], None) if is_half(half) => {
                self.skip(2);
                of_halves(*hour, *minute, half)
            }
            _ => {
                self.skip(1);
                time(*hour, *minute, second.unwrap_or(0))
            }
        }
    }
}

fn time(hour: u32, minute: u32, second: u32) -> Result<Time, TimeError> {
    let time = Time {
        hour,
        minute,
        second,
    };
    let end_of_day = hour == 24 && minute == 0 && second == 0;
    if end_of_day || (hour < 24 && minute < 60 && second < 60) {
        return Ok(time);
    }
    Err(TimeError::NoSuchTime(format!("{hour:02}:{minute:02}")))
}

fn of_halves(hour: u32, minute: u32, half: &str) -> Result<Time, TimeError> {
    if !(1..=12).contains(&hour) || minute > 59 {
        let minutes = if minute == 0 {
            String::new()
        } else {
            format!(":{minute:02}")
        };
        return Err(TimeError::NoSuchTime(format!("{hour}{minutes}{half}")));
    }
    let afternoon = if half == "pm" { 12 } else { 0 };
    time(hour % 12 + afternoon, minute, 0)
}

fn is_half(word: &str) -> bool {
    word == "am" || word == "pm"
}

/// `2h`, `14h`, `14h30`: a wait in one language, a time in another.
fn hours(hour: u32, rest: &[Token], day: &Day) -> TimeError {
    let minute = match rest {
        [] => 0,
        [Token::Number(minute, 2)] if *minute < 60 => *minute,
        [Token::Number(..), Token::Word(word), ..] if unit(word).is_some() => {
            let mut typed = vec![Token::Number(hour, 2), Token::Word("h".to_owned())];
            typed.extend_from_slice(rest);
            return TimeError::BareWait(waited(&typed));
        }
        _ => return TimeError::STUCK,
    };
    let time = format!("{hour:02}:{minute:02} for the time");
    let wait = format!("in {hour}h for the wait");
    match (day, hour) {
        (_, 24..) if minute == 0 => TimeError::BareWait(format!("in {hour}h")),
        (_, 24..) => TimeError::STUCK,
        (Day::Unsaid, 0..=12) if minute == 0 => TimeError::TimeOrWait {
            first: wait,
            second: time,
        },
        (Day::Unsaid, _) if minute == 0 => TimeError::TimeOrWait {
            first: time,
            second: wait,
        },
        (_, _) => TimeError::BareTime(format!("{hour:02}:{minute:02}")),
    }
}

/// A wait with the word that was missing.
fn waited(tokens: &[Token]) -> String {
    let amounts = tokens.chunks(2).filter_map(|pair| match pair {
        [Token::Number(count, _), Token::Word(word)] if word.len() > 1 => {
            Some(format!("{count} {word}"))
        }
        [Token::Number(count, _), Token::Word(letter)] => Some(format!("{count}{letter}")),
        _ => None,
    });
    let amounts: Vec<String> = amounts.collect();
    format!("in {}", amounts.join(" "))
}

fn starts_with_unit(tokens: &[Token]) -> bool {
    matches!(tokens, [Token::Word(word), ..] if unit(word).is_some())
}

fn unit(word: &str) -> Option<Unit> {
    let unit = match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Seconds(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Seconds(60),
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Seconds(3600),
        "d" | "day" | "days" => Unit::Days(1),
        "w" | "week" | "weeks" => Unit::Days(7),
        _ => return None,
    };
    Some(unit)
}
