//! `shipbell open`: a link that signs somebody in, once, within a minute.

use std::path::PathBuf;

use super::printer;
use crate::door::{self, Request};
use crate::failure::Failure;

/// Whom to sign in.
#[derive(clap::Args)]
pub(super) struct Open {
    /// The person, as `[people]` names them
    person: String,
}

pub(super) async fn run(path: PathBuf, open: Open) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let response = door::ask(
        &config.data,
        &Request::Open {
            person: open.person,
        },
    )
    .await?;
    if !response.ok {
        return Err(Failure::user(response.text));
    }
    printer::line(&response.text);
    Ok(())
}
