//! `deploy` and `rollback`: what is done, one step an element.

use std::collections::BTreeSet;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::calendar::Length;
use shipbell_domain::ids::ServiceName;
use shipbell_domain::steps::{Exec, Pull, Run, Step, StepKind, Up};

use super::at::{At, Texts};
use super::desk::{Desk, closest, comma};
use super::words;

/// The most steps of a deploy.
const MOST: usize = 100;

/// The longest any step may take.
const LONGEST: &str = "6h";

/// One element of `deploy` or `rollback`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table such as { pull = \"web\" }"
)]
pub(super) struct StepSection {
    /// Fetch the image of this service.
    pull: Option<At<String>>,
    /// Bring the project to the pinned images and wait until it is healthy: true.
    up: Option<At<bool>>,
    /// Run this command in a container of its own.
    run: Option<At<Texts>>,
    /// Run this command inside a running container; it must be safe to repeat.
    exec: Option<At<Texts>>,
    /// The service `run` and `exec` happen in.
    r#in: Option<At<String>>,
    /// Whether `run` is never repeated without a person. Default: false.
    once: Option<At<bool>>,
    /// How long `up` must stay healthy without a restart. Default: 10s.
    stable_for: Option<At<String>>,
    /// How soon `up` must be healthy. Default: 2m.
    healthy_within: Option<At<String>>,
    /// What people read. Default: the step in words.
    title: Option<At<String>>,
    /// How long the step may take. Default: 10m.
    timeout: Option<At<String>>,
}

/// The services of an application.
pub(super) type Services = BTreeSet<ServiceName>;

pub(super) fn lower(
    sections: Option<&At<Vec<At<StepSection>>>>,
    services: &Services,
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
        let Some(kind) = kind(section, services, desk) else {
            continue;
        };
        let timeout = timeout(section, &kind, desk);
        steps.push(Step {
            title,
            timeout,
            kind,
        });
    }
    steps
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

fn kind(section: &At<StepSection>, services: &Services, desk: &mut Desk) -> Option<StepKind> {
    let verbs = [
        section.pull.is_some(),
        section.up.is_some(),
        section.run.is_some(),
        section.exec.is_some(),
    ];
    let count = verbs.into_iter().filter(|it| *it).count();
    if count != 1 {
        let help = if count == 0 {
            "write one of pull, up, run or exec"
        } else {
            "split it, one { … } per action"
        };
        let noted = desk.note(section.span(), "a step does exactly one thing");
        noted
            .label(format!("this one has {count} verbs"))
            .help(help);
        return None;
    }
    misplaced(section, desk);
    if let Some(written) = &section.pull {
        let service = service(written, services, desk)?;
        return Some(StepKind::Pull(Pull { service }));
    }
    if let Some(written) = &section.up {
        if !**written {
            desk.note(written.span(), "`up` can only be true")
                .help("leave the step out instead");
        }
        let stable_for = desk.length_or(section.stable_for.as_ref(), "1h", "10s");
        let healthy_within = desk.length_or(section.healthy_within.as_ref(), "2h", "2m");
        return Some(StepKind::Up(Up {
            stable_for,
            healthy_within,
        }));
    }
    let (verb, command) = match (&section.run, &section.exec) {
        (Some(command), _) => ("run", command),
        (None, Some(command)) => ("exec", command),
        (None, None) => return None,
    };
    let argv = words::lower(command, desk);
    let service = within(section, verb, services, desk);
    let (argv, service) = (argv?, service?);
    if verb == "exec" {
        return Some(StepKind::Exec(Exec { service, argv }));
    }
    let once = section.once.as_ref().is_some_and(|it| **it);
    Some(StepKind::Run(Run {
        service,
        argv,
        once,
    }))
}

/// Notes keys that mean nothing to the verb they stand beside.
fn misplaced(section: &StepSection, desk: &mut Desk) {
    let command = section.run.is_some() || section.exec.is_some();
    let rules = [
        (
            "in",
            "run and exec",
            command,
            section.r#in.as_ref().map(At::span),
        ),
        (
            "once",
            "run",
            section.run.is_some(),
            section.once.as_ref().map(At::span),
        ),
        (
            "stable_for",
            "up",
            section.up.is_some(),
            section.stable_for.as_ref().map(At::span),
        ),
        (
            "healthy_within",
            "up",
            section.up.is_some(),
            section.healthy_within.as_ref().map(At::span),
        ),
    ];
    for (key, verb, fits, span) in rules {
        if let (false, Some(span)) = (fits, span) {
            desk.note(span, format!("`{key}` belongs to {verb}"))
                .help("leave it out here");
        }
    }
}

/// The service a command happens in.
fn within(
    section: &At<StepSection>,
    verb: &str,
    services: &Services,
    desk: &mut Desk,
) -> Option<ServiceName> {
    if let Some(written) = &section.r#in {
        return service(written, services, desk);
    }
    let message = format!("`{verb}` needs `in`, the compose service to run it in");
    let example = services.first().map_or("web", ServiceName::as_str);
    desk.note(section.span(), message)
        .help(format!("add in = \"{example}\""));
    None
}

/// One of the application's services.
fn service(written: &At<String>, services: &Services, desk: &mut Desk) -> Option<ServiceName> {
    let service = desk.name(written, ServiceName::new)?;
    if services.contains(&service) {
        return Some(service);
    }
    let help = match closest(
        &service.to_string(),
        services.iter().map(ServiceName::as_str),
    ) {
        Some(close) => format!("did you mean `{close}`?"),
        None if services.is_empty() => "name it with its image under `images`".to_owned(),
        None => format!("services with an image: {}", comma(services)),
    };
    let message = format!("there is no image for the service `{service}`");
    desk.note(written.span(), message)
        .label("not in `images`")
        .help(help);
    None
}

fn timeout(section: &StepSection, kind: &StepKind, desk: &mut Desk) -> Length {
    let least = match kind {
        StepKind::Up(up) => up.stable_for.seconds() + up.healthy_within.seconds(),
        StepKind::Pull(_) | StepKind::Run(_) | StepKind::Exec(_) => 0,
    };
    let timeout = desk.length_or(section.timeout.as_ref(), LONGEST, "10m");
    if timeout.seconds() > least {
        return timeout;
    }
    if let Some(written) = &section.timeout {
        let noted = desk.note(
            written.span(),
            "this ends before `up` can be healthy and stable",
        );
        noted.help("write more than healthy_within and stable_for together");
    }
    Length::of_seconds(least + 300).unwrap_or(timeout)
}
