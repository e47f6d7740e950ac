//! The form that takes what somebody changed outside as it is.

use shipbell_adapters::chat::card::{Form, Input};
use shipbell_domain::drift::Differs;
use shipbell_domain::ids::{EnvId, Version};

use super::{FieldErrors, Scene, Values, code, intro, line, over, place_of, reason};

pub(super) fn form(id: &EnvId, version: Option<&Version>, scene: Scene<'_>) -> Form {
    let env = &id.env;
    let name = Input {
        hint: "Leave it empty if the same image runs with other settings.".to_owned(),
        value: version.map(ToString::to_string).unwrap_or_default(),
        required: runs_another(id, scene),
        ..line("version", "What is the version called that runs now?")
    };
    Form {
        id: format!("adopt:{}", code(id)),
        title: format!("Adopt what runs in {env}"),
        intro: intro([format!(
            "What runs in {env} becomes what should run there, and what a rollback leaves. \
             Nothing is touched, and everybody is told."
        )]),
        inputs: vec![name, reason("Why was it changed?")],
        submit: format!("Adopt what runs in {env}"),
        danger: false,
    }
}

/// Whether another image was seen there.
fn runs_another(id: &EnvId, scene: Scene<'_>) -> bool {
    let here = scene.vocabulary.environment(id);
    let drift = here.and_then(|it| it.drift.as_ref());
    let mut differences = drift.iter().flat_map(|it| &it.differences);
    differences.any(|it| matches!(it.what, Differs::Image { .. }))
}

pub(super) fn command(
    place: &str,
    values: &Values<'_>,
    scene: Scene<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let id = place_of(place, scene).ok_or_else(|| over("why"))?;
    let why = values.must("why", "Say why: it is told to everybody.")?;
    let mut words = vec!["deploy".to_owned(), id.app.to_string(), id.env.to_string()];
    words.extend(Some(values.get("version").to_owned()).filter(|it| !it.is_empty()));
    words.push(format!("--adopt={why}"));
    Ok(words)
}
