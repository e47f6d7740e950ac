//! What each verb makes of its step.

use shipbell_domain::ids::ServiceName;
use shipbell_domain::steps::{Alone, Ask, Exec, Pull, Push, Run, StepKind, Tag, Up, Wait};

use super::super::at::{At, Texts};
use super::super::desk::{Desk, closest, comma};
use super::super::{images, words};
use super::rules::Verb;
use super::section::StepSection;
use super::{Around, Services, container, host, http};

/// The kind of a step that has this one verb.
pub(super) fn kind(
    section: &At<StepSection>,
    verb: Verb,
    around: &Around<'_>,
    desk: &mut Desk,
) -> Option<StepKind> {
    let services = around.services;
    match verb {
        Verb::Pull => {
            let service = service(section.pull.as_ref()?, services, desk)?;
            Some(StepKind::Pull(Pull { service }))
        }
        Verb::Up => Some(StepKind::Up(up(section, desk))),
        Verb::Container => {
            let step = container::lower(section, section.container.as_ref()?, around, desk)?;
            Some(StepKind::Container(step))
        }
        Verb::Run => run(section, section.run.as_ref()?, services, desk).map(StepKind::Run),
        Verb::Exec => {
            let (argv, service) = command(section, (verb, section.exec.as_ref()?), services, desk)?;
            Some(StepKind::Exec(Exec { service, argv }))
        }
        Verb::Tag => tag(section, services, desk).map(StepKind::Tag),
        Verb::Push => {
            let image = section.push.as_ref()?;
            images::with_tag(image, desk).map(|image| StepKind::Push(Push { image }))
        }
        Verb::Host => {
            let step = host::program(section, section.host.as_ref()?, around, desk)?;
            secrets_stay_here(section, around, desk);
            Some(StepKind::Host(step))
        }
        Verb::SetEnv => host::set_env(section, around, desk).map(StepKind::SetEnv),
        Verb::Git => host::git(section, section.git.as_ref()?, around, desk).map(StepKind::Git),
        Verb::Http => http::lower(section, around.url, desk).map(StepKind::Http),
        Verb::Wait => {
            let length = desk.length(section.wait.as_ref()?, "1h")?;
            Some(StepKind::Wait(Wait { length }))
        }
        Verb::Ask => {
            let role = desk.role(section.ask.as_ref()?);
            let Some(title) = &section.title else {
                let noted = desk.note(section.span(), "`ask` needs `title`, what there is to do");
                noted.help("add title = \"Restore the last backup\"");
                return None;
            };
            let text = desk.line(title, 100)?;
            Some(StepKind::Ask(Ask { role: role?, text }))
        }
    }
}

/// Another machine shows everybody there what a program is given.
fn secrets_stay_here(section: &StepSection, around: &Around<'_>, desk: &mut Desk) {
    let vars = section.vars.iter().flat_map(|it| it.iter());
    for (_, value) in vars.filter(|(_, it)| around.there && it.is_reference()) {
        let message = "a secret would be seen in the list of processes there";
        desk.note(value.span(), message)
            .help("put it into a file on that machine with set_env, or keep it there");
    }
}

pub(super) fn once(section: &StepSection) -> bool {
    section.once.as_ref().is_some_and(|it| **it)
}

fn tag(section: &At<StepSection>, services: &Services, desk: &mut Desk) -> Option<Tag> {
    let service = service(section.tag.as_ref()?, services, desk);
    let Some(written) = &section.r#as else {
        let noted = desk.note(section.span(), "`tag` needs `as`, the tag to give");
        noted.help("add as = \"stable\"");
        return None;
    };
    let tag = images::tag(written, desk)?;
    Some(Tag {
        service: service?,
        tag,
    })
}

fn up(section: &StepSection, desk: &mut Desk) -> Up {
    if let Some(written) = section.up.as_ref().filter(|it| !***it) {
        desk.note(written.span(), "`up` can only be true")
            .help("leave the step out instead");
    }
    Up {
        stable_for: desk.length_or(section.stable_for.as_ref(), "1h", "10s"),
        healthy_within: desk.length_or(section.healthy_within.as_ref(), "2h", "2m"),
    }
}

/// A command in a container of its own: in a service's surroundings, or in an image alone.
fn run(
    section: &At<StepSection>,
    written: &At<Texts>,
    services: &Services,
    desk: &mut Desk,
) -> Option<Run> {
    let once = once(section);
    let Some(image) = &section.image else {
        if let Some(network) = &section.network {
            desk.note(network.span(), "a service has networks of its own")
                .help("leave network out, or name an `image` in place of `in`");
        }
        let (argv, service) = command(section, (Verb::Run, written), services, desk)?;
        let alone = None;
        return Some(Run {
            service,
            argv,
            once,
            alone,
        });
    };
    if let Some(both) = &section.r#in {
        desk.note(
            both.span(),
            "this runs in a service or in an image, not in both",
        )
        .help("leave out `in`, or `image`");
    }
    let argv = words::lower(written, desk);
    let network = section.network.as_ref().map(|it| network(it, desk));
    let service = service(image, services, desk)?;
    let alone = Some(Alone {
        network: network.flatten(),
    });
    Some(Run {
        service,
        argv: argv?,
        once,
        alone,
    })
}

/// The name of a network of the engine.
pub(super) fn network(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let begins = written.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins && written.len() <= 100 && written.chars().all(fits) {
        return Some((**written).clone());
    }
    desk.note(written.span(), "this is no name of a network")
        .help("for example \"shop_default\", as `docker network ls` shows it");
    None
}

/// A command and the service it happens in.
fn command(
    section: &At<StepSection>,
    (verb, command): (Verb, &At<Texts>),
    services: &Services,
    desk: &mut Desk,
) -> Option<(Vec<String>, ServiceName)> {
    let argv = words::lower(command, desk);
    let service = within(section, verb, services, desk);
    Some((argv?, service?))
}

/// The service a command happens in.
fn within(
    section: &At<StepSection>,
    verb: Verb,
    services: &Services,
    desk: &mut Desk,
) -> Option<ServiceName> {
    if let Some(written) = &section.r#in {
        return service(written, services, desk);
    }
    let verb = verb.word();
    let message = format!("`{verb}` needs `in`, the compose service to run it in");
    let example = services.first().map_or("web", ServiceName::as_str);
    desk.note(section.span(), message)
        .help(format!("add in = \"{example}\""));
    None
}

/// One of the application's services.
pub(super) fn service(
    written: &At<String>,
    services: &Services,
    desk: &mut Desk,
) -> Option<ServiceName> {
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
