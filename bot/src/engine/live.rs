//! What work that goes on said last: shown while it lasts, and kept nowhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::containers::{LineSink, OutputLine};
use shipbell_domain::effect::CardId;

use super::hub::Hub;
use crate::render::{SILENCE, Said};

/// How often a card is drawn anew at most while its work talks: platforms take about
/// one edit of a message in that time.
const PACE: TimeDelta = TimeDelta::seconds(2);

/// How often it is told at least that work is silent, however long it has been.
const STILL: TimeDelta = TimeDelta::minutes(5);

/// The longest line that is remembered, in characters; a card shows less.
const LONGEST: usize = 200;

/// The work that goes on, by the card that shows it.
#[derive(Default)]
pub(super) struct Live {
    work: Mutex<BTreeMap<CardId, Doing>>,
}

struct Doing {
    index: u32,
    since: DateTime<Utc>,
    last: Option<Said>,
    /// When the card was drawn with it.
    drawn: DateTime<Utc>,
    /// Whether something was said since.
    news: bool,
}

impl Doing {
    /// When its card is drawn next: soon if it talks, and else when it was silent for
    /// so long that people wonder, and once more each time that has doubled.
    fn due(&self) -> DateTime<Utc> {
        if self.news {
            return self.drawn + PACE;
        }
        let last = self.last.as_ref().map_or(self.since, |it| it.at);
        let silent = (self.drawn - last).clamp(SILENCE, STILL);
        last.max(self.drawn) + silent
    }
}

impl Live {
    /// What the work a card shows said last.
    pub(super) fn said(&self, card: &CardId) -> Option<Said> {
        self.work().get(card).and_then(|it| it.last.clone())
    }

    /// The cards that are to be drawn anew.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Vec<CardId> {
        let work = self.work();
        let due = work.iter().filter(|(_, doing)| doing.due() <= now);
        due.map(|(card, _)| card.clone()).collect()
    }

    /// When a card is to be drawn anew next.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.work().values().map(Doing::due).min()
    }

    /// Notes that a card is being drawn.
    pub(super) fn drawn(&self, card: &CardId, now: DateTime<Utc>) {
        if let Some(doing) = self.work().get_mut(card) {
            doing.drawn = now;
            doing.news = false;
        }
    }

    /// Notes that a card could not be drawn just now.
    pub(super) fn missed(&self, card: &CardId) {
        if let Some(doing) = self.work().get_mut(card) {
            doing.news = true;
        }
    }

    /// Whether this is news to somebody who knew of none.
    fn hear(&self, card: &CardId, (text, at): (&str, DateTime<Utc>)) -> bool {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let mut work = self.work();
        let Some(doing) = work.get_mut(card).filter(|_| !text.is_empty()) else {
            return false;
        };
        let index = doing.index;
        doing.last = Some(Said { index, text, at });
        !std::mem::replace(&mut doing.news, true)
    }

    fn work(&self) -> MutexGuard<'_, BTreeMap<CardId, Doing>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears what one piece of work says, for as long as it is done.
pub(super) struct Ear<'a> {
    hub: &'a Hub,
    card: CardId,
}

impl<'a> Ear<'a> {
    /// Listens to the piece of work of this number on a card.
    pub(super) fn open(hub: &'a Hub, card: CardId, index: u32) -> Self {
        let now = hub.now();
        let doing = Doing {
            index,
            since: now,
            last: None,
            drawn: now,
            news: false,
        };
        // Whoever draws cards learns of it at the next look: the card is about to be
        // drawn with the beginning of this work.
        hub.live.work().insert(card.clone(), doing);
        Self { hub, card }
    }

    /// Hears a remark of the bot itself.
    pub(super) fn note(&self, text: &str) {
        self.line(OutputLine::note(text.to_owned()));
    }
}

impl LineSink for Ear<'_> {
    fn line(&self, line: OutputLine) {
        let now = self.hub.now();
        if self.hub.live.hear(&self.card, (&line.text, now)) {
            self.hub.stir();
        }
    }
}

impl Drop for Ear<'_> {
    fn drop(&mut self) {
        self.hub.live.work().remove(&self.card);
    }
}

#[cfg(test)]
mod tests {
    use shipbell_domain::ids::ReleaseId;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn work_that_talks_is_drawn_every_other_second_and_silence_is_told() {
        let (live, card) = (
            Live::default(),
            CardId::Release {
                release: ReleaseId(1),
            },
        );
        let doing = Doing {
            index: 2,
            since: at(0),
            last: None,
            drawn: at(0),
            news: false,
        };
        live.work().insert(card.clone(), doing);
        assert_eq!(live.next(), Some(at(30)), "silent from the start");
        assert!(live.hear(&card, ("  Version1 ", at(10))), "that is news");
        assert!(!live.hear(&card, ("Version2", at(10))), "who looks, knows");
        assert!(!live.hear(&card, (" ", at(10))), "nothing is no word");
        assert_eq!(live.due(at(11)), std::slice::from_ref(&card));
        live.drawn(&card, at(11));
        assert_eq!(live.said(&card).unwrap().text, "Version2");
        assert!(live.hear(&card, ("Version3", at(12))));
        assert!(live.due(at(12)).is_empty(), "it was drawn a second ago");
        assert_eq!(live.due(at(13)), std::slice::from_ref(&card));
        live.drawn(&card, at(13));
        assert_eq!(live.next(), Some(at(43)), "then it is silent");
        live.drawn(&card, at(43));
        assert_eq!(live.next(), Some(at(74)), "and silent still");
        live.drawn(&card, at(5_000));
        assert_eq!(live.next(), Some(at(5_300)), "for ever");
    }
}
