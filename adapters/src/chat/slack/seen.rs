//! What was delivered already: Slack delivers at least once, over any connection,
//! and what happened twice on the way happened once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;

/// How many are remembered. Slack repeats itself within about an hour; whatever
/// records what happened must know older repetitions by their id.
const REMEMBERED: usize = 4096;

/// How something that was delivered was dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Underway,
    Recorded,
    Dropped,
}

/// The latest deliveries.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<Latest>>);

#[derive(Default)]
struct Latest {
    by_key: HashMap<String, watch::Receiver<State>>,
    order: VecDeque<String>,
}

/// What a delivery is.
pub(super) enum Delivery {
    /// The first of its kind: to be dealt with.
    New(Claim),
    /// A repetition.
    Again(Earlier),
}

/// The right to deal with a delivery; let go, it counts as not recorded.
pub(super) struct Claim {
    seen: Seen,
    key: String,
    state: watch::Sender<State>,
}

/// An earlier delivery of the same.
pub(super) struct Earlier(watch::Receiver<State>);

impl Seen {
    /// Notes a delivery under what it has in common with its repetitions.
    pub(super) fn enter(&self, key: &str) -> Delivery {
        let mut latest = self.lock();
        if let Some(earlier) = latest.by_key.get(key) {
            return Delivery::Again(Earlier(earlier.clone()));
        }
        if latest.order.len() >= REMEMBERED
            && let Some(oldest) = latest.order.pop_front()
        {
            latest.by_key.remove(&oldest);
        }
        let (state, watched) = watch::channel(State::Underway);
        latest.by_key.insert(key.to_owned(), watched);
        latest.order.push_back(key.to_owned());
        Delivery::New(Claim {
            seen: self.clone(),
            key: key.to_owned(),
            state,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Latest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// It is recorded: repetitions need nothing but a receipt.
    pub(super) fn recorded(self) {
        self.state.send_replace(State::Recorded);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if *self.state.borrow() == State::Recorded {
            return;
        }
        self.state.send_replace(State::Dropped);
        let mut latest = self.seen.lock();
        latest.by_key.remove(&self.key);
        latest.order.retain(|it| *it != self.key);
    }
}

impl Earlier {
    /// Whether the earlier one was recorded, once that is known.
    pub(super) async fn was_recorded(mut self) -> bool {
        match self.0.wait_for(|state| *state != State::Underway).await {
            Ok(state) => *state == State::Recorded,
            Err(_) => false,
        }
    }
}

/// What all deliveries of one act have in common. The envelope's own id is not it:
/// a repetition may come in another.
pub(super) fn key(kind: &str, envelope: &str, payload: &Value) -> String {
    let own = |value: &Value| value.as_str().unwrap_or(envelope).to_owned();
    match kind {
        "events_api" => format!("ev:{}", own(&payload["event_id"])),
        "slash_commands" => format!("cmd:{}", own(&payload["trigger_id"])),
        _ => {
            let when = payload["actions"][0]["action_ts"].as_str();
            let when = when.or_else(|| payload["view"]["hash"].as_str());
            format!(
                "int:{}:{}",
                own(&payload["trigger_id"]),
                when.unwrap_or_default()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn repetitions_share_a_key_whatever_envelope_they_come_in() {
        let event = json!({ "event_id": "Ev1" });
        assert_eq!(key("events_api", "e1", &event), "ev:Ev1");
        assert_eq!(key("events_api", "e2", &event), "ev:Ev1");
        let command = json!({ "trigger_id": "1.2" });
        assert_eq!(key("slash_commands", "e1", &command), "cmd:1.2");
        let press = json!({ "trigger_id": "1.2", "actions": [{ "action_ts": "9.9" }] });
        assert_eq!(key("interactive", "e1", &press), "int:1.2:9.9");
        assert_eq!(key("interactive", "e1", &json!({})), "int:e1:");
    }

    #[tokio::test]
    async fn a_repetition_waits_for_the_first_and_shares_its_fate() {
        let seen = Seen::default();
        let Delivery::New(claim) = seen.enter("a") else {
            panic!("nothing was there")
        };
        let Delivery::Again(earlier) = seen.enter("a") else {
            panic!("it is under way")
        };
        claim.recorded();
        assert!(earlier.was_recorded().await);
        let Delivery::Again(earlier) = seen.enter("a") else {
            panic!("it is recorded")
        };
        assert!(earlier.was_recorded().await);
    }

    #[tokio::test]
    async fn what_was_let_go_may_come_again() {
        let seen = Seen::default();
        let Delivery::New(claim) = seen.enter("a") else {
            panic!("nothing was there")
        };
        let Delivery::Again(earlier) = seen.enter("a") else {
            panic!("it is under way")
        };
        drop(claim);
        assert!(!earlier.was_recorded().await);
        assert!(matches!(seen.enter("a"), Delivery::New(_)));
    }

    #[test]
    fn only_so_many_are_remembered() {
        let seen = Seen::default();
        for number in 0..=REMEMBERED {
            if let Delivery::New(claim) = seen.enter(&number.to_string()) {
                claim.recorded();
            }
        }
        assert_eq!(seen.lock().by_key.len(), REMEMBERED);
        assert!(matches!(seen.enter("0"), Delivery::New(_)));
    }
}
