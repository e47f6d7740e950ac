//! `[people]` and `[roles]`: who there is, and who holds what.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::ids::{Person, Role};
use shipbell_domain::settings::Member;

use super::at::{At, Whole};
use super::chat::{discord, slack};
use super::desk::{Desk, closest, comma};
use super::file::File;

/// The most people, and the most roles.
const MOST: usize = 1000;

/// How to recognise and reach a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Their user number on this machine; without one they may only read in the terminal.
    pub unix: Option<u32>,
    /// Their address.
    pub email: Option<String>,
    /// Their account in Slack, by id.
    pub slack: Option<String>,
    /// Their account in Discord, by id.
    pub discord: Option<String>,
}

/// `[people.x]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table with name, unix, slack, discord and email"
)]
pub(super) struct PersonSection {
    /// What they are called. Default: the key.
    name: Option<At<String>>,
    /// Their user number on this machine (`id -u`), for the terminal. Default: none.
    unix: Option<At<Whole<1000>>>,
    /// The id of their account in Slack, from their profile there. Default: none.
    slack: Option<At<String>>,
    /// The id of their account in Discord, from its menu there. Default: none.
    discord: Option<At<String>>,
    /// Their address. Default: none.
    email: Option<At<String>>,
}

/// Everybody, with the roles they hold and how to reach them.
pub(super) struct Roster {
    pub(super) members: BTreeMap<Person, Member>,
    pub(super) contacts: BTreeMap<Person, Contact>,
    /// The roles that come with a platform's groups.
    pub(super) groups: Groups,
}

/// The roles that come with a platform's groups, by the group's id.
#[derive(Default)]
pub(super) struct Groups {
    /// With a user group of Slack's.
    pub(super) slack: Grants,
    /// With a role of the Discord server's.
    pub(super) discord: Grants,
}

type Grants = BTreeMap<String, BTreeSet<Role>>;

/// What tells people apart: nobody has the same as somebody else.
#[derive(Default)]
struct Taken {
    numbers: BTreeMap<u32, Person>,
    accounts: BTreeMap<String, Person>,
}

pub(super) fn lower(file: &File, desk: &mut Desk) -> Roster {
    let mut groups = Groups::default();
    let mut held = roles(file, &mut groups, desk);
    let mut roster = Roster {
        members: BTreeMap::new(),
        contacts: BTreeMap::new(),
        groups,
    };
    let mut taken = Taken::default();
    desk.limit(
        file.people.keys().next().map(At::span),
        file.people.len(),
        MOST,
    );
    for (key, section) in &file.people {
        let Some(person) = desk.name(key, Person::new) else {
            continue;
        };
        let name = section.name.as_ref().and_then(|it| desk.line(it, 60));
        let roles = held.remove(key.as_str()).unwrap_or_default();
        let member = Member {
            name: name.unwrap_or_else(|| person.to_string()),
            roles,
        };
        roster.members.insert(person.clone(), member);
        let contact = contact(section, &person, &mut taken, desk);
        roster.contacts.insert(person, contact);
    }
    let idle = roster.members.values().all(|it| it.roles.is_empty());
    if idle && desk.names.open_roles.is_empty() {
        desk.note_file(
            "nobody may do anything: no person holds a role",
            "add people under [people] and the roles they hold under [roles]",
        );
    }
    roster
}

/// The roles by the person who holds them.
fn roles(file: &File, groups: &mut Groups, desk: &mut Desk) -> BTreeMap<String, BTreeSet<Role>> {
    let mut held: BTreeMap<String, BTreeSet<Role>> = BTreeMap::new();
    desk.limit(
        file.roles.keys().next().map(At::span),
        file.roles.len(),
        MOST,
    );
    let written: BTreeSet<&str> = file.roles.keys().map(|it| it.as_str()).collect();
    let lost = desk
        .names
        .roles
        .iter()
        .filter(|it| !written.contains(it.as_str()))
        .cloned();
    let lost: Vec<String> = lost.collect();
    desk.names.open_roles.extend(lost);
    for (key, members) in &file.roles {
        let gone = desk.gone.touches(&["roles", key]);
        let role = desk.name(key, Role::new);
        if members.is_empty() && !gone {
            let noted = desk.note(members.span(), format!("nobody holds the role `{}`", **key));
            noted.help("name at least one person");
        }
        let mut open = gone || members.is_empty();
        let mut seen = BTreeSet::new();
        for member in members.iter() {
            if !seen.insert(member.as_str()) {
                desk.note(member.span(), format!("`{}` is named twice", **member))
                    .help("once counts");
            }
            let group = Group::read(member);
            if let Some(group) = &group {
                // Nobody knows here who that is.
                open = true;
                if group.can_hold(member, file, desk)
                    && let Some(role) = &role
                {
                    group.grant(role, groups);
                }
            } else if !is_person(member, desk) {
                open = true;
            } else if let Some(role) = &role {
                held.entry((**member).clone())
                    .or_default()
                    .insert(role.clone());
            }
        }
        if open {
            desk.names.open_roles.insert((**key).clone());
        }
    }
    held
}

