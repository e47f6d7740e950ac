//! From what was said to instants, by the wall clock of a zone.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::{
    Moment, TimeError,
    phrase::{Date, Day, End, MONTHS, Phrase, Time, Wait, Week, When, full_name},
};
use crate::calendar::{Reading, Span, Zone};

/// A year, and the day it may have more.
const FURTHEST: TimeDelta = TimeDelta::days(366);

/// A date without a year that was this short a time ago was not meant for next year.
const RECENT: TimeDelta = TimeDelta::days(60);

/// From here on it is tonight.
const EVENING: u32 = 17;

pub(super) fn moment(phrase: &Phrase, now: DateTime<Utc>, own: &Zone) -> Result<Moment, TimeError> {
    let zone = phrase.zone.as_ref().unwrap_or(own);
    let clock = WallClock {
        zone,
        now,
        local: zone.local(now),
    };
    let begins = clock.begins(&phrase.begins)?;
    let moment = match clock.ends(&phrase.ends, begins)? {
        None => Moment::At(begins),
        Some(ends) if ends == begins => return Err(TimeError::Empty),
        Some(ends) => Moment::Span(Span::new(begins, ends).ok_or(TimeError::EndsFirst)?),
    };
    let last = match moment {
        Moment::At(instant) => instant,
        Moment::Span(span) => span.to(),
    };
    if begins < now {
        return Err(TimeError::Past);
    }
    if last.signed_duration_since(now) > FURTHEST {
        return Err(TimeError::TooFar);
    }
    Ok(moment)
}

/// The instant, if the phrase is nothing but a full date and a time.
pub(super) fn fixed(phrase: &Phrase, own: &Zone) -> Result<Option<DateTime<Utc>>, TimeError> {
    let (When::On(Day::Date(date), time), End::Never) = (&phrase.begins, &phrase.ends) else {
        return Ok(None);
    };
    let Some(year) = date.year else {
        return Ok(None);
    };
    let zone = phrase.zone.as_ref().unwrap_or(own);
    let clock = WallClock {
        zone,
        now: DateTime::<Utc>::MIN_UTC,
        local: NaiveDateTime::MIN,
    };
    clock.on_date(*date, year, *time, clock.now).map(Some)
}

struct WallClock<'a> {
    zone: &'a Zone,
    now: DateTime<Utc>,
    /// What it shows now.
    local: NaiveDateTime,
}

