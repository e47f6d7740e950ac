//! How instants, numbers and streams are written in a database.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use shipbell_domain::StreamId;
use shipbell_domain::ids::{AppId, BadName, EnvId, EnvName, IncidentId, ReleaseId};

use crate::StoreError;

/// An instant as it can be stored: what was read back equals what was kept.
pub(crate) fn whole(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

/// The first storable instant that is not earlier: nothing wakes before it is due.
pub(crate) fn not_earlier(at: DateTime<Utc>) -> DateTime<Utc> {
    let before = whole(at);
    if before < at {
        before + TimeDelta::microseconds(1)
    } else {
        before
    }
}

/// Microseconds since 1970.
pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// Back from microseconds.
pub(crate) fn instant(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::Corrupt(format!("{micros} µs is no time")))
}

/// A count as databases keep it.
pub(crate) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A limit as databases take it.
pub(crate) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Back from a kept count.
pub(crate) fn count<T: TryFrom<i64>>(kept: i64) -> Result<T, StoreError> {
    T::try_from(kept).map_err(|_| StoreError::Corrupt(format!("{kept} is no count")))
}

/// Back from a stream's name.
pub(crate) fn stream(name: &str) -> Result<StreamId, StoreError> {
    let parts: Vec<&str> = name.split('/').collect();
    let number =
        |letter: char, text: &str| text.strip_prefix(letter).and_then(|it| it.parse().ok());
    let read = match parts.as_slice() {
        ["app", app] => Some(StreamId::Application(checked(AppId::new(*app))?)),
        ["env", app, env] => Some(StreamId::Environment(EnvId {
            app: checked(AppId::new(*app))?,
            env: checked(EnvName::new(*env))?,
        })),
        ["release", text] => number('r', text).map(|it| StreamId::Release(ReleaseId(it))),
        ["incident", text] => number('i', text).map(|it| StreamId::Incident(IncidentId(it))),
        ["agenda"] => Some(StreamId::Agenda),
        [..] => None,
    };
    read.ok_or_else(|| StoreError::Corrupt(format!("`{name}` names no stream")))
}

/// A stored name that must have been checked before it was stored.
pub(crate) fn checked<T>(name: Result<T, BadName>) -> Result<T, StoreError> {
    name.map_err(|error| StoreError::Corrupt(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streams_name_is_read_back() {
        let environment = EnvId {
            app: AppId::new("shop").unwrap(),
            env: EnvName::new("staging").unwrap(),
        };
        for id in [
            StreamId::Application(environment.app.clone()),
            StreamId::Environment(environment),
            StreamId::Release(ReleaseId(12)),
            StreamId::Incident(IncidentId(3)),
            StreamId::Agenda,
        ] {
            assert_eq!(stream(&id.to_string()).unwrap(), id);
        }
        assert!(matches!(stream("release/7"), Err(StoreError::Corrupt(_))));
    }

    #[test]
    fn a_wake_up_is_never_kept_as_earlier_than_it_is() {
        let at = DateTime::from_timestamp(5, 1_001).unwrap();
        assert!(not_earlier(at) > at && whole(at) < at);
        assert_eq!(not_earlier(whole(at)), whole(at));
    }
}
