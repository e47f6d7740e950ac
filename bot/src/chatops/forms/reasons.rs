//! The forms that ask for one reason: to stop, to decline, to give up, to resolve.

use shipbell_adapters::chat::card::{Form, Input};
use shipbell_domain::ask::{AskId, Phase};
use shipbell_domain::ids::{EnvId, IncidentId, ReleaseId};

use super::{FieldErrors, Scene, Values, code, intro, over, place_of, reason, version_of};
use crate::chatops::buttons::{AskRef, find_ask};

pub(super) fn stop(id: &EnvId, scene: Scene<'_>) -> Form {
    let env = &id.env;
    let previous = scene.vocabulary.environment(id).and_then(|it| it.current());
    let back = match previous {
        Some(it) => format!("Then {env} returns to {}.", it.manifest.version),
        None => format!("Nothing was verified in {env} before, so it stays as it is, locked."),
    };
    Form {
        id: format!("stop:{}", code(id)),
        title: format!("Stop and roll back {env}"),
        intro: intro([format!("The current piece of work ends first. {back}")]),
        inputs: vec![reason("Why?")],
        submit: format!("Stop and roll back {env}"),
        danger: true,
    }
}

pub(super) fn stop_command(
    place: &str,
    values: &Values<'_>,
    scene: Scene<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let id = place_of(place, scene).ok_or_else(|| over("why"))?;
    let why = values.must("why", "Say why: it is told to everybody.")?;
    let why = format!("--rollback={why}");
    Ok(vec![
        "stop".to_owned(),
        id.app.to_string(),
        id.env.to_string(),
        why,
    ])
}

pub(super) fn decline(ask: &AskId, scene: Scene<'_>) -> Form {
    let version = version_of(ask.release, scene);
    let what = match ask.phase {
        Phase::Signoff => format!("{version} does not go to {} while you decline.", ask.env),
        Phase::Accept => format!(
            "{version} goes no further than {} while you decline.",
            ask.env
        ),
    };
    Form {
        id: format!("decline:{}", AskRef::from(ask)),
        title: format!("Decline {version}"),
        intro: intro([what]),
        inputs: vec![reason("Why?")],
        submit: format!("Decline for {}", ask.env),
        danger: true,
    }
}

pub(super) fn decline_command(
    ask: &str,
    values: &Values<'_>,
    scene: Scene<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let ask = AskRef::decode(ask)
        .and_then(|it| find_ask(&it, scene))
        .ok_or_else(|| over("why"))?;
    let still = scene
        .vocabulary
        .release(ask.release)
        .and_then(|it| it.asks.get(&ask));
    if !still.is_some_and(shipbell_domain::ask::Ask::is_open) {
        return Err(over("why"));
    }
    let why = values.must("why", "Say why: the others must know what to change.")?;
    Ok(vec![
        "decline".to_owned(),
        ask.release.to_string(),
        ask.env.to_string(),
        why.to_owned(),
    ])
}

pub(super) fn cancel(release: ReleaseId, scene: Scene<'_>) -> Form {
    let version = version_of(release, scene);
    Form {
        id: format!("cancel:{release}"),
        title: format!("Give up {version}"),
        intro: intro([format!(
            "{version} goes no further. What runs stays as it is."
        )]),
        inputs: vec![reason("Why?")],
        submit: format!("Give up {version}"),
        danger: true,
    }
}

pub(super) fn cancel_command(
    release: &str,
    values: &Values<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let why = values.must("why", "Say why.")?;
    Ok(vec![
        "cancel".to_owned(),
        release.to_owned(),
        why.to_owned(),
    ])
}

pub(super) fn resolve(incident: IncidentId, scene: Scene<'_>) -> Form {
    let what = scene
        .vocabulary
        .incident(incident)
        .map(|it| it.what.clone());
    let what = what.unwrap_or_default();
    Form {
        id: format!("resolve:{incident}"),
        title: format!("Resolve {incident}"),
        intro: intro([what].into_iter().filter(|it| !it.is_empty())),
        inputs: vec![Input {
            name: "text".to_owned(),
            ..reason("What was it, and what helped?")
        }],
        submit: format!("Resolve {incident}"),
        danger: false,
    }
}

pub(super) fn resolve_command(
    incident: &str,
    values: &Values<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let text = values.must("text", "Say what it was.")?;
    let words = ["incident", "resolve", incident, text];
    Ok(words.map(str::to_owned).to_vec())
}
