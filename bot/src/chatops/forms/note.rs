//! The form that keeps something with a release.

use shipbell_adapters::chat::card::{Form, Input, InputKind};
use shipbell_domain::ids::ReleaseId;

use super::{FieldErrors, Scene, Values, choice, line, open_releases};

/// The longest note.
const LONGEST: usize = 1000;

pub(super) fn form(
    release: Option<ReleaseId>,
    text: &str,
    link: Option<&str>,
    scene: Scene<'_>,
) -> Form {
    let which = choice("release", "Release", open_releases(scene, |_| true));
    let newest = match &which.kind {
        InputKind::Choice(open) => open.first().map(|(id, _)| id.clone()),
        InputKind::Line | InputKind::Lines | InputKind::Tick => None,
    };
    let value = release.map(|it| it.to_string()).or(newest);
    let what = line("text", "What is worth remembering?");
    let said = line("link", "Where it was said");
    Form {
        id: "note:".to_owned(),
        title: "Add to release record".to_owned(),
        intro: Vec::new(),
        inputs: vec![
            Input {
                value: value.unwrap_or_default(),
                ..which
            },
            Input {
                kind: InputKind::Lines,
                value: text.chars().take(LONGEST).collect(),
                ..what
            },
            Input {
                required: false,
                value: link.unwrap_or_default().to_owned(),
                ..said
            },
        ],
        submit: "Add to the record".to_owned(),
        danger: false,
    }
}

pub(super) fn command(values: &Values<'_>) -> Result<Vec<String>, FieldErrors> {
    let release = values.must(
        "release",
        "Choose a release; none is open if there is none.",
    )?;
    let text = values.must("text", "Say what is worth remembering.")?;
    if text.chars().count() > LONGEST {
        let wrong = format!("Say it in at most {LONGEST} characters.");
        return Err(vec![("text".to_owned(), wrong)]);
    }
    let words = ["note", release, text].map(str::to_owned);
    Ok(words.into_iter().chain(values.flag("link")).collect())
}
