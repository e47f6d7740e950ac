//! What `cargo bench` measures: ratios within one run, interleaved, medians;
//! printed with their bounds, never asserted.
//!
//! `cargo bench -p shipbell-tests` takes every measure, `-- commit start` these.
//! One binary for all of them, because linking it is what takes long.

mod commit;
mod deploy;
mod discord;
mod serve;
mod slack;
mod start;

mod bare;
mod bot;
mod chat;
mod measure;

use std::process::ExitCode;

use measure::{Failed, note};
use shipbell_tests::servers::discord::Discord;
use shipbell_tests::servers::slack::Slack;

/// Everything that can be measured, by the word that chooses it.
const MEASURES: [&str; 6] = ["commit", "deploy", "discord", "serve", "slack", "start"];

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    if let [word, path] = words.as_slice()
        && word == bare::WORD
    {
        return ended(bare::WORD, &bare::program(path.as_ref()));
    }
    if let [word, api_url, path] = words.as_slice() {
        let path = path.as_ref();
        match word.as_str() {
            slack::floor::WORD => {
                return ended(word, &wait_for(slack::floor::program(api_url, path)));
            }
            discord::floor::WORD => {
                return ended(word, &wait_for(discord::floor::program(api_url, path)));
            }
            _ => {}
        }
    }
    if let Some(word) = words.iter().find(|it| !MEASURES.contains(&it.as_str())) {
        note(word, &format!("is no measure; there are {MEASURES:?}"));
        return ExitCode::FAILURE;
    }
    if cfg!(debug_assertions) {
        note(
            "measures",
            "not the release build: the numbers show only that it runs",
        );
    }
    let mut code = ExitCode::SUCCESS;
    for name in MEASURES {
        if words.is_empty() || words.iter().any(|word| word == name) {
            let ended = ended(name, &wait_for(measure(name)));
            if ended != ExitCode::SUCCESS {
                code = ended;
            }
        }
    }
    code
}

async fn measure(name: &str) -> Result<(), Failed> {
    match name {
        "commit" => commit::run().await,
        "deploy" => deploy::run().await,
        "discord" => chat::run::<Discord>().await,
        "serve" => serve::run().await,
        "slack" => chat::run::<Slack>().await,
        "start" => start::run().await,
        other => Err(format!("{other} is no measure").into()),
    }
}

fn wait_for(work: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    // As many threads as the program itself has.
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(work)
}

fn ended(name: &str, outcome: &Result<(), Failed>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(name, &format!("not measured: {error}"));
            ExitCode::FAILURE
        }
    }
}
