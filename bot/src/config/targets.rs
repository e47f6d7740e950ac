//! Where an environment runs: the engine, the compose project, its variables.

mod project;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use shipbell_adapters::secret::Secret;

pub(super) use project::Look;

use super::at::{At, Texts};
use super::desk::Desk;
use super::environments::EnvSection;
use super::later;
use super::secret::{self, Unreadable, Value};

/// The engine of this machine.
const LOCAL: &str = "unix:///var/run/docker.sock";

/// The most compose files, and the most variables.
const MOST_FILES: usize = 10;
const MOST_VARS: usize = 100;

/// Where an environment runs. Paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where the engine listens: `unix:///var/run/docker.sock`.
    pub docker: String,
    /// The compose project's name, on the engine too.
    pub project: String,
    /// Its files, the most general first; at least one.
    pub files: Vec<PathBuf>,
    /// What relative paths in them start from.
    pub directory: PathBuf,
    /// The file variables are read from; none leaves it to Compose (`.env`).
    pub env_file: Option<PathBuf>,
    /// Variables that win over that file.
    pub vars: BTreeMap<String, Value>,
}

impl Target {
    /// The variables with their values, read now.
    pub fn variables(&self) -> Result<BTreeMap<String, Secret>, Unreadable> {
        self.vars
            .iter()
            .map(|(name, value)| Ok((name.clone(), value.read()?)))
            .collect()
    }
}

/// The target of an environment; none if it is written wrong, or has no compose file.
pub(super) fn lower(
    name: &At<String>,
    section: &EnvSection,
    look: Look<'_>,
    desk: &mut Desk,
) -> Option<Target> {
    let docker = docker(section.docker.as_ref(), desk);
    let files = section.compose.as_ref().map(|it| files(it, desk));
    let env_file = section.env_file.as_ref().and_then(|it| path(it, desk));
    let vars = section
        .vars
        .as_ref()
        .map(|it| vars(it, desk))
        .unwrap_or_default();
    let files = files?;
    let directory = files
        .first()?
        .parent()
        .unwrap_or(Path::new("/"))
        .to_path_buf();
    let project = match &section.project {
        Some(written) => project::named(written, desk)?,
        None => project::by_rule(&files, env_file.as_deref(), &directory, look),
    };
    if project.is_empty() {
        let noted = desk.note(name.span(), "the compose project has no name");
        noted.help("add project = \"…\"");
        return None;
    }
    Some(Target {
        docker: docker?,
        project,
        files,
        directory,
        env_file,
        vars,
    })
}

fn docker(written: Option<&At<String>>, desk: &mut Desk) -> Option<String> {
    let Some(written) = written else {
        return Some(LOCAL.to_owned());
    };
    let scheme = written.split_once("://").map_or("", |(scheme, _)| scheme);
    match scheme {
        "unix" if written["unix://".len()..].starts_with('/') => Some((**written).clone()),
        "ssh" | "tcp" | "http" | "https" | "npipe" => {
            later::refuse_value(desk, written.span(), &format!("{scheme}://"));
            None
        }
        _ => {
            let noted = desk.note(written.span(), "this is no address of a Docker engine");
            noted.help(format!("for example \"{LOCAL}\""));
            None
        }
    }
}

fn files(written: &At<Texts>, desk: &mut Desk) -> Vec<PathBuf> {
    let base = desk.base.clone();
    let files: Vec<PathBuf> = match &**written {
        Texts::One(file) if file.trim().is_empty() => Vec::new(),
        Texts::One(file) => vec![base.join(file)],
        Texts::Many(files) => {
            desk.limit(files.get(MOST_FILES).map(At::span), files.len(), MOST_FILES);
            files.iter().filter_map(|it| path(it, desk)).collect()
        }
    };
    if files.is_empty() {
        let noted = desk.note(written.span(), "there is no compose file here");
        noted.help("for example compose = \"docker-compose.yml\"");
    }
    files
}

fn path(written: &At<String>, desk: &mut Desk) -> Option<PathBuf> {
    let line = desk.line(written, 500)?;
    Some(desk.base.join(line))
}

fn vars(
    written: &At<BTreeMap<At<String>, At<secret::Written>>>,
    desk: &mut Desk,
) -> BTreeMap<String, Value> {
    desk.limit(Some(written.span()), written.len(), MOST_VARS);
    let mut vars = BTreeMap::new();
    for (name, value) in written.iter() {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let digit = name.starts_with(|c: char| c.is_ascii_digit());
        if name.is_empty() || name.len() > 100 || digit || !name.chars().all(good) {
            let noted = desk.note(
                name.span(),
                format!("`{}` is no name of a variable", **name),
            );
            noted.help("letters, digits and _, not beginning with a digit");
        }
        let value = secret::lower(name, value, desk);
        vars.extend(value.map(|value| ((**name).clone(), value)));
    }
    vars
}
