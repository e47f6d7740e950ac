//! Who the bot is, and which server its channel is in: asked when first needed.

use serde_json::Value;
use tokio::sync::OnceCell;

use super::api::{Api, Body};
use super::route::Route;
use crate::chat::{ChannelId, ChatError};

/// The bot's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Me {
    pub(super) application: String,
    pub(super) user: String,
}

/// What does not change while the bot runs.
pub(super) struct Home {
    channel: ChannelId,
    me: OnceCell<Me>,
    guild: OnceCell<String>,
}

impl Home {
    pub(super) fn new(channel: ChannelId) -> Self {
        Self {
            channel,
            me: OnceCell::new(),
            guild: OnceCell::new(),
        }
    }

    pub(super) async fn me(&self, api: &Api) -> Result<&Me, ChatError> {
        let ask = async {
            let answer = api.call(Route::application(), Body::Nothing).await?;
            let application = id(&answer["id"], "the application")?;
            let user = answer["bot"]["id"].as_str().map(str::to_owned);
            Ok(Me {
                user: user.unwrap_or_else(|| application.clone()),
                application,
            })
        };
        self.me.get_or_try_init(|| ask).await
    }

    /// What the gateway says of it; asked of nobody after that.
    pub(super) fn learn(&self, me: Me) {
        // Told twice, it is the same.
        drop(self.me.set(me));
    }

    pub(super) fn known(&self) -> Option<&Me> {
        self.me.get()
    }

    /// The channel's server.
    pub(super) async fn guild(&self, api: &Api) -> Result<&str, ChatError> {
        let ask = async {
            let answer = api
                .call(Route::channel(&self.channel), Body::Nothing)
                .await?;
            id(&answer["guild_id"], "the channel's server")
        };
        self.guild.get_or_try_init(|| ask).await.map(String::as_str)
    }

    pub(super) fn known_guild(&self) -> Option<&str> {
        self.guild.get().map(String::as_str)
    }
}

fn id(value: &Value, what: &str) -> Result<String, ChatError> {
    let id = value.as_str().filter(|it| !it.is_empty());
    let missing = || ChatError::Unknown(format!("the answer does not name {what}"));
    id.map(str::to_owned).ok_or_else(missing)
}
