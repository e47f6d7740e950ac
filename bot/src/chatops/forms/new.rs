//! The form for a release.

use shipbell_adapters::chat::card::{Form, Input, InputKind};
use shipbell_domain::ids::{AppId, Version};

use super::{FieldErrors, Scene, Values, choice, intro, line};
use crate::chatops::resolve::next_version;

pub(super) fn form(app: Option<&AppId>, version: Option<&Version>, scene: Scene<'_>) -> Form {
    let settings = &scene.vocabulary.settings;
    let mut inputs = Vec::new();
    if app.is_none() {
        let apps = scene.vocabulary.apps.iter().map(|it| &it.policy.app);
        let options = apps
            .map(|it| (it.to_string(), settings.title_of(it)))
            .take(25)
            .collect();
        inputs.push(choice("app", "Application", options));
    }
    let proposed = version.map(ToString::to_string);
    let proposed = proposed.or_else(|| app.map(|app| next_version(scene, app)));
    let optional = |name: &str, label: &str, hint: &str| Input {
        hint: hint.to_owned(),
        required: false,
        ..line(name, label)
    };
    inputs.push(Input {
        value: proposed.unwrap_or_default(),
        ..line("version", "Version")
    });
    inputs.push(optional("ticket", "Ticket", ""));
    inputs.push(optional("commit", "Commit", "the one it was built from"));
    let images = optional("images", "Images of its own", "name=reference, one a line");
    inputs.push(Input {
        kind: InputKind::Lines,
        ..images
    });
    inputs.push(Input {
        kind: InputKind::Lines,
        ..optional("note", "Remark", "")
    });
    Form {
        id: app.map_or_else(|| "new:".to_owned(), |app| format!("new:{app}")),
        title: "Open a release".to_owned(),
        intro: intro(app.map(|app| format!("A release of {}.", settings.title_of(app)))),
        inputs,
        submit: "Open the release".to_owned(),
        danger: false,
    }
}

pub(super) fn command(app: &str, values: &Values<'_>) -> Result<Vec<String>, FieldErrors> {
    let app = if app.is_empty() {
        values.must("app", "Choose the application.")?
    } else {
        app
    };
    let version = values.must("version", "Say what the release is called.")?;
    let mut words = vec!["new".to_owned(), app.to_owned(), version.to_owned()];
    for image in values
        .get("images")
        .lines()
        .map(str::trim)
        .filter(|it| !it.is_empty())
    {
        words.push(format!("--image={image}"));
    }
    words.extend(
        ["commit", "ticket", "note"]
            .iter()
            .flat_map(|it| values.flag(it)),
    );
    Ok(words)
}
