//! `host`, `set_env` and `git`: what is done on the machine itself.

use shipbell_domain::steps::{Git, GitAction, Host, SetEnv};

use super::super::at::{At, Texts};
use super::super::desk::Desk;
use super::super::{placeholders, targets, words};
use super::section::StepSection;
use super::verbs::once;
use super::{Around, unknown};

/// What git can be had to do.
const ACTIONS: [&str; 4] = ["fetch", "checkout", "tag", "push"];

pub(super) fn program(
    section: &At<StepSection>,
    written: &At<Texts>,
    around: &Around<'_>,
    desk: &mut Desk,
) -> Option<Host> {
    let argv = words::lower(written, desk);
    let directory = directory(section, around, desk);
    Some(Host {
        argv: argv?,
        directory,
        once: once(section),
    })
}

pub(super) fn set_env(
    section: &At<StepSection>,
    around: &Around<'_>,
    desk: &mut Desk,
) -> Option<SetEnv> {
    let written = section.set_env.as_ref()?;
    if written.is_empty() {
        desk.note(written.span(), "this sets nothing")
            .help("for example set_env = { APP_VERSION = \"{version}\" }");
    }
    let values = targets::step_vars(written, desk);
    let Some(file) = &section.file else {
        let noted = desk.note(
            section.span(),
            "`set_env` needs `file`, the file to set it in",
        );
        noted.help("add file = \".env\"");
        return None;
    };
    let file = path(file, around, desk)?;
    Some(SetEnv { file, values })
}

pub(super) fn git(
    section: &At<StepSection>,
    written: &At<String>,
    around: &Around<'_>,
    desk: &mut Desk,
) -> Option<Git> {
    let directory = directory(section, around, desk);
    let remote = match &section.remote {
        Some(remote) => name(remote, desk)?,
        None => "origin".to_owned(),
    };
    if !ACTIONS.contains(&written.as_str()) {
        unknown(written, &ACTIONS, written, desk);
        return None;
    }
    let action = action(section, written, desk)?;
    Some(Git {
        directory,
        remote,
        action,
    })
}

fn action(section: &At<StepSection>, written: &At<String>, desk: &mut Desk) -> Option<GitAction> {
    let message = section.message.as_ref();
    if let Some(message) = message.filter(|_| written.as_str() != "tag") {
        desk.note(message.span(), "`message` belongs to git = \"tag\"")
            .help("leave it out here");
    }
    if written.as_str() == "fetch" {
        if let Some(it) = &section.r#ref {
            desk.note(it.span(), "`fetch` fetches every branch and tag")
                .help("leave it out here");
        }
        return Some(GitAction::Fetch);
    }
    let Some(it) = &section.r#ref else {
        let what = written.as_str();
        let noted = desk.note(section.span(), format!("git = \"{what}\" needs `ref`"));
        noted.help("add ref = \"{version}\"");
        return None;
    };
    let name = name(it, desk)?;
    Some(match written.as_str() {
        "checkout" => GitAction::Checkout { name },
        "push" => GitAction::Push { name },
        _ => {
            let message = match message {
                Some(message) => desk.line(message, 200)?,
                None => "Release {version}".to_owned(),
            };
            GitAction::Tag { name, message }
        }
    })
}

/// A name that git takes for a name, never for an option or a range.
fn name(written: &At<String>, desk: &mut Desk) -> Option<String> {
    if !placeholders::are_known(written, desk) {
        return None;
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "._/-{}".contains(c);
    let good = (1..=100).contains(&written.len())
        && written.chars().all(fits)
        && !written.starts_with(['-', '/', '.'])
        && !written.contains("..");
    if good {
        return Some((**written).clone());
    }
    desk.note(written.span(), "this is no name git takes")
        .help("letters, digits, . _ / and -, for example \"v{version}\"");
    None
}

fn directory(section: &StepSection, around: &Around<'_>, desk: &mut Desk) -> Option<String> {
    (section.dir.as_ref()).and_then(|it| path(it, around, desk))
}

/// A path on the host: here it begins at the configuration, there at the root.
fn path(written: &At<String>, around: &Around<'_>, desk: &mut Desk) -> Option<String> {
    let line = desk.line(written, 500)?;
    if around.there && !line.starts_with('/') {
        let noted = desk.note(written.span(), "a path on another machine begins with /");
        noted.help("for example \"/srv/app\"");
        return None;
    }
    Some(desk.base.join(line).to_string_lossy().into_owned())
}
