//! Reading a weekly window.

use super::{WeeklyError, WeeklyWindow};
use crate::calendar::text::{tidy, weekday};

const DAY: u16 = 1440;

pub(super) fn weekly(text: &str) -> Result<WeeklyWindow, WeeklyError> {
    let text = tidy(text);
    let text = text.replace(" - ", "-").replace(", ", ",");
    let (days, hours) = match text.split_once(' ') {
        Some((days, hours)) => (days, hours),
        None if text.contains(':') => return Err(WeeklyError::NoDays(text)),
        None => return Err(WeeklyError::NoHours(text)),
    };
    let (opens, closes) = hours
        .split_once('-')
        .ok_or_else(|| WeeklyError::NoHours(text.clone()))?;
    let (opens, closes) = (time(opens)?, time(closes)?);
    if opens == DAY {
        return Err(WeeklyError::Time("24:00".to_owned()));
    }
    if opens == closes {
        return Err(WeeklyError::Empty(text));
    }
    let over_midnight = closes < opens;
    Ok(WeeklyWindow {
        days: days_of(days)?,
        opens,
        closes: if over_midnight { closes + DAY } else { closes },
    })
}

fn days_of(text: &str) -> Result<[bool; 7], WeeklyError> {
    if text.eq_ignore_ascii_case("daily") {
        return Ok([true; 7]);
    }
    let mut days = [false; 7];
    for item in text.split(',') {
        let (first, last) = item.split_once('-').unwrap_or((item, item));
        let (first, last) = (day(first)?, day(last)?);
        // `Sat-Mon` goes round the end of the week.
        let length = (last + 7 - first) % 7;
        for step in 0..=length {
            days[(first + step) % 7] = true;
        }
    }
    Ok(days)
}

fn day(word: &str) -> Result<usize, WeeklyError> {
    let day = weekday(word).ok_or_else(|| WeeklyError::Day(word.to_owned()))?;
    Ok(day.num_days_from_monday() as usize)
}

/// Minutes since midnight. `24:00` is the end of the day.
fn time(text: &str) -> Result<u16, WeeklyError> {
    let wrong = || WeeklyError::Time(text.to_owned());
    let (hour, minute) = text.trim().split_once(':').ok_or_else(wrong)?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = (1..=2).contains(&hour.len()) && minute.len() == 2;
    if !shaped || !digits(hour) || !digits(minute) {
        return Err(wrong());
    }
    let hour: u16 = hour.parse().map_err(|_| wrong())?;
    let minute: u16 = minute.parse().map_err(|_| wrong())?;
    let minutes = hour * 60 + minute;
    if minute > 59 || minutes > DAY {
        return Err(wrong());
    }
    Ok(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_read_and_written_the_same() {
        for (text, written) in [
            ("Tue,Thu 14:00-16:00", "Tue,Thu 14:00-16:00"),
            ("mon-fri 9:00-17:00", "Mon-Fri 09:00-17:00"),
            ("Sat 22:00-02:00", "Sat 22:00-02:00"),
            ("DAILY 10:00-12:00", "daily 10:00-12:00"),
            ("Mon-Sun 00:00-24:00", "daily 00:00-24:00"),
            ("Sat-Mon 10:00-12:00", "Mon,Sat,Sun 10:00-12:00"),
            ("Sat 22:00-00:00", "Sat 22:00-24:00"),
            ("Tuesday, Thurs 14:00 – 16:00.", "Tue,Thu 14:00-16:00"),
        ] {
            let window = weekly(text).unwrap();
            assert_eq!(window.to_string(), written, "{text}");
            assert_eq!(weekly(written).unwrap(), window);
        }
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "`` does not say from when to when"),
            ("14:00-16:00", "`14:00-16:00` does not say on which days"),
            ("Tue", "`Tue` does not say from when to when"),
            ("Tue 14:00", "`Tue 14:00` does not say from when to when"),
            ("Tue 14-16", "`14` is not a time of day"),
            ("Tue 14:00-25:00", "`25:00` is not a time of day"),
            ("Tue 24:00-02:00", "`24:00` is not a time of day"),
            ("Tue 14:60-16:00", "`14:60` is not a time of day"),
            ("Tuu 14:00-16:00", "`Tuu` is not a day of the week"),
            ("2,4 14:00-16:00", "`2` is not a day of the week"),
            ("Tue,,Thu 14:00-16:00", "`` is not a day of the week"),
            ("Tue 14:00-14:00", "`Tue 14:00-14:00` is never open"),
        ] {
            assert_eq!(weekly(text).unwrap_err().to_string(), reason, "{text}");
        }
    }
}
