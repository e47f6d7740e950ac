//! What the engine asks, answered from the file.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, Hash, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::{Fold, Needs, StreamId, World};

use super::failure::{commit_failed, failed};
use super::read::Listing;
use super::shelf::{Desktop, Memo, head};
use super::{SqliteStore, Writer, doubt, outbox, read, write};
use crate::store::{
    Claim, Commit, Doubt, EventRow, Message, Owed, OwedId, Settlement, Store, Swept, Verdict,
    WakeUp,
};
use crate::{StoreError, batch, chain, load};

impl SqliteStore {
    async fn commit_in(
        &self,
        writer: &mut Writer,
        commit: &Commit,
    ) -> Result<Vec<Verdict>, StoreError> {
        // Taken out, so that it is gone should anything fail or be given up below.
        let memo = writer.memo.take();
        let mut tx = writer.seat.begin().await?;
        write::guard(&mut tx, self.epoch).await?;
        let mut memo = match memo {
            Some(memo) => memo,
            None => Memo::read(&mut tx).await?,
        };
        let before = memo.head;
        let mut desk = Desktop {
            conn: &mut tx,
            memo: Some(&mut memo),
            decoded: &self.decoded,
            epoch: self.epoch,
        };
        let batch = batch::decide(&mut desk, commit, before).await?;
        memo.head = write::batch(&mut tx, &batch, commit, before).await?;
        tx.commit().await.map_err(commit_failed)?;
        memo.next = batch.next;
        for (stream, kept) in batch.folds {
            self.decoded.put(stream.clone(), kept.clone());
            memo.keep(stream, Some(kept));
        }
        writer.memo = Some(memo);
        Ok(batch.verdicts)
    }

    async fn listed(
        &self,
        listing: Listing,
        which: (Option<&AppId>, usize),
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        let mut seat = self.reader().await;
        let counted = read::list(seat.ready().await?, listing, which).await;
        if let Some(all) = self.decoded.all(&seat.after(counted)?)? {
            return Ok(all);
        }
        let mut tx = seat.snapshot().await?;
        let result = match read::list(&mut tx, listing, which).await {
            Ok(counted) => self.decoded.read_all(&mut tx, &counted).await,
            Err(error) => Err(error),
        };
        drop(tx);
        seat.after(result)
    }

    async fn claim_in(
        &self,
        writer: &mut Writer,
        id: &OwedId,
        now: DateTime<Utc>,
    ) -> Result<Option<Claim>, StoreError> {
        let mut tx = writer.seat.begin().await?;
        write::guard(&mut tx, self.epoch).await?;
        let claim = outbox::claim(&mut tx, id, self.epoch, now).await?;
        tx.commit().await.map_err(commit_failed)?;
        Ok(claim)
    }

    async fn swept_in(
        &self,
        writer: &mut Writer,
        id: &OwedId,
        swept: &Swept,
    ) -> Result<(), StoreError> {
        let mut tx = writer.seat.begin().await?;
        write::guard(&mut tx, self.epoch).await?;
        doubt::swept(&mut tx, id, swept).await?;
        tx.commit().await.map_err(commit_failed)
    }

