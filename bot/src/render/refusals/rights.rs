//! Refused for who somebody is, or because others must act first.

use shipbell_adapters::chat::card::{Block, Card, Span, Text};
use shipbell_domain::Refusal;
use shipbell_domain::gates::Waiting;
use shipbell_domain::ids::{EnvName, Person, ReleaseId, Role};
use shipbell_domain::policy::Action;

use super::{No, plainly, three};
use crate::render::gates::{Door, opened_by, what};
use crate::render::words::{capital, counted, listed, release_name, said};

/// How many closed gates are told one by one.
const MOST: usize = 6;

pub(super) fn draw(no: &No<'_>, refusal: &Refusal) -> Card {
    match refusal {
        Refusal::Stranger { .. } => three(
            "You have no role here.",
            "Only people with a role in the configuration can act; everybody can look.",
            vec![said(
                "Ask whoever keeps shipbell.toml to add you under [people] and [roles].",
            )],
        ),
        Refusal::NotAllowed {
            action,
            roles,
            people,
        } => not_allowed(no, *action, roles, people),
        Refusal::NotYourItem { role, people } => three(
            "You cannot settle this item.",
            &format!("It is for {role}."),
            vec![said(format!("{} can.", no.voice.names(people)))],
        ),
        Refusal::AutomaticItem { checks } => three(
            "No person settles this item.",
            &format!(
                "It is done once {} passed for the commit.",
                listed(checks, 5)
            ),
            no.try_this("They are read by themselves; how they stand:", "check"),
        ),
        Refusal::NotAsked { role, people } => three(
            "You were not asked.",
            &format!("It is for {role} to say how that went."),
            vec![said(match no.voice.names(people) {
                who if who.is_empty() => "Nobody holds that role.".to_owned(),
                who => format!("{who} can."),
            })],
        ),
        Refusal::NotYet {
            release,
            env,
            waiting,
            override_roles,
        } => not_yet(no, (*release, env), waiting, override_roles),
        Refusal::CannotOverride { waiting } => cannot_override(waiting),
        about_names!()
        | about_written!()
        | about_releases!()
        | about_environments!()
        | about_others!() => plainly(refusal),
    }
}

fn not_allowed(no: &No<'_>, action: Action, roles: &[Role], people: &[Person]) -> Card {
    let word = match action {
        Action::New => "open a release",
        Action::Plan => "plan a deploy",
        Action::Deploy => "deploy or stop a deploy",
        Action::Rollback => "roll back",
        Action::Override => "set gates aside",
        Action::Cancel => "give a release up",
        Action::Window => "change windows",
        Action::Freeze => "freeze or unfreeze",
        Action::Unlock => "unlock",
        Action::Watch => "end or extend a watch",
        Action::Incident => "run incidents",
    };
    let names: Vec<String> = roles.iter().map(ToString::to_string).collect();
    let (why, who) = if roles.is_empty() {
        let why = format!("No role may: [allow] does not name {}.", action.word());
        (why, "Whoever keeps shipbell.toml can name one.".to_owned())
    } else if people.is_empty() {
        (
            format!("It is for {}.", listed(&names, 5)),
            "Nobody holds that role.".to_owned(),
        )
    } else {
        (
            format!("It is for {}.", listed(&names, 5)),
            format!("{} can.", no.voice.names(people)),
        )
    };
    three(&format!("You may not {word}."), &why, vec![said(who)])
}

fn not_yet(
    no: &No<'_>,
    (release, env): (ReleaseId, &EnvName),
    waiting: &[Waiting],
    override_roles: &[Role],
) -> Card {
    let version = release_name(no.view, release);
    let known = no.view.world.releases.get(&release);
    let door = Door {
        app: known.map(|it| &it.app),
        env,
        requester: known.map(|it| &it.requester),
    };
    let first = waiting
        .first()
        .map(|it| what(&no.voice, &door, it))
        .unwrap_or_default();
    let heading = match waiting.len() {
        0 | 1 => format!("{version} cannot start in {env} yet: {first}."),
        many => format!(
            "{version} cannot start in {env} yet: {} closed.",
            counted(many, "gate")
        ),
    };
    let todo = waiting.first().filter(|_| waiting.len() == 1);
    let todo = todo
        .map(|it| opened_by(&no.voice, &door, it))
        .unwrap_or_default();
    let mut card = three(&heading, "", todo);
    if waiting.len() > 1 {
        for it in waiting.iter().take(MOST) {
            let mut spans = vec![
                Span::Strong(capital(&what(&no.voice, &door, it))),
                said(". "),
            ];
            spans.extend(opened_by(&no.voice, &door, it));
            card.blocks.push(Block::Text(Text(spans)));
        }
        let more = waiting.len().saturating_sub(MOST);
        if more > 0 {
            card.blocks
                .push(Block::Text(Text::plain(format!("And {more} more."))));
        }
    }
    card.blocks
        .extend(emergency(no, &door, waiting, override_roles));
    card
}

/// How to go on all the same, only for those who may.
fn emergency(
    no: &No<'_>,
    door: &Door<'_>,
    waiting: &[Waiting],
    override_roles: &[Role],
) -> Option<Block> {
    let held = no.voice.settings.roles_of(no.by);
    let role = override_roles.iter().find(|role| held.contains(*role))?;
    if !waiting.iter().all(Waiting::can_be_overridden) {
        return None;
    }
    let line = format!("deploy {} --override \"reason\"", door.typed(door.env));
    Some(Block::Context(Text(vec![
        said("In an emergency: "),
        no.voice.command(&line),
        said(format!(" ({role}). Everybody is told.")),
    ])))
}

fn cannot_override(waiting: &[Waiting]) -> Card {
    let stuck: Vec<&str> = waiting
        .iter()
        .filter(|it| !it.can_be_overridden())
        .map(|it| match it {
            Waiting::Images { .. } => "the images are not pinned",
            Waiting::Busy { .. } => "another attempt is at work",
            Waiting::Checklist { .. }
            | Waiting::Ci { .. }
            | Waiting::NewCommits { .. }
            | Waiting::Verified { .. }
            | Waiting::Consent { .. }
            | Waiting::Veto { .. }
            | Waiting::Announcement
            | Waiting::Planned { .. }
            | Waiting::Window { .. }
            | Waiting::Freeze { .. }
            | Waiting::Lock { .. } => "a gate is closed",
        })
        .collect();
    let why = format!(
        "{}: what is unknown or at work is never set aside.",
        capital(&stuck.join(" and "))
    );
    three(
        "This cannot be set aside.",
        &why,
        vec![said("Wait until that is over, then try again.")],
    )
}
