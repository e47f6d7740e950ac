//! How often a method may be called, and whether the app waits when it is told to.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::methods::Tier;

/// What the wire may take off or add to the time between two posts.
const WOBBLE: Duration = Duration::from_millis(60);

/// How full each method's bucket is, and until when the app was told to wait.
#[derive(Default)]
pub(super) struct Limits {
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Calls that are left.
    left: f64,
    at: Duration,
    /// The app was told to wait until then.
    closed: Option<Duration>,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Through,
    /// Too many; again in so many seconds.
    Wait(u64),
    /// It came although it was told to wait.
    Early(u64),
}

impl Limits {
    /// Lets a call through or not.
    pub(super) fn judge(&self, key: &str, tier: Tier, now: Duration) -> Verdict {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let (size, refill) = size(tier);
        let full = Bucket {
            left: size,
            at: now,
            closed: None,
        };
        let bucket = buckets.entry(key.to_owned()).or_insert(full);
        if let Some(until) = bucket.closed {
            if now + WOBBLE < until {
                return Verdict::Early(seconds(until.saturating_sub(now)));
            }
            bucket.closed = None;
        }
        let passed = now.saturating_sub(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * refill).min(size);
        bucket.at = now;
        let wobble = WOBBLE.as_secs_f64() * refill;
        if bucket.left + wobble >= 1.0 {
            bucket.left -= 1.0;
            return Verdict::Through;
        }
        let wait = Duration::from_secs_f64((1.0 - bucket.left) / refill);
        let wait = seconds(wait).max(1);
        bucket.closed = Some(now + Duration::from_secs(wait));
        Verdict::Wait(wait)
    }

    /// The app was told to wait for another reason.
    pub(super) fn close(&self, key: &str, now: Duration, wait: Duration) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = Bucket {
            left: 1.0,
            at: now,
            closed: None,
        };
        buckets.entry(key.to_owned()).or_insert(bucket).closed = Some(now + wait);
    }
}

/// How many calls at once, and how many a second after that.
fn size(tier: Tier) -> (f64, f64) {
    let minute = |calls: f64| (calls, calls / 60.0);
    match tier {
        Tier::Two => minute(20.0),
        Tier::Three => minute(50.0),
        Tier::Four => minute(100.0),
        Tier::Special => minute(600.0),
        Tier::Post => (1.0, 1.0),
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lies_between_two_posts_and_an_early_one_is_noticed() {
        let limits = Limits::default();
        let at = |millis| limits.judge("C1", Tier::Post, Duration::from_millis(millis));
        assert_eq!(at(0), Verdict::Through);
        assert_eq!(at(980), Verdict::Through);
        assert_eq!(at(1400), Verdict::Wait(1));
        assert_eq!(at(1900), Verdict::Early(1));
        assert_eq!(at(2400), Verdict::Through);
    }

    #[test]
    fn a_tier_lets_its_number_through_and_fills_up_again() {
        let limits = Limits::default();
        let mut through = 0;
        while limits.judge("pins.add", Tier::Two, Duration::ZERO) == Verdict::Through {
            through += 1;
        }
        assert_eq!(through, 20);
        let later = Duration::from_secs(6);
        assert_eq!(limits.judge("pins.add", Tier::Two, later), Verdict::Through);
    }
}
