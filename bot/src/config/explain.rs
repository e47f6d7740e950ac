//! What a configuration means, in words and dates.

mod application;
mod table;

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use chrono::{DateTime, Datelike as _, Utc};
use shipbell_domain::calendar::Freeze;
use shipbell_domain::ids::Role;
use shipbell_domain::policy::{Action, Policy};

use self::table::table;
use super::desk::comma;
use super::incidents::SEVERITIES;
use super::{Config, Mode};

/// What `shipbell check` says about a file without a mistake.
pub fn explain(config: &Config, now: DateTime<Utc>) -> String {
    let mut text = String::new();
    write(&mut text, config, now).expect("writing to a string cannot fail");
    text
}

fn write(out: &mut String, config: &Config, now: DateTime<Utc>) -> fmt::Result {
    let environments = config
        .policies
        .iter()
        .map(|it| it.policy.environments.len())
        .sum();
    let counts = [
        counted(config.policies.len(), "application"),
        counted(environments, "environment"),
        counted(roles(config).len(), "role"),
        format!(
            "{} {}",
            config.settings.people.len(),
            if config.settings.people.len() == 1 {
                "person"
            } else {
                "people"
            }
        ),
    ];
    writeln!(out, "{}: {}. No mistakes.", config.name, comma(counts))?;
    writeln!(out)?;
    writeln!(out, "Times are those of {}.", config.settings.zone)?;
    writeln!(
        out,
        "The dashboard listens at {}; people open {}.",
        config.chat.web.listen, config.url
    )?;
    write_slack(out, config)?;
    write_discord(out, config)?;
    writeln!(
        out,
        "What must be remembered is kept in {}.",
        config.data.display()
    )?;
    writeln!(out, "The record is signed with {}.", config.key.display())?;
    if let Some(every) = config.compare_every {
        let what = "it is looked whether somebody else changed what was deployed";
        writeln!(out, "Every {every} {what}.")?;
    }
    match config.keep_versions {
        0 => writeln!(out, "No image is kept for a way back.")?,
        kept => {
            let versions = counted(kept as usize, "proven version");
            writeln!(
                out,
                "The images of the last {versions} stay on their hosts."
            )?;
        }
    }
    writeln!(out, "\nRoles")?;
    write_roles(out, config)?;
    if let Some(first) = config.policies.first() {
        writeln!(out, "\nWho may do what")?;
        write_rights(out, &first.policy)?;
    }
    for pinned in &config.policies {
        application::write(out, config, pinned, now)?;
    }
    write_incidents(out, config)?;
    write_freezes(out, config)
}

fn write_slack(out: &mut String, config: &Config) -> fmt::Result {
    let Some(slack) = &config.chat.slack else {
        return Ok(());
    };
    let mode = match &slack.mode {
        Mode::Socket { .. } => "over sockets the bot opens".to_owned(),
        Mode::Http { listen, .. } => format!("by calls Slack makes to {listen}"),
    };
    let contacts = config.contacts.values();
    let known = contacts.filter(|it| it.slack.is_some()).count();
    writeln!(
        out,
        "In Slack the channel is {}; what people do arrives {mode}. {known} of {} people have an account there.",
        slack.channel,
        config.contacts.len(),
    )
}

fn write_discord(out: &mut String, config: &Config) -> fmt::Result {
    let Some(discord) = &config.chat.discord else {
        return Ok(());
    };
    let contacts = config.contacts.values();
    let known = contacts.filter(|it| it.discord.is_some()).count();
    writeln!(
        out,
        "In Discord the channel is {}. {known} of {} people have an account there.",
        discord.channel,
        config.contacts.len(),
    )
}

fn write_roles(out: &mut String, config: &Config) -> fmt::Result {
    let rows = roles(config).into_iter().map(|role| {
        let holders = config.settings.holders(&role);
        let names = holders.iter().map(|it| config.settings.name_of(it));
        let groups = config.slack_groups.iter();
        let groups = groups.filter(|(_, roles)| roles.contains(&role));
        let groups = groups.map(|(id, _)| format!("whoever is in the Slack user group {id}"));
        let granted = config.discord_roles.iter();
        let granted = granted.filter(|(_, roles)| roles.contains(&role));
        let granted = granted.map(|(id, _)| format!("whoever has the Discord role {id}"));
        (role.to_string(), comma(names.chain(groups).chain(granted)))
    });
    table(out, 2, rows)?;
    let idle = config
        .settings
        .people
        .values()
        .filter(|it| it.roles.is_empty());
    let idle: Vec<&str> = idle.map(|it| it.name.as_str()).collect();
    if !idle.is_empty() {
        writeln!(
            out,
            "  Without a role, so they may only read: {}",
            comma(idle)
        )?;
    }
    Ok(())
}

fn write_rights(out: &mut String, policy: &Policy) -> fmt::Result {
    let rows = Action::ALL.into_iter().map(|action| {
        let who = match policy.allowed(action) {
            None => "everyone with a role".to_owned(),
            Some([]) => "nobody; name a role under [allow] to use it".to_owned(),
            Some(roles) => comma(roles),
        };
        (action.word().to_owned(), who)
    });
    table(out, 2, rows)
}

fn write_incidents(out: &mut String, config: &Config) -> fmt::Result {
    if config.settings.pages.is_empty() {
        return writeln!(
            out,
            "\nIncidents call nobody: there is no section [incident.P1]."
        );
    }
    writeln!(out, "\nIncidents")?;
    let rows = SEVERITIES.into_iter().filter_map(|(name, severity)| {
        let escalation = config.settings.pages.get(&severity)?;
        let calls = escalation.levels.iter().map(|level| match level.after {
            None => format!("{} at once", level.role),
            Some(after) => format!("{} after {after}", level.role),
        });
        let calls = comma(calls);
        let calls = if calls.is_empty() { "nobody" } else { &calls };
        let suggest = escalation
            .suggest
            .as_ref()
            .map(|it| format!("; suggests: {it}"));
        let words = format!("calls {calls}{}", suggest.unwrap_or_default());
        Some((name.to_owned(), words))
    });
    table(out, 2, rows)
}

fn write_freezes(out: &mut String, config: &Config) -> fmt::Result {
    if config.settings.freezes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nFreezes")?;
    for freeze in &config.settings.freezes {
        let Freeze { reason, from, .. } = freeze;
        let zone = &config.settings.zone;
        let when = freeze
            .span()
            .map_or_else(String::new, |span| zone.day_and_hours(&span));
        writeln!(out, "  {}: {when}: {reason}", zone.local(*from).year())?;
    }
    Ok(())
}

/// Every role somebody holds.
fn roles(config: &Config) -> BTreeSet<Role> {
    config
        .settings
        .people
        .values()
        .flat_map(|it| &it.roles)
        .chain(config.slack_groups.values().flatten())
        .chain(config.discord_roles.values().flatten())
        .cloned()
        .collect()
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
