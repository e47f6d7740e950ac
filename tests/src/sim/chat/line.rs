//! The bot's line to a platform: the port `Chat`, with every way a request can go wrong.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::chat::{
    Account, Card, Chat, ChatError, File, Limits, MessageRef, Place, Reaction, Standing, Text,
    UserId,
};

use super::{BOT, Service};
use crate::sim::executor::Owner;
use crate::sim::weather::Fault;

/// A line of one life of the bot to a platform.
pub struct Line(pub Service);

/// How a request fared on its way.
enum Way {
    /// It is there.
    There,
    /// It will be there in so many seconds, when nobody waits for it any more.
    Later(u64),
    /// It never arrived.
    Nowhere,
}

/// The seconds after which no request lands any more: less than the platform's promise.
const LATEST: u64 = 25;

/// The seconds after which not even a straggler lands.
const STRAGGLER: u64 = 600;

/// When a caller gives up.
const PATIENCE: u64 = 10_000;

impl Line {
    async fn go(&self) -> Result<Way, ChatError> {
        let Service(it) = &self.0;
        it.executor.pause(5, 200).await;
        if it.weather.is_away(&it.name) {
            if it.executor.draw(|it| it.happens(500_000)) {
                let what = "connection refused".to_owned();
                return Err(ChatError::Later {
                    what,
                    after: Duration::from_secs(5),
                });
            }
            return Ok(Way::Nowhere);
        }
        if it.weather.strikes(Fault::TooMany) {
            let after = Duration::from_secs(it.executor.draw(|it| it.between(1, 5)));
            return Err(ChatError::Later {
                what: "rate limited".to_owned(),
                after,
            });
        }
        if it.weather.strikes(Fault::RequestLost) {
            return Ok(Way::Nowhere);
        }
        if it.weather.strikes(Fault::RequestLate) {
            return Ok(Way::Later(it.executor.draw(|it| it.between(1, LATEST))));
        }
        Ok(Way::There)
    }

    async fn give_up<T>(&self) -> Result<T, ChatError> {
        self.0.0.executor.pause(PATIENCE, PATIENCE).await;
        Err(ChatError::Unknown("no answer within 10 s".to_owned()))
    }

    /// Changes something there, now or when nobody waits for it any more.
    async fn change<T, F>(&self, change: F) -> Result<T, ChatError>
    where
        T: Send + 'static,
        F: FnOnce(&Service) -> Result<T, ChatError> + Send + 'static,
    {
        let it = &self.0.0;
        match self.go().await? {
            Way::Nowhere => return self.give_up().await,
            Way::Later(seconds) => {
                self.later(seconds, change);
                return self.give_up().await;
            }
            Way::There => {}
        }
        let done = change(&self.0);
        if it.weather.strikes(Fault::AnswerLost) {
            return self.give_up().await;
        }
        it.executor.pause(5, 200).await;
        done
    }

    /// Changes something there in so many seconds; nobody is there to hear how it went.
    fn later<T, F>(&self, seconds: u64, change: F)
    where
        T: 'static,
        F: FnOnce(&Service) -> Result<T, ChatError> + Send + 'static,
    {
        let (service, executor) = (self.0.clone(), &self.0.0.executor);
        let length = TimeDelta::seconds(i64::try_from(seconds).unwrap_or_default());
        let at = executor.now() + length;
        let land = async move {
            service.0.executor.until(at).await;
            drop(change(&service));
        };
        executor.spawn(Owner::World, Box::pin(land));
    }

    /// Reads something there.
    async fn read<T>(
        &self,
        read: impl FnOnce(&Service) -> Result<T, ChatError> + Send,
    ) -> Result<T, ChatError>
    where
        T: Send,
    {
        let it = &self.0.0;
        match self.go().await? {
            Way::Nowhere | Way::Later(_) => return self.give_up().await,
            Way::There => {}
        }
        let found = read(&self.0);
        if it.weather.strikes(Fault::AnswerLost) {
            return self.give_up().await;
        }
        it.executor.pause(5, 200).await;
        found
    }
}

