//! Refused because of how something was written.

use shipbell_adapters::chat::card::Card;
use shipbell_domain::Refusal;

use super::{No, plainly, three};
use crate::render::words::{bound, said};

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
            three(&format!("The {what} is too long."), "", todo)
        }
        Refusal::Missing { what } => three(
            &format!("The {what} is missing."),
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
