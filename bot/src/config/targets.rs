//! Where an environment runs: the engine, the compose project, its variables.

mod hosts;
mod project;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use shipbell_adapters::hosts::Ssh;
use shipbell_adapters::secret::Secret;
use shipbell_domain::ids::HostName;
use shipbell_domain::steps;

pub(super) use hosts::fleet;
pub(super) use project::Look;

use super::at::{At, Texts};
use super::desk::Desk;
use super::environments::EnvSection;
use super::later;
use super::secret::{self, Unreadable, Value};

/// The engine of this machine.
const LOCAL: &str = "unix:///var/run/docker.sock";

/// What the programs that are started need themselves.
const SURROUNDINGS: [&str; 5] = ["PATH", "HOME", "LC_ALL", "DOCKER_CONFIG", "DOCKER_HOST"];

/// The most compose files, and the most variables.
const MOST_FILES: usize = 10;
const MOST_VARS: usize = 100;

/// Where an environment runs. Paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where the engine listens: `unix:///var/run/docker.sock`, `tcp://host:2376`,
    /// or `ssh://user@host`, with the files on that machine too.
    ///
    /// Of several hosts the first one's.
    pub docker: String,
    /// Its hosts in their order with where their engines listen, if it has several.
    pub hosts: Vec<(HostName, String)>,
    /// The folder with the certificates for `tcp://`.
    pub certs: Option<PathBuf>,
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
    /// Where each engine listens.
    pub fn engines(&self) -> impl Iterator<Item = &str> {
        let several = self.hosts.iter().map(|(_, engine)| engine.as_str());
        let one = self.hosts.is_empty().then_some(self.docker.as_str());
        several.chain(one)
    }

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
    let hosts = hosts::lower(section, desk);
    let docker = match hosts.first() {
        Some((_, first)) => Some(first.clone()),
        None => docker(section.docker.as_ref(), desk),
    };
    let there = is_there(section);
    let certs = certs(section, desk);
    if there {
        from_the_root(section, desk);
    }
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
        // What is in the files of another machine is not known here.
        None if there => project::by_rule(&files, None, &directory, &|_| None),
        None => project::by_rule(&files, env_file.as_deref(), &directory, look),
    };
    if project.is_empty() {
        let noted = desk.note(name.span(), "the compose project has no name");
        noted.help("add project = \"…\"");
        return None;
    }
    Some(Target {
        docker: docker?,
        hosts,
        certs,
        project,
        files,
        directory,
        env_file,
        vars,
    })
}

/// Whether the files are on the hosts themselves.
pub(super) fn is_there(section: &EnvSection) -> bool {
    addresses(section).any(|it| it.starts_with("ssh://"))
}

/// Where the engines listen, as it is written.
fn addresses(section: &EnvSection) -> impl Iterator<Item = &At<String>> {
    let several = section.hosts.iter().flat_map(|it| it.values());
    section.docker.iter().chain(several)
}

fn docker(written: Option<&At<String>>, desk: &mut Desk) -> Option<String> {
    let Some(written) = written else {
        return Some(LOCAL.to_owned());
    };
    let scheme = written.split_once("://").map_or("", |(scheme, _)| scheme);
    match scheme {
        "unix" if written["unix://".len()..].starts_with('/') => Some((**written).clone()),
        "ssh" => match Ssh::parse(written) {
            Ok(ssh) => Some(ssh.to_string()),
            Err(error) => {
                let noted = desk.note(written.span(), error.to_string());
                noted.help("for example \"ssh://deploy@staging.example.com:22\"");
                None
            }
        },
        "tcp" if has_port(written) => Some((**written).clone()),
        "http" | "https" | "npipe" => {
            later::refuse_value(desk, written.span(), &format!("{scheme}://"));
            None
        }
        _ => {
            let noted = desk.note(written.span(), "this is no address of a Docker engine");
            noted.help(format!(
                "for example \"{LOCAL}\", \"ssh://deploy@host\" or \"tcp://host:2376\""
            ));
            None
        }
    }
}

/// Whether it is a host with a port and nothing more.
fn has_port(written: &str) -> bool {
    let rest = written.strip_prefix("tcp://").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    rest.chars().all(plain)
        && rest
            .rsplit_once(':')
            .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// The certificates for an engine behind `tcp://`, which must have some.
fn certs(section: &EnvSection, desk: &mut Desk) -> Option<PathBuf> {
    let encrypted = addresses(section).find(|it| it.starts_with("tcp://"));
    match (&section.docker_certs, encrypted) {
        (Some(written), Some(_)) => path(written, desk),
        (Some(written), None) => {
            desk.note(written.span(), "`docker_certs` belongs to tcp://")
                .help("leave it out here");
            None
        }
        (None, Some(written)) => {
            let message = "an engine behind tcp:// is open to everybody without certificates";
            desk.note(written.span(), message)
                .help("add docker_certs = \"certs\", the folder with ca.pem, cert.pem and key.pem");
            None
        }
        (None, None) => None,
    }
}

/// Notes paths that mean nothing on another machine.
fn from_the_root(section: &EnvSection, desk: &mut Desk) {
    let files: Vec<(Range<usize>, bool)> = match &section.compose {
        None => Vec::new(),
        Some(written) => match &**written {
            Texts::One(file) => vec![(written.span(), file.starts_with('/'))],
            Texts::Many(files) => files
                .iter()
                .map(|it| (it.span(), it.starts_with('/')))
                .collect(),
        },
    };
    let env_file = section.env_file.iter();
    let all = files
        .into_iter()
        .chain(env_file.map(|it| (it.span(), it.starts_with('/'))));
    for (span, absolute) in all {
        if !absolute {
            desk.note(span, "a path on another machine begins with /")
                .help("for example \"/srv/app/docker-compose.yml\"");
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

/// Variables of one step: those of the programs' own surroundings stay as they are.
pub(super) fn step_vars(
    written: &At<BTreeMap<At<String>, At<secret::Written>>>,
    desk: &mut Desk,
) -> BTreeMap<String, steps::Value> {
    for name in written
        .keys()
        .filter(|it| SURROUNDINGS.contains(&it.as_str()))
    {
        let noted = desk.note(
            name.span(),
            format!("`{}` is not for a step to set", **name),
        );
        noted.help("it says where programs are found, and where the engine listens");
    }
    let vars = vars(written, desk).into_iter();
    vars.map(|(name, value)| (name, value.into())).collect()
}

/// Notes what programs take for no name of a variable.
pub(super) fn named(name: &At<String>, of: &str, desk: &mut Desk) {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let digit = name.starts_with(|c: char| c.is_ascii_digit());
    if name.is_empty() || name.len() > 100 || digit || !name.chars().all(good) {
        let noted = desk.note(name.span(), format!("`{}` is no name of {of}", **name));
        noted.help("letters, digits and _, not beginning with a digit");
    }
}

fn vars(
    written: &At<BTreeMap<At<String>, At<secret::Written>>>,
    desk: &mut Desk,
) -> BTreeMap<String, Value> {
    desk.limit(Some(written.span()), written.len(), MOST_VARS);
    let mut vars = BTreeMap::new();
    for (name, value) in written.iter() {
        named(name, "a variable", desk);
        let value = secret::lower(name, value, desk);
        vars.extend(value.map(|value| ((**name).clone(), value)));
    }
    vars
}
