//! The browser channel: who may enter, what is served, what every page says.

use std::sync::Arc;

use axum::Router;
use shipbell_adapters::chat::web::{self, WebChannel, WebOptions, WebServer};
use shipbell_adapters::chat::{Inbound, UserId};
use shipbell_domain::ids::Person;
use shipbell_storage::{SqliteStore, Store as _};
use tokio::sync::{mpsc, watch};

use super::{CHANNEL, Options, Trouble};
use crate::config::Config;
use crate::engine::ports::{Clock as _, Links, Random as _, Spawn as _};
use crate::engine::{Hub, Stop};
use crate::failure::Failure;
use crate::render;
use crate::system::{SystemClock, SystemRandom, Tasks};

/// Opens the channel's file and its port.
pub(super) async fn open(
    config: &Config,
    options: &Options,
    store: &Arc<SqliteStore>,
    inbound: mpsc::Sender<Inbound>,
) -> Result<(Arc<WebChannel>, WebServer), Failure> {
    let zone = config.settings.zone.clone();
    let web = WebOptions {
        listen: config.chat.web.listen,
        database: config.data.join("channel.db"),
        instance: store.instance().to_owned(),
        channels: vec![CHANNEL.to_owned()],
        people: people(config),
        demo: options.demo,
        banner: options.banner.clone(),
        links: Vec::new(),
        hour: Arc::new(move |at| zone.hh_mm(at)),
    };
    let clock = Arc::new(|| SystemClock.now());
    let opened = WebChannel::open(web, clock, Arc::new(|| SystemRandom.seed()), inbound).await;
    opened.map_err(|error| Failure::user("the browser channel cannot be opened").because(error))
}

/// Who may enter.
pub(super) fn people(config: &Config) -> Vec<web::Person> {
    let person = |(person, member): (&Person, _)| {
        let member: &shipbell_domain::settings::Member = member;
        let roles: Vec<String> = member
            .roles
            .iter()
            .map(|role| role.as_str().replace('-', " "))
            .collect();
        let (user, name) = (UserId(person.to_string()), member.name.clone());
        web::Person {
            user,
            name,
            role: roles.join(", "),
        }
    };
    config.settings.people.iter().map(person).collect()
}

/// Serves until the bot closes.
pub(super) fn serve(
    tasks: &Arc<Tasks>,
    server: WebServer,
    hub: &Arc<Hub>,
    closing: &watch::Sender<bool>,
) {
    let pages = Router::new();
    let (mut closed, hub) = (closing.subscribe(), Arc::clone(hub));
    let task = async move {
        let shutdown = async move {
            // The sender is gone only when the bot is.
            let _gone = closed.wait_for(|closing| *closing).await;
        };
        if let Err(error) = server.with_pages(pages).run(shutdown).await {
            tracing::error!(%error, ready = *hub.ready().borrow(), "the browser channel stopped");
        }
    };
    tasks.spawn("web server", Box::pin(task));
}

/// Says on every page that nothing is done, or what only a person can mend, for as
/// long as that is so.
pub(super) async fn warn(
    hub: Arc<Hub>,
    web: Arc<WebChannel>,
    usual: Option<String>,
    trouble: Trouble,
) {
    let (mut stops, mut troubles) = (hub.stops(), trouble.subscribe());
    loop {
        let card = stops.borrow_and_update().as_ref().map(|stop| match stop {
            Stop::Halted(why) => render::halted(why),
            Stop::Held(_) => render::held(),
        });
        let trouble = troubles.borrow_and_update().values().next().cloned();
        let words = card.map(|it| it.summary).or(trouble);
        web.set_banner(words.or_else(|| usual.clone()));
        let changed =
            futures_util::future::select(Box::pin(stops.changed()), Box::pin(troubles.changed()));
        if changed.await.factor_first().0.is_err() {
            return;
        }
    }
}

impl Links for WebChannel {
    fn sign_in(&self, person: &Person) -> Option<String> {
        self.issue_link(&UserId(person.to_string()))
    }
}
