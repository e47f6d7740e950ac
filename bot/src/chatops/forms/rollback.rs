//! The form that confirms a rollback: from what, to what, and what to think of first.

use shipbell_adapters::chat::card::{Form, Input, InputKind};
use shipbell_domain::environment::Ahead;
use shipbell_domain::ids::{EnvId, ReleaseId};
use shipbell_domain::policy::Severity;

use super::{FieldErrors, Scene, Values, code, intro, line, over, place_of, reason, version_of};

pub(super) fn form(id: &EnvId, target: ReleaseId, scene: Scene<'_>) -> Form {
    let env = &id.env;
    let to = version_of(target, scene);
    let from = running(id, scene);
    let goes = match &from {
        Some(from) => format!("{env} goes from {from} back to {to}."),
        None => format!("{env} goes back to {to}."),
    };
    let mut inputs = Vec::new();
    for (number, question) in (1..).zip(questions(id, scene)) {
        let label = format!("I checked: {question}");
        inputs.push(Input {
            kind: InputKind::Tick,
            ..line(&format!("ask{number}"), label)
        });
    }
    let ahead = ahead(id, target, scene);
    if ahead.is_some() {
        inputs.push(Input {
            kind: InputKind::Tick,
            ..line(
                "anyway",
                "That is done, or it can run all the same".to_owned(),
            )
        });
    }
    inputs.push(reason("Why?"));
    if must_confirm(id, scene) {
        inputs.push(line("confirm", format!("Type {env} to confirm")));
    }
    Form {
        id: format!("rollback:{}:{target}:{}", code(id), attempts(id, scene)),
        title: format!("Roll back {env}"),
        intro: intro(
            [
                format!("{}: {goes}", scene.vocabulary.settings.title_of(&id.app)),
                "Windows, freezes, locks and sign-offs do not hold a rollback back.".to_owned(),
            ]
            .into_iter()
            .chain(ahead.map(not_undone)),
        ),
        inputs,
        submit: format!("Roll back {env}"),
        danger: true,
    }
}

pub(super) fn command(
    known: &str,
    values: &Values<'_>,
    scene: Scene<'_>,
) -> Result<Vec<String>, FieldErrors> {
    let mut parts = known.split(':');
    let id = parts
        .next()
        .and_then(|it| place_of(it, scene))
        .ok_or_else(|| over("why"))?;
    let target = parts
        .next()
        .and_then(ReleaseId::parse)
        .ok_or_else(|| over("why"))?;
    let mut errors = FieldErrors::new();
    if parts.next() != Some(&attempts(&id, scene).to_string()) {
        let message = format!(
            "Something was done to {} since this form was opened. Close it and look again.",
            id.env
        );
        errors.push(("why".to_owned(), message));
    } else if values.get("why").is_empty() {
        errors.push((
            "why".to_owned(),
            "Say why: it is told to everybody.".to_owned(),
        ));
    }
    for (number, _) in (1..).zip(questions(&id, scene)) {
        let name = format!("ask{number}");
        if values.get(&name) != "true" {
            errors.push((name, "Check this first, then tick it.".to_owned()));
        }
    }
    let ahead = ahead(&id, target, scene);
    if ahead.is_some() && values.get("anyway") != "true" {
        let message = "Do that first, or make sure that the older version can run without it.";
        errors.push(("anyway".to_owned(), message.to_owned()));
    }
    if must_confirm(&id, scene) && values.get("confirm") != id.env.as_str() {
        errors.push(("confirm".to_owned(), format!("Type {} here.", id.env)));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let version = version_of(target, scene);
    let why = format!("--why={}", values.get("why"));
    let mut words = vec![
        "rollback".to_owned(),
        id.app.to_string(),
        id.env.to_string(),
        version,
        why,
    ];
    words.extend(ahead.map(|_| "--anyway".to_owned()));
    Ok(words)
}

fn not_undone(ahead: &Ahead) -> String {
    let (step, version) = (&ahead.step, &ahead.version);
    format!(
        "{step} of {version} is not undone by it. To get back: {}",
        ahead.restore
    )
}

/// What was done since that version was there, and cannot be undone by older images.
fn ahead<'a>(id: &EnvId, target: ReleaseId, scene: Scene<'a>) -> Option<&'a Ahead> {
    let environment = scene.vocabulary.environment(id)?;
    let mut verified = environment.verified.iter().rev();
    environment.ahead_of(verified.find(|it| it.release == target)?)
}

fn questions<'a>(id: &EnvId, scene: Scene<'a>) -> impl Iterator<Item = &'a String> {
    let policy = scene.vocabulary.env_policy(id);
    policy.into_iter().flat_map(|it| &it.rollback_ask).take(5)
}

/// The name is typed to slow people down, which is wrong while it burns.
fn must_confirm(id: &EnvId, scene: Scene<'_>) -> bool {
    let here = |place: &Option<EnvId>| place.as_ref().is_none_or(|it| it.app == id.app);
    let urgent = |severity| match severity {
        Severity::P0 | Severity::P1 => true,
        Severity::P2 | Severity::P3 => false,
    };
    !scene
        .vocabulary
        .open_incidents()
        .any(|it| urgent(it.severity) && here(&it.environment))
}

/// What is there now: what an attempt was bringing, or what was verified last.
fn running(id: &EnvId, scene: Scene<'_>) -> Option<String> {
    let environment = scene.vocabulary.environment(id)?;
    let tried = environment
        .attempt
        .as_ref()
        .map(|it| it.manifest.version.to_string());
    tried.or_else(|| {
        environment
            .current()
            .map(|it| it.manifest.version.to_string())
    })
}

fn attempts(id: &EnvId, scene: Scene<'_>) -> u32 {
    scene.vocabulary.environment(id).map_or(0, |it| it.attempts)
}
