//! `deploy` and `rollback`: what is done, one step an element.

mod container;
mod host;
mod http;
mod irreversible;
mod rules;
mod section;
mod verbs;

use std::collections::BTreeSet;
use std::ops::Range;

use shipbell_domain::calendar::Length;
use shipbell_domain::ids::ServiceName;
use shipbell_domain::steps::{Step, StepKind, Then, When};

pub(super) use section::StepSection;

use super::at::At;
use super::desk::{Desk, closest};
use super::targets;

/// The most steps of a deploy.
const MOST: usize = 100;

/// The longest any step may take, and how long a person may take.
const LONGEST: &str = "6h";
const LONGEST_ASK: &str = "7d";

/// How often a step may be tried again.
const MOST_RETRIES: u32 = 20;

/// The services of an application.
pub(super) type Services = BTreeSet<ServiceName>;

/// What steps may refer to.
pub(super) struct Around<'a> {
    /// The services with an image.
    pub(super) services: &'a Services,
    /// The environment's address, if it has one.
    pub(super) url: Option<&'a str>,
    /// Whether its files are on another machine.
    pub(super) there: bool,
}

pub(super) fn lower(
    sections: Option<&At<Vec<At<StepSection>>>>,
    around: &Around<'_>,
    desk: &mut Desk,
) -> Vec<Step> {
    let Some(sections) = sections else {
        return Vec::new();
    };
    desk.limit(sections.get(MOST).map(At::span), sections.len(), MOST);
    let mut titles = BTreeSet::new();
    let mut steps = Vec::new();
    for section in sections.iter() {
        let title = section.title.as_ref().and_then(|it| desk.line(it, 100));
        if let (Some(title), Some(written)) = (&title, &section.title) {
            same_title(&mut titles, title, written.span(), desk);
        }
        let Some(verb) = rules::verb(section, desk) else {
            continue;
        };
        let Some(kind) = verbs::kind(section, verb, around, desk) else {
            continue;
        };
        let step = Step {
            // What is asked is the title already.
            title: title.filter(|_| !matches!(kind, StepKind::Ask(_))),
            retries: retries(section, desk),
            when: when(section, desk),
            then: then(section, desk),
            irreversible: irreversible::irreversible(section, desk),
            vars: (section.vars.as_ref())
                .map_or_else(Default::default, |it| targets::step_vars(it, desk)),
            ..Step::new(kind.clone(), timeout(section, &kind, desk))
        };
        if step.once() && step.retries > 0 {
            let span = section.retry.as_ref().map_or(section.span(), At::span);
            desk.note(span, "what must run once is not tried again")
                .help("leave out retry, or once");
        }
        same_container(&steps, &step, section.span(), desk);
        steps.push(step);
    }
    steps
}

/// The same for the way back, on which nothing is done that could not be undone.
pub(super) fn lower_back(
    sections: Option<&At<Vec<At<StepSection>>>>,
    around: &Around<'_>,
    desk: &mut Desk,
) -> Vec<Step> {
    for written in
        { sections.into_iter().flat_map(|it| it.iter()) }.filter_map(|it| it.irreversible.as_ref())
    {
        desk.note(written.span(), irreversible::FORWARD)
            .help("name the step in deploy alone");
    }
    lower(sections, around, desk)
}

/// Notes a container that an earlier step of the same way brings to something else.
fn same_container(steps: &[Step], step: &Step, span: Range<usize>, desk: &mut Desk) {
    let called = |it: &Step| {
        let it = it.container()?;
        Some(it.name.clone().ok_or_else(|| it.service.clone()))
    };
    let meets = |it: &&Step| {
        [false, true]
            .iter()
            .any(|back| it.belongs(*back) && step.belongs(*back))
    };
    let Some(name) = called(step) else { return };
    if steps
        .iter()
        .filter(meets)
        .any(|it| called(it).as_ref() == Some(&name))
    {
        desk.note(
            span,
            "an earlier step brings the same container to something else",
        )
        .help("give each a name of its own, or leave one of them out");
    }
}

/// Notes a title that was used before in the same list.
pub(super) fn same_title(
    titles: &mut BTreeSet<String>,
    title: &str,
    span: Range<usize>,
    desk: &mut Desk,
) {
    if !titles.insert(title.to_owned()) {
        let noted = desk.note(span, format!("`{title}` stands here twice"));
        noted.help("give each a title of its own, so that people can tell them apart");
    }
}

fn retries(section: &StepSection, desk: &mut Desk) -> u32 {
    let Some(written) = &section.retry else {
        return 0;
    };
    if written.0 > MOST_RETRIES {
        let noted = desk.note(written.span(), format!("{} is too often", written.0));
        noted.help(format!("write at most {MOST_RETRIES}"));
    }
    written.0
}

fn when(section: &StepSection, desk: &mut Desk) -> When {
    let Some(written) = &section.when else {
        return When::Always;
    };
    match written.as_str() {
        "deploy" => When::Deploy,
        "rollback" => When::Rollback,
        "both" => When::Always,
        other => {
            unknown(other, &["deploy", "rollback", "both"], written, desk);
            When::Always
        }
    }
}

fn then(section: &StepSection, desk: &mut Desk) -> Option<Then> {
    let optional = section.optional.as_ref().is_some_and(|it| **it);
    let Some(written) = &section.on_failure else {
        return optional.then_some(Then::GoOn);
    };
    if section.optional.is_some() {
        desk.note(
            written.span(),
            "`optional` says what follows a failure already",
        )
        .help("leave one of them out");
    }
    match written.as_str() {
        "continue" => Some(Then::GoOn),
        "stop" => Some(Then::Stop),
        "rollback" => Some(Then::RollBack),
        other => {
            unknown(other, &["continue", "stop", "rollback"], written, desk);
            None
        }
    }
}

/// Notes a word that is none of those there are.
fn unknown(word: &str, known: &[&str], written: &At<String>, desk: &mut Desk) {
    let help = match closest(word, known.iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("write one of {}", known.join(", ")),
    };
    desk.note(written.span(), format!("`{word}` is not known here"))
        .help(help);
}

fn timeout(section: &StepSection, kind: &StepKind, desk: &mut Desk) -> Length {
    let (least, longest, default) = match kind {
        StepKind::Up(up) => (
            up.stable_for.seconds() + up.healthy_within.seconds(),
            LONGEST,
            "10m",
        ),
        StepKind::Container(it) => {
            let lengths = [it.stop_within, it.stable_for, it.healthy_within];
            (lengths.iter().map(|it| it.seconds()).sum(), LONGEST, "10m")
        }
        StepKind::Wait(wait) => (wait.length.seconds(), LONGEST, "10m"),
        StepKind::Ask(_) => (0, LONGEST_ASK, "24h"),
        StepKind::Pull(_)
        | StepKind::Run(_)
        | StepKind::Exec(_)
        | StepKind::Tag(_)
        | StepKind::Push(_)
        | StepKind::Host(_)
        | StepKind::SetEnv(_)
        | StepKind::Git(_)
        | StepKind::Http(_) => (0, LONGEST, "10m"),
    };
    let timeout = desk.length_or(section.timeout.as_ref(), longest, default);
    if timeout.seconds() > least {
        return timeout;
    }
    if let Some(written) = &section.timeout {
        let noted = desk.note(written.span(), "this ends before the step can be done");
        noted.help(
            "`up`: more than healthy_within and stable_for together, `container`: and stop_within; `wait`: more than it waits",
        );
    }
    Length::of_seconds(least + 300).unwrap_or(timeout)
}
