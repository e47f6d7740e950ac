//! How fast a platform is talked to: so many new messages a channel, so many
//! edits a message, whatever happens at once.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::ids::Surface;
use shipbell_storage::OwedId;

/// How many messages' last edits are remembered.
const REMEMBERED: usize = 4096;

/// When each platform was last talked to.
#[derive(Default)]
pub(super) struct Pace {
    posts: Mutex<BTreeMap<Surface, DateTime<Utc>>>,
    edits: Mutex<BTreeMap<OwedId, DateTime<Utc>>>,
}

impl Pace {
    /// Takes the next place in a platform's line of new messages: when to send.
    pub(super) fn post(
        &self,
        surface: &Surface,
        every: Duration,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let mut posts = self.posts();
        let at = next(&posts, surface, every, now);
        posts.insert(surface.clone(), at);
        at
    }

    /// Takes the next place if it comes before `latest`; none is taken otherwise.
    pub(super) fn post_before(
        &self,
        surface: &Surface,
        every: Duration,
        (now, latest): (DateTime<Utc>, DateTime<Utc>),
    ) -> Option<DateTime<Utc>> {
        let mut posts = self.posts();
        let at = next(&posts, surface, every, now);
        if at > latest {
            return None;
        }
        posts.insert(surface.clone(), at);
        Some(at)
    }

    fn posts(&self) -> MutexGuard<'_, BTreeMap<Surface, DateTime<Utc>>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a message may be edited now; if not, when.
    pub(super) fn edit(
        &self,
        id: &OwedId,
        every: Duration,
        now: DateTime<Utc>,
    ) -> Result<(), DateTime<Utc>> {
        let mut edits = self.edits.lock().unwrap_or_else(PoisonError::into_inner);
        let at = edits.get(id).map_or(now, |last| *last + delta(every));
        if at > now {
            return Err(at);
        }
        if edits.len() >= REMEMBERED {
            edits.retain(|_, last| *last + delta(every) > now);
        }
        edits.insert(id.clone(), now);
        Ok(())
    }
}

fn next(
    posts: &BTreeMap<Surface, DateTime<Utc>>,
    surface: &Surface,
    every: Duration,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    posts
        .get(surface)
        .map_or(now, |last| (*last + delta(every)).max(now))
}

fn delta(length: Duration) -> TimeDelta {
    TimeDelta::from_std(length).unwrap_or(TimeDelta::zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_comes_too_late_is_left_to_others() {
        let (pace, every) = (Pace::default(), Duration::from_secs(1));
        let chat = Surface::new("chat").unwrap();
        let now: DateTime<Utc> = "2026-11-20T14:00:00Z".parse().unwrap();
        let after = |seconds| now + TimeDelta::seconds(seconds);
        assert_eq!(pace.post(&chat, every, now), now);
        assert_eq!(pace.post(&chat, every, now), after(1));
        assert_eq!(pace.post_before(&chat, every, (now, after(1))), None);
        // It was not taken: the next has it.
        let soon = pace.post_before(&chat, every, (now, after(2)));
        assert_eq!(soon, Some(after(2)));
        assert_eq!(pace.post(&chat, every, now), after(3));
    }
}
