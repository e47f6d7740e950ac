//! What the engine asks, answered from the file.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, Hash, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::{Fold, Needs, StreamId, World};

use super::decoded::Decoded;
use super::failure::commit_failed;
use super::read::{Listed, Listing};
use super::seat::{begin, snapshot};
use super::shelf::{Desktop, Memo, head};
use super::sql::{maybe_value, run};
use super::{SqliteStore, doubt, outbox, read, write};
use crate::store::{
    Claim, Commit, Doubt, EventRow, Message, Owed, OwedId, Settlement, Store, Swept, Verdict,
    WakeUp,
};
use crate::{StoreError, batch, chain, load};

/// Decides and keeps one commit.
fn commit(
    conn: &mut Connection,
    commit: &Commit,
    known: &Mutex<Option<Memo>>,
    (decoded, epoch): (&Decoded, u64),
) -> Result<Vec<Verdict>, StoreError> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    // Taken out, so that it is gone should anything fail below.
    let memo = known.take();
    let tx = begin(conn)?;
    write::guard(&tx, epoch)?;
    let mut memo = match memo {
        Some(memo) => memo,
        None => Memo::read(&tx)?,
    };
    let before = memo.head;
    let mut desk = Desktop {
        conn: &tx,
        memo: Some(&mut memo),
        decoded,
        at: decoded.now(),
        epoch,
    };
    let batch = batch::decide(&mut desk, commit, before)?;
    memo.head = write::batch(&tx, &batch, commit, before)?;
    tx.commit().map_err(commit_failed)?;
    decoded.committed(&batch.folds);
    memo.next = batch.next;
    for (stream, kept) in batch.folds {
        memo.keep(stream, Some(kept));
    }
    *known = Some(memo);
    Ok(batch.verdicts)
}

impl SqliteStore {
    /// One job for whoever writes, in a transaction of its own.
    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let epoch = self.epoch;
        let mut writer = self.writer.lock().await;
        let whole = move |conn: &mut Connection| {
            let tx = begin(conn)?;
            write::guard(&tx, epoch)?;
            let done = job(&tx)?;
            tx.commit().map_err(commit_failed)?;
            Ok(done)
        };
        writer.ask(whole).await
    }

    /// One job for somebody who reads: it sees the last commit.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut reader = self.reader().await;
        reader.ask(|conn| job(conn)).await
    }

    /// One job that sees one state throughout, however many statements it has.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut reader = self.reader().await;
        reader.ask(|conn| job(&*snapshot(conn)?)).await
    }

    /// What is listed: as it is known, or else read in one state.
    async fn listed(
        &self,
        listing: Listing,
        app: Option<&AppId>,
        most: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        let app = app.cloned();
        let listed = Listed { listing, app, most };
        if let Some(all) = self.decoded.listed(&listed) {
            return Ok(all);
        }
        let decoded = Arc::clone(&self.decoded);
        let job = move |conn: &Connection| {
            let at = decoded.now();
            let streams = read::list(conn, &listed)?;
            let mut found = decoded.read(conn, &streams, at)?;
            decoded.keep_list(at, listed, streams.clone());
            let fold = |stream| {
                let kept = found.remove(&stream)?;
                Some((stream, kept.fold))
            };
            Ok(streams.into_iter().filter_map(fold).collect())
        };
        self.look(job).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, wanted: Commit) -> Result<Vec<Verdict>, StoreError> {
        let (memo, decoded) = (Arc::clone(&self.memo), Arc::clone(&self.decoded));
        let epoch = self.epoch;
        let mut writer = self.writer.lock().await;
        let done = writer
            .ask(move |conn| commit(conn, &wanted, &memo, (&decoded, epoch)))
            .await;
        if matches!(done, Err(StoreError::Unknown(_))) {
            self.decoded.forget();
        }
        done
    }

    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError> {
        self.read(move |conn| outbox::owed(conn, now, limit)).await
    }

    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let epoch = self.epoch;
        self.read(move |conn| outbox::next_owed(conn, epoch)).await
    }

    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError> {
        let (id, epoch) = (id.clone(), self.epoch);
        self.write(move |conn| outbox::claim(conn, &id, epoch, now))
            .await
    }

    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError> {
        let (claim, epoch) = (claim.clone(), self.epoch);
        self.write(move |conn| outbox::settle(conn, &claim, epoch, settlement))
            .await
    }

    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError> {
        self.read(move |conn| doubt::doubtful(conn, now, limit))
            .await
    }

    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
        let (id, swept) = (id.clone(), swept.clone());
        self.write(move |conn| doubt::swept(conn, &id, &swept))
            .await
    }

    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError> {
        let (surface, channel, id) = (surface.clone(), channel.to_owned(), id.to_owned());
        self.read(move |conn| outbox::message(conn, &surface, &channel, &id))
            .await
    }

    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError> {
        let key = key.clone();
        self.read(move |conn| outbox::messages(conn, &key)).await
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError> {
        self.read(move |conn| read::due(conn, now, limit)).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(read::next_due).await
    }

    async fn fold(&self, stream: &StreamId) -> Result<Option<Fold>, StoreError> {
        if let Some(kept) = self.decoded.get(stream) {
            return Ok(Some(kept.fold));
        }
        let (stream, decoded) = (stream.clone(), Arc::clone(&self.decoded));
        let job = move |conn: &Connection| {
            let at = decoded.now();
            let mut found = decoded.read(conn, std::slice::from_ref(&stream), at)?;
            Ok(found.remove(&stream).map(|kept| kept.fold))
        };
        self.read(job).await
    }

    async fn open_folds(
        &self,
        app: Option<&AppId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        self.listed(Listing::Open, app, limit).await
    }

    async fn releases(&self, app: Option<&AppId>, limit: usize) -> Result<Vec<Fold>, StoreError> {
        let all = self.listed(Listing::Releases, app, limit).await?;
        Ok(all.into_iter().map(|(_, fold)| fold).collect())
    }

    async fn asked(&self, limit: usize) -> Result<Vec<ReleaseId>, StoreError> {
        self.read(move |conn| read::asked(conn, limit)).await
    }

    async fn active(&self) -> Result<Vec<EnvId>, StoreError> {
        self.read(read::active).await
    }

    async fn world(&self, needs: &Needs, settings: Arc<Settings>) -> Result<World, StoreError> {
        let (needs, decoded, epoch) = (needs.clone(), Arc::clone(&self.decoded), self.epoch);
        let job = move |conn: &Connection| {
            let mut desk = Desktop {
                conn,
                memo: None,
                decoded: &decoded,
                at: decoded.now(),
                epoch,
            };
            load::world(&mut desk, &needs, settings)
        };
        self.look(job).await
    }

    async fn events(
        &self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let stream = stream.cloned();
        self.read(move |conn| read::events(conn, stream.as_ref(), after, limit))
            .await
    }

    async fn head(&self) -> Result<(u64, Hash), StoreError> {
        let head = self.read(head).await?;
        Ok((head.seq, chain::hex(&head.hash)))
    }

    async fn keep(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        let hash = chain::keepable(bytes)?;
        let (name, bytes) = (hash.clone(), bytes.to_owned());
        let job = move |conn: &Connection| {
            let statement = "INSERT INTO blob (hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING";
            run(conn, statement, params![name.as_str(), bytes])
        };
        self.write(job).await?;
        Ok(hash)
    }

    async fn kept(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let hash = hash.clone();
        self.read(move |conn| {
            maybe_value(
                conn,
                "SELECT bytes FROM blob WHERE hash = ?",
                [hash.as_str()],
            )
        })
        .await
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn instance(&self) -> &str {
        &self.instance
    }
}
