//! What a restart must know: the session with how far it was dealt with, so that
//! Discord sends what came since; how often the bot identified itself, because a day
//! has only so many; and what commands were registered.

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex as Line;

/// How often the bot may identify itself in a day. At a thousand Discord resets the
/// token.
const A_DAY: usize = 900;

/// The time between two. Discord wants five seconds, and counts from when it hears of
/// one: the first may have been on its way for longer than the second.
const APART: TimeDelta = TimeDelta::seconds(6);

/// A session that can be gone on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    /// Everything up to here was dealt with.
    pub(super) sequence: u64,
    /// Where it is gone on with.
    pub(super) resume_url: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Saved {
    session: Option<Session>,
    identified: Vec<DateTime<Utc>>,
    /// A hash of the commands as they were registered, and for whom.
    commands: Option<String>,
}

pub(super) struct Memory {
    path: PathBuf,
    state: Mutex<Saved>,
    /// What is in the file; one writes at a time.
    written: Line<Saved>,
}

impl Memory {
    /// What the last run remembered; nothing if it makes no sense.
    pub(super) async fn open(path: PathBuf) -> io::Result<Self> {
        let saved: Saved = match tokio::fs::read(&path).await {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::warn!(%error, "what was remembered of Discord makes no sense; a new session begins");
                Saved::default()
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Saved::default(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            path,
            state: Mutex::new(saved.clone()),
            written: Line::new(saved),
        })
    }

    pub(super) fn session(&self) -> Option<Session> {
        self.lock().session.clone()
    }

    pub(super) fn set_session(&self, session: Option<Session>) {
        self.lock().session = session;
    }

    /// Everything of the session up to here was dealt with.
    pub(super) fn settle(&self, session: &str, sequence: u64) {
        if let Some(known) = &mut self.lock().session
            && known.id == session
        {
            known.sequence = known.sequence.max(sequence);
        }
    }

    pub(super) fn commands(&self) -> Option<String> {
        self.lock().commands.clone()
    }

    pub(super) fn set_commands(&self, hash: String) {
        self.lock().commands = Some(hash);
    }

    /// How long to wait before the bot may identify itself; nothing if it may now.
    pub(super) fn wait(&self, now: DateTime<Utc>) -> Option<Duration> {
        let mut state = self.lock();
        // A clock that was set back must not shut the bot out.
        let day = TimeDelta::days(1);
        state
            .identified
            .retain(|it| now - *it < day && *it - now < day);
        let last = state.identified.last().map(|it| *it + APART);
        let full = state.identified.len() >= A_DAY;
        let first = state
            .identified
            .first()
            .filter(|_| full)
            .map(|it| *it + day);
        let until = last.max(first)?;
        (until - now).to_std().ok().filter(|it| !it.is_zero())
    }

    /// Whether the day's identifications are used up.
    pub(super) fn is_used_up(&self) -> bool {
        self.lock().identified.len() >= A_DAY
    }

    /// The bot identifies itself now.
    pub(super) fn identifies(&self, now: DateTime<Utc>) {
        self.lock().identified.push(now);
    }

    /// Writes what is not in the file yet. A restart without it identifies anew.
    pub(super) async fn save(&self) {
        let mut written = self.written.lock().await;
        let state = self.lock().clone();
        if *written == state {
            return;
        }
        let saved = match serde_json::to_vec(&state) {
            Ok(text) => self.write(&text).await,
            Err(error) => Err(error.into()),
        };
        match saved {
            Ok(()) => *written = state,
            Err(error) => {
                tracing::warn!(%error, "the session with Discord could not be written down");
            }
        }
    }

    async fn write(&self, text: &[u8]) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let mut options = tokio::fs::OpenOptions::new();
        // Whoever has the session's id and the token could go on with it.
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&beside).await?;
        tokio::io::AsyncWriteExt::write_all(&mut file, text).await?;
        file.sync_all().await?;
        tokio::fs::rename(&beside, &self.path).await
    }

    fn lock(&self) -> MutexGuard<'_, Saved> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    #[tokio::test]
    async fn a_restart_knows_the_session_and_what_was_used_of_the_day() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("discord.json");
        let memory = Memory::open(path.clone()).await.unwrap();
        let session = Session {
            id: "s1".to_owned(),
            sequence: 3,
            resume_url: Some("wss://r.example".to_owned()),
        };
        memory.set_session(Some(session.clone()));
        memory.settle("s1", 9);
        memory.settle("s0", 99);
        memory.identifies(at(0));
        memory.save().await;
        let again = Memory::open(path.clone()).await.unwrap();
        let session = Session {
            sequence: 9,
            ..session
        };
        assert_eq!(again.session(), Some(session));
        assert_eq!(again.wait(at(2)), Some(Duration::from_secs(4)));
        assert_eq!(again.wait(at(5)), Some(Duration::from_secs(1)));
        assert_eq!(again.wait(at(6)), None);
        std::fs::write(&path, "{").unwrap();
        assert_eq!(Memory::open(path).await.unwrap().session(), None);
    }

    #[tokio::test]
    async fn nine_hundred_a_day_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::open(folder.path().join("discord.json"))
            .await
            .unwrap();
        for number in 0..900 {
            memory.identifies(at(number * 10));
        }
        assert!(memory.is_used_up());
        let wait = memory.wait(at(9000)).unwrap();
        assert_eq!(wait, Duration::from_mins(24 * 60 - 150));
        assert_eq!(memory.wait(at(86_400)), None);
        assert!(!memory.is_used_up());
    }
}
