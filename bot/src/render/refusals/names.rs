//! Refused because what was named is not there.

use shipbell_adapters::chat::card::{Card, Span};
use shipbell_domain::Refusal;

use super::{No, plainly, three};
use crate::render::words::{TYPED, bound, counted, listed, said};

pub(super) fn draw(no: &No<'_>, refusal: &Refusal) -> Card {
    let known = |names: Vec<String>| match names.as_slice() {
        [] => vec![said("None is known.")],
        names => vec![said(format!("Known: {}.", listed(names, 12)))],
    };
    let all =
        |names: &[shipbell_domain::ids::AppId]| names.iter().map(ToString::to_string).collect();
    match refusal {
        Refusal::UnknownApp { app, known: apps } => three(
            &format!("There is no application {app}."),
            "",
            known(all(apps)),
        ),
        Refusal::UnknownEnvironment {
            app,
            env,
            known: envs,
        } => {
            let title = no.voice.title(app);
            let names = envs.iter().map(ToString::to_string).collect();
            three(
                &format!("{title} has no environment {env}."),
                "",
                known(names),
            )
        }
        Refusal::UnknownRelease { release } => {
            let todo = no.try_this("What there is:", "history");
            three(&format!("There is no release {release}."), "", todo)
        }
        Refusal::UnknownIncident { incident } => {
            let todo = no.try_this("What there is:", "incident list");
            three(&format!("There is no incident {incident}."), "", todo)
        }
        Refusal::UnknownPerson { person } => {
            let people = no
                .voice
                .settings
                .people
                .keys()
                .map(ToString::to_string)
                .collect();
            three(
                &format!("There is nobody called {person}."),
                "",
                known(people),
            )
        }
        Refusal::UnknownImage {
            service,
            known: names,
        } => {
            let what = format!("There is no image {}.", bound(service, 60));
            three(
                &what,
                "A release brings the images of its policy.",
                known(names.clone()),
            )
        }
        Refusal::UnknownItem { item, count } => unknown_item(no, *item, *count),
        Refusal::Unknown { what, hint } => {
            let what = format!("There is no {} here.", bound(what, 120));
            three(&what, "", hint_of(hint))
        }
        about_rights!()
        | about_written!()
        | about_releases!()
        | about_environments!()
        | about_others!() => plainly(refusal),
    }
}

fn hint_of(hint: &str) -> Vec<Span> {
    if hint.is_empty() {
        Vec::new()
    } else {
        vec![said(bound(hint, TYPED))]
    }
}

fn unknown_item(no: &No<'_>, item: u32, count: u32) -> Card {
    let why = format!("The checklist has {}.", counted(count as usize, "item"));
    let what = format!("There is no checklist item {item}.");
    three(&what, &why, no.try_this("They are:", "check"))
}
