//! Serves the Slack stand-in on a port, with a page to look at it and meddle: `stand-in [PORT]`.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use shipbell_tests::servers::slack::{APP_TOKEN, Addresses, BOT_TOKEN, Setup, Slack};

const USAGE: &str = "\
usage: stand-in [PORT] [--http BASE SECRET]

Serves a Slack workspace. Its page is at /, its state as JSON at /control/state.
With --http, things are delivered to BASE/slack/{events,commands,interactivity},
signed with SECRET, and not over sockets.
";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some(setup) = read(&words) else {
        say(USAGE);
        return ExitCode::from(2);
    };
    let slack = match Slack::open(setup).await {
        Ok(slack) => slack,
        Err(error) => {
            say(&format!("stand-in: it cannot listen: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    let api = slack.api_url();
    say(&format!(
        "api_url = {api}\nbot_token = {BOT_TOKEN}\napp_token = {APP_TOKEN}\n"
    ));
    // Until it is interrupted; without signals, until it is killed.
    drop(tokio::signal::ctrl_c().await);
    slack.forgive("");
    ExitCode::SUCCESS
}

fn read(words: &[&str]) -> Option<Setup> {
    let (port, rest) = match words {
        [port, rest @ ..] if !port.starts_with('-') => (port.parse().ok()?, rest),
        rest => (0, rest),
    };
    let addresses = match rest {
        [] => None,
        ["--http", base, secret] => Some(Addresses {
            events: format!("{base}/slack/events"),
            commands: format!("{base}/slack/commands"),
            interactivity: format!("{base}/slack/interactivity"),
            secret: (*secret).to_owned(),
        }),
        _ => return None,
    };
    Some(Setup {
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        addresses,
        ..Setup::default()
    })
}

fn say(words: &str) {
    // Whoever reads may have gone.
    drop(std::io::stdout().write_all(words.as_bytes()));
}
