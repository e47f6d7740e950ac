//! `shipbell discord`: what Discord must be told of the bot.

use std::path::PathBuf;

use super::printer;
use crate::failure::Failure;
use crate::wiring;

/// What can be done about Discord without a bot.
#[derive(clap::Subcommand)]
pub(super) enum Discord {
    /// Print the address that invites the bot to a server, with all it needs
    Invite(Invite),
}

/// The invitation.
#[derive(clap::Args)]
pub(super) struct Invite {
    /// The application's id; left out, Discord is asked with the configuration's token
    #[arg(long, value_name = "ID")]
    application: Option<String>,
}

pub(super) async fn run(path: PathBuf, command: Discord) -> Result<(), Failure> {
    match command {
        Discord::Invite(Invite { application }) => {
            let config = match application {
                Some(_) => None,
                None => Some(super::load(&path)?),
            };
            let address = wiring::discord_invitation(config.as_ref(), application.as_deref());
            printer::line(&address.await?);
            Ok(())
        }
    }
}
