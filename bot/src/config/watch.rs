//! `monitor`: how an environment is watched after a deploy.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::calendar::Length;
use shipbell_domain::checks::{Check, CheckKind};
use shipbell_domain::policy::WatchSegment;
use shipbell_domain::watch::MAX_TICKS;

use super::at::{At, Whole};
use super::desk::Desk;
use super::smoke::{self, SmokeSection};

/// The shortest time from one look to the next.
const SHORTEST: u64 = 5;

/// One element of `monitor`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a table such as { for = \"5m\", every = \"1m\", … }"
)]
pub(super) struct WatchSection {
    /// How long it lasts; the next element begins where it ends.
    r#for: At<String>,
    /// The time from one look to the next.
    every: At<String>,
    /// The role that is asked whether all is well. Default: nobody.
    ask: Option<At<String>>,
    /// Ask this path behind the environment's `url`; {version} and {sha} are filled in.
    get: Option<At<String>>,
    /// The status it must answer with. Default: any from 200 to 299.
    status: Option<At<Whole<200>>>,
    /// The longest the answer may take. Default: 10s.
    within: Option<At<String>>,
    /// JSON pointers and the values that must be there. Default: none.
    json: Option<At<BTreeMap<At<String>, At<String>>>>,
    /// Words the answer must hold. Default: none.
    contains: Option<At<String>>,
    /// A cookie the answer must set. Default: none.
    cookie: Option<At<String>>,
    /// Headers the answer must have, and what they must hold. Default: none.
    header: Option<At<BTreeMap<At<String>, At<String>>>>,
    /// Look at what this service wrote.
    logs: Option<At<String>>,
    /// How many lines of `logs`. Default: 200.
    tail: Option<At<Whole<200>>>,
    /// A regular expression no line of `logs` may match. Default: none.
    deny: Option<At<String>>,
    /// What people read. Default: the check in words.
    title: Option<At<String>>,
}

pub(super) fn lower(
    sections: Option<&At<Vec<At<WatchSection>>>>,
    url: Option<&str>,
    desk: &mut Desk,
) -> Vec<WatchSegment> {
    let Some(sections) = sections else {
        return Vec::new();
    };
    let mut segments = Vec::new();
    let mut ticks = 0;
    for section in sections.iter() {
        let checks = checks(section, url, desk);
        let ask = section.ask.as_ref().and_then(|it| desk.role(it));
        if section.ask.is_none() && section.get.is_none() && section.logs.is_none() {
            let noted = desk.note(section.span(), "nobody and nothing looks here");
            noted.help("add get, logs with deny, or ask = a role");
        }
        let length = desk.length(&section.r#for, "7d");
        let every = desk.length(&section.every, "1d");
        let (Some(length), Some(every)) = (length, every) else {
            continue;
        };
        if rhythm(section, length, every, desk) {
            ticks += length.seconds() / every.seconds();
        }
        segments.push(WatchSegment {
            length,
            every,
            checks,
            ask,
        });
    }
    if ticks > MAX_TICKS as u64 {
        let message = format!("these are {ticks} looks, and {MAX_TICKS} is the most");
        desk.note(sections.span(), message)
            .help("look less often, or not as long");
    }
    segments
}

/// Whether the two lengths fit together.
fn rhythm(section: &WatchSection, length: Length, every: Length, desk: &mut Desk) -> bool {
    if every > length {
        let noted = desk.note(
            section.every.span(),
            "the first look would come after the end",
        );
        noted.help("write an `every` that is not longer than `for`");
        return false;
    }
    if every.seconds() < SHORTEST {
        let noted = desk.note(section.every.span(), "this is too often");
        noted.help(format!("write at least {SHORTEST}s"));
        return false;
    }
    true
}

fn checks(section: &WatchSection, url: Option<&str>, desk: &mut Desk) -> Vec<Check> {
    let title = section.title.as_ref().and_then(|it| desk.line(it, 100));
    let looks = SmokeSection {
        get: section.get.clone(),
        status: section.status.clone(),
        within: section.within.clone(),
        json: section.json.clone(),
        contains: section.contains.clone(),
        cookie: section.cookie.clone(),
        header: section.header.clone(),
        logs: section.logs.clone(),
        tail: section.tail.clone(),
        deny: section.deny.clone(),
        ..SmokeSection::default()
    };
    let every = Length::of_seconds(SHORTEST).expect("a few seconds are a length");
    let check = |kind: CheckKind| Check {
        title: title.clone(),
        tries: 1,
        every,
        kind,
    };
    smoke::kinds(&looks, url, desk)
        .into_iter()
        .map(check)
        .collect()
}
