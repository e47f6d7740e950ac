//! Answers to what somebody did, for that person alone.

#![expect(
    clippy::unnested_or_patterns,
    reason = "groups of kinds are patterns with names"
)]

#[cfg(test)]
mod tests;

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Text};
use shipbell_domain::ask::AskId;
use shipbell_domain::calendar::relative;
use shipbell_domain::gates::Waiting;
use shipbell_domain::ids::{EnvId, EnvName, ReleaseId};
use shipbell_domain::reply::Reply;

use super::View;
use super::gates::{Door, opened_by, what};
use super::words::{TYPED, Voice, bound, button, capital, counted, release_name, said, sentence};
use crate::chatops::buttons::{AskRef, Press};

// Every answer belongs to one of these; the compiler finds one that belongs to none.
macro_rules! about_releases {
    () => {
        Reply::Opened { .. }
            | Reply::Planned { .. }
            | Reply::Starting { .. }
            | Reply::LookingAhead { .. }
            | Reply::Asked { .. }
            | Reply::Counted { .. }
            | Reply::Vetoed { .. }
            | Reply::Withdrawn { .. }
            | Reply::NotCounted { .. }
            | Reply::Ticked { .. }
            | Reply::Noted { .. }
            | Reply::Cancelled { .. }
    };
}

macro_rules! about_environments {
    () => {
        Reply::Started { .. }
            | Reply::Stopping { .. }
            | Reply::GoesOn { .. }
            | Reply::Answered { .. }
            | Reply::WatchExtended { .. }
            | Reply::WatchEnded { .. }
            | Reply::WindowAdded { .. }
            | Reply::Unlocked { .. }
            | Reply::Adopted { .. }
    };
}

macro_rules! about_others {
    () => {
        Reply::WindowCancelled { .. }
            | Reply::Frozen { .. }
            | Reply::Unfrozen { .. }
            | Reply::IncidentOpened { .. }
            | Reply::Acknowledged { .. }
            | Reply::Escalated { .. }
            | Reply::Updated { .. }
            | Reply::Resolved { .. }
            | Reply::PolicyAdopted { .. }
    };
}

/// Draws an answer; none where the cards tell it all.
pub fn reply(reply: &Reply, view: &View<'_>) -> Option<Card> {
    match reply {
        Reply::Nothing => None,
        about_releases!() => releases(reply, view),
        about_environments!() => environments(reply, view),
        about_others!() => others(reply),
    }
}

fn releases(reply: &Reply, view: &View<'_>) -> Option<Card> {
    let voice = Voice::of(view);
    let name = |release: &ReleaseId| release_name(view, *release);
    let words = match reply {
        Reply::Opened { release, version } => {
            format!("{version} is open as {release}. Its images are being pinned.")
        }
        Reply::Planned { release, env, span } => {
            let (when, away) = (voice.whole(span), relative(span.from(), view.now));
            format!("{} is planned for {env}: {when}, {away}.", name(release))
        }
        Reply::Starting { release, env } => {
            format!(
                "Reading what stands on the asks. {} starts in {env} if it is enough.",
                name(release)
            )
        }
        Reply::LookingAhead { release, env } => format!(
            "Looking at what {} would change in {env}. It comes in the release's thread; nothing is touched.",
            name(release)
        ),
        Reply::Asked {
            release,
            env,
            waiting,
        } => return Some(asked(view, *release, env, waiting)),
        Reply::Counted { ask } => format!(
            "Your answer for {} in {} counts.",
            name(&ask.release),
            ask.env
        ),
        Reply::Vetoed { ask, reason_wanted } => return Some(vetoed(view, ask, *reason_wanted)),
        Reply::Withdrawn { ask } => {
            format!(
                "Your answer for {} in {} is taken back.",
                name(&ask.release),
                ask.env
            )
        }
        Reply::NotCounted { ask, why } => {
            let why = bound(why, TYPED);
            format!(
                "Thank you. For {} in {} it does not count: {why}.",
                name(&ask.release),
                ask.env
            )
        }
        Reply::Ticked {
            release,
            item,
            open,
        } => match open {
            0 => format!(
                "Item {item} of {} is saved. Every item is settled.",
                name(release)
            ),
            open => {
                let open = counted(*open as usize, "item");
                format!("Item {item} of {} is saved. {open} open.", name(release))
            }
        },
        Reply::Noted { release } => format!("Kept with the record of {}.", name(release)),
        Reply::Cancelled { release } => {
            format!("{} is given up. What runs stays as it is.", name(release))
        }
        Reply::Nothing | about_environments!() | about_others!() => return None,
    };
    Some(sentence(words))
}

