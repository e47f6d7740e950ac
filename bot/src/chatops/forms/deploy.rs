//! The form for a deploy: what is missing, and the reason to set gates aside.

use shipbell_adapters::chat::card::{Form, Input};
use shipbell_domain::ids::{AppId, EnvId, EnvName, ReleaseId};
use shipbell_domain::policy::Action;

use super::{FieldErrors, Scene, Values, choice, code, intro, open_releases, over, place_of};
use super::{places, reason, version_of};

pub(super) fn form(
    app: Option<&AppId>,
    env: Option<&EnvName>,
    release: Option<ReleaseId>,
    scene: Scene<'_>,
) -> Form {
    let known = app.zip(env).map(|(app, env)| EnvId {
        app: app.clone(),
        env: env.clone(),
    });
    let mut inputs = Vec::new();
    if known.is_none() {
        inputs.push(choice("place", "Environment", places(scene)));
    }
    if release.is_none() {
        let wanted = |it: &EnvId| app.is_none_or(|app| it.app == *app);
        inputs.push(choice("release", "Release", open_releases(scene, wanted)));
    }
    let apps = scene.vocabulary.apps.iter().map(|it| &it.policy.app);
    let mut apps = apps.filter(|it| app.is_none_or(|app| app == *it));
    if apps.any(|it| scene.vocabulary.may(scene.by, Action::Override, it)) {
        let why = reason("Set closed gates aside? Say why");
        let hint = "leave empty to deploy only if every gate is open".to_owned();
        inputs.push(Input {
            name: "over".to_owned(),
            hint,
            required: false,
            ..why
        });
    }
    let version = release.map(|it| version_of(it, scene));
    let to = known
        .as_ref()
        .map_or_else(String::new, |it| format!(" to {}", it.env));
    let place = known.as_ref().map(code).unwrap_or_default();
    let number = release.map(|it| it.to_string()).unwrap_or_default();
    Form {
        id: format!("deploy:{place}:{number}"),
        title: format!("Deploy{to}"),
        intro: intro(version.map(|it| format!("{it} goes{to}."))),
        inputs,
        submit: format!("Deploy{to}"),
        danger: false,
    }
}

pub(super) fn command(
    known: &str,
    values: &Values<'_>,
    scene: Scene<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let (place, release) = known.split_once(':').unwrap_or_default();
    let place = if place.is_empty() {
        values.must("place", "Choose the environment.")?
    } else {
        place
    };
    let id = place_of(place, scene).ok_or_else(|| over("place"))?;
    let release = if release.is_empty() {
        values.must("release", "Choose the release.")?
    } else {
        release
    };
    let release = ReleaseId::parse(release).ok_or_else(|| over("release"))?;
    let mut words = vec!["deploy".to_owned(), id.app.to_string(), id.env.to_string()];
    words.push(version_of(release, scene));
    match values.get("over") {
        "" => {}
        why => words.push(format!("--override={why}")),
    }
    Ok(words)
}
