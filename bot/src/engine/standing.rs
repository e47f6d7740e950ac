//! What stands on the asks, read from the platforms: an event is only a hint.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{Either, select};
use shipbell_adapters::chat::{ChannelId, ChatError, MessageRef, Standing as Account};
use shipbell_domain::ask::{AskId, Standing};
use shipbell_domain::command::Report;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::{ReleaseId, Surface};
use shipbell_domain::origin::Sighting;
use shipbell_domain::release::Release;
use shipbell_domain::{Command, Fold, StreamId};
use shipbell_storage::{Message, Settles, Verdict};
use tokio::sync::oneshot;

use super::hub::Hub;
use super::ports::Destination;
use super::{retry, roster};
use crate::chatops::reactions::{self, Meaning};

/// How often every open ask is read without being asked to.
const EVERY: Duration = Duration::from_secs(90);
/// How soon after a hint somebody is answered: platforms give up after three seconds.
const IN_TIME: Duration = Duration::from_secs(2);
/// The pauses before it is tried again to read what somebody told of.
const AGAIN: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
];
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
    let Ok(asked) = hub.ports.store.asked(LIMIT).await else {
        return;
    };
    for release in asked {
        refresh_one(hub, release).await;
    }
}

/// Reads the asks of one release because somebody told of a change there; whether
/// that was done as soon as an answer is due. It goes on until it is done: the hint
/// need not come again, and if the bot dies all asks are read when it starts.
pub(super) async fn told(hub: &Arc<Hub>, release: ReleaseId) -> bool {
    let (done, read) = oneshot::channel();
    let task = insist(Arc::clone(hub), release, done);
    hub.ports.spawn.spawn("reading", Box::pin(task));
    match select(read, Box::pin(hub.pause(IN_TIME))).await {
        Either::Left((read, _)) => read.is_ok(),
        Either::Right(((), _)) => false,
    }
}

/// Reads until it works, longer and longer apart; one task a release at most.
async fn insist(hub: Arc<Hub>, release: ReleaseId, done: oneshot::Sender<()>) {
    if refresh_one(&hub, release).await {
        // Whoever waited may have given up.
        let _gone = done.send(());
        return;
    }
    drop(done);
    if !hub.rereads.lock().insert(release) {
        return;
    }
    for wait in AGAIN {
        hub.pause(wait).await;
        if refresh_one(&hub, release).await {
            break;
        }
    }
    hub.rereads.lock().remove(&release);
}

/// The releases whose asks could not be read and are read again soon.
#[derive(Default)]
pub(super) struct Rereads(Mutex<BTreeSet<ReleaseId>>);

impl Rereads {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<ReleaseId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the asks of one release; whether there is nothing left to read.
pub(super) async fn refresh_one(hub: &Hub, release: ReleaseId) -> bool {
    match hub.ports.store.fold(&StreamId::Release(release)).await {
        Ok(Some(Fold::Release(release))) => refresh(hub, &release).await.is_some(),
        Ok(_) => true,
        Err(_) => false,
    }
}

/// Reads the asks of one release and records what changed.
async fn refresh(hub: &Hub, release: &Release) -> Option<Verdict> {
    let seen = match read(hub, release).await {
        Ok(seen) => seen,
        Err(error) => {
            tracing::info!(release = %release.id, %error, "asks not read; trying again later");
            return None;
        }
    };
    let report = report_of(release.id, seen);
    retry::report(hub, "reading", report, Settles::Nothing).await
}

fn report_of(release: ReleaseId, seen: Seen) -> Command {
    let Seen { read_at, standing } = seen;
    Command::Report(Report::StandingRead {
        release,
        env: None,
        read_at,
        standing,
        sighting: Sighting::default(),
    })
}

/// Reads every open ask of a release on every platform: all of it, or an error.
pub(super) async fn read(hub: &Hub, release: &Release) -> Result<Seen, Unreadable> {
    let read_at = hub.time().await;
    let mut standing = Vec::new();
    for ask in release.asks.values().filter(|ask| ask.is_open()) {
        roster::ask_again(hub, ask).await?;
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
                Some(Meaning::Keep) | None => continue,
            };
            let Some(person) = roster::person(hub, surface, &reaction.by).await? else {
                continue;
            };
            if destination.chat.account(&reaction.by).await?.standing == Account::Member {
                side.insert(person);
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
