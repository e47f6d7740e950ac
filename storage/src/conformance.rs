//! One suite for every backend: what `Store` promises, tried on each.

pub(crate) mod fixture;

mod doubt;
mod folds;
mod inbox;
mod log;
mod owing;
mod timers;

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::store::Tables;
use crate::{MemoryDisk, MemoryStore, SqliteOptions, SqliteStore, Store, StoreError};

pub(crate) use fixture::history::history;

/// Opens one kind of store again and again on the same disk.
pub(super) trait Bench {
    type Store: Store + Checks;

    /// Opens it; the store before must have been dropped.
    async fn open(&self) -> Self::Store;

    /// Changes what an `ImagesUnresolved` event says, behind the store's back.
    async fn forge(&self, seq: u64);
}

/// What both backends can say about themselves.
pub(crate) trait Checks {
    async fn verify(&self) -> Result<u64, StoreError>;
    async fn stored(&self) -> Tables;
    async fn rebuilt(&self) -> Tables;
}

struct InMemory(Arc<MemoryDisk>);

struct OnFile(TempDir);

impl InMemory {
    fn new() -> Self {
        Self(MemoryDisk::new([7; 16]))
    }
}

impl OnFile {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("shipbell.db")
    }
}

impl Bench for InMemory {
    type Store = MemoryStore;

    async fn open(&self) -> MemoryStore {
        MemoryStore::open(Arc::clone(&self.0))
    }

    async fn forge(&self, seq: u64) {
        let store = self.open().await;
        let rows = store.events(None, seq - 1, 1).await.unwrap();
        let event = rows[0].event.clone().unwrap();
        self.0.forge(seq, fixture::forged(event)).await;
    }
}

impl Bench for OnFile {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(
            self.path(),
            SqliteOptions {
                instance: [7; 16],
                readers: 2,
            },
        )
        .await
        .unwrap()
    }

    async fn forge(&self, seq: u64) {
        let conn = Connection::open(self.path()).unwrap();
        conn.execute_batch("DROP TRIGGER event_is_never_edited")
            .unwrap();
        let forge = "UPDATE event SET payload = replace(payload, 'why', 'wha') WHERE seq = ?";
        let changed = conn.execute(forge, [i64::try_from(seq).unwrap()]).unwrap();
        assert_eq!(changed, 1);
    }
}

impl Checks for MemoryStore {
    async fn verify(&self) -> Result<u64, StoreError> {
        self.verify_chain(1).await
    }

    async fn stored(&self) -> Tables {
        self.tables().await.unwrap()
    }

    async fn rebuilt(&self) -> Tables {
        self.rebuild().await.unwrap()
    }
}

impl Checks for SqliteStore {
    async fn verify(&self) -> Result<u64, StoreError> {
        self.verify_chain(1).await
    }

    async fn stored(&self) -> Tables {
        self.tables().await.unwrap()
    }

    async fn rebuilt(&self) -> Tables {
        self.rebuild().await.unwrap()
    }
}

macro_rules! conformance {
    ($($group:ident: $($test:ident),+;)+) => {
        mod memory {
            $($(
                #[tokio::test]
                async fn $test() {
                    super::$group::$test(&super::InMemory::new()).await;
                }
            )+)+
        }

        mod sqlite {
            $($(
                #[tokio::test]
                async fn $test() {
                    super::$group::$test(&super::OnFile::new()).await;
                }
            )+)+
        }
    };
}

conformance! {
    inbox:
        a_repeat_changes_nothing,
        a_refusal_in_a_batch_refuses_itself_alone,
        a_refusal_is_remembered_and_settles,
        later_inputs_see_what_earlier_ones_changed,
        an_impossible_decision_loses_the_whole_batch;
    log:
        positions_and_versions_have_no_gaps,
        time_never_goes_back,
        a_changed_event_is_found,
        events_come_in_pages,
        bytes_are_kept_under_their_hash;
    owing:
        a_card_is_owed_once_to_each_platform,
        the_last_state_of_a_card_wins,
        news_is_said_once,
        a_claim_is_held_by_one,
        what_nobody_knows_is_looked_up,
        a_restart_takes_claims_over,
        what_is_gone_is_posted_afresh,
        what_is_dead_lives_when_wanted_again,
        an_answer_settles_its_claim_once,
        every_copy_of_a_message_is_known;
    doubt:
        what_may_be_shown_twice_is_looked_for,
        what_is_gone_is_edited_where_a_copy_is_left;
    timers:
        a_wake_up_moves_and_is_cancelled,
        a_wake_up_ends_once,
        a_wake_up_is_never_early;
    folds:
        a_world_holds_what_is_needed,
        open_things_are_listed,
        what_is_listed_follows_every_commit,
        releases_that_ask_are_listed,
        a_second_attempt_is_never_recorded,
        a_fence_is_never_given_out_twice,
        tables_are_what_the_events_add_up_to,
        an_earlier_opening_is_not_the_same;
}

#[tokio::test]
async fn both_backends_make_the_same_chain_and_the_same_tables() {
    let (memory, file) = (InMemory::new().open().await, OnFile::new());
    let file = file.open().await;
    history(&memory).await;
    history(&file).await;
    assert_eq!(memory.head().await.unwrap(), file.head().await.unwrap());
    assert_eq!(memory.stored().await, file.stored().await);
    let now = fixture::at(1_000_000);
    assert_eq!(
        memory.owed(now, 100).await.unwrap(),
        file.owed(now, 100).await.unwrap()
    );
    assert_eq!(
        memory.due(now, 100).await.unwrap(),
        file.due(now, 100).await.unwrap()
    );
    assert_eq!(
        memory.open_folds(None, 10).await.unwrap(),
        file.open_folds(None, 10).await.unwrap()
    );
}
