//! `[[freeze]]`: times in which nothing is deployed.

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::calendar::{Freeze, fixed};

use super::at::At;
use super::desk::Desk;

/// The most freezes in the file.
const MOST: usize = 100;

/// `[[freeze]]`
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table with from, to and reason")]
pub(super) struct FreezeSection {
    /// When it begins, "2026-12-18 12:00".
    from: At<String>,
    /// When it ends.
    to: At<String>,
    /// Why, for those who wait.
    reason: At<String>,
}

pub(super) fn lower(sections: &[At<FreezeSection>], desk: &mut Desk) -> Vec<Freeze> {
    desk.limit(sections.get(MOST).map(At::span), sections.len(), MOST);
    sections
        .iter()
        .filter_map(|section| freeze(section, desk))
        .collect()
}

fn freeze(section: &FreezeSection, desk: &mut Desk) -> Option<Freeze> {
    let mut time = |written: &At<String>| match fixed(written, &desk.zone) {
        Ok(time) => Some(time),
        Err(error) => {
            desk.note(written.span(), error.to_string())
                .help("in the time zone of this file");
            None
        }
    };
    let (from, to) = (time(&section.from), time(&section.to));
    let reason = desk.line(&section.reason, 300);
    let (from, to) = (from?, to?);
    if to <= from {
        let noted = desk.note(section.to.span(), "this freeze ends before it begins");
        noted
            .label("not after `from`")
            .help("write a later time, or leave the freeze out");
        return None;
    }
    Some(Freeze {
        from,
        to: Some(to),
        reason: reason?,
        by: "the configuration".to_owned(),
    })
}
