//! What a team wrote down: read strictly, every mistake told at once.
//!
//! A section of the file has a module that knows its keys and what they come to.
//! [`Config::load`] is the whole interface, with [`explain`] for people and
//! [`schema`] for editors.

mod apps;
mod audit;
mod builds;
mod chat;
mod checklist;
mod environments;
mod forges;
mod freezes;
mod images;
mod incidents;
mod people;
mod quorums;
mod rights;
mod smoke;
mod steps;
mod targets;
mod watch;
mod windows;

mod at;
mod desk;
mod file;
mod later;
mod links;
mod placeholders;
mod recover;
mod report;
mod secret;
mod surroundings;
mod words;

mod explain;
mod hash;
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use shipbell_domain::calendar::{Length, Zone};
use shipbell_domain::ids::{AppId, EnvId, Person, Role};
use shipbell_domain::policy::Pinned;
use shipbell_domain::settings::Settings;
use toml::de::DeTable;

pub use chat::{Chat, Discord, Mode, Slack, Web};
pub use explain::explain;
pub use forges::{Account, Repository};
pub use hash::{canonical as policy_text, named as policy_hash};
pub use people::Contact;
pub use report::{Problem, Report};
pub use schema::schema;
pub use secret::{Unreadable, Value};
pub use surroundings::Surroundings;
pub use targets::Target;

use apps::{Apps, Team};
use at::{At, Whole};
use desk::{Desk, closest};
use file::File;
use quorums::Electorate;
use targets::Look;

/// The largest file.
const LARGEST: usize = 1024 * 1024;

/// The largest compose file that is searched for its name.
const LARGEST_COMPOSE: u64 = 1024 * 1024;

/// Where shipbell keeps what it must remember, beside the file, if nothing is written.
const DATA: &str = "shipbell-data";

/// The images of how many proven versions stay on their hosts, and of how many they can.
const KEPT_VERSIONS: u32 = 5;
const MOST_VERSIONS: u32 = 20;

/// Everything a team wrote down, without a mistake in it.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file as the person named it.
    pub name: String,
    /// The folder it lies in; relative paths start there.
    pub base: PathBuf,
    /// Where shipbell keeps what it must remember.
    pub data: PathBuf,
    /// The file with the key the record is signed with.
    pub key: PathBuf,
    /// The file `ssh` reads instead of its user's own.
    pub ssh: Option<PathBuf>,
    /// How often what runs is compared with what was deployed; never, if it is off.
    pub compare_every: Option<Length>,
    /// The images of how many proven versions stay on their hosts.
    pub keep_versions: u32,
    /// Where people open the dashboard, without a slash at its end.
    pub url: String,
    /// Where people talk.
    pub chat: Chat,
    /// What may change without touching anybody's consent.
    pub settings: Settings,
    /// How to recognise and reach people.
    pub contacts: BTreeMap<Person, Contact>,
    /// The roles that come with being in a Slack user group, by its id.
    pub slack_groups: BTreeMap<String, BTreeSet<Role>>,
    /// The roles that come with a role of the Discord server, by its id.
    pub discord_roles: BTreeMap<String, BTreeSet<Role>>,
    /// What is demanded of a release, by application.
    pub policies: Vec<Pinned>,
    /// Where the commits of applications are, of those that demand something of them.
    pub repositories: BTreeMap<AppId, Repository>,
    /// Where environments run.
    pub targets: BTreeMap<EnvId, Target>,
}

impl Config {
    /// Reads a file; every window must open in the 13 months after `now`.
    pub fn load(path: &Path, now: DateTime<Utc>) -> Result<Self, Report> {
        let name = path.display().to_string();
        let text = read(path, LARGEST as u64).map_err(|error| {
            let message = format!("{name} cannot be read: {error}");
            Report::unread(
                &name,
                message,
                "name the file with --config; config.example.toml shows every key",
            )
        })?;
        let look = |path: &Path| read(path, LARGEST_COMPOSE).ok();
        Self::read(&name, &text, now, &look)
    }

    /// Reads text as if it stood in a file of that name. Touches no file.
    pub fn parse(name: &str, text: &str, now: DateTime<Utc>) -> Result<Self, Report> {
        Self::read(name, text, now, &|_| None)
    }

    /// The person with that user number on this machine.
    pub fn person_of(&self, unix: u32) -> Option<&Person> {
        let mut contacts = self.contacts.iter();
        contacts
            .find(|(_, contact)| contact.unix == Some(unix))
            .map(|(person, _)| person)
    }

    /// The values kept elsewhere that cannot be had now.
    pub fn unreadable(&self) -> Vec<Unreadable> {
        let values = self.targets.values().flat_map(|it| it.vars.values());
        let values = values.chain(self.chat.secrets()).chain(self.tokens());
        let unread = values.filter_map(|value| value.read().err());
        let named = self.named().into_iter();
        let named = named.filter_map(|value| Value::from(value).read().err());
        unread.chain(named).collect()
    }

    /// What shows forges who asks.
    pub fn tokens(&self) -> impl Iterator<Item = &Value> {
        let accounts = self
            .repositories
            .values()
            .filter_map(|it| it.account.as_ref());
        accounts.map(|it| &it.token)
    }

