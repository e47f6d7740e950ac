//! What bringing a project to its images did to each service.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use shipbell_adapters::containers::{Running, Snapshot as Taken, UpReport};
use shipbell_domain::snapshot::{Kept, Snapshot};

/// When containers ended, by service.
type Ended = BTreeMap<String, DateTime<Utc>>;

/// How much of a container's or an image's id is told.
const SHORT: usize = 12;

/// `web  4c1e22aa0b1c → 9f3b11cc7d20 in container 0d5e1f2a3b4c, away for 1.4 s`
pub(in super::super) fn told(now: &Running, before: &[Running], ended: &Ended) -> String {
    let old = before.iter().find(|it| it.service == now.service);
    let image = match old {
        Some(old) if old.container == now.container => format!("{} goes on", short(&now.image_id)),
        Some(old) => format!("{} → {}", short(&old.image_id), short(&now.image_id)),
        None => short(&now.image_id),
    };
    let container = short(&now.container);
    let away = away(now, ended.get(&now.service).copied())
        .map(|it| format!(", away for {}.{:01} s", it / 1000, it % 1000 / 100));
    let away = away.unwrap_or_default();
    format!("{}  {image} in container {container}{away}", now.service)
}

/// What its health check said last.
pub(in super::super) fn checks(now: &Running) -> impl Iterator<Item = String> {
    let (service, container) = (&now.service, short(&now.container));
    let told = now.checks.iter();
    told.map(move |it| format!("{service} {container}: {it}"))
}

/// What was kept, and for how long each service was away.
pub(super) fn kept(taken: Taken, running: &[Running], report: &UpReport) -> Snapshot {
    let image = |(service, pin): (String, shipbell_adapters::containers::Pinned)| {
        let (pinned, local) = (pin.reference, pin.local);
        (service, Kept { pinned, local })
    };
    let away = |it: &Running| {
        let ended = report.ended.get(&it.service).copied();
        Some((it.service.clone(), away(it, ended)?))
    };
    Snapshot {
        name: Some(taken.name),
        images: taken.images.into_iter().map(image).collect(),
        away: running.iter().filter_map(away).collect(),
        containers: BTreeMap::new(),
        hosts: BTreeMap::new(),
    }
}

/// For how many milliseconds nobody was there: from the end of the old container
/// until the new one was well.
pub(in super::super) fn away(now: &Running, ended: Option<DateTime<Utc>>) -> Option<u64> {
    let (from, until) = (ended?, now.ready_at?);
    u64::try_from((until - from).num_milliseconds()).ok()
}

/// The first digits of an id.
pub(in super::super) fn short(id: &str) -> String {
    let digits = id.rsplit("sha256:").next().unwrap_or(id);
    digits.chars().take(SHORT).collect()
}
