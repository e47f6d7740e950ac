//! A chat platform over real sockets: commands that are answered, against a bare program
//! that makes one durable commit before it answers; and a storm of reactions.

mod rounds;
mod stage;
mod storm;
mod streaming;

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::measure::Failed;
use stage::Stage;

/// A platform's stand-in, as the measures use it.
pub(crate) trait House: Sized {
    /// What its measures are called.
    const NAME: &'static str;
    /// The word on which the measures' own binary becomes its bare program.
    const FLOOR: &'static str;
    /// Whose account is whose in a configuration: Ana's and Bo's.
    const ACCOUNTS: [&'static str; 2];
    /// The emoji that consents, and the one that declines.
    const SIGNS: [&'static str; 2];
    /// A message somebody can point at.
    type Seen;

    /// Opens one.
    async fn open() -> io::Result<Self>;
    /// What a program is told to call.
    fn api_url(&self) -> String;
    /// Its section in a bot's configuration, whose secrets lie in that folder.
    fn section(&self, folder: &Path) -> io::Result<String>;
    /// Waits until a program is there for people.
    async fn is_attended(&self);
    /// Ana gives a command; returns when it was answered.
    async fn says(&self, path: &str, options: &[(&str, &str)]);
    /// Somebody puts an emoji on a message, or takes it off.
    fn reacts(&self, who: &str, on: &Self::Seen, sign: &str, put: bool);
    /// Waits for a message of the channel.
    async fn message(&self, words: &str) -> Self::Seen;
    /// Waits for a message in the thread under another.
    async fn reply(&self, to: &Self::Seen, words: &str) -> Self::Seen;
    /// Waits until a message says this.
    async fn shows(&self, at: &Self::Seen, words: &str);
    /// How many calls and other things there were so far.
    fn happened(&self) -> usize;
    /// How long each command took to be answered that was, oldest first: from the moment
    /// it was sent until the answer was there.
    fn answered(&self) -> Vec<Duration>;
    /// How often it had to say that it is too much.
    fn refused(&self) -> usize;
}

/// Takes every measure of a platform.
pub(crate) async fn run<H: House>() -> Result<(), Failed> {
    let folder = crate::measure::folder()?;
    crate::bot::write_config(folder.path())?;
    let place = folder.path().to_owned();
    // It ends with the runtime.
    let engine = async move { crate::bot::engine(&place).await };
    tokio::select! {
        ended = engine => ended,
        done = measure::<H>(folder.path()) => done,
    }
}

async fn measure<H: House>(folder: &Path) -> Result<(), Failed> {
    let stage = Stage::<H>::open(folder).await?;
    stage.prepare().await?;
    stage.rest().await;
    rounds::run(&stage, H::NAME).await?;
    let talks = streaming::begin(&stage).await?;
    if talks {
        let name = format!("{}, while a deploy talks", H::NAME);
        let measured = rounds::run(&stage, &name).await;
        streaming::end(&stage).await?;
        measured?;
    }
    storm::run(&stage).await?;
    stage.close().await?;
    if talks {
        streaming::remove().await?;
    }
    Ok(())
}