    /// The values the steps of all policies name and do not say.
    pub fn named(&self) -> BTreeSet<&shipbell_domain::steps::Value> {
        let environments = self.policies.iter().flat_map(|it| &it.policy.environments);
        let steps = environments.flat_map(|it| it.deploy.iter().chain(&it.rollback));
        let values = steps.flat_map(shipbell_domain::steps::Step::values);
        values.filter(|it| it.is_secret()).collect()
    }

    fn read(name: &str, text: &str, now: DateTime<Utc>, look: Look<'_>) -> Result<Self, Report> {
        if text.len() > LARGEST {
            let message = format!("{name} is larger than 1 MiB");
            return Err(Report::unread(
                name,
                message,
                "leave out what is no configuration",
            ));
        }
        let (mut table, errors) = DeTable::parse_recoverable(text);
        // It takes longer than all the rest, and only who made a mistake reads it.
        let masked = || report::mask(text, Some(DeTable::parse_recoverable(text).0.get_ref()));
        let base = Path::new(name).parent().unwrap_or(Path::new(""));
        let base = if base.as_os_str().is_empty() {
            Path::new(".")
        } else {
            base
        };
        let base = std::path::absolute(base).unwrap_or_else(|_| base.to_path_buf());
        let base: PathBuf = base.components().collect();
        let mut desk = Desk::new(table.get_ref(), now, &base);
        later::refuse(table.get_mut(), &mut desk);
        let file = recover::file(table, &mut desk);
        // After a slip of the pen nobody knows what is missing and what was not understood.
        if !errors.is_empty() {
            recover::syntax(text, &errors, &mut desk);
            return Err(Report::new(name, masked(), desk.problems));
        }
        let config = lower(name, &file, look, &mut desk);
        if desk.problems.is_empty() {
            Ok(config)
        } else {
            Err(Report::new(name, masked(), desk.problems))
        }
    }
}

fn lower(name: &str, file: &File, look: Look<'_>, desk: &mut Desk) -> Config {
    desk.zone = file
        .timezone
        .as_ref()
        .map_or_else(Zone::utc, |it| zone(it, desk));
    let chat = chat::lower(&file.chat, desk);
    let roster = people::lower(file, desk);
    let allow = rights::lower(&file.allow, desk);
    let electorate = Electorate::new(&roster.members, &allow);
    let pages = incidents::lower(&file.incident, desk);
    let severities: BTreeSet<_> = pages.keys().copied().collect();
    let forges = forges::lower(file.github.as_ref(), file.gitlab.as_ref(), desk);
    let team = Team {
        forges: &forges,
        allow: &allow,
        electorate: &electorate,
        severities: &severities,
        look,
    };
    let Apps {
        policies,
        titles,
        repositories,
        environments,
    } = apps::lower(&file.app, &team, desk);
    let url = file.url.as_ref().and_then(|it| links::base(it, desk));
    let data = file.data.as_ref().and_then(|it| desk.line(it, 500));
    let data = desk.base.join(data.as_deref().unwrap_or(DATA));
    Config {
        name: name.to_owned(),
        key: audit::lower(&file.audit, &data, desk),
        data,
        ssh: (file.ssh_config.as_ref())
            .and_then(|it| desk.line(it, 500))
            .map(|it| desk.base.join(it)),
        base: desk.base.clone(),
        compare_every: compare_every(file.compare_every.as_ref(), desk),
        keep_versions: keep_versions(file.keep_versions.as_ref(), desk),
        url: url.unwrap_or_else(|| format!("http://{}", chat.web.listen)),
        chat,
        settings: Settings {
            zone: desk.zone.clone(),
            people: roster.members,
            titles,
            hours: environments.hours,
            announce: environments.announce,
            freezes: freezes::lower(&file.freeze, desk),
            allow: team.allow.clone(),
            pages,
        },
        contacts: roster.contacts,
        slack_groups: roster.groups.slack,
        discord_roles: roster.groups.discord,
        policies,
        repositories,
        targets: environments.targets,
    }
}

/// `off`, or how often.
fn compare_every(written: Option<&At<String>>, desk: &mut Desk) -> Option<Length> {
    if written.is_some_and(|it| it.as_str() == "off") {
        return None;
    }
    Some(desk.length_or(written, "1d", "10m"))
}

fn keep_versions(written: Option<&At<Whole<5>>>, desk: &mut Desk) -> u32 {
    let Some(written) = written else {
        return KEPT_VERSIONS;
    };
    if written.0 > MOST_VERSIONS {
        let message = format!("at most {MOST_VERSIONS} versions are kept");
        desk.note(written.span(), message)
            .help("each has the images of all its services on every host's disk");
    }
    written.0
}

fn zone(written: &At<String>, desk: &mut Desk) -> Zone {
    Zone::parse(written).unwrap_or_else(|error| {
        let names = Zone::names();
        let close = closest(written, names.iter().map(String::as_str)).unwrap_or("Europe/Paris");
        let noted = desk.note(written.span(), error.to_string());
        noted
            .label("expected an IANA name")
            .help(format!("for example \"{close}\""));
        Zone::utc()
    })
}

/// The text of a file that is not too long to be meant.
fn read(path: &Path, largest: u64) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(largest + 1)
        .read_to_string(&mut text)?;
    Ok(text)
}
