//! Refused because of how an environment stands.

use shipbell_adapters::chat::card::Card;
use shipbell_domain::Refusal;
use shipbell_domain::calendar::Span;
use shipbell_domain::environment::Ahead;
use shipbell_domain::ids::{EnvId, Person, Version};

use super::{No, plainly, three};
use crate::render::words::{bound, closed, listed, release_name, said, typed_id};

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
        Refusal::Undecided { .. } => undecided(no, refusal),
        Refusal::NothingToDecide { environment } => nothing_to_decide(no, environment),
        Refusal::NothingToRepeat { work } => nothing_to_repeat(work),
        Refusal::Decided { environment, by } => decided(no, environment, by),
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
        Refusal::DataAhead {
            environment,
            target,
            ahead,
        } => data_ahead(no, environment, target, ahead),
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
        Refusal::NoDrift { environment } => three(
            &format!("{} runs what was deployed there.", no.at(environment)),
            "Nothing was seen that somebody changed outside.",
            no.try_this("How it stands:", "status"),
        ),
        Refusal::NotWhole {
            environment,
            services,
        } => not_whole(no, environment, services),
        Refusal::OutsideWindows { environment, next } => outside(no, environment, next.as_ref()),
        about_rights!()
        | about_names!()
        | about_written!()
        | about_releases!()
        | about_others!() => plainly(refusal),
    }
}

fn outside(no: &No<'_>, id: &EnvId, next: Option<&Span>) -> Card {
    let what = format!("That time is outside every window of {}.", no.at(id));
    let why = next.map_or_else(
        || "None opens within 13 months.".to_owned(),
        |next| format!("The next one is {}.", no.voice.whole(next)),
    );
    let line = format!("window add {} <when>", typed_id(id));
    three(
        &what,
        &why,
        no.try_this("Choose a time inside one, or add one:", &line),
    )
}

fn not_whole(no: &No<'_>, id: &EnvId, services: &[String]) -> Card {
    let what = format!("What runs in {} cannot be adopted.", no.at(id));
    let why = match services {
        [] => "More runs there than can be kept.".to_owned(),
        services => format!(
            "It is not whole, or not the same on every host: {}.",
            listed(services, 5)
        ),
    };
    let line = format!("rollback {}", typed_id(id));
    three(
        &what,
        &why,
        no.try_this("Bring it in order first, or go back:", &line),
    )
}

fn undecided(no: &No<'_>, refusal: &Refusal) -> Card {
    let Refusal::Undecided {
        environment,
        attempt,
        release,
        work,
        people,
    } = refusal
    else {
        return plainly(refusal);
    };
    let what = format!("{} waits for a person.", no.at(environment));
    let (work, name) = (bound(work, 80), release_name(no.view, *release));
    let who = match no.voice.names(people) {
        who if who.is_empty() => "Somebody who may deploy".to_owned(),
        who => who,
    };
    let why = format!(
        "{work} was cut off in attempt {attempt}, for {name}, and nobody knows how it ended. \
         {who} can say how to go on."
    );
    let line = format!("resume {}", typed_id(environment));
    three(&what, &why, no.try_this("Look, then say:", &line))
}

fn nothing_to_decide(no: &No<'_>, id: &EnvId) -> Card {
    let what = format!("Nothing in {} waits for that.", no.at(id));
    let why = "Only a step that was cut off, or that asks a person, waits for an answer.";
    three(&what, why, no.try_this("How it stands:", "status"))
}

fn nothing_to_repeat(work: &str) -> Card {
    let why = format!("A person is asked: {}.", bound(work, 120));
    let todo = vec![said(
        "Say worked when it is done, or failed when it cannot be.",
    )];
    three("There is nothing to run again.", &why, todo)
}

fn decided(no: &No<'_>, id: &EnvId, by: &Person) -> Card {
    let what = format!("{} has said how {} goes on.", no.voice.name(by), no.at(id));
    let todo = no.try_this("How it stands:", "status");
    three(&what, "Your answer came after that.", todo)
}

fn data_ahead(no: &No<'_>, id: &EnvId, target: &Version, ahead: &Ahead) -> Card {
    let what = format!("{target} cannot run in {} any more.", no.at(id));
    let why = format!(
        "{} of {} was done since, and older images do not undo it. To get back: {}",
        bound(&ahead.step, 80),
        ahead.version,
        closed(&ahead.restore, 300),
    );
    let line = format!(
        "rollback {} {target} --anyway --why \"reason\"",
        typed_id(id)
    );
    let todo = no.try_this("Once that is done, or if it can run all the same:", &line);
    three(&what, &why, todo)
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
