//! `shipbell reload`: a changed configuration comes into force, or the old one stays.

use std::path::PathBuf;

use super::printer;
use crate::door::{self, Request};
use crate::failure::Failure;

pub(super) async fn run(path: PathBuf) -> Result<(), Failure> {
    // Mistakes are told here, in full; the bot would only say how many there are.
    let config = super::load(&path)?;
    let response = door::ask(&config.data, &Request::Reload).await?;
    if !response.ok {
        return Err(Failure::user(response.text));
    }
    printer::line(&response.text);
    Ok(())
}
