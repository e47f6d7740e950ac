//! The program itself, serving in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::http::Uri;
use shipbell::door::{self, Request, Response};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::UnixListener;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::measure::{Failed, now};

/// The configuration's name in a bot's folder.
pub(crate) const CONFIG: &str = "shipbell.toml";
/// How many ticks of the processor's clock a second has: sysconf(3)'s `_SC_CLK_TCK`,
/// which Linux keeps at 100 for programs.
const TICKS: f64 = 100.0;
/// How long the program may take until it serves, and until it has stopped.
const PATIENCE: Duration = Duration::from_mins(2);

/// Builds the program as the measures themselves were built, and says where it is.
pub(crate) async fn program() -> Result<PathBuf, Failed> {
    // This binary is target/<profile>/deps/measures-….
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent);
    let folder = folder.ok_or("this binary has no folder")?;
    let profile = match folder.file_name().and_then(|it| it.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    // With the measures named too, dependencies have the features they have already.
    let mut build = Command::new(env!("CARGO"));
    build
        .args([
            "build", "--quiet", "--bin", "shipbell", "--bench", "measures",
        ])
        .args(["-p", "shipbell", "-p", env!("CARGO_PKG_NAME")])
        .args(["--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    // Build scripts watch what cargo says of a package it runs: with that of this one,
    // half of the dependencies would be made anew.
    for (name, _) in std::env::vars_os() {
        let about = name.to_string_lossy();
        if about.starts_with("CARGO_PKG_") || about.starts_with("CARGO_MANIFEST_") {
            build.env_remove(&name);
        }
    }
    if !build.status().await?.success() {
        return Err("the program could not be built".into());
    }
    let program = folder.join("shipbell");
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("{} is not there", program.display()).into())
    }
}

/// What a team with two people and two environments writes down; whoever runs
/// the measures is one of them. The engine is [`engine`].
pub(crate) fn write_config(folder: &Path) -> Result<PathBuf, Failed> {
    use std::os::unix::fs::MetadataExt as _;
    let unix = std::fs::metadata(folder)?.uid();
    let socket = engine_socket(folder);
    let text = format!(
        r#"
timezone = "UTC"

[chat.web]
listen = "127.0.0.1:0"

[people]
kai = {{ name = "Kai Ito", unix = {unix} }}
lea = {{ name = "Lea Roy" }}

[roles]
operator = ["kai", "lea"]

[app.shop]
title     = "The shop"
version   = "any"
images    = {{ web = "registry.test/web:{{version}}" }}
checklist = [
  {{ ask = "operator", title = "Migrations were reviewed" }},
  {{ ask = "operator", title = "The way back is known" }},
]

[app.shop.env.staging]
docker  = "unix://{socket}"
compose = "compose.yml"
project = "shop-staging"
deploy  = [{{ pull = "web" }}, {{ up = true }}]
signoff = {{ operator = 1 }}

[app.shop.env.production]
like    = "staging"
needs   = "staging"
project = "shop"
"#,
        socket = socket.display(),
    );
    let path = folder.join(CONFIG);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Answers for a container engine that has every image and does nothing, so that
/// releases get a manifest on any machine.
pub(crate) async fn engine(folder: &Path) -> Result<(), Failed> {
    let listener = UnixListener::bind(engine_socket(folder))?;
    let answer = async |uri: Uri| {
        let text = if uri.path().ends_with("/version") {
            serde_json::json!({ "Version": "20.10.24", "ApiVersion": "1.41" })
        } else {
            let id = format!("sha256:{}", "5".repeat(64));
            serde_json::json!({ "Id": id, "RepoTags": [], "RepoDigests": [] })
        };
        ([("content-type", "application/json")], text.to_string())
    };
    axum::serve(listener, Router::new().fallback(answer)).await?;
    Ok(())
}

fn engine_socket(folder: &Path) -> PathBuf {
    folder.join("engine.sock")
}

/// A bot that serves; ended with this.
pub(crate) struct Bot {
    child: Child,
    pid: u32,
    data: PathBuf,
}

impl Bot {
    /// Starts the program over a folder with a configuration; how long it took to serve.
    pub(crate) async fn start(program: &Path, folder: &Path) -> Result<(Self, Duration), Failed> {
        let log = std::fs::File::create(folder.join("serve.log"))?;
        let mut command = Command::new(program);
        command
            .arg("--config")
            .arg(folder.join(CONFIG))
            .arg("serve")
            .stdin(Stdio::null())
            .stderr(log);
        Self::of(command, folder).await
    }

    /// Starts any program that says a line when it serves, and serves until it is stopped.
    pub(crate) async fn of(command: Command, folder: &Path) -> Result<(Self, Duration), Failed> {
        let (child, took) = until_it_speaks(command).await?;
        let pid = child.id().ok_or("the program has ended already")?;
        let data = folder.join("shipbell-data");
        Ok((Self { child, pid, data }, took))
    }

    /// How many seconds of processor it took so far, those of ended threads too.
    pub(crate) fn processor(&self) -> Result<f64, Failed> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name before may hold anything, also spaces and brackets; after it,
        // fields 14 and 15 of proc(5) are user and system time in ticks.
        let (_, fields) = stat.rsplit_once(')').ok_or("/proc has another form")?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u32 = ticks.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(f64::from(ticks) / TICKS)
    }

    /// Says a command, as at the terminal.
    pub(crate) async fn say(&self, id: String, words: &[&str]) -> Result<Response, Failed> {
        let words = words.iter().map(|it| (*it).to_owned()).collect();
        let request = Request::Release { id, words };
        let response = door::ask(&self.data, &request).await;
        response.map_err(|failure| failure.report().into())
    }

    /// Where its database is.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("shipbell.db")
    }

    /// A number of kilobytes that the system keeps about it, by name.
    pub(crate) fn kilobytes(&self, name: &str) -> Result<u64, Failed> {
        field(&format!("/proc/{}/status", self.pid), name)
    }

    /// How often its threads gave up the processor by themselves so far.
    pub(crate) fn switches(&self) -> Result<u64, Failed> {
        let mut switches = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let status = task?.path().join("status");
            // A thread may have ended since it was listed.
            switches += field(&status.to_string_lossy(), "voluntary_ctxt_switches").unwrap_or(0);
        }
        Ok(switches)
    }

    /// Stops it as an operator does, and waits for the end.
    pub(crate) async fn stop(mut self) -> Result<(), Failed> {
        let pid = self.pid.to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await?;
        timeout(PATIENCE, self.child.wait()).await??;
        Ok(())
    }
}

/// Starts a program and waits for its first line: how long that took.
pub(crate) async fn until_it_speaks(mut command: Command) -> Result<(Child, Duration), Failed> {
    command.stdout(Stdio::piped()).kill_on_drop(true);
    let begun = now();
    let mut child = command.spawn()?;
    let stdout = child.stdout.take().ok_or("its output was piped")?;
    let mut line = String::new();
    let mut reader = BufReader::new(stdout);
    timeout(PATIENCE, reader.read_line(&mut line)).await??;
    let took = begun.elapsed();
    if line.is_empty() {
        return Err("the program ended without a word; see serve.log in its folder".into());
    }
    Ok((child, took))
}

fn field(path: &str, name: &str) -> Result<u64, Failed> {
    let text = std::fs::read_to_string(path)?;
    let found = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key == name).then(|| value.trim().trim_end_matches(" kB").parse())
    });
    Ok(found.ok_or_else(|| format!("{path} says nothing of {name}"))??)
}
