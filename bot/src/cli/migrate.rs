//! `shipbell migrate`: the database in this version's form, before the bot starts.

use std::path::PathBuf;

use shipbell_storage::Store as _;

use super::printer;
use crate::failure::Failure;
use crate::wiring;

pub(super) async fn run(path: PathBuf) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let store = wiring::open_store(&config.data).await?;
    let head = store.head().await;
    let (events, _) =
        head.map_err(|error| Failure::user("the database cannot be read").because(error))?;
    printer::line(&format!(
        "the database is in this version's form; {events} events"
    ));
    Ok(())
}
