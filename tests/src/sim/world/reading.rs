//! Everything the judges may know, read when all is over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use shipbell_domain::StreamId;
use shipbell_domain::ids::Hash;
use shipbell_storage::{EventRow, Store};

use super::World;
use crate::sim::chat::Service;
use crate::sim::oracle::Facts;

impl World {
    pub(super) fn facts(&self) -> Facts {
        let ground = &self.ground;
        self.executor.crash_often(0);
        // What is read below is read in one piece: the bot gets no turn in between.
        let (disk, team, end) = (
            ground.disk.clone(),
            ground.team.clone(),
            self.executor.now(),
        );
        let shown = |it: &Service| (it.name().to_owned(), it.room().posts.clone());
        let facts = Facts {
            end,
            team,
            events: Vec::new(),
            folds: BTreeMap::new(),
            head: (0, Hash::of([])),
            rooms: ground.services.iter().map(shown).collect(),
            deeds: self.people.deeds(),
            host: ground.engine.host().clone(),
            claims: ground.ledger.claims(),
            owed: Vec::new(),
            due: Vec::new(),
            active: Vec::new(),
            damage: Vec::new(),
        };
        let reading = read(disk.look(), facts).now_or_never();
        let mut facts = reading.expect("nobody waits for anything here");
        facts.damage = disk.damage();
        facts
    }
}

async fn read(store: Arc<dyn Store>, mut facts: Facts) -> Facts {
    let mut rows: Vec<EventRow> = Vec::new();
    loop {
        let after = rows.last().map_or(0, |it| it.seq);
        let more = store
            .events(None, after, 1000)
            .await
            .expect("the log can be read");
        if more.is_empty() {
            break;
        }
        rows.extend(more);
    }
    let streams: BTreeSet<StreamId> = rows.iter().map(|it| it.stream.clone()).collect();
    for stream in streams {
        let fold = store.fold(&stream).await.expect("folds can be read");
        facts.folds.extend(fold.map(|it| (stream, it)));
    }
    // What is owed a little later counts as owed: nothing may wait for long when all is calm.
    let soon = facts.end + TimeDelta::minutes(5);
    facts.owed = store
        .owed(soon, 100)
        .await
        .expect("what is owed can be read");
    let late = facts.end - TimeDelta::minutes(5);
    facts.due = store.due(late, 100).await.expect("wake-ups can be read");
    facts.active = store.active().await.expect("attempts can be read");
    facts.head = store.head().await.expect("the head can be read");
    facts.events = rows;
    facts
}
