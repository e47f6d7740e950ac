//! `checklist`: what somebody, or checks, must attest before anything is deployed.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::policy::{Item, Settler};

use super::at::At;
use super::desk::Desk;
use super::steps::same_title;

/// The most items.
const MOST: usize = 100;
/// The most checks an item waits for.
const MOST_CHECKS: usize = 50;

/// One element of `checklist`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a table with title, and ask or auto with checks"
)]
pub(super) struct ItemSection {
    /// The role that can attest it; or `auto`.
    #[serde(default)]
    ask: Option<At<String>>,
    /// What attests it instead: ci, the checks of the commit. No person can then.
    #[serde(default)]
    auto: Option<At<String>>,
    /// The names of the checks, as the forge shows them; every one must have passed.
    #[serde(default)]
    checks: Option<At<Vec<At<String>>>>,
    /// What it says.
    title: At<String>,
}

impl ItemSection {
    /// Where it says that checks settle it.
    pub(super) fn auto(&self) -> Option<&At<String>> {
        self.auto.as_ref()
    }
}

pub(super) fn lower(sections: &[At<ItemSection>], desk: &mut Desk) -> Vec<Item> {
    desk.limit(sections.get(MOST).map(At::span), sections.len(), MOST);
    let mut titles = BTreeSet::new();
    let mut items = Vec::new();
    for section in sections {
        let by = settler(section, desk);
        let Some(title) = desk.line(&section.title, 200) else {
            continue;
        };
        same_title(&mut titles, &title, section.title.span(), desk);
        items.extend(by.map(|by| Item { by, title }));
    }
    items
}

fn settler(section: &At<ItemSection>, desk: &mut Desk) -> Option<Settler> {
    match (&section.ask, &section.auto) {
        (Some(ask), None) => {
            if let Some(checks) = &section.checks {
                desk.note(
                    checks.span(),
                    "`checks` belong to an item with auto = \"ci\"",
                )
                .help("leave them out, or write auto in place of ask");
            }
            desk.role(ask).map(Settler::Role)
        }
        (None, Some(auto)) => checks(section, auto, desk),
        (Some(_), Some(auto)) => {
            desk.note(
                auto.span(),
                "an item is for a role or for checks, not for both",
            )
            .help("leave `ask` or `auto` out");
            None
        }
        (None, None) => {
            desk.note(section.span(), "nobody and nothing can attest this")
                .help("add ask = \"role\", or auto = \"ci\" with checks = [\"name\"]");
            None
        }
    }
}

fn checks(section: &At<ItemSection>, auto: &At<String>, desk: &mut Desk) -> Option<Settler> {
    if auto.as_str() != "ci" {
        let message = format!("`{}` attests nothing here", **auto);
        desk.note(auto.span(), message)
            .help("there is auto = \"ci\"");
        return None;
    }
    let Some(written) = section.checks.as_ref().filter(|it| !it.is_empty()) else {
        desk.note(auto.span(), "nothing says which checks must be green")
            .help("add checks = [\"lint\", \"test\"], as the forge shows them");
        return None;
    };
    desk.limit(Some(written.span()), written.len(), MOST_CHECKS);
    let mut names = BTreeSet::new();
    for name in written.iter() {
        let Some(line) = desk.line(name, 100) else {
            continue;
        };
        if !names.insert(line) {
            desk.note(name.span(), format!("`{}` is there already", **name))
                .help("leave it out");
        }
    }
    Some(Settler::Checks(names))
}
