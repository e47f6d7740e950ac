//! Refused because of how an environment stands.

use shipbell_adapters::chat::card::Card;
use shipbell_domain::Refusal;
use shipbell_domain::ids::{EnvId, Version};

use super::{No, plainly, three};
use crate::render::words::{listed, release_name, typed_id};

pub(super) fn draw(no: &No<'_>, refusal: &Refusal) -> Card {
    let voice = &no.voice;
    match refusal {
        Refusal::Busy {
            environment,
            attempt,
            release,
            since,
        } => {
            let what = format!("{} is being changed already.", no.at(environment));
            let (since, name) = (voice.time(*since), release_name(no.view, *release));
            let why = format!("Attempt {attempt} is at work since {since}, for {name}.");
            let line = format!("stop {}", typed_id(environment));
            three(
                &what,
                &why,
                no.try_this("Wait until it ends, or stop it:", &line),
            )
        }
        Refusal::NothingRunning { environment } => {
            let what = format!("Nothing is being done to {}.", no.at(environment));
            three(
                &what,
                "There is nothing to stop.",
                no.try_this("How it stands:", "status"),
            )
        }
        Refusal::NoTarget {
            environment,
            wanted,
            known,
        } => no_target(no, environment, wanted.as_ref(), known),
        Refusal::NotLocked { environment } => three(
            &format!("{} is not locked.", no.at(environment)),
            "",
            no.try_this("How it stands:", "status"),
        ),
        Refusal::NotWatched { environment } => {
            let what = format!("{} is not watched now.", no.at(environment));
            three(
                &what,
                "A watch begins after a deploy and ends by itself.",
                Vec::new(),
            )
        }
        Refusal::OutsideWindows { environment, next } => {
            let what = format!(
                "That time is outside every window of {}.",
                no.at(environment)
            );
            let why = next.as_ref().map_or_else(
                || "None opens within 13 months.".to_owned(),
                |next| format!("The next one is {}.", voice.whole(next)),
            );
            let line = format!("window add {} <when>", typed_id(environment));
            three(
                &what,
                &why,
                no.try_this("Choose a time inside one, or add one:", &line),
            )
        }
        about_rights!()
        | about_names!()
        | about_written!()
        | about_releases!()
        | about_others!() => plainly(refusal),
    }
}

fn no_target(no: &No<'_>, id: &EnvId, wanted: Option<&Version>, known: &[Version]) -> Card {
    let place = no.at(id);
    let what = match wanted {
        Some(version) => format!("{version} was never verified in {place}."),
        None => format!("There is no version {place} could return to."),
    };
    let names: Vec<String> = known.iter().map(ToString::to_string).collect();
    if names.is_empty() {
        let todo = no.try_this(
            "Deploy a version that works:",
            &format!("deploy {}", typed_id(id)),
        );
        return three(&what, "Nothing else was verified there.", todo);
    }
    let why = format!("Verified there: {}.", listed(&names, 8));
    three(
        &what,
        &why,
        no.try_this(
            "Choose one:",
            &format!("rollback {} <version>", typed_id(id)),
        ),
    )
}
