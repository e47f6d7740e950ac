//! What runs somewhere is compared with what was proven there: somebody else may
//! have changed it since.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::HostName;
use crate::snapshot::Kept;

/// A service as it runs, with what it takes to notice that it was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// On which host, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<HostName>,
    /// Its name.
    pub service: String,
    /// The image its containers run.
    pub image: Kept,
    /// That image's id on the engine, shortened.
    pub id: String,
    /// What the settings its containers were made with come to.
    pub made: String,
    /// What the project's files ask for now comes to, if they name the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// How many of its containers run.
    pub running: u32,
}

/// That somebody else changed what runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// When it was noticed.
    pub since: DateTime<Utc>,
    /// What is not as it was proven.
    pub differences: Vec<Difference>,
    /// What runs now.
    pub seen: Vec<Seen>,
}

/// One service that is not as it was proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// On which host, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<HostName>,
    /// The service.
    pub service: String,
    /// What about it.
    #[serde(flatten)]
    pub what: Differs,
}

/// What about a service is not as it was proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "differs", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Differs {
    /// None of its containers runs.
    Down,
    /// It runs another image.
    Image { from: String, to: String },
    /// Its containers were made anew with other settings.
    Settings,
    /// Another number of its containers runs.
    Count { from: u32, to: u32 },
    /// The project's files ask for something else now; its containers run on as they were.
    Files,
    /// It did not run here then.
    New,
}

/// How many services are compared, and the longest name of an image.
const MOST: usize = 50;
const LONGEST: usize = 300;

/// What was seen, if the log takes it whole; what is too much is not compared.
pub fn bounded(seen: &[Seen]) -> Vec<Seen> {
    let fits = |it: &Seen| {
        let texts = [&it.service, &it.image.pinned, &it.id, &it.made];
        texts
            .into_iter()
            .chain(&it.asked)
            .all(|it| it.len() <= LONGEST)
    };
    if seen.len() <= MOST && seen.iter().all(fits) {
        return seen.to_vec();
    }
    Vec::new()
}

/// What is not now as it was then.
pub fn differences(then: &[Seen], now: &[Seen]) -> Vec<Difference> {
    let by_place = |all: &'_ [Seen]| -> BTreeMap<(Option<HostName>, String), Seen> {
        let named = |it: &Seen| ((it.on.clone(), it.service.clone()), it.clone());
        all.iter().map(named).collect()
    };
    let (then, now) = (by_place(then), by_place(now));
    let places: BTreeSet<_> = then.keys().chain(now.keys()).collect();
    let mut all = Vec::new();
    for place in places {
        let what = match (then.get(place), now.get(place)) {
            (Some(then), Some(now)) => differs(then, now),
            (Some(then), None) if then.running > 0 => Some(Differs::Down),
            (None, Some(now)) if now.running > 0 => Some(Differs::New),
            (_, None) | (None, Some(_)) => None,
        };
        let (on, service) = place.clone();
        all.extend(what.map(|what| Difference { on, service, what }));
    }
    all
}

/// The first thing that counts of two that are not alike.
fn differs(then: &Seen, now: &Seen) -> Option<Differs> {
    if now.running == 0 {
        return (then.running > 0).then_some(Differs::Down);
    }
    if then.id != now.id {
        return Some(Differs::Image {
            from: then.image.pinned.clone(),
            to: now.image.pinned.clone(),
        });
    }
    if then.made != now.made {
        return Some(Differs::Settings);
    }
    if then.running != now.running {
        return Some(Differs::Count {
            from: then.running,
            to: now.running,
        });
    }
    (then.asked != now.asked).then_some(Differs::Files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web() -> Seen {
        Seen {
            on: None,
            service: "web".to_owned(),
            image: Kept {
                pinned: "shop/web@sha256:1".to_owned(),
                local: false,
            },
            id: "1".to_owned(),
            made: "m".to_owned(),
            asked: Some("f".to_owned()),
            running: 2,
        }
    }

    fn found(then: &[Seen], now: &[Seen]) -> Vec<(String, Differs)> {
        let all = differences(then, now).into_iter();
        all.map(|it| (it.service, it.what)).collect()
    }

    fn only(now: Seen) -> Differs {
        let found = found(&[web()], &[now]);
        let [(service, what)] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(service, "web");
        what.clone()
    }

    #[test]
    fn what_runs_on_as_it_was_is_nothing() {
        assert_eq!(found(&[web()], &[web()]), []);
        assert_eq!(found(&[], &[]), []);
    }

    #[test]
    fn what_counts_most_is_told() {
        let mut other = web();
        other.id = "2".to_owned();
        other.made = "n".to_owned();
        assert!(matches!(only(other), Differs::Image { .. }));
        let made = "n".to_owned();
        assert_eq!(only(Seen { made, ..web() }), Differs::Settings);
        let asked = Some("g".to_owned());
        assert_eq!(only(Seen { asked, ..web() }), Differs::Files);
        let (from, to) = (2, 1);
        assert_eq!(
            only(Seen {
                running: 1,
                ..web()
            }),
            Differs::Count { from, to }
        );
        assert_eq!(
            only(Seen {
                running: 0,
                ..web()
            }),
            Differs::Down
        );
    }

    #[test]
    fn what_comes_and_goes_is_told() {
        let cache = Seen {
            service: "cache".to_owned(),
            ..web()
        };
        let both = [web(), cache];
        assert_eq!(
            found(&both[..1], &both),
            [("cache".to_owned(), Differs::New)]
        );
        assert_eq!(
            found(&both, &both[..1]),
            [("cache".to_owned(), Differs::Down)]
        );
    }

    #[test]
    fn each_host_is_compared_with_itself() {
        let on = |name: &str, id: &str| Seen {
            on: Some(HostName::new(name).unwrap()),
            id: id.to_owned(),
            ..web()
        };
        let then = [on("a", "1"), on("b", "1")];
        let now = [on("a", "1"), on("b", "2")];
        let found = differences(&then, &now);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].on.as_ref().map(HostName::as_str), Some("b"));
    }

    #[test]
    fn what_is_too_much_is_not_compared() {
        assert_eq!(bounded(&vec![web(); 51]), []);
        assert_eq!(bounded(&[web()]), [web()]);
    }
}
