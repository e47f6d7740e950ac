//! The one writer: it takes what waits, has it decided and recorded in one
//! transaction, and answers only afterwards.

use std::sync::Arc;
use std::time::Duration;

use shipbell_domain::Command;
use shipbell_storage::{Commit, Input, StoreError, Verdict};
use tokio::sync::{mpsc, oneshot};

use super::hub::Hub;

/// How many inputs share one transaction.
const BATCH: usize = 64;
/// How often a commit nobody knows the end of is asked about.
const TRIES: u32 = 5;

/// An input on its way to the writer.
pub(super) struct Job {
    pub(super) input: Input,
    pub(super) answer: oneshot::Sender<Result<Verdict, RecordError>>,
}

/// Why an input was not recorded, or nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The bot is stopping.
    #[error("the bot is stopping")]
    Stopping,
    /// Nothing was recorded.
    #[error("nothing was recorded: {0}")]
    NotRecorded(String),
    /// What is stored cannot be trusted: nothing more is recorded.
    #[error("nothing is recorded any more: {0}")]
    Halted(String),
}

/// Writes until there is nobody left to send anything.
pub(super) async fn write(hub: Arc<Hub>, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::new();
    while jobs.recv_many(&mut waiting, BATCH).await > 0 {
        let held = hub.held().is_some();
        if held {
            refuse_all_but_acceptance(&hub, &mut waiting);
        }
        if waiting.is_empty() {
            continue;
        }
        let (inputs, answers): (Vec<Input>, Vec<_>) =
            waiting.drain(..).map(|job| (job.input, job.answer)).unzip();
        let results = commit(&hub, inputs).await;
        // A repeat may be our own commit whose answer was lost, and an error one that
        // nobody heard the end of: only refusals surely changed nothing.
        let unchanged = results
            .iter()
            .all(|it| matches!(it, Ok(Verdict::Refused(_))));
        let recorded = |it: &Result<_, _>| matches!(it, Ok(Verdict::Recorded { .. }));
        if held && results.iter().any(recorded) {
            hub.let_go();
        }
        for (answer, result) in answers.into_iter().zip(results) {
            // Whoever asked may be gone; what was recorded stays recorded.
            let _gone = answer.send(result);
        }
        if !unchanged {
            hub.stir();
        }
    }
}

/// While a part of the log is gone, its acceptance is all that is recorded.
fn refuse_all_but_acceptance(hub: &Hub, waiting: &mut Vec<Job>) {
    let why = hub.halted().unwrap_or_default();
    let others = |job: &mut Job| !matches!(job.input.command, Command::AcceptLoss { .. });
    for job in waiting.extract_if(.., others) {
        let _gone = job.answer.send(Err(RecordError::Halted(why.clone())));
    }
}

async fn commit(hub: &Hub, inputs: Vec<Input>) -> Vec<Result<Verdict, RecordError>> {
    if hub.held().is_none()
        && let Some(why) = hub.halted()
    {
        return vec![Err(RecordError::Halted(why)); inputs.len()];
    }
    let count = inputs.len();
    let commit = Commit {
        inputs,
        settings: hub.settings(),
        surfaces: hub.surfaces(),
        now: hub.time().await,
        seed: hub.ports.random.seed(),
        decide: Arc::clone(&hub.ports.decide),
    };
    let mut tries = 0;
    loop {
        tries += 1;
        match hub.ports.store.commit(commit.clone()).await {
            Ok(verdicts) => return verdicts.into_iter().map(Ok).collect(),
            // Perhaps recorded: the same inputs again are repeats, or out of date.
            Err(StoreError::Unknown(why)) if tries < TRIES => {
                tracing::warn!(why, tries, "a commit did not answer; asking again");
                hub.pause(Duration::from_millis(100)).await;
            }
            Err(StoreError::Unknown(why) | StoreError::Unavailable(why)) => {
                tracing::warn!(why, "nothing was recorded");
                return vec![Err(RecordError::NotRecorded(why)); count];
            }
            Err(StoreError::Corrupt(why)) => {
                hub.halt(&why);
                return vec![Err(RecordError::Halted(why)); count];
            }
            Err(error @ StoreError::Unusable { .. }) => {
                let why = error.to_string();
                hub.halt(&why);
                return vec![Err(RecordError::Halted(why)); count];
            }
        }
    }
}