    async fn settle_in(
        &self,
        writer: &mut Writer,
        claim: &Claim,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        let mut tx = writer.seat.begin().await?;
        write::guard(&mut tx, self.epoch).await?;
        outbox::settle(&mut tx, claim, self.epoch, settlement).await?;
        tx.commit().await.map_err(commit_failed)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, commit: Commit) -> Result<Vec<Verdict>, StoreError> {
        let mut writer = self.writer.lock().await;
        let result = self.commit_in(&mut writer, &commit).await;
        writer.seat.after(result)
    }

    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError> {
        let mut seat = self.reader().await;
        let result = outbox::owed(seat.ready().await?, now, limit).await;
        seat.after(result)
    }

    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut seat = self.reader().await;
        let result = outbox::next_owed(seat.ready().await?, self.epoch).await;
        seat.after(result)
    }

    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError> {
        let mut writer = self.writer.lock().await;
        let result = self.claim_in(&mut writer, id, now).await;
        writer.seat.after(result)
    }

    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let result = self.settle_in(&mut writer, claim, settlement).await;
        writer.seat.after(result)
    }

    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError> {
        let mut seat = self.reader().await;
        let result = doubt::doubtful(seat.ready().await?, now, limit).await;
        seat.after(result)
    }

    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let result = self.swept_in(&mut writer, id, swept).await;
        writer.seat.after(result)
    }

    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError> {
        let mut seat = self.reader().await;
        let result = outbox::message(seat.ready().await?, surface, channel, id).await;
        seat.after(result)
    }

    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError> {
        let mut seat = self.reader().await;
        let result = outbox::messages(seat.ready().await?, key).await;
        seat.after(result)
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError> {
        let mut seat = self.reader().await;
        let result = read::due(seat.ready().await?, now, limit).await;
        seat.after(result)
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut seat = self.reader().await;
        let result = read::next_due(seat.ready().await?).await;
        seat.after(result)
    }

    async fn fold(&self, stream: &StreamId) -> Result<Option<Fold>, StoreError> {
        let mut seat = self.reader().await;
        let wanted = std::slice::from_ref(stream);
        let result = self.decoded.read(seat.ready().await?, wanted).await;
        let mut found = seat.after(result)?;
        Ok(found.remove(stream).map(|kept| kept.fold))
    }

    async fn open_folds(
        &self,
        app: Option<&AppId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        self.listed(Listing::Open, (app, limit)).await
    }

    async fn releases(&self, app: Option<&AppId>, limit: usize) -> Result<Vec<Fold>, StoreError> {
        let all = self.listed(Listing::Releases, (app, limit)).await?;
        Ok(all.into_iter().map(|(_, fold)| fold).collect())
    }

    async fn asked(&self, limit: usize) -> Result<Vec<ReleaseId>, StoreError> {
        let mut seat = self.reader().await;
        let result = read::asked(seat.ready().await?, limit).await;
        seat.after(result)
    }

    async fn active(&self) -> Result<Vec<EnvId>, StoreError> {
        let mut seat = self.reader().await;
        let result = read::active(seat.ready().await?).await;
        seat.after(result)
    }

    async fn world(&self, needs: &Needs, settings: Arc<Settings>) -> Result<World, StoreError> {
        let mut seat = self.reader().await;
        let mut tx = seat.snapshot().await?;
        let mut desk = Desktop {
            conn: &mut tx,
            memo: None,
            decoded: &self.decoded,
            epoch: self.epoch,
        };
        let result = load::world(&mut desk, needs, settings).await;
        drop(tx);
        seat.after(result)
    }

    async fn events(
        &self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let mut seat = self.reader().await;
        let result = read::events(seat.ready().await?, stream, after, limit).await;
        seat.after(result)
    }

    async fn head(&self) -> Result<(u64, Hash), StoreError> {
        let mut seat = self.reader().await;
        let result = head(seat.ready().await?).await;
        let head = seat.after(result)?;
        Ok((head.seq, chain::hex(&head.hash)))
    }

    async fn keep(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        let hash = chain::keepable(bytes)?;
        let mut writer = self.writer.lock().await;
        let result =
            sqlx::query("INSERT INTO blob (hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(hash.as_str())
                .bind(bytes)
                .execute(writer.seat.ready().await?)
                .await
                .map_err(commit_failed);
        writer.seat.after(result)?;
        Ok(hash)
    }

    async fn kept(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let mut seat = self.reader().await;
        let result = sqlx::query_scalar("SELECT bytes FROM blob WHERE hash = ?")
            .bind(hash.as_str())
            .fetch_optional(seat.ready().await?)
            .await
            .map_err(failed);
        seat.after(result)
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn instance(&self) -> &str {
        &self.instance
    }
}
