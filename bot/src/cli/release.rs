//! `shipbell release …`: a chat command from the terminal, to a running bot.

use std::path::PathBuf;

use super::printer;
use crate::door::{self, Request};
use crate::engine::ports::Random as _;
use crate::failure::Failure;
use crate::system::SystemRandom;

/// The words of the command.
#[derive(clap::Args)]
pub(super) struct Release {
    /// As after `/release` in chat; `help` lists the commands
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

pub(super) async fn run(path: PathBuf, release: Release) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let mut random = [0; 16];
    random.copy_from_slice(&SystemRandom.seed()[..16]);
    let id = uuid::Builder::from_random_bytes(random)
        .into_uuid()
        .to_string();
    let request = Request::Release {
        id,
        words: release.words,
    };
    let response = door::ask(&config.data, &request).await?;
    printer::line(&response.text);
    if response.ok {
        Ok(())
    } else {
        Err(Failure::user("nothing was changed"))
    }
}
