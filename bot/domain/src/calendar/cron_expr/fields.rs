//! The five fields of a schedule, checked, and written out for the `cron` crate.
//!
//! That crate counts seconds too and calls Sunday 1, so it is given six fields in which
//! every number is listed and weekdays go by their names.

use super::CronError;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const LONGEST_MONTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// What one field may hold.
struct Kind {
    expected: &'static str,
    lowest: u32,
    highest: u32,
    names: &'static [&'static str],
}

const MINUTE: Kind = Kind {
    expected: "a minute from 0 to 59",
    lowest: 0,
    highest: 59,
    names: &[],
};
const HOUR: Kind = Kind {
    expected: "an hour from 0 to 23",
    lowest: 0,
    highest: 23,
    names: &[],
};
const DAY: Kind = Kind {
    expected: "a day of the month from 1 to 31",
    lowest: 1,
    highest: 31,
    names: &[],
};
const MONTH: Kind = Kind {
    expected: "a month from 1 to 12 or jan to dec",
    lowest: 1,
    highest: 12,
    names: &MONTHS,
};
const WEEKDAY: Kind = Kind {
    expected: "a day of the week from 0 to 7 or sun to sat",
    lowest: 0,
    highest: 7,
    names: &WEEKDAYS,
};

/// The numbers each field names, one bit each.
pub(super) struct Fields {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
}

impl Fields {
    pub(super) fn parse(text: &str) -> Result<Self, CronError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = words.as_slice() else {
            return Err(CronError::Fields(words.len()));
        };
        let fields = Self {
            minutes: MINUTE.parse(minutes)?,
            hours: HOUR.parse(hours)?,
            days: DAY.parse(days)?,
            months: MONTH.parse(months)?,
            weekdays: sunday_once(WEEKDAY.parse(weekdays)?),
        };
        if fields.days != DAY.all() && fields.weekdays != sunday_once(WEEKDAY.all()) {
            return Err(CronError::BothDays);
        }
        fields.happens()?;
        Ok(fields)
    }

    pub(super) fn written_out(&self) -> String {
        let weekdays = WEEKDAYS
            .iter()
            .zip(0..)
            .filter(|(_, number)| has(self.weekdays, *number));
        let weekdays: Vec<&str> = weekdays.map(|(name, _)| *name).collect();
        let weekdays = if weekdays.len() == WEEKDAYS.len() {
            "*".to_owned()
        } else {
            weekdays.join(",")
        };
        format!(
            "0 {} {} {} {} {weekdays}",
            MINUTE.listed(self.minutes),
            HOUR.listed(self.hours),
            DAY.listed(self.days),
            MONTH.listed(self.months),
        )
    }

    pub(super) fn times_a_day(&self) -> u32 {
        self.minutes.count_ones() * self.hours.count_ones()
    }

    fn happens(&self) -> Result<(), CronError> {
        let earliest = self.days.trailing_zeros();
        let mut months = LONGEST_MONTHS.iter().zip(1..);
        if months.any(|(days, month)| has(self.months, month) && earliest <= *days) {
            return Ok(());
        }
        Err(CronError::Never(earliest))
    }
}

impl Kind {
    /// A list of `*`, `3`, `3-5`, `*/2`, `8-18/2`.
    fn parse(&self, field: &str) -> Result<u64, CronError> {
        field
            .split(',')
            .try_fold(0, |bits, item| Ok(bits | self.item(item)?))
    }

