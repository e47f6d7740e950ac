//! `[people]` and `[roles]`: who there is, and who holds what.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::ids::{Person, Role};
use shipbell_domain::settings::Member;

use super::at::{At, Whole};
use super::desk::{Desk, closest, comma};
use super::file::File;
use super::later;

/// The most people, and the most roles.
const MOST: usize = 1000;

/// How to recognise and reach a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Their user number on this machine; without one they may only read in the terminal.
    pub unix: Option<u32>,
    /// Their address.
    pub email: Option<String>,
}

/// `[people.x]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table with name, unix and email"
)]
pub(super) struct PersonSection {
    /// What they are called. Default: the key.
    name: Option<At<String>>,
    /// Their user number on this machine (`id -u`), for the terminal. Default: none.
    unix: Option<At<Whole<1000>>>,
    /// Their address. Default: none.
    email: Option<At<String>>,
}

/// Everybody, with the roles they hold and how to reach them.
pub(super) struct Roster {
    pub(super) members: BTreeMap<Person, Member>,
    pub(super) contacts: BTreeMap<Person, Contact>,
}

pub(super) fn lower(file: &File, desk: &mut Desk) -> Roster {
    let mut held = roles(file, desk);
    let mut roster = Roster {
        members: BTreeMap::new(),
        contacts: BTreeMap::new(),
    };
    let mut numbers = BTreeMap::new();
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
        let contact = contact(section, &person, &mut numbers, desk);
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
fn roles(file: &File, desk: &mut Desk) -> BTreeMap<String, BTreeSet<Role>> {
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
            if !is_person(member, desk) {
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

fn is_person(member: &At<String>, desk: &mut Desk) -> bool {
    if desk.names.people.contains(member.as_str()) {
        return true;
    }
    if let Some((group @ ("slack-group" | "discord-role"), _)) = member.split_once(':') {
        later::refuse_value(desk, member.span(), group);
        return false;
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
    numbers: &mut BTreeMap<u32, Person>,
    desk: &mut Desk,
) -> Contact {
    if let Some(unix) = &section.unix
        && let Some(other) = numbers.insert(unix.0, person.clone())
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
    }
}
