//! `shipbell schema`: what editors complete the configuration from.

use super::printer;
use crate::config;
use crate::failure::Failure;

pub(super) fn run() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&config::schema())
        .map_err(|error| Failure::internal("the schema cannot be written").because(error))?;
    printer::line(&text);
    Ok(())
}
