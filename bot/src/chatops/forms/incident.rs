//! The form that opens an incident.

use shipbell_adapters::chat::card::{Form, Input, InputKind};
use shipbell_domain::policy::Severity;

use super::{FieldErrors, Scene, Values, choice, intro, line, place_of, places};

pub(super) fn form(severity: Option<Severity>, what: &str, scene: Scene<'_>) -> Form {
    let severities = [
        ("P0", "P0: everything is down"),
        ("P1", "P1: something important is broken"),
        ("P2", "P2: something is broken, with a way round"),
        ("P3", "P3: a small thing"),
    ];
    let severities = severities
        .map(|(it, words)| (it.to_owned(), words.to_owned()))
        .to_vec();
    let value = severity.map(|it| format!("{it:?}")).unwrap_or_default();
    let how_bad = Input {
        value,
        ..choice("severity", "How bad is it?", severities)
    };
    let wrong = line("what", "What is wrong?");
    let place = choice("place", "Where?", places(scene));
    Form {
        id: "incident:".to_owned(),
        title: "Open an incident".to_owned(),
        intro: intro(["People are called at once, by how bad it is.".to_owned()]),
        inputs: vec![
            how_bad,
            Input {
                kind: InputKind::Lines,
                value: what.to_owned(),
                ..wrong
            },
            Input {
                required: false,
                value: String::new(),
                ..place
            },
        ],
        submit: "Open the incident".to_owned(),
        danger: false,
    }
}

pub(super) fn command(values: &Values<'_>, scene: Scene<'_>) -> Result<Vec<String>, FieldErrors> {
    let severity = values.must("severity", "Say how bad it is.")?;
    let what = values.must("what", "Say what is wrong.")?;
    let mut words = ["incident", "open", severity, what]
        .map(str::to_owned)
        .to_vec();
    if let Some(id) = place_of(values.get("place"), scene) {
        words.extend([id.app.to_string(), id.env.to_string()]);
    }
    Ok(words)
}
