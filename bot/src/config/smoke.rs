//! `smoke`: what proves that an environment is well. Monitoring uses the same checks.

use std::collections::{BTreeMap, BTreeSet};

use regex::RegexBuilder;
use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::calendar::Length;
use shipbell_domain::checks::{Check, CheckKind, HttpCheck, LogCheck};
use shipbell_domain::ids::ServiceName;
use shipbell_domain::steps::Ask;

use super::at::{At, Whole};
use super::desk::Desk;
use super::{links, placeholders, steps};

/// The most checks of an environment.
const MOST: usize = 100;

/// The most tries of one check, and the most lines it reads.
const MOST_TRIES: u32 = 100;
const MOST_LINES: u32 = 10_000;

/// How large a regular expression may become: the text, and what is made of it.
const LONGEST_PATTERN: usize = 500;
const LARGEST_PATTERN: usize = 1 << 20;

/// One element of `smoke`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table such as { get = \"/health\" }"
)]
pub(super) struct SmokeSection {
    /// Ask this path behind the environment's `url`; {version} and {sha} are filled in.
    pub(super) get: Option<At<String>>,
    /// The status it must answer with. Default: any from 200 to 299.
    pub(super) status: Option<At<Whole<200>>>,
    /// The longest the answer may take. Default: 10s.
    pub(super) within: Option<At<String>>,
    /// JSON pointers and the values that must be there. Default: none.
    pub(super) json: Option<At<BTreeMap<At<String>, At<String>>>>,
    /// Words the answer must hold. Default: none.
    pub(super) contains: Option<At<String>>,
    /// A cookie the answer must set. Default: none.
    pub(super) cookie: Option<At<String>>,
    /// Headers the answer must have, and what they must hold. Default: none.
    pub(super) header: Option<At<BTreeMap<At<String>, At<String>>>>,
    /// Have somebody of this role look and say so; `title` says what to look at.
    pub(super) ask: Option<At<String>>,
    /// Keep the last lines of this service as evidence.
    pub(super) logs: Option<At<String>>,
    /// How many lines of `logs`. Default: 200.
    pub(super) tail: Option<At<Whole<200>>>,
    /// A regular expression no line of `logs` may match. Default: none.
    pub(super) deny: Option<At<String>>,
    /// How often it is tried again before it has failed. Default: 0.
    pub(super) retry: Option<At<Whole<5>>>,
    /// The pause before it is tried again. Default: 2s.
    pub(super) every: Option<At<String>>,
    /// What people read. Default: the check in words.
    pub(super) title: Option<At<String>>,
}

pub(super) fn lower(
    sections: Option<&At<Vec<At<SmokeSection>>>>,
    url: Option<&str>,
    desk: &mut Desk,
) -> Vec<Check> {
    let Some(sections) = sections else {
        return Vec::new();
    };
    desk.limit(sections.get(MOST).map(At::span), sections.len(), MOST);
    let mut titles = BTreeSet::new();
    let mut checks = Vec::new();
    for section in sections.iter() {
        let verbs = [
            section.get.is_some(),
            section.logs.is_some(),
            section.ask.is_some(),
        ];
        if verbs.into_iter().filter(|it| *it).count() != 1 {
            let noted = desk.note(section.span(), "a check looks at exactly one thing");
            noted.help("write one of get, logs or ask");
            continue;
        }
        let title = section.title.as_ref().and_then(|it| desk.line(it, 100));
        if let (Some(title), Some(written)) = (&title, &section.title) {
            steps::same_title(&mut titles, title, written.span(), desk);
        }
        if let Some(role) = &section.ask {
            checks.extend(ask(section, role, desk));
            continue;
        }
        let tries = tries(section, desk);
        let every = desk.length_or(section.every.as_ref(), "1h", "2s");
        let kinds = kinds(section, url, desk);
        checks.extend(kinds.into_iter().map(|kind| Check {
            title: title.clone(),
            tries,
            every,
            kind,
        }));
    }
    checks
}

/// A person who looks, and what at.
fn ask(section: &At<SmokeSection>, role: &At<String>, desk: &mut Desk) -> Option<Check> {
    misplaced(section, desk);
    for (key, span) in [
        ("retry", section.retry.as_ref().map(At::span)),
        ("every", section.every.as_ref().map(At::span)),
    ] {
        if let Some(span) = span {
            desk.note(span, format!("`{key}` belongs to get and logs"))
                .help("leave it out here");
        }
    }
    let role = desk.role(role);
    let Some(title) = &section.title else {
        let noted = desk.note(section.span(), "`ask` needs `title`, what to look at");
        noted.help("add title = \"Log in and out in the browser\"");
        return None;
    };
    let text = desk.line(title, 100)?;
    Some(Check {
        title: None,
        tries: 1,
        every: Length::of_seconds(1)?,
        kind: CheckKind::Ask(Ask { role: role?, text }),
    })
}

/// What a section looks at.
pub(super) fn kinds(section: &SmokeSection, url: Option<&str>, desk: &mut Desk) -> Vec<CheckKind> {
    misplaced(section, desk);
    let http = section
        .get
        .as_ref()
        .and_then(|get| http(get, section, url, desk));
    let logs = section
        .logs
        .as_ref()
        .and_then(|logs| lines(logs, section, desk));
    http.map(CheckKind::Http)
        .into_iter()
        .chain(logs.map(CheckKind::Logs))
        .collect()
}

