//! A chat at which the program can end.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell_adapters::chat::{
    Account, Card, Chat, ChatError, File, Limits, MessageRef, Place, Reaction, UserId,
};

use super::{Fuse, Point};

pub(super) struct Crashing {
    pub(super) fuse: Arc<Fuse>,
    pub(super) inner: Arc<dyn Chat>,
}

#[async_trait]
impl Chat for Crashing {
    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    async fn post(&self, to: &Place, key: &str, card: &Card) -> Result<MessageRef, ChatError> {
        self.fuse.reach(Point::BeforePost);
        let posted = self.inner.post(to, key, card).await;
        self.fuse.reach(Point::AfterPost);
        posted
    }

    async fn edit(&self, at: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.fuse.reach(Point::BeforeEdit);
        let edited = self.inner.edit(at, card).await;
        self.fuse.reach(Point::AfterEdit);
        edited
    }

    async fn delete_own(&self, at: &MessageRef) -> Result<(), ChatError> {
        self.inner.delete_own(at).await
    }

    async fn find_by_key(
        &self,
        place: &Place,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<MessageRef>, ChatError> {
        let found = self.inner.find_by_key(place, key, since).await;
        self.fuse.reach(Point::LookedUp);
        found
    }

    async fn react(&self, at: &MessageRef, emoji: &str) -> Result<(), ChatError> {
        self.fuse.reach(Point::BeforeMark);
        let marked = self.inner.react(at, emoji).await;
        self.fuse.reach(Point::AfterMark);
        marked
    }

    async fn reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        self.inner.reactions(at).await
    }

    async fn account(&self, user: &UserId) -> Result<Account, ChatError> {
        self.inner.account(user).await
    }

    async fn link(&self, at: &MessageRef) -> Result<Option<String>, ChatError> {
        self.inner.link(at).await
    }

    async fn upload(&self, to: &Place, key: &str, file: &File) -> Result<MessageRef, ChatError> {
        self.inner.upload(to, key, file).await
    }
}
