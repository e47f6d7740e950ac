//! The form for a time without deploys.

use shipbell_adapters::chat::card::{Form, Input};
use shipbell_domain::ids::AppId;

use super::{FieldErrors, Scene, Values, choice, intro, line, reason};

pub(super) fn form(app: Option<&AppId>, when: &str, why: &str, scene: Scene<'_>) -> Form {
    let settings = &scene.vocabulary.settings;
    let mut options = vec!["all applications".to_owned()]
        .into_iter()
        .map(|it| (ALL.to_owned(), it));
    let apps = scene.vocabulary.apps.iter().map(|it| &it.policy.app);
    let apps = apps.map(|it| (it.to_string(), settings.title_of(it)));
    let options = options.by_ref().chain(apps).take(25).collect();
    let value = app.map_or_else(|| ALL.to_owned(), ToString::to_string);
    let when = Input {
        value: when.to_owned(),
        hint: "now, until tomorrow 9:00, or 18 Dec 12:00 to 4 Jan 9:00".to_owned(),
        ..line("when", "When?")
    };
    Form {
        id: "freeze:".to_owned(),
        title: "Freeze deploys".to_owned(),
        intro: intro([format!(
            "Times are read in {}. Rollbacks stay possible.",
            settings.zone.label()
        )]),
        inputs: vec![
            Input {
                value,
                ..choice("app", "What?", options)
            },
            when,
            Input {
                value: why.to_owned(),
                ..reason("Why?")
            },
        ],
        submit: "Freeze deploys".to_owned(),
        danger: false,
    }
}

pub(super) fn command(values: &Values<'_>) -> Result<Vec<String>, FieldErrors> {
    let when = values.must("when", "Say when.")?;
    let why = values.must("why", "Say why: it is shown to everybody who waits.")?;
    let mut words = vec!["freeze".to_owned()];
    match values.get("app") {
        "" | ALL => {}
        app => words.push(app.to_owned()),
    }
    words.push(when.to_owned());
    words.push(format!("--why={why}"));
    Ok(words)
}

/// Stands for every application; no application can be called so.
const ALL: &str = "*";
