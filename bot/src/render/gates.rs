//! What a closed gate waits for, in words, and who can open it.

mod commits;

use std::collections::BTreeMap;

use shipbell_adapters::chat::card::Span;
use shipbell_domain::ask::Phase;
use shipbell_domain::calendar;
use shipbell_domain::gates::{NotGreen, Waiting};
use shipbell_domain::ids::{AppId, EnvName, Person, Role};
use shipbell_domain::policy::Action;

pub(super) use commits::{not_green, short_commit, states};

use super::words::{TYPED, Voice, bound, capital, counted, listed, role_words, said, typed};

/// Where a gate stands, and for whom it is told.
#[derive(Clone, Copy)]
pub(super) struct Door<'a> {
    /// The application, where it is at hand.
    pub(super) app: Option<&'a AppId>,
    pub(super) env: &'a EnvName,
    /// Who asked for the release: they are not among those who can consent.
    pub(super) requester: Option<&'a Person>,
}

impl Door<'_> {
    /// An environment of it, as it is typed.
    pub(super) fn typed(&self, env: &EnvName) -> String {
        self.app
            .map_or_else(|| env.to_string(), |app| typed(app, env))
    }

    fn new_release(&self) -> String {
        let app = self.app.map(|it| format!("{it} ")).unwrap_or_default();
        format!("new {app}<version>")
    }
}

/// What is missing: the middle of a sentence.
pub(super) fn what(voice: &Voice<'_>, door: &Door<'_>, waiting: &Waiting) -> String {
    let env = door.env;
    match waiting {
        Waiting::Images { failed: None } => "its images are being pinned".to_owned(),
        Waiting::Images { failed: Some(why) } => {
            format!("its images could not be pinned: {}", bound(why, TYPED))
        }
        Waiting::Checklist { open } => {
            let items: Vec<String> = open
                .iter()
                .map(|(place, title, _)| format!("{place} {}", bound(title, 80)))
                .collect();
            format!(
                "{} open: {}",
                counted(open.len(), "checklist item"),
                listed(&items, 3)
            )
        }
        Waiting::Ci { commit, why } => not_green(commit.as_ref(), why),
        Waiting::NewCommits {
            branch,
            commit,
            why,
        } => commits::moved(branch, commit.as_ref(), why),
        Waiting::Verified { env } => format!("{env} is not verified with the same images"),
        Waiting::Consent {
            env,
            phase,
            missing,
        } => consent(env, *phase, missing),
        Waiting::Veto { by, .. } => {
            let one = |(person, why): (&Person, &Option<String>)| match why {
                Some(why) => format!("{} ({})", voice.name(person), bound(why, 120)),
                None => format!("{} (reason not given yet)", voice.name(person)),
            };
            let people: Vec<String> = by.iter().map(one).collect();
            format!("declined by {}", listed(&people, 3))
        }
        Waiting::Announcement => format!("the deploy to {env} was not announced"),
        Waiting::Planned { span } => format!("it is planned for {}", voice.whole(span)),
        Waiting::Window { .. } => format!("the window of {env} is closed"),
        Waiting::Freeze {
            until: Some(until),
            reason,
        } => {
            let until = voice.whole_time(*until);
            format!("deploys are frozen until {until}: {}", bound(reason, TYPED))
        }
        Waiting::Freeze {
            until: None,
            reason,
        } => {
            format!("deploys are frozen: {}", bound(reason, TYPED))
        }
        Waiting::Lock { why, since } => {
            format!(
                "{env} is locked since {}: {}",
                voice.time(*since),
                bound(why, TYPED)
            )
        }
        Waiting::Busy { attempt, release } => {
            format!("attempt {attempt} is at work in {env}, for {release}")
        }
    }
}

