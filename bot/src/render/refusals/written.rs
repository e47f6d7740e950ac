//! Refused because of how something was written.

use shipbell_adapters::chat::card::Card;
use shipbell_domain::Refusal;

use super::{No, plainly, three};
use crate::render::words::{bound, listed, said};

pub(super) fn draw(no: &No<'_>, refusal: &Refusal) -> Card {
    match refusal {
        Refusal::ImageMissing { service } => {
            let service = bound(service, 60);
            let what = format!("The image {service} needs a reference.");
            let why = "The configuration does not say where it is.";
            three(
                &what,
                why,
                no.try_this(
                    "Add:",
                    &format!("new … --image {service}=registry/name:tag"),
                ),
            )
        }
        Refusal::ImageNotAllowed {
            service,
            reference,
            allowed,
        } => {
            let (service, reference) = (bound(service, 60), bound(reference, 120));
            let what = format!("{service} may not come from {reference}.");
            let why = format!("Images come from {}.", listed(allowed, 6));
            let todo = vec![said(
                "Push it there, or have that repository added to `allow_images`.",
            )];
            three(&what, &why, todo)
        }
        Refusal::CommitNeeded { service, given } => commit(no, service, given.as_deref()),
        Refusal::BadVersion { version, scheme } => {
            let why = format!("Versions are written like {}.", scheme.example());
            let todo = vec![said(
                "Write it that way, or change the version scheme in the configuration.",
            )];
            three(&format!("{version} is not a version here."), &why, todo)
        }
        Refusal::VersionTaken { version, release } => {
            let todo = no.try_this("Choose another, or look at it:", &format!("show {release}"));
            three(
                &format!("{version} is {release} already."),
                "A version is used once.",
                todo,
            )
        }
        Refusal::TooLong { what, limit } => {
            let todo = vec![said(format!("Say it in at most {limit} characters."))];
            three(&format!("{} is too long.", subject(what)), "", todo)
        }
        Refusal::TooMany { what, limit } => {
            let todo = vec![said("Keep it somewhere else.")];
            three(&format!("There are {limit} {what} already."), "", todo)
        }
        Refusal::Missing { what } => three(
            &format!("{} is missing.", subject(what)),
            "",
            vec![said("Say it, then try again.")],
        ),
        about_rights!()
        | about_names!()
        | about_releases!()
        | about_environments!()
        | about_others!() => plainly(refusal),
    }
}

/// A commit is wanted that can be no other tomorrow.
fn commit(no: &No<'_>, service: &str, given: Option<&str>) -> Card {
    let service = bound(service, 60);
    let (what, why) = match given {
        None => (
            format!("The image {service} is built from a commit, and none is named."),
            "Only what a commit holds is built, never what lies in a folder.",
        ),
        Some(given) => (
            format!("{} does not name a commit for good.", bound(given, 80)),
            "Branches and tags can move.",
        ),
    };
    let line = "new … --commit 3f9c2ab8";
    three(&what, why, no.try_this("Name it by its digits:", line))
}

/// What is wanted, as the beginning of a sentence.
fn subject(what: &str) -> String {
    match what.strip_prefix("what ") {
        Some(rest) => format!("What {rest}"),
        None => format!("The {}", what.strip_prefix("the ").unwrap_or(what)),
    }
}
