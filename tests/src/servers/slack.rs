//! A Slack of our own: one workspace behind Slack's wire format, over real sockets, and strict.
//!
//! [`Slack`] opens the workspace and tells what happened in it; [`Person`] acts in it.
//! Whatever a program does that Slack would refuse, or that its rules forbid, is a
//! violation, and a violation fails the test at the end.

mod blocks;
pub mod control;
mod delivery;
mod draw;
mod faults;
mod limits;
mod log;
mod methods;
mod model;
mod people;
mod responses;
mod shared;
mod socket;
mod specs;
mod watch;
mod wire;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;

pub use self::delivery::Addresses;
pub use self::faults::{Fault, How, Mishap};
pub use self::log::{Entry, What};
use self::model::{Rules, Workspace};
pub use self::people::{Modal, Person};
use self::shared::Shared;
pub use self::socket::Trouble;
pub use self::watch::Seen;
use super::line::Door;
use super::{clock, line};

/// The bot's token.
pub const BOT_TOKEN: &str = "xoxb-1-shipbell";
/// The app-level token.
pub const APP_TOKEN: &str = "xapp-1-A0SHIPBELL-1";

/// The largest request, in bytes.
const LARGEST: usize = 80 << 20;

/// What the app may do, unless a test says otherwise.
const SCOPES: [&str; 16] = [
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
];

/// What the app is told, unless a test says otherwise.
const EVENTS: [&str; 12] = [
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_rename",
    "member_joined_channel",
    "member_left_channel",
    "reaction_added",
    "reaction_removed",
    "subteam_members_changed",
    "subteam_updated",
    "tokens_revoked",
];

/// How a workspace is opened.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where it listens; port 0 is any.
    pub listen: SocketAddr,
    /// What the bot's token may do.
    pub scopes: Vec<String>,
    /// The events the app is told.
    pub events: Vec<String>,
    /// Whether it knows the newer blocks.
    pub native_blocks: bool,
    /// Where things are delivered to, if not over sockets.
    pub addresses: Option<Addresses>,
    /// How long the app may take to acknowledge.
    pub patience: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            scopes: SCOPES.map(str::to_owned).into(),
            events: EVENTS.map(str::to_owned).into(),
            native_blocks: true,
            addresses: None,
            patience: Duration::from_secs(3),
        }
    }
}

/// A workspace that is open.
pub struct Slack {
    shared: Arc<Shared>,
}

impl Slack {
    /// Opens a workspace with its two doors: one for calls, one for sockets.
    pub async fn open(setup: Setup) -> io::Result<Self> {
        let rules = Rules {
            scopes: setup.scopes.into_iter().collect(),
            events: setup.events.into_iter().collect::<BTreeSet<_>>(),
            native_blocks: setup.native_blocks,
            trigger: Duration::from_secs(3),
            revoked: false,
        };
        let shut = tokio::sync::watch::Sender::new(false);
        let calls = Door::open(setup.listen, shut.subscribe()).await?;
        let any = SocketAddr::new(setup.listen.ip(), 0);
        let sockets = Door::open(any, shut.subscribe()).await?;
        let doors = (calls.address(), sockets.address());
        let mut shared = Shared::new(Workspace::new(rules), shut, doors);
        shared.addresses = setup.addresses;
        shared.patience = setup.patience;
        let shared = Arc::new(shared);
        let pages = wire::router(Arc::clone(&shared))
            .merge(control::router(Arc::clone(&shared)))
            .layer(DefaultBodyLimit::max(LARGEST))
            .into_make_service_with_connect_info::<line::Cut>();
        shared.spawn(async move {
            // It ends with the workspace.
            drop(axum::serve(calls, pages).await);
        });
        let house = Arc::clone(&shared);
        shared.spawn(async move {
            let mut sockets = sockets;
            loop {
                let line = sockets.next().await;
                house.spawn(socket::welcome(Arc::clone(&house), line));
            }
        });
        Ok(Self { shared })
    }

    /// What `api_url` of a program's configuration is set to.
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.shared.doors.0)
    }

    /// Somebody of the workspace, by their short name.
    pub fn person(&self, name: &str) -> Person {
        let id = self.shared.world().user_named(name);
        let id = id.expect("the workspace knows whoever acts in it");
        Person::new(Arc::clone(&self.shared), id)
    }

    /// Lets something go wrong with calls.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Lets something go wrong with the next event of this type.
    pub fn mishap(&self, event: &str, mishap: Mishap) {
        self.shared.faults.add_mishap(event, mishap);
    }

    /// Forgets what was to go wrong.
    pub fn all_well(&self) {
        self.shared.faults.clear();
    }

    /// Troubles every socket; says how many there were.
    pub fn trouble(&self, trouble: Trouble) -> usize {
        self.shared.sockets.trouble(trouble, usize::MAX)
    }

    /// Troubles the oldest socket.
    pub fn trouble_one(&self, trouble: Trouble) -> usize {
        self.shared.sockets.trouble(trouble, 1)
    }

    /// An outage begins, in which nobody gets in, or ends; what happens meanwhile is never told.
    pub fn outage(&self, begins: bool) {
        if begins {
            self.shared.outages.send_modify(|it| *it += 1);
        }
        self.shared.shut.send_replace(begins);
        self.shared.note(What::Noted(format!("outage: {begins}")));
    }

    /// Turns the workspace's clock on.
    pub fn turn_clock_on(&self, by: Duration) {
        self.shared.clock.turn_on(by);
    }

    /// Whether the newer blocks are known.
    pub fn knows_native_blocks(&self, known: bool) {
        self.shared.world().rules.native_blocks = known;
    }

    /// Takes a scope from the bot's token, or gives it.
    pub fn scope(&self, scope: &str, given: bool) {
        let mut world = self.shared.world();
        if given {
            world.rules.scopes.insert(scope.to_owned());
        } else {
            world.rules.scopes.remove(scope);
        }
    }

    /// Revokes the bot's token.
    pub fn revoke_token(&self) {
        self.shared.world().rules.revoked = true;
    }

    /// How many sockets are in service.
    pub fn connected(&self) -> usize {
        self.shared.sockets.in_service()
    }

    /// How many sockets there are, those that were asked to leave among them.
    pub fn sockets(&self) -> usize {
        self.shared.sockets.count()
    }

    /// Everything that went over the wire.
    pub fn log(&self) -> Vec<Entry> {
        self.shared.log.entries()
    }

    /// What the program did against the rules.
    pub fn violations(&self) -> Vec<String> {
        self.shared.log.violations()
    }

    /// From now on violations with these words are what the test is about.
    pub fn forgive(&self, words: &str) {
        self.shared.log.forgive(words);
    }

    /// Closes the workspace; fails if the program broke a rule.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Slack {
    fn drop(&mut self) {
        self.shared.stop();
        let violations = self.violations();
        if !std::thread::panicking() {
            assert!(
                violations.is_empty(),
                "against Slack's rules: {violations:#?}"
            );
        }
    }
}
