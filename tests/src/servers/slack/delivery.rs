//! How the app hears of things: three seconds to acknowledge, and again if it does not.

mod http;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Shared;
use super::faults::Mishap;
use super::log::What;

pub use self::http::Addresses;

/// How long Slack waits before an event is tried again.
const AGAIN: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_mins(1),
    Duration::from_mins(5),
];

/// How long an event waits for others to overtake it.
const OVERTAKING: Duration = Duration::from_secs(10);

/// Something for the app.
pub(super) struct Parcel {
    pub(super) kind: Kind,
    /// An event's type, a command, an interaction's type.
    pub(super) name: String,
    pub(super) payload: Value,
}

/// What is handed over, and how Slack goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Tried again, and nobody waits for it.
    Event,
    /// Somebody waits for it; tried once.
    Command,
    /// Somebody waits for it; tried once.
    Interaction,
}

impl Kind {
    fn envelope(self) -> &'static str {
        match self {
            Self::Event => "events_api",
            Self::Command => "slash_commands",
            Self::Interaction => "interactive",
        }
    }
}

impl Parcel {
    pub(super) fn event(payload: Value) -> Self {
        let name = payload["event"]["type"].as_str().unwrap_or_default();
        Self {
            kind: Kind::Event,
            name: name.to_owned(),
            payload,
        }
    }
}

/// One way of handing it over: through which door, and for which time.
pub(super) struct Attempt<'a> {
    parcel: &'a Parcel,
    envelope: &'a str,
    number: u32,
    /// The connection it went over before.
    before: Option<u64>,
}

/// What came of one attempt.
enum Outcome {
    Acknowledged(Value),
    /// Nobody acknowledged over this connection, and why.
    Missed(Option<u64>, &'static str),
}

/// Hands an event over with whatever goes wrong on the way.
pub(super) async fn event(shared: &Arc<Shared>, payload: Value) {
    let parcel = Parcel::event(payload);
    let mut copies = 0;
    match shared.faults.mishap(&parcel.name) {
        Some(Mishap::Lost) => {
            return shared.note(What::Noted(format!("{} was lost", parcel.name)));
        }
        Some(Mishap::Late(time)) => shared.clock.passes(time).await,
        Some(Mishap::Behind(others)) => overtaken(shared, others).await,
        Some(Mishap::Duplicated(more)) => copies = more,
        None => {}
    }
    for _ in 0..copies {
        hand_over(shared, &parcel).await;
    }
    hand_over(shared, &parcel).await;
}

/// Waits until so many others were handed over.
async fn overtaken(shared: &Shared, others: u32) {
    let mut delivered = shared.delivered.subscribe();
    let until = *delivered.borrow() + u64::from(others);
    tokio::select! {
        _passed = delivered.wait_for(|it| *it >= until) => {}
        () = shared.clock.passes(OVERTAKING) => {}
    }
}

/// Hands it over; what was answered along with the acknowledgement, or nothing if there was none.
pub(super) async fn hand_over(shared: &Arc<Shared>, parcel: &Parcel) -> Option<Value> {
    let envelope = format!("{:08x}-5417-4b1e-9d5e-5a1ac0000000", shared.world().next());
    let outages = *shared.outages.borrow();
    let mut before = None;
    let waits = if parcel.kind == Kind::Event {
        &AGAIN[..]
    } else {
        &[]
    };
    for number in 0..=waits.len() {
        // What an outage overtakes is never told, not even later.
        if *shared.shut.borrow() || *shared.outages.borrow() != outages {
            missed(shared, &envelope, "Slack has an outage");
            return None;
        }
        let attempt = Attempt {
            parcel,
            envelope: &envelope,
            number: u32::try_from(number).unwrap_or_default(),
            before,
        };
        let outcome = match &shared.addresses {
            Some(addresses) => http::attempt(shared, addresses, &attempt).await,
            None => over_socket(shared, &attempt).await,
        };
        match outcome {
            Outcome::Acknowledged(payload) => {
                shared.delivered.send_modify(|it| *it += 1);
                return Some(payload);
            }
            Outcome::Missed(over, why) => {
                missed(shared, &envelope, why);
                before = over;
            }
        }
        if let Some(wait) = waits.get(number) {
            // With nobody there, trying at once makes no sense.
            let wait = if before.is_none() {
                AGAIN[1].max(*wait)
            } else {
                *wait
            };
            shared.clock.passes(wait).await;
        }
    }
    None
}

fn missed(shared: &Shared, envelope: &str, why: &str) {
    shared.note(What::Missed {
        envelope: envelope.to_owned(),
        why: why.to_owned(),
    });
}

async fn over_socket(shared: &Shared, attempt: &Attempt<'_>) -> Outcome {
    let Attempt {
        parcel,
        envelope,
        number,
        before,
    } = *attempt;
    let Some(over) = connection(shared, before).await else {
        return Outcome::Missed(None, "nobody is connected");
    };
    let mut words = json!({
        "type": parcel.kind.envelope(), "envelope_id": envelope, "payload": parcel.payload,
        "accepts_response_payload": parcel.kind != Kind::Event,
    });
    if parcel.kind == Kind::Event {
        words["retry_attempt"] = json!(number);
        words["retry_reason"] = json!(if number > 0 { "timeout" } else { "" });
    }
    let ack = shared.sockets.await_ack(envelope, over);
    let began = shared.clock.ran();
    shared.note(What::Delivered {
        envelope: envelope.to_owned(),
        kind: parcel.name.clone(),
        connection: over,
        attempt: number,
    });
    if !shared.sockets.send(over, &words) {
        return Outcome::Missed(Some(over), "the socket was gone");
    }
    tokio::select! {
        heard = ack => match heard {
            Ok((by, payload)) => {
                shared.note(What::Acknowledged {
                    envelope: envelope.to_owned(),
                    connection: by,
                    took: shared.clock.ran().saturating_sub(began),
                    payload: payload.clone(),
                });
                Outcome::Acknowledged(payload)
            }
            Err(_) => Outcome::Missed(Some(over), "the socket ended"),
        },
        () = shared.clock.passes(shared.patience) => {
            if shared.sockets.is_well(over) {
                let late = format!("{} was not acknowledged in time", parcel.name);
                shared.log.violation(late);
            }
            Outcome::Missed(Some(over), "not acknowledged in time")
        }
    }
}

/// A connection to hand something over by. While the only one was asked to leave, its
/// successor is waited for.
async fn connection(shared: &Shared, before: Option<u64>) -> Option<u64> {
    let mut news = shared.news.subscribe();
    let successor = async {
        loop {
            news.borrow_and_update();
            let chosen = shared.sockets.choose(before);
            if chosen.is_some() || shared.sockets.count() == 0 || news.changed().await.is_err() {
                return chosen;
            }
        }
    };
    tokio::select! {
        chosen = successor => chosen,
        () = shared.clock.passes(shared.patience) => None,
    }
}