fn tries(section: &SmokeSection, desk: &mut Desk) -> u32 {
    match &section.retry {
        Some(retry) if retry.0 > MOST_TRIES => {
            let noted = desk.note(retry.span(), format!("{} is too often", retry.0));
            noted.help(format!("write at most {MOST_TRIES}"));
            1
        }
        Some(retry) => retry.0 + 1,
        None => 1,
    }
}

/// Notes keys that mean nothing to what the check looks at.
fn misplaced(section: &SmokeSection, desk: &mut Desk) {
    let of_get = [
        ("status", section.status.as_ref().map(At::span)),
        ("within", section.within.as_ref().map(At::span)),
        ("json", section.json.as_ref().map(At::span)),
        ("contains", section.contains.as_ref().map(At::span)),
        ("cookie", section.cookie.as_ref().map(At::span)),
        ("header", section.header.as_ref().map(At::span)),
    ];
    let of_logs = [
        ("tail", section.tail.as_ref().map(At::span)),
        ("deny", section.deny.as_ref().map(At::span)),
    ];
    let of_get = of_get.map(|it| (it, "get", section.get.is_some()));
    let of_logs = of_logs.map(|it| (it, "logs", section.logs.is_some()));
    for ((key, span), verb, fits) in of_get.into_iter().chain(of_logs) {
        if let (false, Some(span)) = (fits, span) {
            desk.note(span, format!("`{key}` belongs to {verb}"))
                .help("leave it out here");
        }
    }
}

fn http(
    get: &At<String>,
    section: &SmokeSection,
    url: Option<&str>,
    desk: &mut Desk,
) -> Option<HttpCheck> {
    let status = section.status.as_ref().and_then(|it| status(it, desk));
    let within = section
        .within
        .as_ref()
        .and_then(|it| desk.length(it, "10s"));
    let json = section
        .json
        .as_ref()
        .map(|it| json(it, desk))
        .unwrap_or_default();
    let headers = section
        .header
        .as_ref()
        .map(|it| headers(it, desk))
        .unwrap_or_default();
    let contains = section.contains.as_ref().and_then(|it| {
        let text = desk.line(it, 1000)?;
        placeholders::are_spelt(it, desk);
        Some(text)
    });
    let cookie = section.cookie.as_ref().and_then(|it| token(it, desk));
    let Some(base) = url else {
        let noted = desk.note(get.span(), "`get` needs the environment's address");
        noted.help("add url = \"https://…\" to the environment");
        return None;
    };
    let url = links::join(base, get, desk)?;
    Some(HttpCheck {
        url,
        status,
        headers,
        json,
        contains,
        cookie,
        within,
    })
}

pub(super) fn status(written: &At<Whole<200>>, desk: &mut Desk) -> Option<u16> {
    let status = u16::try_from(written.0)
        .ok()
        .filter(|it| (100..=599).contains(it));
    if status.is_none() {
        let noted = desk.note(written.span(), format!("there is no status {}", written.0));
        noted.help("a number from 100 to 599, such as 200");
    }
    status
}

pub(super) fn json(
    written: &BTreeMap<At<String>, At<String>>,
    desk: &mut Desk,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (pointer, value) in written {
        if !pointer.starts_with('/') {
            let noted = desk.note(
                pointer.span(),
                format!("`{}` is no JSON pointer", **pointer),
            );
            noted.help("begin it with /, for example \"/build/version\"");
        }
        placeholders::are_spelt(value, desk);
        values.insert((**pointer).clone(), (**value).clone());
    }
    values
}

fn headers(
    written: &BTreeMap<At<String>, At<String>>,
    desk: &mut Desk,
) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    for (name, value) in written {
        placeholders::are_spelt(value, desk);
        let name = token(name, desk);
        headers.extend(name.map(|name| (name, (**value).clone())));
    }
    headers
}

/// The name of a header or a cookie.
pub(super) fn token(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if (1..=100).contains(&written.len()) && written.chars().all(fits) {
        return Some((**written).clone());
    }
    desk.note(written.span(), "this is no name")
        .help("letters, digits, - and _");
    None
}

fn lines(logs: &At<String>, section: &SmokeSection, desk: &mut Desk) -> Option<LogCheck> {
    let service = desk.name(logs, ServiceName::new);
    let tail = section.tail.as_ref().map_or(200, |it| it.0);
    if let Some(written) = &section.tail
        && !(1..=MOST_LINES).contains(&tail)
    {
        let noted = desk.note(written.span(), format!("{tail} lines cannot be read"));
        noted.help(format!("write 1 to {MOST_LINES}"));
    }
    let deny = section.deny.as_ref().and_then(|it| pattern(it, desk));
    Some(LogCheck {
        service: service?,
        tail,
        deny,
    })
}

/// A pattern that lines are compared with; notes one that cannot be meant.
pub(super) fn pattern(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let text = written.as_str();
    let fault = if text.is_empty() {
        "an empty pattern matches every line".to_owned()
    } else if text.len() > LONGEST_PATTERN {
        format!("this pattern is longer than {LONGEST_PATTERN} bytes")
    } else {
        match RegexBuilder::new(text).size_limit(LARGEST_PATTERN).build() {
            Ok(_) => return Some(text.to_owned()),
            Err(error) => {
                let words = error.to_string();
                let last = words.lines().last().unwrap_or_default();
                let reason = last.trim().trim_start_matches("error: ");
                format!("this pattern cannot be read: {reason}")
            }
        }
    };
    desk.note(written.span(), fault)
        .help("a regular expression, for example '\" 5\\d\\d '");
    None
}
