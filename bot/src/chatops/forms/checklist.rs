//! The checklist to be ticked: one command for each tick that changed.

use shipbell_adapters::chat::card::{Form, Input, InputKind};
use shipbell_domain::ids::ReleaseId;
use shipbell_domain::policy::Item;
use shipbell_domain::release::{Mark, Settled};

use super::{FieldErrors, Said, Scene, Values, intro, line, over, version_of};
use crate::chatops::{normalise, resolve};

pub(super) fn form(release: ReleaseId, scene: Scene<'_>) -> Form {
    let version = version_of(release, scene);
    let settled = |number: u32| scene.vocabulary.release(release)?.checklist.get(&number);
    let mut inputs = Vec::new();
    for (number, item) in items(release, scene) {
        let mark = settled(number);
        inputs.push(Input {
            kind: InputKind::Tick,
            required: false,
            value: if mark.is_some() {
                "true".to_owned()
            } else {
                String::new()
            },
            hint: hint(item, mark, scene),
            ..line(&format!("item{number}"), item.title.clone())
        });
    }
    Form {
        id: format!("check:{release}"),
        title: format!("Checklist of {version}"),
        intro: intro([
            "Tick what is done. An item that does not apply: check <number> --na with the reason."
                .to_owned(),
        ]),
        inputs,
        submit: "Save the checklist".to_owned(),
        danger: false,
    }
}

pub(super) fn commands(
    release: &str,
    values: &Values<'_>,
    scene: Scene<'_>,
) -> Result<Vec<Said>, FieldErrors> {
    let known = ReleaseId::parse(release).and_then(|id| scene.vocabulary.release(id));
    let release = known.ok_or_else(|| over("item1"))?;
    let mut said = Vec::new();
    for (number, _) in items(release.id, scene) {
        let ticked = values.get(&format!("item{number}")) == "true";
        if ticked == release.checklist.contains_key(&number) {
            continue;
        }
        let mut words = vec![
            "check".to_owned(),
            release.id.to_string(),
            number.to_string(),
        ];
        if !ticked {
            words.push("--undo".to_owned());
        }
        let text = normalise::joined(&words);
        said.push(Said {
            text,
            resolved: resolve::read_words(&words, scene),
        });
    }
    Ok(said)
}

/// What people settle, by number; checks settle the rest.
fn items(release: ReleaseId, scene: Scene<'_>) -> impl Iterator<Item = (u32, &Item)> {
    const MOST: usize = 50;
    let release = scene.vocabulary.release(release);
    let policy = release.and_then(|it| scene.vocabulary.policy(&it.app));
    let items = (1u32..).zip(policy.into_iter().flat_map(|it| &it.checklist));
    items.filter(|(_, it)| it.role().is_some()).take(MOST)
}

fn hint(item: &Item, mark: Option<&Settled>, scene: Scene<'_>) -> String {
    let Some(it) = mark else {
        return item
            .role()
            .map(|it| format!("for {it}"))
            .unwrap_or_default();
    };
    let name = scene.vocabulary.settings.name_of(&it.by);
    match &it.mark {
        Mark::Done => format!("done by {name}"),
        Mark::NotApplicable { reason } => format!("does not apply, says {name}: {reason}"),
    }
}
