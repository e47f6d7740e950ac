//! Mistakes in talking to platforms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell::engine::ports::Destination;
use shipbell_adapters::chat::{
    Account, Card, Chat, ChatError, File, Limits, MessageRef, Place, Reaction, Standing, UserId,
};
use shipbell_domain::ids::Surface;

use super::Mutant;
use crate::sim::locked;
use crate::sim::people::user;

/// The same platforms, talked to with one mistake.
pub(super) fn wrong(
    mutant: Mutant,
    right: BTreeMap<Surface, Destination>,
) -> BTreeMap<Surface, Destination> {
    let bend = |(surface, it): (Surface, Destination)| {
        let chat = Arc::new(Wrong {
            mutant,
            inner: it.chat,
            seen: Mutex::default(),
            posted: Mutex::default(),
        });
        (
            surface,
            Destination {
                chat,
                channel: it.channel,
            },
        )
    };
    right.into_iter().map(bend).collect()
}

struct Wrong {
    mutant: Mutant,
    inner: Arc<dyn Chat>,
    seen: Mutex<BTreeMap<MessageRef, BTreeSet<Reaction>>>,
    posted: Mutex<BTreeMap<String, u32>>,
}

#[async_trait]
impl Chat for Wrong {
    fn limits(&self) -> Limits {
        let limits = self.inner.limits();
        match self.mutant {
            Mutant::SettleSkipped => Limits {
                settle: Duration::ZERO,
                ..limits
            },
            _ => limits,
        }
    }

    async fn post(&self, to: &Place, key: &str, card: &Card) -> Result<MessageRef, ChatError> {
        if self.mutant != Mutant::KeyRenewed {
            return self.inner.post(to, key, card).await;
        }
        let again = {
            let mut posted = locked(&self.posted);
            let times = posted.entry(key.to_owned()).or_insert(0);
            *times += 1;
            *times
        };
        match again {
            1 => self.inner.post(to, key, card).await,
            _ => self.inner.post(to, &format!("{key}#{again}"), card).await,
        }
    }

    async fn edit(&self, at: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.inner.edit(at, card).await
    }

    async fn delete_own(&self, at: &MessageRef) -> Result<(), ChatError> {
        match self.mutant {
            Mutant::CopiesLeft => Ok(()),
            _ => self.inner.delete_own(at).await,
        }
    }

    async fn find_by_key(
        &self,
        place: &Place,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<MessageRef>, ChatError> {
        match self.mutant {
            Mutant::LookUpSkipped => Ok(Vec::new()),
            _ => self.inner.find_by_key(place, key, since).await,
        }
    }

    async fn react(&self, at: &MessageRef, emoji: &str) -> Result<(), ChatError> {
        self.inner.react(at, emoji).await
    }

    async fn reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        let mut found = self.inner.reactions(at).await?;
        match self.mutant {
            Mutant::StandingRemembered => {
                let mut seen = locked(&self.seen);
                let known = seen.entry(at.clone()).or_default();
                known.extend(found);
                Ok(known.iter().cloned().collect())
            }
            Mutant::ProgramCounts => {
                let program = user("deploybot");
                for reaction in found.iter_mut().filter(|it| it.by == program) {
                    reaction.by = user("pia");
                }
                Ok(found)
            }
            Mutant::VetoIgnored => {
                found.retain(|it| it.emoji != "x");
                Ok(found)
            }
            _ => Ok(found),
        }
    }

    async fn account(&self, who: &UserId) -> Result<Account, ChatError> {
        let mut account = self.inner.account(who).await?;
        if self.mutant == Mutant::GuestCounts && account.standing == Standing::Guest {
            account.standing = Standing::Member;
        }
        Ok(account)
    }

    async fn link(&self, at: &MessageRef) -> Result<Option<String>, ChatError> {
        self.inner.link(at).await
    }

    async fn upload(&self, to: &Place, key: &str, file: &File) -> Result<MessageRef, ChatError> {
        self.inner.upload(to, key, file).await
    }
}
