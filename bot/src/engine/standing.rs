//! What stands on the asks, read from the platforms: an event is only a hint.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::{ChannelId, ChatError, MessageRef, Standing as Account};
use shipbell_domain::ask::{Ask, AskId, Standing};
use shipbell_domain::command::Report;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::{Person, ReleaseId, Surface};
use shipbell_domain::release::Release;
use shipbell_domain::{Command, Fold};
use shipbell_storage::{Message, Settles, Verdict};

use super::hub::Hub;
use super::ports::Destination;
use super::retry;
use crate::chatops::reactions::{self, Meaning};

/// How often every open ask is read without being asked to.
const EVERY: Duration = Duration::from_secs(90);
/// How many releases are looked at in one round.
const LIMIT: usize = 2000;

/// Why what stands could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("a platform did not answer: {0}")]
    Chat(#[from] ChatError),
    #[error("the database did not answer: {0}")]
    Store(#[from] shipbell_storage::StoreError),
}

/// What was read, and when the reading began.
pub(super) struct Seen {
    pub(super) read_at: DateTime<Utc>,
    pub(super) standing: Vec<Standing>,
}

/// Reads all open asks now and then, so that no answer depends on its event.
pub(super) async fn run(hub: Arc<Hub>) {
    while hub.halted().is_none() {
        reconcile(&hub).await;
        hub.pause(EVERY).await;
    }
}

/// Reads the asks of every open release once.
pub(super) async fn reconcile(hub: &Hub) {
    let Ok(folds) = hub.ports.store.open_folds(None, LIMIT).await else {
        return;
    };
    for (_, fold) in folds {
        let Fold::Release(release) = fold else {
            continue;
        };
        if release.asks.values().any(Ask::is_open) {
            refresh(hub, &release).await;
        }
    }
}

/// Reads the asks of one release and records what changed.
pub(super) async fn refresh(hub: &Hub, release: &Release) -> Option<Verdict> {
    let seen = match read(hub, release).await {
        Ok(seen) => seen,
        Err(error) => {
            tracing::info!(release = %release.id, %error, "asks not read; trying again later");
            return None;
        }
    };
    let report = report_of(release.id, None, seen);
    retry::report(hub, "reading", report, Settles::Nothing).await
}

pub(super) fn report_of(
    release: ReleaseId,
    env: Option<shipbell_domain::ids::EnvName>,
    seen: Seen,
) -> Command {
    let Seen { read_at, standing } = seen;
    Command::Report(Report::StandingRead {
        release,
        env,
        read_at,
        standing,
    })
}

/// Reads every open ask of a release on every platform: all of it, or an error.
pub(super) async fn read(hub: &Hub, release: &Release) -> Result<Seen, Unreadable> {
    let read_at = hub.time().await;
    let mut standing = Vec::new();
    for ask in release.asks.values().filter(|ask| ask.is_open()) {
        let copies = hub
            .ports
            .store
            .messages(
                &CardId::Ask {
                    ask: ask.id.clone(),
                }
                .key(),
            )
            .await?;
        for (surface, destination) in &hub.ports.chats {
            let here = copies.iter().filter(|it| it.surface == *surface);
            standing.push(read_here(hub, &ask.id, surface, destination, here).await?);
        }
    }
    Ok(Seen { read_at, standing })
}

async fn read_here<'a>(
    hub: &Hub,
    ask: &AskId,
    surface: &Surface,
    destination: &Destination,
    copies: impl Iterator<Item = &'a Message>,
) -> Result<Standing, Unreadable> {
    let (mut yes, mut no) = (BTreeSet::new(), BTreeSet::new());
    let setup = hub.setup();
    for copy in copies {
        let reactions = match destination.chat.reactions(&address(copy)).await {
            Ok(reactions) => reactions,
            // A copy somebody deleted carries nothing.
            Err(ChatError::Gone) => continue,
            Err(error) => return Err(error.into()),
        };
        for reaction in reactions {
            let side = match reactions::meaning(&reaction.emoji) {
                Some(Meaning::Yes) => &mut yes,
                Some(Meaning::No) => &mut no,
                None => continue,
            };
            let who = (surface.clone(), reaction.by.clone());
            let Some(person) = setup.identities.get(&who) else {
                continue;
            };
            if destination.chat.account(&reaction.by).await?.standing == Account::Member {
                side.insert(Person::clone(person));
            }
        }
    }
    Ok(Standing {
        ask: ask.clone(),
        surface: surface.clone(),
        yes,
        no,
    })
}

/// A message in the platform's own words.
pub(super) fn address(message: &Message) -> MessageRef {
    MessageRef {
        channel: ChannelId(message.channel.clone()),
        id: message.id.clone(),
    }
}
