//! Days and dates, as they are typed.

use std::fmt;

use chrono::Weekday;

use super::{Time, Words};
use crate::calendar::{
    text::weekday,
    times::{TimeError, token::Token},
};

/// Months by name, with their full names for people.
pub(in crate::calendar::times) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day, which may depend on today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::calendar::times) enum Day {
    /// Whichever day makes the time the next one.
    Unsaid,
    Today,
    Tonight,
    Tomorrow,
    Weekday(Week, Weekday),
    Date(Date),
    /// Day and month in numbers, in an order nobody knows.
    Numbers {
        first: u32,
        second: u32,
        year: Option<i32>,
        separator: char,
    },
}

/// Which week's Monday, Tuesday and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::calendar::times) enum Week {
    /// The next to come.
    Coming,
    /// The week that now is in.
    This,
    /// The one after.
    Next,
}

/// A date, with or without its year. The month is from 1 to 12, the day may not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::calendar::times) struct Date {
    pub(in crate::calendar::times) year: Option<i32>,
    pub(in crate::calendar::times) month: u32,
    pub(in crate::calendar::times) day: u32,
    /// The day of the week it was said to be.
    pub(in crate::calendar::times) weekday: Option<Weekday>,
}

impl Day {
    /// What to answer if nothing follows.
    pub(super) fn without_time(&self) -> Result<Time, TimeError> {
        match self {
            Self::Unsaid => Err(TimeError::STUCK),
            Self::Tonight => Err(TimeError::Tonight),
            Self::Today | Self::Tomorrow | Self::Weekday(..) | Self::Date(_) => {
                Err(TimeError::NoTime(self.to_string()))
            }
            // Refused for the date, whatever the time.
            Self::Numbers { .. } => Ok(Time::MIDNIGHT),
        }
    }
}

impl Words<'_> {
    /// Reads a day, if one stands here.
    pub(super) fn day(&mut self) -> Result<Day, TimeError> {
        for (word, day) in [
            ("today", Day::Today),
            ("tonight", Day::Tonight),
            ("tomorrow", Day::Tomorrow),
        ] {
            if self.word(&[word]) {
                return Ok(day);
            }
        }
        let week = if self.word(&["this"]) {
            Week::This
        } else if self.word(&["next"]) {
            Week::Next
        } else {
            Week::Coming
        };
        let weekday = self.peek_word().and_then(weekday);
        if weekday.is_some() {
            self.skip(1);
        }
        match (week, weekday, self.date()?) {
            (Week::Coming, weekday, Some(date)) => Ok(Day::Date(Date { weekday, ..date })),
            (_, Some(weekday), None) => Ok(Day::Weekday(week, weekday)),
            (Week::Coming, None, None) => Ok(self.numbers()),
            (Week::This | Week::Next, _, _) => Err(TimeError::STUCK),
        }
    }

    fn date(&mut self) -> Result<Option<Date>, TimeError> {
        let (month, day) = match self.tokens {
            [Token::Date { year, month, day }, ..] => {
                if !(1..=12).contains(month) {
                    return Err(TimeError::NoSuchMonth(*month));
                }
                self.skip(1);
                return Ok(Some(Date {
                    year: Some(*year),
                    month: *month,
                    day: *day,
                    weekday: None,
                }));
            }
            [Token::Number(day, 1 | 2), Token::Word(word), ..]
            | [Token::Word(word), Token::Number(day, 1 | 2), ..] => (month(word), *day),
            _ => return Ok(None),
        };
        let Some(month) = month else {
            return Ok(None);
        };
        self.skip(2);
        Ok(Some(Date {
            year: self.year(),
            month,
            day,
            weekday: None,
        }))
    }

    fn year(&mut self) -> Option<i32> {
        let [Token::Number(year, 4), ..] = self.tokens else {
            return None;
        };
        self.skip(1);
        i32::try_from(*year).ok()
    }

    fn numbers(&mut self) -> Day {
        let [
            Token::TwoNumbers {
                typed,
                first,
                second,
                year,
            },
            rest @ ..,
        ] = self.tokens
        else {
            return Day::Unsaid;
        };
        let dotted = typed.contains('.');
        // `14.30` alone is a time of day, `1.5h` is nothing.
        if dotted && year.is_none() && rest.is_empty() || matches!(rest, [Token::Word(_), ..]) {
            return Day::Unsaid;
        }
        self.skip(1);
        Day::Numbers {
            first: *first,
            second: *second,
            year: *year,
            separator: if dotted { '.' } else { '/' },
        }
    }
}

fn month(word: &str) -> Option<u32> {
    let matches = |name: &str| {
        let name = name.to_ascii_lowercase();
        word == name || name.get(..3) == Some(word) || (word == "sept" && name == "september")
    };
    let found = MONTHS.iter().zip(1..).find(|(name, _)| matches(name));
    found.map(|(_, number)| number)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsaid => Ok(()),
            Self::Today | Self::Tonight => f.write_str("today"),
            Self::Tomorrow => f.write_str("tomorrow"),
            Self::Weekday(week, day) => {
                let week = match week {
                    Week::Coming => "",
                    Week::This => "this ",
                    Week::Next => "next ",
                };
                write!(f, "{week}{}", full_name(*day).to_lowercase())
            }
            Self::Date(date) => date.fmt(f),
            Self::Numbers {
                first,
                second,
                year,
                separator,
            } => {
                write!(f, "{first}{separator}{second}")?;
                year.map_or(Ok(()), |year| write!(f, "{separator}{year}"))
            }
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = MONTHS.get(self.month as usize - 1).unwrap_or(&"");
        match self.year {
            Some(year) => write!(f, "{year:04}-{:02}-{:02}", self.month, self.day),
            None => write!(f, "{} {}", self.day, month.get(..3).unwrap_or(month)),
        }
    }
}

/// `Tuesday`
pub(in crate::calendar::times) fn full_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}
