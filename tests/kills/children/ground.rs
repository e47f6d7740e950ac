//! What the two programs have: an environment each, on this machine or behind `ssh`.

use std::fs;
use std::sync::Arc;

use super::blow::Victim;
use super::server::Server;
use crate::house::House;
use crate::stage::Stage;

/// The same for both but for the name and where the engine is.
const CONFIG: &str = r#"timezone = "UTC"
ssh_config = "FOLDER/client"

[chat.web]
listen = "127.0.0.1:PORT_BOT"

[people]
kai = { name = "Kai Ito" }

[roles]
operator = ["kai"]

[app.APP]
images = { web = "IMAGES/APP" }

[app.APP.env.live]
docker = "ENGINE"
compose = "FOLDER/compose.yml"
project = "PROJECT-APP-live"
url = "http://127.0.0.1:PORT_0"
vars = { PORT = "PORT_0" }
deploy = [
  { pull = "web" },
  { run = ["/bin/migrate"], in = "web", once = true, title = "Migrate" },
  { up = true, stable_for = "1s", healthy_within = "1m" },
]
rollback = [{ pull = "web" }, { up = true, stable_for = "1s", healthy_within = "1m" }]
smoke = [{ get = "/", contains = "web", retry = 5, every = "1s" }]
on_failure = "rollback"
"#;

/// The one environment.
pub(super) const ENV: &str = "live";

/// One program, its environment, and what of it can be killed.
pub(super) struct Ground {
    pub(super) app: &'static str,
    pub(super) victims: &'static [Victim],
    pub(super) stage: Arc<Stage>,
    /// Outlives the program that uses it.
    _server: Option<Server>,
}

impl Ground {
    /// Compose is a child of the program, the engine this machine's.
    pub(super) fn near() -> Self {
        let config = CONFIG.replace("ssh_config = \"FOLDER/client\"\n", "");
        let config = config.replace("ENGINE", "unix:///var/run/docker.sock");
        let victims = &[
            Victim::Bot,
            Victim::BotOfCompose,
            Victim::Compose,
            Victim::BotAndCompose,
        ];
        Self::with("near", &config, (victims, None))
    }

    /// Everything goes through `ssh`: the engine's socket, and each call of Compose.
    pub(super) async fn far() -> Self {
        let server = Server::start().await;
        let config = CONFIG.replace("ENGINE", &server.address());
        let victims = &[
            Victim::Bot,
            Victim::BotOfCompose,
            Victim::Compose,
            Victim::BotAndCompose,
            Victim::ComposeThere,
            Victim::Tunnel,
            Victim::Tunnel,
            Victim::BotAndTunnel,
        ];
        Self::with("far", &config, (victims, Some(server)))
    }

    fn with(
        app: &'static str,
        config: &str,
        (victims, server): (&'static [Victim], Option<Server>),
    ) -> Self {
        let house = House::build(&config.replace("APP", app), vec![(app, ENV)]);
        if let Some(server) = &server {
            fs::write(house.folder().join("client"), server.client()).unwrap();
        }
        Self {
            app,
            victims,
            stage: Arc::new(Stage::new(house)),
            _server: server,
        }
    }
}
