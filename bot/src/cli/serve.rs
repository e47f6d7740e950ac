//! `shipbell serve`: the bot, until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::printer;
use crate::desk::Terminals;
use crate::door;
use crate::engine::ports::Spawn as _;
use crate::failure::Failure;
use crate::system::Tasks;
use crate::wiring::{self, Options};

pub(super) async fn run(path: PathBuf) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let running = Arc::new(wiring::start(&config, Options::default()).await?);
    let tasks = Arc::new(Tasks::default());
    let listener = door::open(&config.data)?;
    let desk = Arc::new(Terminals::new(path, Arc::clone(&running)));
    let serving = door::serve(
        listener,
        Arc::clone(&desk) as Arc<_>,
        Arc::clone(&tasks) as Arc<_>,
    );
    tasks.spawn("door", Box::pin(serving));
    printer::line(&format!(
        "shipbell serves at http://{}",
        running.web.address()
    ));
    until_told(&desk).await?;
    tracing::info!("stopping");
    tasks.stop().await;
    running.stop().await;
    Ok(())
}

/// Waits for the end, reading the configuration again whenever it is asked to.
async fn until_told(desk: &Terminals) -> Result<(), Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::internal("signals cannot be heard").because(error))
    };
    let mut hangup = listen(SignalKind::hangup())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            _ = hangup.recv() => match desk.reload().await {
                Ok(text) => tracing::info!(text, "configuration read again"),
                Err(failure) => tracing::error!(why = failure.report(), "the old one stays"),
            },
        }
    }
}
