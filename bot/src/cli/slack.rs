//! `shipbell slack`: what Slack must be told of the app.

use super::printer;
use crate::failure::Failure;
use crate::wiring;

/// What can be done about Slack without a bot.
#[derive(clap::Subcommand)]
pub(super) enum Slack {
    /// Print the app's manifest, to create it from at api.slack.com/apps
    Manifest(Manifest),
}

/// The manifest.
#[derive(clap::Args)]
pub(super) struct Manifest {
    /// Where Slack reaches the bot, for mode = "http"; left out, the bot opens sockets
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

pub(super) fn run(command: Slack) -> Result<(), Failure> {
    match command {
        Slack::Manifest(Manifest { public_url }) => {
            printer::line(&wiring::slack_manifest(public_url.as_deref())?);
            Ok(())
        }
    }
}
