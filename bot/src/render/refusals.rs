//! Why not: what happened, why, and what to do or who can unblock it.

#![expect(
    clippy::unnested_or_patterns,
    reason = "groups of kinds are patterns with names"
)]

// Every kind of refusal belongs to one of these; the compiler finds one that belongs to none.
macro_rules! about_rights {
    () => {
        Refusal::Stranger { .. }
            | Refusal::NotAllowed { .. }
            | Refusal::NotYourItem { .. }
            | Refusal::AutomaticItem { .. }
            | Refusal::NotAsked { .. }
            | Refusal::NotYet { .. }
            | Refusal::CannotOverride { .. }
    };
}

macro_rules! about_names {
    () => {
        Refusal::UnknownApp { .. }
            | Refusal::UnknownEnvironment { .. }
            | Refusal::UnknownRelease { .. }
            | Refusal::UnknownIncident { .. }
            | Refusal::UnknownPerson { .. }
            | Refusal::UnknownImage { .. }
            | Refusal::UnknownItem { .. }
            | Refusal::Unknown { .. }
    };
}

macro_rules! about_written {
    () => {
        Refusal::ImageMissing { .. }
            | Refusal::ImageNotAllowed { .. }
            | Refusal::CommitNeeded { .. }
            | Refusal::BadVersion { .. }
            | Refusal::VersionTaken { .. }
            | Refusal::TooLong { .. }
            | Refusal::TooMany { .. }
            | Refusal::Missing { .. }
    };
}

macro_rules! about_releases {
    () => {
        Refusal::ReleaseOver { .. }
            | Refusal::AlreadyThere { .. }
            | Refusal::AlreadyStarting { .. }
            | Refusal::AskOver { .. }
            | Refusal::OpenReleases { .. }
            | Refusal::Stale { .. }
    };
}

macro_rules! about_environments {
    () => {
        Refusal::Busy { .. }
            | Refusal::Undecided { .. }
            | Refusal::NothingToDecide { .. }
            | Refusal::NothingToRepeat { .. }
            | Refusal::Decided { .. }
            | Refusal::NothingRunning { .. }
            | Refusal::NoTarget { .. }
            | Refusal::DataAhead { .. }
            | Refusal::NotLocked { .. }
            | Refusal::NotWatched { .. }
            | Refusal::NoDrift { .. }
            | Refusal::NotWhole { .. }
            | Refusal::OutsideWindows { .. }
    };
}

macro_rules! about_others {
    () => {
        Refusal::InThePast { .. }
            | Refusal::IncidentOver { .. }
            | Refusal::AlreadyAcknowledged { .. }
    };
}

mod environments;
mod names;
mod others;
mod releases;
mod rights;
#[cfg(test)]
mod tests;
mod written;

use shipbell_adapters::chat::card::{Block, Card, Span, Text};
use shipbell_domain::Refusal;
use shipbell_domain::ids::{EnvId, Person};

use super::View;
use super::words::{Voice, card, said};

/// Draws a refusal for the person who is refused.
pub fn refusal(refusal: &Refusal, view: &View<'_>, by: &Person) -> Card {
    let no = No {
        voice: Voice::of(view),
        view,
        by,
    };
    match refusal {
        about_rights!() => rights::draw(&no, refusal),
        about_names!() => names::draw(&no, refusal),
        about_written!() => written::draw(&no, refusal),
        about_releases!() => releases::draw(&no, refusal),
        about_environments!() => environments::draw(&no, refusal),
        about_others!() => others::draw(&no, refusal),
    }
}

/// Somebody who is refused, and the words for it.
struct No<'a> {
    voice: Voice<'a>,
    view: &'a View<'a>,
    by: &'a Person,
}

impl No<'_> {
    /// `Rapid Audit Manage, production`
    fn at(&self, id: &EnvId) -> String {
        format!("{}, {}", self.voice.title(&id.app), id.env)
    }

    /// A hint that is a command.
    fn try_this(&self, words: &str, line: &str) -> Vec<Span> {
        vec![said(format!("{words} ")), self.voice.command(line)]
    }
}

/// The three parts; the first two are sentences.
fn three(what: &str, why: &str, todo: Vec<Span>) -> Card {
    let words: String = todo.iter().map(Span::words).collect();
    let mut card = card([what, why, &words].join(" "));
    let mut spans = vec![Span::Strong(what.to_owned())];
    if !why.is_empty() {
        spans.push(said(format!(" {why}")));
    }
    card.blocks.push(Block::Text(Text(spans)));
    if !todo.is_empty() {
        card.blocks.push(Block::Text(Text(todo)));
    }
    card
}

/// A refusal in its own words, for a kind that is told elsewhere.
fn plainly(refusal: &Refusal) -> Card {
    three(&format!("{refusal}."), "", Vec::new())
}
