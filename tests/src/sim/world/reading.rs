//! Everything the judges may know, read when all is over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use shipbell_domain::StreamId;
use shipbell_domain::ids::Hash;
use shipbell_storage::{EventRow, MemoryStore, Store as _};

use super::World;
use crate::sim::chat::Service;
use crate::sim::executor::{Executor, Owner};
use crate::sim::locked;
use crate::sim::oracle::Facts;

impl World {
    pub(super) fn facts(&self) -> Facts {
        let (seen, ground) = (Arc::new(Mutex::new(None)), &self.ground);
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
        let answer = seen.clone();
        let reader = Executor::new(end, 0);
        reader.spawn(
            Owner::World,
            Box::pin(async move {
                let facts = read(&MemoryStore::open(disk), facts).await;
                *locked(&answer) = Some(facts);
            }),
        );
        reader.run_until(end);
        locked(&seen)
            .take()
            .expect("reading memory waits for nobody")
    }
}

async fn read(store: &MemoryStore, mut facts: Facts) -> Facts {
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
    facts.damage = damage(store).await;
    facts.head = store.head().await.expect("the head can be read");
    facts.events = rows;
    facts
}

/// What the store itself finds wrong with its chain and its tables.
async fn damage(store: &MemoryStore) -> Vec<String> {
    let mut damage: Vec<String> = Vec::new();
    if let Err(error) = store.verify_chain(0).await {
        damage.push(error.to_string());
    }
    match (store.tables().await, store.rebuild().await) {
        (Ok(tables), Ok(rebuilt)) => damage.extend(tables.differences(&rebuilt)),
        (Err(error), _) | (_, Err(error)) => damage.push(error.to_string()),
    }
    damage
}
