//! People, right and wrong: what they do, and what came of it as far as they saw.
//!
//! They know only what the platforms show them. [`Deed`] is the world's own
//! record of what they did: the judges go by it.

mod habits;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::card::InputKind;
use shipbell_adapters::chat::{Act, Answer, Form, MessageRef, PlaceRef, UserId};

use super::chat::{Service, channel};
use super::diary::Diary;
use super::executor::Executor;
use super::locked;

/// Something a person did.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The platform's own id of it.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// On which platform.
    pub surface: String,
    /// Who.
    pub by: UserId,
    /// What.
    pub act: Act,
    /// The key of the message it was done to.
    pub on: Option<String>,
    /// When and how the bot answered; never if the platform gave up.
    pub answered: Option<(DateTime<Utc>, Answer)>,
}

/// Everybody; clones are the same people.
#[derive(Clone)]
pub struct People(Arc<Inner>);

struct Inner {
    executor: Executor,
    diary: Arc<Diary>,
    services: Vec<Service>,
    deeds: Mutex<Vec<Deed>>,
}

impl People {
    /// People on these platforms.
    pub fn new(executor: Executor, diary: Arc<Diary>, services: Vec<Service>) -> Self {
        Self(Arc::new(Inner {
            executor,
            diary,
            services,
            deeds: Mutex::default(),
        }))
    }

    /// Everything they did.
    pub fn deeds(&self) -> Vec<Deed> {
        locked(&self.0.deeds).clone()
    }

    /// Somebody addresses the bot.
    pub async fn say(&self, service: &Service, by: &str, text: String) -> Option<Answer> {
        let place = PlaceRef {
            channel: channel(),
            thread: None,
        };
        self.act(service, by, Act::Said { place, text }, None).await
    }

    /// Somebody puts an emoji on a message or takes it off; the platform shows
    /// it at once, whatever the bot hears of it.
    pub async fn react(
        &self,
        service: &Service,
        by: &str,
        on: &MessageRef,
        (emoji, added): (&str, bool),
    ) {
        let (user, now) = (user(by), self.0.executor.now());
        let changed = if added {
            service.room().put(on, &user, emoji, now)
        } else {
            service.room().take(on, &user, emoji, now)
        };
        if !changed {
            return;
        }
        let (on, emoji) = (on.clone(), emoji.to_owned());
        let key = key_of(service, &on);
        self.act(service, by, Act::Reacted { on, emoji, added }, key)
            .await;
    }

    /// Somebody presses a button, and fills in the form if one comes.
    pub async fn press(&self, service: &Service, by: &str, on: MessageRef, action: String) {
        let key = key_of(service, &on);
        let answer = self
            .act(service, by, Act::Pressed { on, action }, key.clone())
            .await;
        if let Some(Answer::Form(form)) = answer {
            self.0.executor.pause(5_000, 60_000).await;
            let values = filled(&form);
            self.act(
                service,
                by,
                Act::Submitted {
                    form: form.id,
                    values,
                },
                key,
            )
            .await;
        }
    }

    async fn act(
        &self,
        service: &Service,
        by: &str,
        act: Act,
        on: Option<String>,
    ) -> Option<Answer> {
        let (by, at) = (user(by), self.0.executor.now());
        let words = words_of(&by, &act, on.as_deref());
        self.0.diary.write(service.name(), words);
        let (id, number) = {
            let mut deeds = locked(&self.0.deeds);
            let number = deeds.len();
            let id = format!("{}-{}", service.name(), number + 1);
            let surface = service.name().to_owned();
            let (id_too, by, act) = (id.clone(), by.clone(), act.clone());
            deeds.push(Deed {
                id: id_too,
                at,
                surface,
                by,
                act,
                on,
                answered: None,
            });
            (id, number)
        };
        let answer = service.deliver(&id, &by, act).await?;
        let heard = summary(&answer);
        self.0
            .diary
            .write(service.name(), format!("{by} hears: {heard}"));
        let now = self.0.executor.now();
        locked(&self.0.deeds)[number].answered = Some((now, answer.clone()));
        Some(answer)
    }
}

/// A person's account, on every platform.
pub fn user(name: &str) -> UserId {
    UserId(format!("U-{name}"))
}

fn key_of(service: &Service, on: &MessageRef) -> Option<String> {
    service
        .room()
        .posts
        .iter()
        .find(|it| it.id == on.id)
        .map(|it| it.key.clone())
}

fn filled(form: &Form) -> Vec<(String, String)> {
    let fill = |it: &shipbell_adapters::chat::Input| {
        let fresh = match &it.kind {
            InputKind::Line | InputKind::Lines => "because".to_owned(),
            InputKind::Choice(all) => all.first().map(|(it, _)| it.clone()).unwrap_or_default(),
            InputKind::Tick => "true".to_owned(),
        };
        let value = if it.value.is_empty() {
            fresh
        } else {
            it.value.clone()
        };
        (it.name.clone(), value)
    };
    form.inputs.iter().map(fill).collect()
}

fn words_of(by: &UserId, act: &Act, on: Option<&str>) -> String {
    let on = on.unwrap_or_default();
    match act {
        Act::Said { text, .. } => format!("{by} says /release {text}"),
        Act::Reacted {
            emoji, added: true, ..
        } => format!("{by} puts {emoji} on {on}"),
        Act::Reacted {
            emoji,
            added: false,
            ..
        } => format!("{by} takes {emoji} off {on}"),
        Act::Pressed { action, .. } => format!("{by} presses {action} on {on}"),
        Act::Submitted { form, .. } => format!("{by} sends in {form}"),
        Act::Kept { on, .. } => format!("{by} keeps {}", on.id),
        Act::LookedIn => format!("{by} looks in"),
        Act::Completing { text } => format!("{by} begins {text}"),
        Act::Connected => "connected".to_owned(),
    }
}

fn summary(answer: &Answer) -> String {
    match answer {
        Answer::Done => "ok".to_owned(),
        Answer::Private(card) => card.summary.clone(),
        Answer::Form(form) => format!("a form: {}", form.title),
        Answer::FieldErrors(errors) => format!("mistakes: {errors:?}"),
        Answer::Completions(_) => "completions".to_owned(),
    }
}
