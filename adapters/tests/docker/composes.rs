//! The two lines of Compose, each where only the tests see it.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use shipbell_adapters::containers::Flavour;
use shipbell_adapters::containers::docker::Settings;

use crate::rig::{requires, say};

/// The short word for a flavour.
pub(crate) fn word(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1 => "v1",
        Flavour::V2 => "v2",
    }
}

/// Every Compose this machine has. One that is missing is told, unless it is required.
pub(crate) fn all(test: &str) -> Vec<Flavour> {
    let found: Vec<Flavour> = [Flavour::V1, Flavour::V2]
        .into_iter()
        .filter(|flavour| is_there(test, *flavour))
        .collect();
    let any = !found.is_empty() || !requires("docker");
    assert!(any, "docker is required: there is no Compose");
    found
}

/// Surroundings in which these flavours are found and no other, whatever is installed.
pub(crate) fn settings(folder: &Path, flavours: &[Flavour]) -> Settings {
    let (bin, config) = (folder.join("bin"), folder.join("docker"));
    let plugins = config.join("cli-plugins");
    for made in [&bin, &plugins] {
        std::fs::create_dir_all(made).unwrap();
    }
    // Links, not scripts: a file that is still open for writing cannot be run.
    let nobody = || PathBuf::from("/bin/false");
    let of = |flavour| {
        let there = flavours.contains(&flavour);
        there.then(|| program(flavour)).flatten()
    };
    symlink(
        of(Flavour::V1).unwrap_or_else(nobody),
        bin.join("docker-compose"),
    )
    .unwrap();
    match of(Flavour::V2) {
        Some(plugin) => symlink(plugin, plugins.join("docker-compose")).unwrap(),
        None => symlink(nobody(), bin.join("docker")).unwrap(),
    }
    let usual = Settings::default();
    Settings {
        path: format!("{}:{}", bin.display(), usual.path),
        home: folder.to_owned(),
        docker_config: Some(config),
        ..usual
    }
}

/// Whether a flavour is there, and says so if it is not.
fn is_there(test: &str, flavour: Flavour) -> bool {
    let found = program(flavour).is_some();
    let required = match flavour {
        Flavour::V1 => "compose1",
        Flavour::V2 => "compose2",
    };
    let missing = format!("`{flavour}` is not installed");
    assert!(
        found || !requires(required),
        "{required} is required: {missing}"
    );
    if !found {
        say(&format!("skipped: {test}: {missing}"));
    }
    found
}

/// Where the program of a flavour is: what `SHIPBELL_COMPOSE_V2` names, or what is
/// installed.
fn program(flavour: Flavour) -> Option<PathBuf> {
    // Asked once: 1.x takes a second to tell its version.
    static KNOWN: [OnceLock<Option<PathBuf>>; 2] = [OnceLock::new(), OnceLock::new()];
    let known = match flavour {
        Flavour::V1 => &KNOWN[0],
        Flavour::V2 => &KNOWN[1],
    };
    known.get_or_init(|| look_for(flavour)).clone()
}

fn look_for(flavour: Flavour) -> Option<PathBuf> {
    let places: Vec<PathBuf> = match flavour {
        Flavour::V1 => ["/usr/local/bin", "/usr/bin"]
            .map(|it| Path::new(it).join("docker-compose"))
            .into(),
        Flavour::V2 => {
            let given = std::env::var_os("SHIPBELL_COMPOSE_V2").map(PathBuf::from);
            let folders = [
                "/usr/local/lib",
                "/usr/local/libexec",
                "/usr/lib",
                "/usr/libexec",
            ];
            let installed =
                folders.map(|it| Path::new(it).join("docker/cli-plugins/docker-compose"));
            given.into_iter().chain(installed).collect()
        }
    };
    places.into_iter().find(|it| version(it) == Some(flavour))
}

/// The flavour a program says it is.
fn version(program: &Path) -> Option<Flavour> {
    let mut asked = Command::new(program);
    asked.args(["version", "--short"]).stdin(Stdio::null());
    let output = asked.output().ok().filter(|it| it.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let first = text.trim().trim_start_matches('v').to_owned();
    let known = first.starts_with(|it: char| it.is_ascii_digit());
    let flavour = if first.starts_with("1.") {
        Flavour::V1
    } else {
        Flavour::V2
    };
    known.then_some(flavour)
}
