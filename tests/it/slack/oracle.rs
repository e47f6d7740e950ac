//! The stand-in held to the platform's official client, over sockets and over HTTP.
//!
//! The client comes from the registry, in the versions `tests/oracles` pins, and lies
//! in `target`. Without Python or the registry the tests say so and are skipped.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use shipbell_tests::servers::slack::{APP_TOKEN, Addresses, BOT_TOKEN, Setup, Slack};
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// How long installing and how long the flow may take.
const INSTALLING: Duration = Duration::from_mins(3);
const FLOWING: Duration = Duration::from_mins(2);

#[tokio::test]
async fn the_official_client_is_at_home_over_sockets() {
    let Some(python) = client("the_official_client_is_at_home_over_sockets").await else {
        return;
    };
    let slack = Slack::open(Setup::default()).await.unwrap();
    // Its threads may leave an envelope between an old connection and a new one.
    slack.forgive("was not acknowledged in time");
    flow(&python, &["socket", &slack.api_url(), BOT_TOKEN, APP_TOKEN]).await;
}

#[tokio::test]
async fn the_official_client_is_at_home_over_http() {
    let Some(python) = client("the_official_client_is_at_home_over_http").await else {
        return;
    };
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let door = format!("http://127.0.0.1:{port}/slack/events");
    let setup = Setup {
        addresses: Some(Addresses {
            events: door.clone(),
            commands: door.clone(),
            interactivity: door,
            secret: "8f742231b10e8888".to_owned(),
        }),
        ..Setup::default()
    };
    let slack = Slack::open(setup).await.unwrap();
    let words = [
        "http",
        &slack.api_url(),
        BOT_TOKEN,
        "8f742231b10e8888",
        &port,
    ];
    flow(&python, &words).await;
}

async fn flow(python: &Path, words: &[&str]) {
    let script = oracles().join("slack_bolt_flow.py");
    let mut command = Command::new(python);
    command.arg(script).args(words).kill_on_drop(true);
    let output = timeout(FLOWING, command.output()).await;
    let output = output.expect("the flow ends").unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
}

/// The interpreter that has the client; none if this machine cannot have it.
async fn client(test: &str) -> Option<PathBuf> {
    static CLIENT: OnceCell<Result<PathBuf, String>> = OnceCell::const_new();
    match CLIENT.get_or_init(install).await {
        Ok(python) => Some(python.clone()),
        Err(why) => {
            assert!(!required(), "the official client is required: {why}");
            // The test runner hides what is printed; in one piece, so that no words mix.
            let line = format!("skipped: {test}: {why}\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            None
        }
    }
}

async fn install() -> Result<PathBuf, String> {
    let requirements = oracles().join("requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).map_err(|it| it.to_string())?;
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("slack-oracle");
    let python = home.join("bin/python");
    let (mark, pip) = (
        home.join("has"),
        ["-m", "pip", "install", "--quiet", "--requirement"],
    );
    if std::fs::read_to_string(&mark).is_ok_and(|it| it == wanted) {
        return Ok(python);
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&home);
    run(make, "python3 makes no environment").await?;
    let mut fill = Command::new(&python);
    fill.args(pip).arg(&requirements);
    run(fill, "the registry does not give the client").await?;
    std::fs::write(mark, wanted).map_err(|it| it.to_string())?;
    Ok(python)
}

async fn run(mut command: Command, otherwise: &str) -> Result<(), String> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(INSTALLING, command.output()).await;
    match output {
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => Err(format!(
            "{otherwise}: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
        Ok(Err(error)) => Err(format!("{otherwise}: {error}")),
        Err(_) => Err(format!("{otherwise} in time")),
    }
}

fn oracles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("oracles")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
fn required() -> bool {
    std::env::var("SHIPBELL_REQUIRE").is_ok_and(|all| all.split(',').any(|one| one == "python"))
}
