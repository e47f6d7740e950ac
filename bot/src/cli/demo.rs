//! `shipbell demo`: a whole release on this machine.

use std::path::PathBuf;

use crate::demo;
use crate::failure::Failure;

/// How the demo goes.
#[derive(clap::Args)]
pub(super) struct Demo {
    /// Stop after the tour; the exit code says whether the world is as it should be
    #[arg(long)]
    exit: bool,
    /// Shorten the pauses
    #[arg(long)]
    fast: bool,
    /// Keep the data in this folder, and go on from it
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

pub(super) async fn run(demo: Demo) -> Result<(), Failure> {
    let Demo { exit, fast, keep } = demo;
    demo::run(demo::DemoOptions { exit, fast, keep }).await
}
