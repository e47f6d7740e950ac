//! A Discord of our own: one server with one channel behind Discord's wire format, over
//! real sockets, and strict.
//!
//! [`Discord`] opens the server and tells what happened in it; [`Person`] acts in it.
//! Whatever a program does that Discord would refuse, or that its rules forbid, is a
//! violation, and a violation fails the test at the end.

mod check;
mod draw;
mod faults;
mod gateway;
mod limits;
mod model;
mod people;
mod rest;
mod routes;
mod shapes;
mod shared;
mod specs;
mod stream;
mod watch;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;

pub use self::faults::{Fault, How};
pub use self::gateway::Trouble;
pub use self::model::{APPLICATION, CHANNEL, GUILD, OWNERS};
pub use self::people::Person;
use self::shared::Shared;
pub use self::watch::Seen;
use super::line::{Cut, Door};
use super::{clock, line};

/// The bot's token.
pub const TOKEN: &str = "MTE4.stand-in.token";

/// The largest request, in bytes.
const LARGEST: usize = 20 << 20;

/// A server that is open.
pub struct Discord {
    shared: Arc<Shared>,
}

impl Discord {
    /// Opens a server with its two doors: one for calls, one for the gateway.
    pub async fn open() -> io::Result<Self> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let shut = tokio::sync::watch::Sender::new(false);
        let calls = Door::open(any, shut.subscribe()).await?;
        let gateway = Door::open(any, shut.subscribe()).await?;
        let doors = (calls.address(), gateway.address());
        let shared = Arc::new(Shared::new(shut, doors));
        let pages = rest::router(Arc::clone(&shared))
            .layer(DefaultBodyLimit::max(LARGEST))
            .into_make_service_with_connect_info::<Cut>();
        shared.spawn(async move {
            // It ends with the server.
            drop(axum::serve(calls, pages).await);
        });
        let house = Arc::clone(&shared);
        shared.spawn(async move {
            let mut gateway = gateway;
            loop {
                let line = gateway.next().await;
                house.spawn(gateway::welcome(Arc::clone(&house), line));
            }
        });
        Ok(Self { shared })
    }

    /// What `api_url` of a program's configuration is set to.
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.shared.doors.0)
    }

    /// Somebody of the server, by their short name.
    pub fn person(&self, name: &str) -> Person {
        let id = self.shared.world().user_named(name);
        let id = id.expect("the server knows whoever acts in it");
        Person::new(Arc::clone(&self.shared), id)
    }

    /// Lets something go wrong with calls.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Troubles the connection to the gateway; says whether there was one.
    pub fn trouble(&self, trouble: Trouble) -> bool {
        self.shared.gateway.trouble(trouble)
    }

    /// An outage begins, in which nobody gets in, or ends. What happens meanwhile is
    /// sent to whoever goes on with their session.
    pub fn outage(&self, begins: bool) {
        self.shared.shut.send_replace(begins);
        self.shared.note(&format!("outage: {begins}"));
    }

    /// How often a connection from now on must say that it is there, in milliseconds.
    pub fn beats_every(&self, interval: u64) {
        self.shared.gateway.beats_every(interval);
    }

    /// No session can be gone on with any more.
    pub fn forget_sessions(&self) {
        self.shared.gateway.forget();
    }

    /// Turns the server's clock on.
    pub fn turn_clock_on(&self, by: Duration) {
        self.shared.clock.turn_on(by);
    }

    /// Whether messages made of components are taken.
    pub fn knows_components(&self, known: bool) {
        self.shared.world().components = known;
    }

    /// Takes a permission from the bot, by its bit, or gives it.
    pub fn permission(&self, bit: u64, given: bool) {
        let mut world = self.shared.world();
        if given {
            world.permissions |= bit;
        } else {
            world.permissions &= !bit;
        }
    }

    /// Whether the bot is connected and begun.
    pub fn connected(&self) -> bool {
        self.shared.gateway.is_connected()
    }

    /// How often the bot identified itself, and how often it went on with a session.
    pub fn sessions(&self) -> (usize, usize) {
        self.shared.gateway.counts()
    }

    /// What the program did against the rules.
    pub fn violations(&self) -> Vec<String> {
        self.shared.violations()
    }

    /// From now on violations with these words are what the test is about.
    pub fn forgive(&self, words: &str) {
        self.shared.forgive(words);
    }

    /// Closes the server; fails if the program broke a rule.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        self.shared.stop();
        let violations = self.violations();
        if !std::thread::panicking() {
            assert!(
                violations.is_empty(),
                "against Discord's rules: {violations:#?}"
            );
        }
    }
}
