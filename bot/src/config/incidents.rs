//! `[incident.P1]`: whom an incident calls, and when.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_domain::calendar::Length;
use shipbell_domain::policy::Severity;
use shipbell_domain::settings::{Escalation, Level};

use super::at::At;
use super::desk::Desk;

/// The severities by their names.
pub(super) const SEVERITIES: [(&str, Severity); 4] = [
    ("P0", Severity::P0),
    ("P1", Severity::P1),
    ("P2", Severity::P2),
    ("P3", Severity::P3),
];

/// The most levels of one escalation.
const MOST_LEVELS: usize = 10;

/// `[incident.P1]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table with suggest and page"
)]
pub(super) struct IncidentSection {
    /// What to do about it, as a hint for people: rollback, assess. Default: none.
    suggest: Option<At<String>>,
    /// Whom it calls, one after another. Default: nobody.
    page: Vec<At<LevelSection>>,
}

/// One element of `page`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table with who and after")]
struct LevelSection {
    /// The role that is called.
    who: At<String>,
    /// How long after the incident was opened, if nobody is on it by then. Default: at once.
    after: Option<At<String>>,
}

pub(super) fn lower(
    sections: &BTreeMap<At<String>, IncidentSection>,
    desk: &mut Desk,
) -> BTreeMap<Severity, Escalation> {
    let mut pages = BTreeMap::new();
    for (name, section) in sections {
        if let Some(severity) = severity(name, desk) {
            pages.insert(severity, escalation(section, desk));
        }
    }
    pages
}

/// A severity by its name.
pub(super) fn severity(written: &At<String>, desk: &mut Desk) -> Option<Severity> {
    let known = SEVERITIES
        .iter()
        .find(|(name, _)| *name == written.as_str());
    if known.is_none() {
        let message = format!("there is no severity `{}`", **written);
        desk.note(written.span(), message)
            .help("severities: P0, P1, P2, P3");
    }
    known.map(|(_, severity)| *severity)
}

fn escalation(section: &IncidentSection, desk: &mut Desk) -> Escalation {
    let suggest = section.suggest.as_ref().and_then(|it| desk.line(it, 100));
    let too_many = section.page.get(MOST_LEVELS).map(At::span);
    desk.limit(too_many, section.page.len(), MOST_LEVELS);
    let mut levels = Vec::new();
    let mut last: Option<Option<Length>> = None;
    for level in &section.page {
        let role = desk.role(&level.who);
        let after = level.after.as_ref().and_then(|it| desk.length(it, "7d"));
        let unread = level.after.is_some() && after.is_none();
        if !unread && last.is_some_and(|last| after <= last) {
            let noted = desk.note(
                level.span(),
                "this level is not called later than the one before",
            );
            noted.help("write a longer `after`, counted from the opening of the incident");
        }
        last = Some(after);
        levels.extend(role.map(|role| Level { role, after }));
    }
    Escalation { suggest, levels }
}
