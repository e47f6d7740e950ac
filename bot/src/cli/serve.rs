//! `shipbell serve`: the bot, until it is told to stop.

use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};

use super::printer;
use crate::desk::Reachable;
use crate::failure::Failure;
use crate::wiring::{self, Options};

pub(super) async fn run(path: PathBuf, options: Options) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let running = wiring::start(&config, options).await?;
    let bot = Reachable::open(path, &config.data, running)?;
    let address = bot.running.web.address();
    printer::line(&format!("shipbell serves at http://{address}"));
    if let Some(loss) = bot.running.hub.held() {
        let explained = super::recover::explain(&loss);
        printer::error(&format!(
            "{explained}\nGo on without it: shipbell recover --accept"
        ));
    }
    until_told(&bot).await?;
    tracing::info!("stopping");
    bot.stop().await;
    Ok(())
}

/// Waits for the end, reading the configuration again whenever it is asked to.
async fn until_told(bot: &Reachable) -> Result<(), Failure> {
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
            _ = hangup.recv() => match bot.reload().await {
                Ok(text) => tracing::info!(text, "configuration read again"),
                Err(failure) => tracing::error!(why = failure.report(), "the old one stays"),
            },
        }
    }
}
