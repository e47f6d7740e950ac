//! How long to wait before the next try: longer each time, and never all at once.

use std::time::Duration;

use super::hands::Randomness;

/// The first wait, and the longest.
const FIRST: Duration = Duration::from_millis(400);
const LONGEST: Duration = Duration::from_secs(20);

/// Waits between tries that fail.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next wait: half of it sure, half of it chance.
    pub(super) fn next(&mut self, randomness: &Randomness) -> Duration {
        let whole = (FIRST * 2u32.pow(self.failures.min(6))).min(LONGEST);
        self.failures += 1;
        whole / 2 + (whole / 2).mul_f64(chance(randomness))
    }

    /// The next wait, and no less than was asked for.
    pub(super) fn at_least(&mut self, asked: Duration, randomness: &Randomness) -> Duration {
        let next = self.next(randomness);
        asked + next
    }

    /// The wait after a socket that served was lost: none the first time.
    pub(super) fn after_loss(&mut self, randomness: &Randomness) -> Option<Duration> {
        if self.failures == 0 {
            self.failures = 1;
            return None;
        }
        Some(self.next(randomness))
    }
}

/// From 0 to 1.
fn chance(randomness: &Randomness) -> f64 {
    f64::from(randomness()[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let most: Randomness = Arc::new(|| [255; 32]);
        let least: Randomness = Arc::new(|| [0; 32]);
        let mut backoff = Backoff::default();
        assert_eq!(backoff.after_loss(&most), None, "the first time at once");
        let waits: Vec<u128> = (0..8).map(|_| backoff.next(&most).as_millis()).collect();
        assert_eq!(
            waits,
            [800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 20_000]
        );
        assert_eq!(backoff.next(&least), LONGEST / 2);
        let asked = Duration::from_mins(1);
        assert!(backoff.at_least(asked, &least) > asked);
    }
}
