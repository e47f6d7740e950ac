//! Clients that others wrote, to which the stand-ins are held: they come from the
//! registry in the versions `tests/oracles` pins, and lie in `target`. Without Python or
//! the registry a test that needs one says so and is skipped.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long installing may take.
const INSTALLING: Duration = Duration::from_mins(3);

/// The clients there are, by the names of their pins.
pub(crate) const SLACK: &str = "slack_bolt";
pub(crate) const DISCORD: &str = "discord_py";

/// A program that has a client and leads it through a flow, ready for its words; none
/// if this machine cannot have it.
pub(crate) async fn flow(client: &'static str, test: &str) -> Option<Command> {
    static CLIENTS: Mutex<BTreeMap<&str, Result<PathBuf, String>>> =
        Mutex::const_new(BTreeMap::new());
    let mut clients = CLIENTS.lock().await;
    if !clients.contains_key(client) {
        clients.insert(client, install(client).await);
    }
    match clients.get(client)? {
        Ok(python) => {
            let mut command = Command::new(python);
            command.arg(oracles().join(format!("{client}_flow.py")));
            command.stdin(Stdio::null()).kill_on_drop(true);
            Some(command)
        }
        Err(why) => {
            assert!(!required(), "the client {client} is required: {why}");
            // The test runner hides what is printed; in one piece, so that no words mix.
            let line = format!("skipped: {test}: {why}\n");
            // Nobody may be listening.
            drop(std::io::stderr().write_all(line.as_bytes()));
            None
        }
    }
}

async fn install(client: &str) -> Result<PathBuf, String> {
    let requirements = oracles().join(format!("{client}.txt"));
    let wanted = std::fs::read_to_string(&requirements).map_err(|it| it.to_string())?;
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{client}-oracle"));
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
