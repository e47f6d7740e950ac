//! Questions to one person, and the command that the answers make.
//!
//! What is sent in becomes the text somebody could have typed, and is read like
//! any text: a form can do nothing that a command cannot.

mod adopt;
mod checklist;
mod deploy;
mod freeze;
mod incident;
mod new;
mod note;
mod plan;
mod reasons;
mod rollback;
#[cfg(test)]
mod tests;

use shipbell_adapters::chat::card::{Form, Input, InputKind, Text};
use shipbell_domain::ids::{AppId, EnvId, Hash, ReleaseId};
use shipbell_domain::release::Release;

use super::normalise;
use super::resolve::{self, FormRequest, Resolved, Scene};

/// Field names, each with what is wrong.
pub type FieldErrors = Vec<(String, String)>;

/// What somebody said by sending a form in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The command that says the same.
    pub text: String,
    /// What it means.
    pub resolved: Resolved,
}

/// The form that asks for the rest.
pub fn form(request: &FormRequest, scene: Scene<'_>) -> Form {
    match request {
        FormRequest::New { app, version } => new::form(app.as_ref(), version.as_ref(), scene),
        FormRequest::Plan { app, env, when } => {
            plan::form(app.as_ref().zip(env.as_ref()), when, scene)
        }
        FormRequest::Deploy { app, env, release } => {
            deploy::form(app.as_ref(), env.as_ref(), *release, scene)
        }
        FormRequest::Rollback {
            environment,
            target,
        } => rollback::form(environment, *target, scene),
        FormRequest::Stop(environment) => reasons::stop(environment, scene),
        FormRequest::Adopt {
            environment,
            version,
        } => adopt::form(environment, version.as_ref(), scene),
        FormRequest::Decline(ask) => reasons::decline(ask, scene),
        FormRequest::Cancel(release) => reasons::cancel(*release, scene),
        FormRequest::Checklist(release) => checklist::form(*release, scene),
        FormRequest::Note {
            release,
            text,
            link,
        } => note::form(*release, text, link.as_deref(), scene),
        FormRequest::Incident { severity, what } => incident::form(*severity, what, scene),
        FormRequest::Resolve(incident) => reasons::resolve(*incident, scene),
        FormRequest::Freeze { app, when, why } => freeze::form(app.as_ref(), when, why, scene),
    }
}

/// What a form says that was sent in: one command, or one for each tick that changed.
pub fn submitted(
    id: &str,
    values: &[(String, String)],
    scene: Scene<'_>,
) -> Result<Vec<Said>, FieldErrors> {
    let (kind, rest) = id.split_once(':').unwrap_or((id, ""));
    let values = Values(values);
    let (field, command) = match kind {
        "new" => ("version", new::command(rest, &values)?),
        "plan" => ("when", plan::command(rest, &values, scene)?),
        "deploy" => ("release", deploy::command(rest, &values, scene)?),
        "rollback" => ("why", rollback::command(rest, &values, scene)?),
        "adopt" => ("version", adopt::command(rest, &values, scene)?),
        "stop" => ("why", reasons::stop_command(rest, &values, scene)?),
        "decline" => ("why", reasons::decline_command(rest, &values, scene)?),
        "cancel" => ("why", reasons::cancel_command(rest, &values)?),
        "note" => ("text", note::command(&values)?),
        "check" => return checklist::commands(rest, &values, scene),
        "incident" => ("what", incident::command(&values, scene)?),
        "resolve" => ("text", reasons::resolve_command(rest, &values)?),
        "freeze" => ("when", freeze::command(&values)?),
        _ => return Err(over("")),
    };
    let text = normalise::joined(&command);
    match resolve::read(&text, scene) {
        Resolved::Suggest(wrong) => Err(vec![(field.to_owned(), wrong.message)]),
        resolved @ (Resolved::Ask(_) | Resolved::Wish(_) | Resolved::Form(_)) => {
            Ok(vec![Said { text, resolved }])
        }
    }
}

/// What was entered.
struct Values<'a>(&'a [(String, String)]);

impl Values<'_> {
    fn get(&self, name: &str) -> &str {
        let value = self.0.iter().find(|(it, _)| it == name);
        value.map_or("", |(_, value)| value.trim())
    }

    /// What must not be empty.
    fn must(&self, name: &str, wrong: &str) -> Result<&str, FieldErrors> {
        match self.get(name) {
            "" => Err(vec![(name.to_owned(), wrong.to_owned())]),
            value => Ok(value),
        }
    }

    /// A flag with what was entered, if anything was.
    fn flag(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            "" => Vec::new(),
            value => vec![format!("--{name}={value}")],
        }
    }
}

/// An environment in few characters, whatever its names are.
fn code(id: &EnvId) -> String {
    Hash::of([id.app.as_str().as_bytes(), id.env.as_str().as_bytes()])
        .short()
        .to_owned()
}

fn place_of(code_said: &str, scene: Scene<'_>) -> Option<EnvId> {
    scene.vocabulary.places().find(|it| code(it) == code_said)
}

fn over(field: &str) -> FieldErrors {
    let words = "What this form was for is over. Close it and look again.".to_owned();
    vec![(field.to_owned(), words)]
}

fn line(name: &str, label: impl Into<String>) -> Input {
    Input {
        name: name.to_owned(),
        label: label.into(),
        hint: String::new(),
        value: String::new(),
        required: true,
        kind: InputKind::Line,
    }
}

fn reason(label: impl Into<String>) -> Input {
    Input {
        kind: InputKind::Lines,
        ..line("why", label)
    }
}

fn choice(name: &str, label: &str, options: Vec<(String, String)>) -> Input {
    let value = match options.as_slice() {
        [(only, _)] => only.clone(),
        [] | [_, _, ..] => String::new(),
    };
    Input {
        kind: InputKind::Choice(options),
        value,
        ..line(name, label)
    }
}

/// Every environment to choose from.
fn places(scene: Scene<'_>) -> Vec<(String, String)> {
    const MOST: usize = 25;
    let settings = &scene.vocabulary.settings;
    let option = |it: EnvId| {
        (
            code(&it),
            format!("{}, {}", settings.title_of(&it.app), it.env),
        )
    };
    scene.vocabulary.places().map(option).take(MOST).collect()
}

/// Every open release to choose from, newest first.
fn open_releases(scene: Scene<'_>, wanted: impl Fn(&EnvId) -> bool) -> Vec<(String, String)> {
    const MOST: usize = 25;
    let settings = &scene.vocabulary.settings;
    let open = scene.vocabulary.all_open().rev();
    let of_app = |app: &AppId| {
        scene
            .vocabulary
            .places()
            .any(|it| it.app == *app && wanted(&it))
    };
    let fitting = open.filter(|it| of_app(&it.app));
    let option = |it: &Release| {
        (
            it.id.to_string(),
            format!("{} {}", settings.title_of(&it.app), it.version),
        )
    };
    fitting.map(option).take(MOST).collect()
}

fn version_of(release: ReleaseId, scene: Scene<'_>) -> String {
    let known = scene
        .vocabulary
        .release(release)
        .map(|it| it.version.to_string());
    let verified = scene
        .vocabulary
        .environments
        .iter()
        .flat_map(|it| &it.verified);
    let mut brought = verified.filter(|it| it.release == release);
    known
        .or_else(|| brought.next().map(|it| it.manifest.version.to_string()))
        .unwrap_or_else(|| release.to_string())
}

fn intro(lines: impl IntoIterator<Item = String>) -> Vec<Text> {
    lines.into_iter().map(Text::plain).collect()
}