fn environments(reply: &Reply, view: &View<'_>) -> Option<Card> {
    let voice = Voice::of(view);
    let words = match reply {
        Reply::Started {
            environment,
            version,
        } => {
            format!("{version} is on its way to {}.", at(&voice, environment))
        }
        Reply::Stopping { environment } => {
            format!(
                "{} stops after the current piece of work.",
                at(&voice, environment)
            )
        }
        Reply::GoesOn { environment } => format!("{} goes on.", at(&voice, environment)),
        Reply::Answered { environment } => {
            format!(
                "Thank you. Your answer for {} is recorded.",
                at(&voice, environment)
            )
        }
        Reply::WatchExtended { environment, until } => {
            let (place, until) = (at(&voice, environment), voice.whole_time(*until));
            format!("{place} is watched until {until}.")
        }
        Reply::WatchEnded { environment } => {
            format!("The watch of {} is over.", at(&voice, environment))
        }
        Reply::WindowAdded {
            window,
            environment,
            span,
        } => {
            let (place, when) = (at(&voice, environment), voice.whole(span));
            format!(
                "{place} has a window, {window}: {when}, {}.",
                relative(span.from(), view.now)
            )
        }
        Reply::Adopted {
            environment,
            version,
        } => format!("{} runs {version} from now on.", at(&voice, environment)),
        Reply::Unlocked { environment } => format!("{} is unlocked.", at(&voice, environment)),
        Reply::Nothing | about_releases!() | about_others!() => return None,
    };
    Some(sentence(words))
}

fn others(reply: &Reply) -> Option<Card> {
    let words = match reply {
        Reply::WindowCancelled { window } => format!("The window {window} is cancelled."),
        Reply::Frozen { freeze } => {
            format!("Deploys are frozen, as {freeze}. Rollbacks stay possible.")
        }
        Reply::Unfrozen { freeze } => format!("The freeze {freeze} is lifted."),
        Reply::IncidentOpened { incident } => format!("{incident} is open, and people are called."),
        Reply::Acknowledged { incident } => {
            format!("You are on {incident}. Nobody else is called by itself.")
        }
        Reply::Escalated { incident } => format!("The next people are called for {incident}."),
        Reply::Updated { incident } => format!("What you know about {incident} is recorded."),
        Reply::Resolved { incident } => format!("{incident} is resolved."),
        Reply::PolicyAdopted { asks_voided: 0 } => {
            "The policy is in force. No ask changed.".to_owned()
        }
        Reply::PolicyAdopted { asks_voided } => {
            let asks = counted(*asks_voided as usize, "ask");
            format!("The policy is in force. {asks} must be answered again.")
        }
        Reply::Nothing | about_releases!() | about_environments!() => return None,
    };
    Some(sentence(words))
}

/// `Rapid Audit Manage, production`
fn at(voice: &Voice<'_>, id: &EnvId) -> String {
    format!("{}, {}", voice.title(&id.app), id.env)
}

fn asked(view: &View<'_>, release: ReleaseId, env: &EnvName, waiting: &[Waiting]) -> Card {
    let voice = Voice::of(view);
    let name = release_name(view, release);
    let mut card = sentence(format!(
        "{name} waits before it can go to {env}: people were asked first."
    ));
    let it = view.world.releases.get(&release);
    let door = Door {
        app: it.map(|it| &it.app),
        env,
        requester: it.map(|it| &it.requester),
    };
    for waiting in waiting.iter().take(6) {
        let mut spans = vec![said(format!(
            "{}. ",
            capital(&what(&voice, &door, waiting))
        ))];
        spans.extend(opened_by(&voice, &door, waiting));
        card.blocks.push(Block::Text(Text(spans)));
    }
    card
}

fn vetoed(view: &View<'_>, ask: &AskId, reason_wanted: bool) -> Card {
    let name = release_name(view, ask.release);
    let why = if reason_wanted {
        " Say why, so that the others know what to change."
    } else {
        ""
    };
    let mut card = sentence(format!(
        "You declined {name} for {}: it goes no further until you take it back.{why}",
        ask.env
    ));
    if reason_wanted {
        let press = Press::Decline(AskRef::from(ask));
        card.buttons
            .push(button("Say why", &press, ButtonStyle::Primary));
    }
    card
}
