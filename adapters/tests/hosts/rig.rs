//! What every test stands on: this machine, and a server for `ssh` of its own on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use shipbell_adapters::containers::docker::Settings;
use shipbell_adapters::containers::{Discard, Session};
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::hosts::{Host, Program};
use shipbell_adapters::redact::Redactor;

use crate::server::Server;

/// The port, with what it needs to reach that server.
pub(crate) fn hosts(config: Option<PathBuf>) -> HostPrograms {
    let settings = Settings {
        ssh_config: config,
        ..Settings::default()
    };
    HostPrograms::new(settings, Redactor::knowing([&"swordfish".into()]))
}

pub(crate) fn session(within: Duration) -> Session<'static> {
    Session {
        lines: &Discard,
        lock: None,
        within,
    }
}

pub(crate) const LONG: Duration = Duration::from_secs(30);

/// A program that starts in a folder.
pub(crate) fn program(folder: &Path, words: &[&str]) -> Program {
    Program {
        argv: words.iter().map(|word| (*word).to_owned()).collect(),
        directory: folder.to_owned(),
        vars: BTreeMap::new(),
    }
}

/// The machine behind a server.
pub(crate) fn there(server: &Server) -> Host {
    Host::There(server.address.clone())
}

/// Whether a process with this word in its command line lives.
pub(crate) fn lives(word: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|it| std::fs::read(it.path().join("cmdline")).ok());
    let is_it = |line: Vec<u8>| {
        let line = String::from_utf8_lossy(&line).into_owned();
        line.split('\0').any(|it| it == word) && line.starts_with("sleep")
    };
    { lines }.any(is_it)
}
