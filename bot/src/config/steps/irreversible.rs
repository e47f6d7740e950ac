//! Steps that older versions cannot run after: how to get back, and when nothing was done.

use shipbell_domain::steps::Irreversible;

use super::super::desk::Desk;
use super::super::smoke::pattern;
use super::section::StepSection;

/// The longest text on how to get back, in characters: it is told in chat.
const LONGEST: usize = 300;

/// Where such steps are done.
pub(super) const FORWARD: &str = "what cannot be undone is done on the way forward only";

/// Reads both keys; notes what cannot be meant.
pub(super) fn irreversible(section: &StepSection, desk: &mut Desk) -> Option<Irreversible> {
    let Some(restore) = &section.irreversible else {
        if let Some(unless) = &section.unless {
            desk.note(
                unless.span(),
                "`unless` says when `irreversible` does not hold",
            )
            .help("add irreversible = \"how to get back\", or leave it out");
        }
        return None;
    };
    let text = restore.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        let what = if text.is_empty() {
            "this says nothing"
        } else {
            "this is too long"
        };
        desk.note(restore.span(), what).help(format!(
            "say in at most {LONGEST} characters how to get back, such as \"Restore the dump of before the deploy\""
        ));
    }
    if let Some(when) = section.when.as_ref().filter(|it| it.as_str() != "deploy") {
        desk.note(when.span(), FORWARD).help("leave out when");
    }
    let unless = section.unless.as_ref();
    Some(Irreversible {
        restore: text.to_owned(),
        unless: unless.and_then(|it| pattern(it, desk)),
    })
}
