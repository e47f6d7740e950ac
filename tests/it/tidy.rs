//! Rules about the source itself that no lint can say.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest a file may be, its tests included.
const LINES: usize = 400;

/// Who may not name whom: a folder, words that must not occur in it, and why.
const ARROWS: [(&str, &[&str], &str); 8] = [
    (
        "bot/domain/src",
        &["tokio", "rusqlite", "async fn", "std::fs", "std::net"],
        "the domain is pure",
    ),
    (
        "adapters/src",
        &["shipbell_domain", "shipbell_storage"],
        "adapters know nothing of ours",
    ),
    (
        "storage/src",
        &["shipbell_adapters", "shipbell::"],
        "storage knows the domain alone",
    ),
    (
        "bot/src/chatops",
        &["crate::engine", "crate::config", "shipbell_storage"],
        "words only",
    ),
    (
        "bot/src/render",
        &["crate::engine", "crate::config", "shipbell_storage"],
        "words only",
    ),
    (
        "bot/src/config",
        &["crate::engine", "crate::wiring", "crate::cli"],
        "configuration is below",
    ),
    (
        "bot/src/engine",
        &[
            "tokio::time",
            "tokio::spawn",
            "tokio::fs",
            "tokio::net",
            "std::time::Instant",
            "std::fs::read",
            "crate::config",
            "crate::wiring",
        ],
        "the engine names nothing of the world but its ports",
    ),
    (
        "bot/src/engine",
        &["chat::web", "containers::docker", "probes::http"],
        "ports, not adapters",
    ),
];

#[test]
fn arrows_point_down() {
    let mut found = Vec::new();
    for (folder, words, why) in ARROWS {
        for (path, text) in sources(folder) {
            for (number, line) in code(&text) {
                for word in words.iter().filter(|word| line.contains(**word)) {
                    found.push(format!("{}:{number}: `{word}`: {why}", path.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn adapters_have_never_heard_of_a_release() {
    let mut found = Vec::new();
    for (path, text) in sources("adapters/src") {
        for (number, line) in code(&text) {
            let words = line
                .to_lowercase()
                .replace("/release", "")
                .replace("#release", "");
            if words.contains("release") {
                found.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_file_says_its_subject_and_stays_short() {
    let mut found = Vec::new();
    for folder in ["bot", "adapters", "storage", "tests"] {
        for (path, text) in sources(folder) {
            if !text.starts_with("//!") {
                found.push(format!(
                    "{}: the first line must say the subject",
                    path.display()
                ));
            }
            let lines = text.lines().count();
            if lines > LINES {
                found.push(format!(
                    "{}: {lines} lines; split it by subject",
                    path.display()
                ));
            }
            if path.file_name().is_some_and(|name| name == "mod.rs") {
                found.push(format!("{}: write foo.rs beside foo/", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn nothing_sleeps_in_tests() {
    let mut found = Vec::new();
    for folder in [
        "tests/it",
        "tests/src",
        "bot/domain/src",
        "storage/src",
        "bot/src",
    ] {
        for (path, text) in sources(folder) {
            for (number, line) in code(&text) {
                if line.contains("thread::sleep") && !path.ends_with("tidy.rs") {
                    found.push(format!("{}:{number}", path.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Lines of code with their numbers: neither comments nor the tests behind them.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text
        .lines()
        .enumerate()
        .take_while(|(_, line)| *line != "#[cfg(test)]");
    lines
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line.split(" // ").next().unwrap_or(line)))
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(&path).expect("a source file can be read");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}
