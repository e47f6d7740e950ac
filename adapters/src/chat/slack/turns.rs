//! One post a second to each channel, counted when it is sent: whoever asked
//! earlier may have been held up since.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::chat::ChannelId;

/// The time between two posts, refused ones among them.
/// <https://docs.slack.dev/apis/web-api/rate-limits>
const EVERY: Duration = Duration::from_secs(1);

/// The longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// When each channel's next post may be sent. The bot posts to the channels of its
/// configuration alone, so there are few.
#[derive(Default)]
pub(super) struct Turns(Mutex<BTreeMap<ChannelId, Instant>>);

impl Turns {
    /// Waits for the channel's next turn; if that is long, says how long instead.
    ///
    /// Whoever sends counts from before the wait when nothing can land any more.
    pub(super) async fn take(&self, channel: &ChannelId) -> Result<(), Duration> {
        sleep_until(self.next(channel, Instant::now())?).await;
        Ok(())
    }

    fn next(&self, channel: &ChannelId, now: Instant) -> Result<Instant, Duration> {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = free.get(channel).map_or(now, |at| now.max(*at));
        if turn - now > PATIENCE {
            return Err(turn - now);
        }
        free.insert(channel.clone(), turn + EVERY);
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lies_between_two_posts_to_one_channel() {
        let (turns, now) = (Turns::default(), Instant::now());
        let channel = |it: &str| ChannelId(it.to_owned());
        assert_eq!(turns.next(&channel("C1"), now), Ok(now));
        assert_eq!(turns.next(&channel("C1"), now), Ok(now + EVERY));
        assert_eq!(turns.next(&channel("C1"), now), Ok(now + EVERY * 2));
        assert_eq!(turns.next(&channel("C1"), now), Err(EVERY * 3));
        assert_eq!(turns.next(&channel("C2"), now), Ok(now));
        let later = now + EVERY * 5;
        assert_eq!(turns.next(&channel("C1"), later), Ok(later));
    }
}
