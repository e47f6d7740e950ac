//! An engine for one command while no bot runs: the writer, and the driver of one
//! environment.
//!
//! What people are owed for what it does is recorded like anything else and stays
//! owed: no message, no reading of asks, no reminder leaves from here. The bot does
//! all that when it starts. No attempt needs a wake-up: the driver keeps its own time.

use std::sync::Arc;

use shipbell_adapters::chat::Card;
use shipbell_domain::attempt::Attempt;
use shipbell_domain::command::Wish;
use shipbell_domain::effect::CardId;
use shipbell_domain::environment::Environment;
use shipbell_domain::ids::{EnvId, Person, Surface};
use shipbell_domain::{Fold, StreamId};
use shipbell_storage::{InputId, StoreError};

use super::answers::Who;
use super::hub::Hub;
use super::{Ports, Setup, driver, record, recover, terminal, view};
use crate::chatops::vocabulary::Vocabulary;
use crate::render::Dialect;

/// An engine that does one thing for the person at this terminal.
pub struct Alone {
    hub: Arc<Hub>,
    /// Where that person speaks.
    surface: Surface,
}

impl Alone {
    /// Begins to record. What is to be told is owed to `owed_to`, for whoever serves
    /// these platforms next.
    pub fn begin(ports: Ports, setup: Setup, surface: Surface, owed_to: Vec<Surface>) -> Self {
        let (hub, jobs) = Hub::owing(ports, setup, owed_to);
        let writing = record::write(Arc::clone(&hub), jobs);
        hub.ports.spawn.spawn("writer", Box::pin(writing));
        Self { hub, surface }
    }

    /// What everything is kept in, for reading.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Everything words can refer to.
    pub async fn vocabulary(&self) -> Result<Vocabulary, StoreError> {
        view::vocabulary(&self.hub, &self.surface).await
    }

    /// How people are called on this terminal, and commands begin.
    pub fn dialect(&self) -> Dialect {
        view::dialect(&self.hub, &self.surface)
    }

    /// How an environment stands; none if nothing ever happened to it.
    pub async fn environment(&self, id: &EnvId) -> Result<Option<Arc<Environment>>, StoreError> {
        let stream = StreamId::Environment(id.clone());
        Ok(match self.hub.ports.store.fold(&stream).await? {
            Some(Fold::Environment(fold)) => Some(fold),
            Some(_) | None => None,
        })
    }

    /// Does what a bot does for an environment when it starts: puts the policies in
    /// force, and takes over what was at work there.
    pub async fn take_over(&self, environment: &EnvId) {
        recover::take_over_one(&self.hub, environment).await;
    }

    /// Has a wish decided and recorded, the same one once.
    ///
    /// # Errors
    ///
    /// It was refused, or nothing was recorded; the words say which.
    pub async fn wish(&self, by: &Person, id: String, wish: Wish) -> Result<String, String> {
        let vocabulary = self.vocabulary().await.map_err(|error| error.to_string())?;
        let who = Who {
            surface: &self.surface,
            by,
            account: None,
            id: InputId {
                source: self.surface.to_string(),
                id,
            },
        };
        let (answer, refused) = terminal::wished(&self.hub, &who, &vocabulary, wish).await;
        terminal::told(answer, refused)
    }

    /// Drives the attempts of an environment until none is at work, or all effects are
    /// stopped. It can be cut off anywhere.
    pub async fn drive(&self, environment: &EnvId) {
        driver::drive(&self.hub, environment).await;
    }

    /// An attempt as its card shows it; none if it cannot be read just now.
    pub async fn card(&self, environment: &EnvId, attempt: &Attempt) -> Option<Card> {
        let id = CardId::Progress {
            release: attempt.release,
            environment: environment.clone(),
            attempt: attempt.number,
        };
        view::card(&self.hub, &self.surface, &id).await.ok()?
    }
}
