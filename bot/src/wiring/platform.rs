//! What opening is like on every platform: what it has of the program around it,
//! whom it serves, and what only a person can mend.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shipbell_adapters::chat::hands::Hands;
use shipbell_adapters::chat::{ChannelId, Chat, UserId};
use shipbell_domain::ids::{Person, Role, Surface};

use super::{Around, listen};
use crate::config::{Config, Contact};
use crate::engine::ports::{Clock as _, Destination, Random as _, Spawn as _};
use crate::system::{SystemClock, SystemRandom};

/// A platform that is being opened.
pub(super) struct Platform<'a> {
    /// As people write it.
    pub(super) name: &'static str,
    /// What its tasks are called.
    pub(super) tasks: &'static str,
    pub(super) surface: Surface,
    pub(super) around: &'a Around<'a>,
}

impl Platform<'_> {
    /// What it has of the program around it.
    pub(super) fn hands(&self) -> Hands {
        let (spawn, name) = (Arc::clone(self.around.tasks), self.tasks);
        let arrivals = self.around.arrivals.clone();
        Hands {
            clock: Arc::new(|| SystemClock.now()),
            randomness: Arc::new(|| SystemRandom.seed()),
            spawn: Arc::new(move |task| spawn.spawn(name, task)),
            inbound: listen(self.around.tasks, arrivals, self.surface.clone()),
        }
    }

    /// Runs something of it for as long as the bot runs.
    pub(super) fn beside(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.around.tasks.spawn(self.tasks, Box::pin(task));
    }

    /// How it notes what only a person can mend, or that it is mended.
    pub(super) fn teller(&self) -> impl Fn(Option<String>) + Send + 'static {
        let (name, trouble) = (self.name, self.around.trouble.clone());
        move |what| {
            trouble.send_modify(|all| match what {
                Some(what) => {
                    let what = format!("{name} does not do what it should. {what}.");
                    all.insert(name, what);
                }
                None => {
                    all.remove(name);
                }
            });
        }
    }

    /// Where the bot speaks there.
    pub(super) fn destination(
        self,
        chat: Arc<dyn Chat>,
        channel: &str,
    ) -> BTreeMap<Surface, Destination> {
        let channel = ChannelId(channel.to_owned());
        BTreeMap::from([(self.surface, Destination { chat, channel })])
    }
}

/// Whose accounts on a platform are whose.
pub(super) fn identities(
    surface: &Surface,
    config: &Config,
    account: impl Fn(&Contact) -> Option<&String>,
) -> BTreeMap<(Surface, UserId), Person> {
    let contacts = config.contacts.iter();
    let accounts = contacts.filter_map(|(person, contact)| {
        let account = UserId(account(contact)?.clone());
        Some(((surface.clone(), account), person.clone()))
    });
    accounts.collect()
}

/// The roles that come with being in a group there.
pub(super) fn groups(
    surface: &Surface,
    groups: &BTreeMap<String, BTreeSet<Role>>,
) -> BTreeMap<(Surface, String), BTreeSet<Role>> {
    let groups = groups.iter();
    groups
        .map(|(id, roles)| ((surface.clone(), id.clone()), roles.clone()))
        .collect()
}
