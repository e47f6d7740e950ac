//! The form for a planned deploy.

use shipbell_adapters::chat::card::{Form, Input};
use shipbell_domain::ids::{AppId, EnvId, EnvName};

use super::{FieldErrors, Scene, Values, choice, code, intro, line, open_releases, over};
use super::{place_of, places, version_of};
use shipbell_domain::ids::ReleaseId;

pub(super) fn form(known: Option<(&AppId, &EnvName)>, when: &str, scene: Scene<'_>) -> Form {
    let known = known.map(|(app, env)| EnvId {
        app: app.clone(),
        env: env.clone(),
    });
    let mut inputs = Vec::new();
    if known.is_none() {
        inputs.push(choice("place", "Environment", places(scene)));
    }
    let app = known.as_ref().map(|it| it.app.clone());
    let wanted = |it: &EnvId| app.as_ref().is_none_or(|app| it.app == *app);
    inputs.push(choice("release", "Release", open_releases(scene, wanted)));
    inputs.push(Input {
        value: when.to_owned(),
        hint: "tue 14:00-16:00, or tomorrow 14:00 for 2h".to_owned(),
        ..line("when", "When")
    });
    let hint = "what changes, in one sentence".to_owned();
    inputs.push(Input {
        hint,
        required: false,
        ..line("summary", "Summary")
    });
    let people = scene.vocabulary.settings.people.iter();
    let people = people
        .map(|(id, it)| (id.to_string(), it.name.clone()))
        .take(25)
        .collect();
    let owner = choice("owner", "Who decides about going back?", people);
    inputs.push(Input {
        value: scene.by.to_string(),
        required: false,
        ..owner
    });
    let to = known
        .as_ref()
        .map_or_else(String::new, |it| format!(" to {}", it.env));
    let zone = scene.vocabulary.settings.zone.label();
    Form {
        id: format!("plan:{}", known.as_ref().map(code).unwrap_or_default()),
        title: format!("Plan a deploy{to}"),
        intro: intro([format!(
            "Times are read in {zone}. The team is told when it is planned."
        )]),
        inputs,
        submit: "Announce the deploy".to_owned(),
        danger: false,
    }
}

pub(super) fn command(
    place: &str,
    values: &Values<'_>,
    scene: Scene<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let said = if place.is_empty() {
        values.must("place", "Choose the environment.")?
    } else {
        place
    };
    let id = place_of(said, scene).ok_or_else(|| over("place"))?;
    let when = values.must("when", "Say when.")?;
    let mut words = vec!["plan".to_owned(), id.app.to_string(), id.env.to_string()];
    words.push(when.to_owned());
    if let Some(release) = ReleaseId::parse(values.get("release")) {
        words.push(format!("--version={}", version_of(release, scene)));
    }
    words.extend(["summary", "owner"].iter().flat_map(|it| values.flag(it)));
    Ok(words)
}
