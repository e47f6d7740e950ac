//! What ends while Compose is at work, by the engine's own clock.

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::api::Api;
use super::project::{LASTING, PROJECT, SERVICE};

/// When the first container of each service ended.
pub(super) type Ended = BTreeMap<String, DateTime<Utc>>;

/// How long what is told late is waited for.
const LATE: Duration = Duration::from_millis(100);

/// Waits for a call, and notes what ends meanwhile. That nothing is heard is no
/// failure: then nothing is known.
pub(super) async fn during<T>(
    api: &Api<'_>,
    project: &str,
    call: impl Future<Output = T>,
) -> (T, Ended) {
    let filters = HashMap::from([
        ("type".to_owned(), vec!["container".to_owned()]),
        ("event".to_owned(), vec!["die".to_owned()]),
        (
            "label".to_owned(),
            vec![format!("{PROJECT}={project}"), LASTING.to_owned()],
        ),
    ]);
    let options = EventsOptionsBuilder::default().filters(&filters).build();
    let mut events = pin!(api.docker.events(Some(options)));
    let mut call = pin!(call);
    let (mut ended, mut open) = (Ended::new(), true);
    let done = loop {
        tokio::select! {
            biased;
            event = events.next(), if open => match event {
                Some(Ok(event)) => note(&mut ended, event),
                Some(Err(_)) | None => open = false,
            },
            done = &mut call => break done,
        }
    };
    while open {
        match timeout(LATE, events.next()).await {
            Ok(Some(Ok(event))) => note(&mut ended, event),
            Ok(Some(Err(_)) | None) | Err(_) => open = false,
        }
    }
    (done, ended)
}

fn note(ended: &mut Ended, event: EventMessage) {
    let at = event.time_nano.map(DateTime::from_timestamp_nanos);
    let attributes = event.actor.and_then(|it| it.attributes);
    let service = attributes.and_then(|mut it| it.remove(SERVICE));
    if let (Some(at), Some(service)) = (at, service) {
        ended.entry(service).or_insert(at);
    }
}
