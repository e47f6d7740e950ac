//! Lengths of time as the configuration writes them: `30s`, `5m`, `2h`, `1h30m`, `1d`.

use std::{fmt, str::FromStr, time::Duration};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::text::quoted;

const UNITS: [(char, u32); 4] = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

/// A year: whatever takes longer was not meant.
const LONGEST: u32 = 366 * 86_400;

/// Some whole seconds, at least one and at most a year. A day is always 24 hours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Length(u32);

/// Text that is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LengthError {
    /// It cannot be read, or it is nothing at all.
    #[error("`{}` is not a length of time", quoted(.0))]
    NotALength(String),
    /// It can be read, and is too much.
    #[error("`{}` is longer than a year", quoted(.0))]
    TooLong(String),
}

impl Length {
    /// Reads a length: the larger unit first, each at most once, no spaces, no fractions.
    pub fn parse(text: &str) -> Result<Self, LengthError> {
        let seconds = seconds(text.trim()).filter(|seconds| *seconds > 0);
        let seconds = seconds.ok_or_else(|| LengthError::NotALength(text.to_owned()))?;
        Self::of_seconds(seconds).ok_or_else(|| LengthError::TooLong(text.to_owned()))
    }

    /// That many seconds, unless they are none or more than a year.
    pub fn of_seconds(seconds: u64) -> Option<Self> {
        let seconds = u32::try_from(seconds).ok()?;
        (1..=LONGEST).contains(&seconds).then_some(Self(seconds))
    }

    /// How many seconds.
    pub fn seconds(self) -> u64 {
        self.0.into()
    }

    /// For adding to instants.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::seconds(self.0.into())
    }

    /// For timers.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl LengthError {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotALength(_) => "write 30s, 5m, 2h or 1h30m",
            Self::TooLong(_) => "write 366d or less",
        }
    }
}

fn seconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: u32 = rest[..digits].parse().ok()?;
        let letter = rest[digits..].chars().next()?;
        // The units are used up from the left, so none comes twice or out of order.
        let (_, unit) = units.find(|(unit, _)| *unit == letter)?;
        total += u64::from(count) * u64::from(*unit);
        rest = &rest[digits + 1..];
    }
    Some(total)
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        for (letter, unit) in UNITS {
            if rest >= unit {
                write!(f, "{}{letter}", rest / unit)?;
                rest %= unit;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Length({self})")
    }
}

impl FromStr for Length {
    type Err = LengthError;

    fn from_str(text: &str) -> Result<Self, LengthError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Length {
    type Error = LengthError;

    fn try_from(text: String) -> Result<Self, LengthError> {
        Self::parse(&text)
    }
}

impl From<Length> for String {
    fn from(length: Length) -> Self {
        length.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_read_and_written_the_same() {
        for (text, seconds, written) in [
            ("30s", 30, "30s"),
            ("5m", 300, "5m"),
            ("2h", 7200, "2h"),
            ("1h30m", 5400, "1h30m"),
            ("1d", 86_400, "1d"),
            ("90s", 90, "1m30s"),
            (" 36h ", 129_600, "1d12h"),
        ] {
            let length = Length::parse(text).unwrap();
            assert_eq!(
                (length.seconds(), length.to_string()),
                (seconds, written.into())
            );
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "0s",
            "0h0m",
            "5",
            "five minutes",
            "-5m",
            "+5m",
            "1mo",
            "1M",
            "1y",
            "1.5h",
            "30m1h",
            "1m1m",
            "1h 30m",
            "h",
            "5é",
            "99999999999999999999s",
            "2H",
        ] {
            let error = Length::parse(text).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{text}` is not a length of time")
            );
            assert_eq!(error.help(), "write 30s, 5m, 2h or 1h30m");
        }
        let error = Length::parse("367d").unwrap_err();
        assert_eq!(error.to_string(), "`367d` is longer than a year");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*|[0-9]{0,12}[dhmsé]{0,2}[0-9]{0,3}[dhms]?") {
            if let Ok(length) = Length::parse(&text) {
                prop_assert_eq!(Length::parse(&length.to_string()), Ok(length));
            }
        }
    }
}
