//! The zone at the end of a typed time.

use chrono::{DateTime, Utc};

use super::{TimeError, token::Token};
use crate::calendar::Zone;

/// What initials may stand for. They are only ever used in suggestions.
const ABBREVIATIONS: [(&str, &str, &str); 15] = [
    ("cet", "Europe/Paris", "UTC+1"),
    ("cest", "Europe/Paris", "UTC+2"),
    ("met", "Europe/Paris", "UTC+1"),
    ("eet", "Europe/Helsinki", "UTC+2"),
    ("gmt", "Europe/London", "UTC"),
    ("bst", "Europe/London", "UTC+1"),
    ("est", "America/New_York", "UTC-5"),
    ("edt", "America/New_York", "UTC-4"),
    ("cst", "America/Chicago", "UTC-6"),
    ("cdt", "America/Chicago", "UTC-5"),
    ("mst", "America/Denver", "UTC-7"),
    ("pst", "America/Los_Angeles", "UTC-8"),
    ("pdt", "America/Los_Angeles", "UTC-7"),
    ("ist", "Asia/Kolkata", "UTC+5:30"),
    ("jst", "Asia/Tokyo", "UTC+9"),
];

/// No zone is further from UTC than 14 hours.
const FURTHEST: u32 = 14 * 60;

/// Reads the zone that the tokens end with, if any, and says where it begins.
///
/// Without one, the wall clock is that of whoever typed.
pub(super) fn trailing(
    tokens: &[Token],
    now: DateTime<Utc>,
    own: &Zone,
) -> Result<(Option<Zone>, usize), TimeError> {
    let end = tokens.len();
    match tokens {
        [.., Token::ZoneName(name)] => {
            let zone = Zone::parse(name).map_err(|_| TimeError::Zone(name.clone()))?;
            Ok((Some(zone), end - 1))
        }
        [.., Token::Word(word)] if word == "utc" => Ok((Some(Zone::utc()), end - 1)),
        // `Z` is for machines, and they write a date before it.
        [Token::Date { .. }, .., Token::Word(word)] if word == "z" => {
            Ok((Some(Zone::utc()), end - 1))
        }
        [.., Token::Word(word), sign @ (Token::Plus | Token::Dash), offset] if word == "utc" => {
            Ok((Some(ahead(sign, offset)?), end - 3))
        }
        [Token::Date { .. }, .., Token::Clock { second, .. }, sign @ (Token::Plus | Token::Dash), offset @ Token::Clock { .. }]
            // `14:00-16:00` after a date is a window; with seconds it came from a machine.
            if second.is_some() || *sign == Token::Plus =>
        {
            Ok((Some(ahead(sign, offset)?), end - 2))
        }
        [_, .., Token::Word(word)] => match abbreviation(word, now, own) {
            Some(error) => Err(error),
            None => Ok((None, end)),
        },
        _ => Ok((None, end)),
    }
}

fn ahead(sign: &Token, offset: &Token) -> Result<Zone, TimeError> {
    let minutes = match *offset {
        Token::Number(hours, 1 | 2) => hours * 60,
        Token::Number(digits, 4) if digits % 100 < 60 => digits / 100 * 60 + digits % 100,
        Token::Clock {
            hour,
            minute,
            second: None,
        } if minute < 60 => hour.saturating_mul(60).saturating_add(minute),
        Token::Number(..)
        | Token::Clock { .. }
        | Token::Date { .. }
        | Token::TwoNumbers { .. }
        | Token::Word(_)
        | Token::ZoneName(_)
        | Token::Dash
        | Token::Plus
        | Token::Other => u32::MAX,
    };
    if minutes > FURTHEST {
        return Err(TimeError::STUCK);
    }
    let minutes = i32::try_from(minutes).unwrap_or_default();
    let minutes = if *sign == Token::Dash {
        -minutes
    } else {
        minutes
    };
    Ok(Zone::ahead_of_utc(minutes))
}

fn abbreviation(word: &str, now: DateTime<Utc>, own: &Zone) -> Option<TimeError> {
    let (_, name, offset) = ABBREVIATIONS
        .iter()
        .find(|(initials, ..)| *initials == word)?;
    // Whoever keeps the same hours as the place suggested is told of their own.
    let same = Zone::parse(name).is_ok_and(|zone| zone.offset(now) == own.offset(now));
    let name = if same { own.name() } else { name };
    Some(TimeError::Abbreviation {
        abbreviation: word.to_ascii_uppercase(),
        name: name.to_owned(),
        offset: (*offset).to_owned(),
    })
}