    fn item(&self, item: &str) -> Result<u64, CronError> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (self.lowest, self.highest),
            Some((first, last)) => (self.value(first)?, self.last(last)?),
            None if step.is_some() => return Err(CronError::Step(item.to_owned())),
            None => (self.value(range)?, self.value(range)?),
        };
        if first > last {
            return Err(CronError::Backwards(item.to_owned()));
        }
        let step = match step {
            Some(step) => number(step).filter(|step| (1..=self.highest).contains(step)),
            None => Some(1),
        };
        let step = step.ok_or_else(|| CronError::Step(item.to_owned()))?;
        let mut bits = 0;
        let mut value = first;
        while value <= last {
            bits |= 1 << value;
            value += step;
        }
        Ok(bits)
    }

    /// The end of a range, where Sunday comes after Saturday.
    fn last(&self, text: &str) -> Result<u32, CronError> {
        let value = self.value(text)?;
        let sunday = self.highest == WEEKDAY.highest && text.eq_ignore_ascii_case("sun");
        Ok(if sunday { self.highest } else { value })
    }

    fn value(&self, text: &str) -> Result<u32, CronError> {
        let named = self
            .names
            .iter()
            .zip(self.lowest..)
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        let value = named.map(|(_, number)| number).or_else(|| number(text));
        value
            .filter(|value| (self.lowest..=self.highest).contains(value))
            .ok_or_else(|| CronError::Value {
                text: text.to_owned(),
                expected: self.expected,
            })
    }

    fn listed(&self, bits: u64) -> String {
        if bits == self.all() {
            return "*".to_owned();
        }
        let numbers = (self.lowest..=self.highest).filter(|number| has(bits, *number));
        let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
        numbers.join(",")
    }

    fn all(&self) -> u64 {
        (self.lowest..=self.highest).fold(0, |bits, number| bits | 1 << number)
    }
}

fn has(bits: u64, number: u32) -> bool {
    bits & (1 << number) != 0
}

fn number(text: &str) -> Option<u32> {
    let plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Takes 7 for 0: both are Sunday.
fn sunday_once(bits: u64) -> u64 {
    (bits | bits >> 7) & 0x7f
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_out() {
        for (text, written) in [
            ("0 14 * * 2,4", "0 0 14 * * tue,thu"),
            ("0 0 * * 0", "0 0 0 * * sun"),
            ("0 0 * * 7", "0 0 0 * * sun"),
            ("0 0 * * 5-7", "0 0 0 * * sun,fri,sat"),
            ("0 0 * * Sat-Sun", "0 0 0 * * sun,sat"),
            ("0 0 * * SUN-TUE", "0 0 0 * * sun,mon,tue"),
            ("0 0 * * 0-7", "0 0 0 * * *"),
            ("*/20 8-18/5 1 Jan,7 *", "0 0,20,40 8,13,18 1 1,7 *"),
        ] {
            let fields = Fields::parse(text).unwrap();
            assert_eq!(fields.written_out(), written, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused_with_a_reason() {
        for (text, reason) in [
            (
                "0 14 * *",
                "a schedule has five fields (minute, hour, day of the month, month, day of the week), not 4",
            ),
            ("75 * * * *", "`75` is not a minute from 0 to 59"),
            ("0 24 * * *", "`24` is not an hour from 0 to 23"),
            ("0 0 0 * *", "`0` is not a day of the month from 1 to 31"),
            (
                "0 0 * foo *",
                "`foo` is not a month from 1 to 12 or jan to dec",
            ),
            (
                "0 0 * * 5#2",
                "`5#2` is not a day of the week from 0 to 7 or sun to sat",
            ),
            ("0 0 L * *", "`L` is not a day of the month from 1 to 31"),
            ("0 22-2 * * *", "`22-2` runs backwards; write it as a list"),
            ("5/15 * * * *", "`5/15` is not a step; write */2 or 8-18/2"),
            ("*/0 * * * *", "`*/0` is not a step; write */2 or 8-18/2"),
            (
                "0 0 31 2 *",
                "the schedule never happens: no month it names has a day 31",
            ),
            (
                "0 0 31 2,4,6 *",
                "the schedule never happens: no month it names has a day 31",
            ),
            (
                "0 14 1-7 * 2",
                "the schedule names days of the month and days of the week, and programs disagree whether one or both must match",
            ),
        ] {
            let error = Fields::parse(text).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some(reason), "{text}");
        }
    }
}