impl WallClock<'_> {
    fn begins(&self, when: &When) -> Result<DateTime<Utc>, TimeError> {
        match when {
            When::Now => Ok(self.now),
            When::After(wait) => self.later(self.now, *wait),
            When::DaysAhead(days, time) => {
                self.at(later_date(self.local.date(), *days)?, *time, self.now)
            }
            When::On(_, time) if time.hour == 24 => Err(TimeError::NoSuchTime("24:00".to_owned())),
            When::On(Day::Tonight, time) if time.hour < EVENING => Err(TimeError::Tonight),
            When::On(day, time) => self.on(*day, *time, self.now),
        }
    }

    fn ends(&self, end: &End, begins: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, TimeError> {
        match end {
            End::Never => Ok(None),
            End::After(wait) => self.later(begins, *wait).map(Some),
            End::On(day, time) => match self.on(*day, *time, begins) {
                Err(TimeError::PassedDate { .. }) => Err(TimeError::EndsFirst),
                // Today's date in full, before a beginning that is still to come.
                Err(TimeError::PassedToday { .. }) if matches!(day, Day::Date(_)) => {
                    Err(TimeError::EndsFirst)
                }
                other => other.map(Some),
            },
        }
    }

    /// Days by the calendar, then seconds by the clock on the table.
    fn later(&self, from: DateTime<Utc>, wait: Wait) -> Result<DateTime<Utc>, TimeError> {
        let mut instant = from;
        if wait.days > 0 {
            let local = self.zone.local(from);
            let day = later_date(local.date(), wait.days)?;
            instant = self.zone.reading(day.and_time(local.time())).first_valid();
        }
        let seconds = i64::try_from(wait.seconds).map_err(|_| TimeError::TooFar)?;
        TimeDelta::try_seconds(seconds)
            .and_then(|seconds| instant.checked_add_signed(seconds))
            .ok_or(TimeError::TooFar)
    }

    /// The day and time, where what was left unsaid is the next after `after`.
    fn on(&self, day: Day, time: Time, after: DateTime<Utc>) -> Result<DateTime<Utc>, TimeError> {
        let today = self.local.date();
        match day {
            Day::Unsaid => self.coming(self.zone.local(after).date(), 1, time, after),
            Day::Today | Day::Tonight => match self.at(today, time, after)? {
                passed if passed < self.now => Err(passed_today(time)),
                instant => Ok(instant),
            },
            Day::Tomorrow => self.at(later_date(today, 1)?, time, after),
            Day::Weekday(Week::Coming, weekday) => {
                let from = self.zone.local(after).date();
                let days = weekday.days_since(from.weekday());
                self.coming(later_date(from, days)?, 7, time, after)
            }
            Day::Weekday(week @ (Week::This | Week::Next), weekday) => {
                let weeks = if week == Week::Next { 7 } else { 0 };
                let monday = today
                    .checked_sub_days(Days::new(today.weekday().num_days_from_monday().into()))
                    .ok_or(TimeError::TooFar)?;
                let days = weekday.num_days_from_monday() + weeks;
                self.at(later_date(monday, days)?, time, after)
            }
            Day::Date(date) => match date.year {
                Some(year) => self.on_date(date, year, time, after),
                None => self.without_year(date, time, after),
            },
            Day::Numbers {
                first,
                second,
                year,
                ..
            } => Err(self.two_ways(day.to_string(), first, second, year)),
        }
    }

    /// The time on a day, or so many days later if it has passed.
    fn coming(
        &self,
        day: NaiveDate,
        days: u32,
        time: Time,
        after: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, TimeError> {
        match self.at(day, time, after) {
            Ok(instant) if instant >= after => Ok(instant),
            Err(gap) if wall(day, time)? >= self.zone.local(after) => Err(gap),
            Ok(_) | Err(_) => self.at(later_date(day, days)?, time, after),
        }
    }

    fn on_date(
        &self,
        date: Date,
        year: i32,
        time: Time,
        after: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, TimeError> {
        let day = existing(date, year)?;
        if let Some(typed) = date.weekday.filter(|typed| *typed != day.weekday()) {
            return Err(TimeError::Weekday {
                date: in_words(day),
                right: full_name(day.weekday()).to_owned(),
                typed: full_name(typed).to_owned(),
            });
        }
        self.at(day, time, after)
    }

    fn without_year(
        &self,
        date: Date,
        time: Time,
        after: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, TimeError> {
        let from = self.zone.local(after);
        let passed = |year: i32| {
            let day = NaiveDate::from_ymd_opt(year, date.month, date.day);
            day.and_then(|day| wall(day, time).ok())
                .is_some_and(|wall| wall < from)
        };
        let this_year = from.year();
        let year = if passed(this_year) {
            this_year + 1
        } else {
            this_year
        };
        let last = NaiveDate::from_ymd_opt(year - 1, date.month, date.day);
        if let Some(last) = last.and_then(|day| wall(day, time).ok())
            && from.signed_duration_since(last) < RECENT
        {
            if last.date() == self.local.date() {
                return Err(passed_today(time));
            }
            let date = Date {
                year: Some(year),
                ..date
            };
            return Err(TimeError::PassedDate {
                date: in_words(last.date()),
                iso: date.to_string(),
            });
        }
        self.on_date(date, year, time, after)
    }

    fn at(
        &self,
        day: NaiveDate,
        time: Time,
        after: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, TimeError> {
        match self.zone.reading(wall(day, time)?) {
            Reading::Once(instant) => Ok(instant),
            Reading::Fold { first, .. } if first >= after => Ok(first),
            Reading::Fold { second, .. } => Ok(second),
            Reading::Gap { from, to, .. } => Err(TimeError::Gap {
                time: hh_mm(time),
                date: in_words(day),
                zone: self.zone.name().to_owned(),
                from: from.format("%H:%M").to_string(),
                to: to.format("%H:%M").to_string(),
            }),
        }
    }

    /// The date it most likely is, day first, and its two safe spellings.
    fn two_ways(&self, typed: String, first: u32, second: u32, year: Option<i32>) -> TimeError {
        let today = self.local.date();
        let dated = |month: u32, day: u32| {
            let years = match year {
                Some(short @ 0..=99) => [2000 + short; 2],
                Some(year) => [year; 2],
                None => [today.year(), today.year() + 1],
            };
            let mut days = years
                .into_iter()
                .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
            days.find(|day| year.is_some() || *day >= today)
        };
        let Some(day) = dated(second, first).or_else(|| dated(first, second)) else {
            return TimeError::STUCK;
        };
        TimeError::TwoWays {
            date: typed,
            words: day.format("%-d %b").to_string(),
            iso: day.format("%Y-%m-%d").to_string(),
        }
    }
}

/// The day, unless its month is too short for it.
fn existing(date: Date, year: i32) -> Result<NaiveDate, TimeError> {
    let month = MONTHS
        .get((date.month as usize).wrapping_sub(1))
        .ok_or(TimeError::NoSuchMonth(date.month))?;
    let days = (28..=31)
        .rev()
        .find(|day| NaiveDate::from_ymd_opt(year, date.month, *day).is_some());
    NaiveDate::from_ymd_opt(year, date.month, date.day).ok_or(TimeError::MonthLength {
        month,
        year,
        days: days.unwrap_or(31),
    })
}

fn wall(day: NaiveDate, time: Time) -> Result<NaiveDateTime, TimeError> {
    let day = if time.hour == 24 {
        later_date(day, 1)?
    } else {
        day
    };
    day.and_hms_opt(time.hour % 24, time.minute, time.second)
        .ok_or_else(|| TimeError::NoSuchTime(hh_mm(time)))
}

fn later_date(day: NaiveDate, days: u32) -> Result<NaiveDate, TimeError> {
    day.checked_add_days(Days::new(days.into()))
        .ok_or(TimeError::TooFar)
}

fn passed_today(time: Time) -> TimeError {
    TimeError::PassedToday { time: hh_mm(time) }
}

fn hh_mm(time: Time) -> String {
    format!("{:02}:{:02}", time.hour, time.minute)
}

/// `28 March 2027`
fn in_words(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