#[async_trait]
impl Chat for Line {
    fn limits(&self) -> Limits {
        let post_every = Duration::from_secs(1);
        Limits {
            settle: self.0.0.settle,
            post_every,
            edit_every: Duration::from_secs(1),
        }
    }

    async fn post(&self, to: &Place, key: &str, card: &Card) -> Result<MessageRef, ChatError> {
        let (to, key, card) = (to.clone(), key.to_owned(), card.clone());
        let straggles = self.0.0.weather.strikes(Fault::PostStraggles);
        let show = move |service: &Service| {
            let thread = to.thread.map(|it| it.id);
            let text = format!("posts [{key}] {}", card.summary);
            let id = service
                .room()
                .post((service.0.executor.now(), straggles), &key, thread, card);
            service
                .0
                .diary
                .write(service.name(), format!("{id}: bot {text}"));
            Ok(MessageRef {
                channel: to.channel,
                id,
            })
        };
        if straggles {
            let seconds = self.0.0.executor.draw(|it| it.between(LATEST, STRAGGLER));
            self.later(seconds, show);
            return self.give_up().await;
        }
        self.change(show).await
    }

    async fn edit(&self, at: &MessageRef, card: &Card) -> Result<(), ChatError> {
        let (at, card) = (at.clone(), card.clone());
        self.change(move |service| {
            let mut room = service.room();
            let post = room.shown(&at).ok_or(ChatError::Gone)?;
            post.card = card;
            post.edits += 1;
            Ok(())
        })
        .await
    }

    async fn delete_own(&self, at: &MessageRef) -> Result<(), ChatError> {
        let at = at.clone();
        self.change(move |service| {
            let now = service.0.executor.now();
            if let Some(post) = service.room().shown(&at) {
                post.deleted = Some(now);
            }
            service
                .0
                .diary
                .write(service.name(), format!("{}: deleted", at.id));
            Ok(())
        })
        .await
    }

    async fn find_by_key(
        &self,
        place: &Place,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<MessageRef>, ChatError> {
        let thread = place.thread.as_ref().map(|it| it.id.clone());
        self.read(|service| {
            let room = service.room();
            let of_it = room.visible().filter(|it| it.key == key && it.at >= since);
            let here = of_it.filter(|it| it.thread == thread);
            Ok(here.map(super::Post::address).collect())
        })
        .await
    }

    async fn react(&self, at: &MessageRef, emoji: &str) -> Result<(), ChatError> {
        let (at, emoji) = (at.clone(), emoji.to_owned());
        self.change(move |service| {
            let (now, by) = (service.0.executor.now(), UserId(BOT.to_owned()));
            service.room().put(&at, &by, &emoji, now);
            Ok(())
        })
        .await
    }

    async fn reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        self.read(|service| {
            let mut room = service.room();
            Ok(room.shown(at).ok_or(ChatError::Gone)?.standing())
        })
        .await
    }

    async fn account(&self, user: &UserId) -> Result<Account, ChatError> {
        let unknown = Account {
            standing: Standing::Gone,
            groups: Vec::new(),
            name: None,
        };
        self.read(|service| {
            Ok(service
                .room()
                .accounts
                .get(user)
                .cloned()
                .unwrap_or(unknown))
        })
        .await
    }

    async fn link(&self, at: &MessageRef) -> Result<Option<String>, ChatError> {
        Ok(Some(format!("https://{}.example/{}", self.0.name(), at.id)))
    }

    async fn upload(&self, to: &Place, key: &str, file: &File) -> Result<MessageRef, ChatError> {
        let summary = file.name.clone();
        let card = Card {
            summary,
            title: Some(Text::plain(&file.name)),
            ..Card::default()
        };
        self.post(to, key, &card).await
    }
}
