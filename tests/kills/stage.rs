//! Everything one run has: the house, the people, what they did, and who looks at it from outside.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::house::House;
use crate::people::{Ledger, Person};
use crate::records::Records;
use crate::story::Story;
use crate::world::{self, Cleared, Events};

/// One run.
pub(crate) struct Stage {
    pub(crate) house: House,
    people: OnceLock<Vec<Person>>,
    pub(crate) ledger: Ledger,
    pub(crate) records: Records,
    pub(crate) story: Story,
    pub(crate) events: Events,
    over: AtomicBool,
    /// Goes last: what is left on the engine is removed with it.
    _cleared: Cleared,
}

impl Stage {
    pub(crate) fn new(house: House) -> Self {
        let records = Records::new(house.data());
        let projects = house.places().map(|(app, env)| world::project(app, env));
        let projects = projects.collect();
        let apps = house.apps().to_vec();
        Self {
            house,
            people: OnceLock::new(),
            ledger: Ledger::default(),
            records,
            story: Story::new(),
            events: Events::listen(projects),
            over: AtomicBool::new(false),
            _cleared: Cleared(apps),
        }
    }

    /// People come in during the first life, and stay.
    pub(crate) fn enter(&self, people: Vec<Person>) {
        assert!(self.people.set(people).is_ok(), "people enter once");
    }

    /// Everybody.
    pub(crate) fn people(&self) -> &[Person] {
        self.people.get().expect("people entered in the first life")
    }

    /// Where acts are noted.
    pub(crate) fn desk(&self) -> (&Ledger, &Story) {
        (&self.ledger, &self.story)
    }

    /// There are no more kills to come: teams end what they are at.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    pub(crate) fn set_over(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Everything that happened, and the end of what the bot logged.
    pub(crate) fn tells(&self) -> String {
        let log = self.house.log();
        let end: Vec<&str> = log.lines().rev().take(60).collect();
        let end = end.into_iter().rev().collect::<Vec<_>>().join("\n");
        let story = self.story.whole();
        format!("{story}\n\nthe end of the bot's log\n{end}")
    }
}
