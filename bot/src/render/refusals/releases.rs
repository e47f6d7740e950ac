//! Refused because of how a release stands.

use shipbell_adapters::chat::card::Card;
use shipbell_domain::Refusal;
use shipbell_domain::ask::Phase;
use shipbell_domain::ids::EnvName;

use super::{No, plainly, three};
use crate::render::words::{TYPED, bound, capital, listed, release_name, said};

pub(super) fn draw(no: &No<'_>, refusal: &Refusal) -> Card {
    let voice = &no.voice;
    match refusal {
        Refusal::ReleaseOver { release, cancelled } => {
            let name = release_name(no.view, *release);
            let why = if *cancelled {
                "It was given up."
            } else {
                "Everything it had to do is done."
            };
            let todo = no.try_this("Open another release:", "new");
            three(&format!("{name} is over."), why, todo)
        }
        Refusal::AlreadyThere {
            environment,
            version,
        } => {
            let what = format!("{version} runs in {} already.", no.at(environment));
            three(
                &what,
                "It was verified there.",
                no.try_this("How it stands:", "status"),
            )
        }
        Refusal::AlreadyStarting { release, env, by } => {
            let (name, by) = (release_name(no.view, *release), voice.name(by));
            let why = format!("{by} asked for it, and what stands on the asks is being read.");
            three(
                &format!("{name} is starting in {env} already."),
                &why,
                vec![said("Wait a moment.")],
            )
        }
        Refusal::AskOver { env, phase, why } => ask_over(no, env, *phase, why),
        Refusal::OpenReleases { app, releases } => {
            let names: Vec<String> = releases.iter().map(ToString::to_string).collect();
            let why = format!("It has open releases: {}.", listed(&names, 8));
            let what = format!("{} cannot be removed.", voice.title(app));
            three(
                &what,
                &why,
                no.try_this("Finish them, or give them up:", "cancel <release> \"why\""),
            )
        }
        Refusal::Stale { what } => {
            let why = format!("It is out of date: {}.", bound(what, TYPED));
            three(
                "Nothing was changed.",
                &why,
                no.try_this("How things stand:", "status"),
            )
        }
        about_rights!()
        | about_names!()
        | about_written!()
        | about_environments!()
        | about_others!() => plainly(refusal),
    }
}

fn ask_over(no: &No<'_>, env: &EnvName, phase: Phase, why: &str) -> Card {
    let what = match phase {
        Phase::Signoff => format!("The sign-off for {env} is over."),
        Phase::Accept => format!("The acceptance of {env} is over."),
    };
    let why = format!("{}.", capital(&bound(why, TYPED)));
    three(
        &what,
        &why,
        no.try_this(
            "If people are asked again, the new ask counts. What waits:",
            "status",
        ),
    )
}
