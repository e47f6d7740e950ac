//! What a deploy would change, found out before anything is touched.

use serde::{Deserialize, Serialize};

use crate::ids::{HostName, Version};

/// What a look ahead found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What would do it: engine and Compose, in words.
    pub engine: String,
    /// The services of the environment, each with what becomes of it.
    pub changes: Vec<Change>,
    /// Commands that are run once: going back does not undo them.
    pub once: Vec<String>,
    /// Work that older versions cannot run after, and how to get back all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub irreversible: Vec<(String, String)>,
    /// Why the deploy would fail before it touched anything.
    pub trouble: Option<String>,
    /// What a deploy that fails would return to.
    pub back: Option<Back>,
}

/// What becomes of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its name in the project's files.
    pub service: String,
    /// On which host, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<HostName>,
    /// What becomes of its containers.
    pub fate: Fate,
    /// The image it runs now, if it runs.
    pub from: Option<String>,
    /// The image it would run.
    pub to: Option<String>,
    /// Whether the host passes requests on to it.
    pub published: bool,
    /// For how many milliseconds it was away when it was last replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<u64>,
}

/// What becomes of a service's containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// There are none yet.
    Created,
    /// They are replaced: it is away meanwhile.
    Replaced,
    /// They stand still, and are started.
    Started,
    /// They go on as if nothing happened.
    Kept,
    /// The project's files do not name it any more.
    Removed,
}

/// A verified version, and whether its images can still be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// Which.
    pub version: Version,
    /// Why it cannot be returned to; it can if nothing is said.
    pub lost: Option<String>,
}

/// The most services and commands that are kept, and the longest text.
const MOST: usize = 50;
const LONGEST: usize = 300;

impl Preview {
    /// The same within limits: it goes into the log.
    pub fn bounded(&self) -> Self {
        let text = |it: &String| it.chars().take(LONGEST).collect::<String>();
        let change = |it: &Change| Change {
            service: text(&it.service),
            from: it.from.as_ref().map(text),
            to: it.to.as_ref().map(text),
            ..it.clone()
        };
        Self {
            engine: text(&self.engine),
            changes: self.changes.iter().take(MOST).map(change).collect(),
            once: self.once.iter().take(MOST).map(text).collect(),
            irreversible: (self.irreversible.iter().take(MOST))
                .map(|(step, restore)| (text(step), text(restore)))
                .collect(),
            trouble: self.trouble.as_ref().map(text),
            back: self.back.as_ref().map(|it| Back {
                version: it.version.clone(),
                lost: it.lost.as_ref().map(text),
            }),
        }
    }

    /// The services that do not answer for a while: those that are replaced, and asked from outside.
    pub fn away(&self) -> impl Iterator<Item = &Change> {
        let away = |it: &&Change| it.published && it.fate == Fate::Replaced;
        self.changes.iter().filter(away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_found_the_log_takes_so_much_of_it() {
        let change = Change {
            service: "web".to_owned(),
            on: None,
            fate: Fate::Replaced,
            from: Some("x".repeat(1_000)),
            to: None,
            published: true,
            away: None,
        };
        let found = Preview {
            changes: vec![change; 200],
            trouble: Some("é".repeat(1_000)),
            ..Preview::default()
        };
        let kept = found.bounded();
        assert_eq!(kept.changes.len(), MOST);
        assert_eq!(kept.changes[0].from.as_ref().unwrap().len(), LONGEST);
        assert_eq!(kept.trouble.unwrap().chars().count(), LONGEST);
    }

    #[test]
    fn only_what_is_asked_from_outside_is_missed() {
        let change = |service: &str, fate, published| Change {
            service: service.to_owned(),
            on: None,
            fate,
            from: None,
            to: None,
            published,
            away: None,
        };
        let preview = Preview {
            changes: vec![
                change("web", Fate::Replaced, true),
                change("worker", Fate::Replaced, false),
                change("proxy", Fate::Kept, true),
            ],
            ..Preview::default()
        };
        let away: Vec<&str> = preview.away().map(|it| it.service.as_str()).collect();
        assert_eq!(away, ["web"]);
    }
}
