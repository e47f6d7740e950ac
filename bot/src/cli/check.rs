//! `shipbell check`: the file alone, no network.

use std::path::Path;

use super::printer;
use crate::config;
use crate::engine::ports::Clock as _;
use crate::failure::Failure;
use crate::system::SystemClock;

pub(super) fn run(path: &Path) -> Result<(), Failure> {
    let config = super::load(path)?;
    printer::line(&config::explain(&config, SystemClock.now()));
    Ok(())
}
