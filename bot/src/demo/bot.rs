//! The bot of a demo: started in this program, as `serve` would.

use std::path::Path;
use std::sync::Arc;

use shipbell_adapters::chat::UserId;
use shipbell_adapters::containers::Containers;

use crate::config::Config;
use crate::desk::Reachable;
use crate::engine::ports::Clock as _;
use crate::failure::Failure;
use crate::system::SystemClock;
use crate::wiring::{self, Options};

/// A running bot.
pub(super) struct Bot(Reachable);

impl Bot {
    /// Starts from a configuration; returns when it serves.
    pub(super) async fn start(
        config: &Path,
        simulated: Option<Arc<dyn Containers>>,
    ) -> Result<Self, Failure> {
        let loaded = Config::load(config, SystemClock.now()).map_err(|report| {
            let what = format!(
                "the demo's own configuration is wrong\n{}",
                report.render(false)
            );
            Failure::internal(what)
        })?;
        let mut banner = "A demo: everybody may act as everybody.".to_owned();
        if simulated.is_some() {
            banner.push_str(" The containers are simulated.");
        }
        let options = Options {
            demo: true,
            banner: Some(banner),
            containers: simulated,
            between: None,
        };
        let running = wiring::start(&loaded, options).await?;
        Reachable::open(config.to_owned(), &loaded.data, running).map(Self)
    }

    /// The browser channel's address.
    pub(super) fn base(&self) -> String {
        format!("http://{}", self.0.running.web.address())
    }

    /// A link that signs somebody in once.
    pub(super) fn link(&self, person: &str) -> Result<String, Failure> {
        let link = self.0.running.web.issue_link(&UserId(person.to_owned()));
        link.ok_or_else(|| Failure::internal(format!("{person} is nobody in the demo")))
    }

    /// Whether nothing is at work in any place.
    pub(super) async fn is_idle(&self) -> bool {
        let active = self.0.running.hub.ports().store.active().await;
        active.is_ok_and(|it| it.is_empty())
    }

    pub(super) async fn stop(self) {
        self.0.stop().await;
    }
}