/// Who or what can open it: whole sentences.
pub(super) fn opened_by(voice: &Voice<'_>, door: &Door<'_>, waiting: &Waiting) -> Vec<Span> {
    let place = door.typed(door.env);
    let command = |line: String| voice.command(&line);
    match waiting {
        Waiting::Images { failed: None } => vec![said("Nothing to do: this takes a moment.")],
        Waiting::Images { failed: Some(_) } => vec![
            said("Push the images, then open the release again: "),
            command(door.new_release()),
        ],
        Waiting::Checklist { open } => {
            let mut roles: Vec<_> = open.iter().map(|(_, _, role)| role).collect();
            roles.sort();
            roles.dedup();
            let who: Vec<String> = roles
                .iter()
                .map(|it| voice.who_can(it, |_| false))
                .collect();
            vec![
                said(format!("{}, with ", listed(&who, 3))),
                command("check".to_owned()),
            ]
        }
        Waiting::Ci { why, .. } => commits::greened_by(voice, door, why),
        Waiting::NewCommits { why, .. } => commits::met_by(voice, door, why),
        Waiting::Verified { env } => {
            let place = door.typed(env);
            vec![
                said("Deploy it there first: "),
                command(format!("deploy {place}")),
            ]
        }
        Waiting::Consent { missing, .. } => consenting(voice, door, missing),
        Waiting::Veto { by, .. } => {
            vec![said(format!(
                "{} can take it back on the ask.",
                voice.names(by.keys())
            ))]
        }
        Waiting::Announcement => vec![
            said(format!("{} announce it: ", voice.who_may(Action::Plan))),
            command(format!("plan {place} <when>")),
        ],
        Waiting::Planned { .. } => vec![
            said("Wait until then, or plan another time: "),
            command(format!("plan {place} <when>")),
        ],
        Waiting::Window { next } => next_window(voice, &place, next.as_ref()),
        Waiting::Freeze { .. } => vec![
            said(format!("{} lift it: ", voice.who_may(Action::Freeze))),
            command("unfreeze".to_owned()),
        ],
        Waiting::Lock { .. } => vec![
            said(format!("{} unlock it: ", voice.who_may(Action::Unlock))),
            command(format!("unlock {place}")),
        ],
        Waiting::Busy { .. } => {
            vec![
                said("Wait until it ends, or stop it: "),
                command(format!("stop {place}")),
            ]
        }
    }
}

fn consent(env: &EnvName, phase: Phase, missing: &BTreeMap<Role, u32>) -> String {
    let one = |(role, count): (&Role, &u32)| match count {
        1 => role_words(role),
        count => format!("{count} of {}", role_words(role)),
    };
    let roles: Vec<String> = missing.iter().map(one).collect();
    let has = if missing.values().sum::<u32>() == 1 {
        "has"
    } else {
        "have"
    };
    let roles = listed(&roles, 5);
    match phase {
        Phase::Signoff => format!("{roles} {has} not signed off for {env}"),
        Phase::Accept => format!("{roles} {has} not accepted {env}"),
    }
}

/// Two or three words for a pill.
pub(super) fn short(voice: &Voice<'_>, waiting: &Waiting) -> String {
    match waiting {
        Waiting::Images { failed: None } => "Pinning images".to_owned(),
        Waiting::Images { failed: Some(_) } => "Images not found".to_owned(),
        Waiting::Checklist { .. } => "Waiting for the checklist".to_owned(),
        Waiting::Ci { why, .. } => match why {
            NotGreen::NoCommit => "No commit named".to_owned(),
            NotGreen::Unread | NotGreen::Unreadable { .. } | NotGreen::Red { .. } => {
                "Waiting for CI".to_owned()
            }
        },
        Waiting::NewCommits { branch, .. } => format!("New commits on {}", bound(branch, 40)),
        Waiting::Verified { env } => format!("Waiting for {env}"),
        Waiting::Consent { missing, phase, .. } => {
            let count: u32 = missing.values().sum();
            let what = match phase {
                Phase::Signoff => "sign-off",
                Phase::Accept => "acceptance",
            };
            format!("Waiting for {}", counted(count as usize, what))
        }
        Waiting::Veto { by, .. } => format!("Declined by {}", voice.names(by.keys())),
        Waiting::Announcement => "Waiting for a plan".to_owned(),
        Waiting::Planned { span } => format!("Planned for {}", voice.hours(span)),
        Waiting::Window { .. } => "Waiting for the window".to_owned(),
        Waiting::Freeze { .. } => "Frozen".to_owned(),
        Waiting::Lock { .. } => "Locked".to_owned(),
        Waiting::Busy { .. } => "Waiting for another deploy".to_owned(),
    }
}

fn consenting(voice: &Voice<'_>, door: &Door<'_>, missing: &BTreeMap<Role, u32>) -> Vec<Span> {
    let but = |it: &Person| Some(it) == door.requester;
    let who: Vec<String> = missing
        .keys()
        .map(|role| voice.who_can(role, but))
        .collect();
    let who = capital(&listed(&who, 3));
    vec![
        said(format!(
            "{who}. They answer with a button of the ask, with ✅, or with "
        )),
        voice.command("signoff"),
    ]
}

fn next_window(voice: &Voice<'_>, place: &str, next: Option<&calendar::Span>) -> Vec<Span> {
    let opens = match next {
        Some(next) => format!("It opens {}.", voice.whole(next)),
        None => "None opens within 13 months.".to_owned(),
    };
    let may = voice.who_may(Action::Window);
    vec![
        said(format!("{opens} {may} add one: ")),
        voice.command(&format!("window add {place} <when>")),
    ]
}