/// A platform's group that holds a role.
enum Group<'a> {
    /// A user group of Slack's.
    Slack(&'a str),
    /// A role of the Discord server's.
    Discord(&'a str),
}

impl<'a> Group<'a> {
    fn read(member: &'a str) -> Option<Self> {
        let slack = member.strip_prefix("slack-group:").map(Self::Slack);
        slack.or_else(|| member.strip_prefix("discord-role:").map(Self::Discord))
    }

    fn grant(&self, role: &Role, groups: &mut Groups) {
        let granted = match self {
            Self::Slack(id) => groups.slack.entry((*id).to_owned()),
            Self::Discord(id) => groups.discord.entry((*id).to_owned()),
        };
        granted.or_default().insert(role.clone());
    }

    /// Whether it can hold a role.
    fn can_hold(&self, member: &At<String>, file: &File, desk: &mut Desk) -> bool {
        let (good, wrong, example) = match self {
            Self::Slack(id) => (
                slack::is_id(id, &['S']),
                format!("`{id}` is no user group's id"),
                "for example \"slack-group:S0614TZR7\"; it stands in the group's details in Slack",
            ),
            Self::Discord(id) => (
                discord::is_id(id),
                format!("`{id}` is no role's id"),
                "for example \"discord-role:1187000000000000002\": \"Copy Role ID\" in the server's settings",
            ),
        };
        if !good {
            desk.note(member.span(), wrong).help(example);
            return false;
        }
        let (here, section, what) = match self {
            Self::Slack(_) => (file.chat.has_slack(), "slack", "a user group of Slack"),
            Self::Discord(_) => (file.chat.has_discord(), "discord", "a role of Discord"),
        };
        if !here && !desk.gone.touches(&["chat", section]) {
            let noted = desk.note(member.span(), format!("{what}, without [chat.{section}]"));
            noted.help(format!("add [chat.{section}], or name people"));
            return false;
        }
        true
    }
}

fn is_person(member: &At<String>, desk: &mut Desk) -> bool {
    if desk.names.people.contains(member.as_str()) {
        return true;
    }
    if desk.gone.contains(&["people"]) {
        return false;
    }
    let people = &desk.names.people;
    let help = match closest(member, people.iter().map(String::as_str)) {
        Some(close) => format!("did you mean `{close}`?"),
        None if people.is_empty() => "write them under [people]".to_owned(),
        None => format!("people: {}", comma(people)),
    };
    let message = format!("there is no person `{}`", **member);
    desk.note(member.span(), message)
        .label("not in [people]")
        .help(help);
    false
}

fn contact(
    section: &PersonSection,
    person: &Person,
    taken: &mut Taken,
    desk: &mut Desk,
) -> Contact {
    if let Some(unix) = &section.unix
        && let Some(other) = taken.numbers.insert(unix.0, person.clone())
    {
        let message = format!("{other} has the same user number");
        desk.note(unix.span(), message)
            .help("the terminal could not tell them apart");
    }
    let email = section.email.as_ref().and_then(|it| {
        let text = desk.line(it, 200)?;
        let address = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
        });
        if !address {
            let noted = desk.note(it.span(), format!("`{text}` is not an address"));
            noted.help("for example \"ana@example.com\"");
        }
        address.then_some(text)
    });
    Contact {
        unix: section.unix.as_ref().map(|it| it.0),
        email,
        slack: (section.slack.as_ref())
            .and_then(|it| account(it, Account::Slack, person, (taken, desk))),
        discord: (section.discord.as_ref())
            .and_then(|it| account(it, Account::Discord, person, (taken, desk))),
    }
}

/// Where an account is.
#[derive(Clone, Copy)]
enum Account {
    Slack,
    Discord,
}

fn account(
    written: &At<String>,
    on: Account,
    person: &Person,
    (taken, desk): (&mut Taken, &mut Desk),
) -> Option<String> {
    let (good, example) = match on {
        Account::Slack => (
            slack::is_id(written, &['U', 'W']),
            "for example \"U02ANA01\": \"Copy member ID\" in the person's profile in Slack",
        ),
        Account::Discord => (
            discord::is_id(written),
            "for example \"118700000000000003\": \"Copy User ID\" in the person's menu in Discord, in developer mode",
        ),
    };
    if !good {
        let message = format!("`{}` is no account's id", **written);
        let noted = desk.note(written.span(), message);
        noted.label("names change, ids do not").help(example);
        return None;
    }
    // The two platforms' ids are never alike.
    if let Some(other) = taken.accounts.insert((**written).clone(), person.clone()) {
        let noted = desk.note(written.span(), format!("{other} has the same account"));
        noted.help("one person, one account: whoever consents must be one person");
        return None;
    }
    Some((**written).clone())
}
