//! Refused because of the time, or of how an incident stands.

use shipbell_adapters::chat::card::Card;
use shipbell_domain::Refusal;

use super::{No, plainly, three};
use crate::render::words::said;

pub(super) fn draw(no: &No<'_>, refusal: &Refusal) -> Card {
    let voice = &no.voice;
    match refusal {
        Refusal::InThePast { at } => {
            let at = voice.whole_time(*at);
            three(
                &format!("{at} is in the past."),
                "",
                vec![said("Say a time that is still to come.")],
            )
        }
        Refusal::IncidentOver { incident } => {
            let todo = no.try_this("Open another if it is back:", "incident open");
            three(&format!("{incident} is over."), "It was resolved.", todo)
        }
        Refusal::AlreadyAcknowledged { incident, person } => {
            let name = voice.name(person);
            let line = format!("incident update {incident} \"what you know\"");
            three(
                &format!("{name} is on {incident} already."),
                "",
                no.try_this("To add what you know:", &line),
            )
        }
        about_rights!()
        | about_names!()
        | about_written!()
        | about_releases!()
        | about_environments!() => plainly(refusal),
    }
}
