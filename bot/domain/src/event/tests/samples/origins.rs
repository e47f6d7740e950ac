//! A sample of what is read about commits, and of a checklist that demands it.

use super::{at, role};
use crate::event::ReleaseEvent;
use crate::origin::{CheckState, Checked, Origin, Tip};
use crate::policy::{Item, Settler};

pub(super) fn readings() -> Vec<ReleaseEvent> {
    let states = [
        ("lint", CheckState::Passed),
        ("phpstan", CheckState::Pending("queued".to_owned())),
        ("phpunit", CheckState::Failed("timed_out".to_owned())),
        ("scan", CheckState::Missing),
    ];
    let checks = states.map(|(name, state)| (name.to_owned(), state));
    vec![
        ReleaseEvent::ChecksRead {
            checked: Checked {
                read_at: at(),
                commit: "3f9c2ab8d1e04f7a6b5c4d3e2f1a0b9c8d7e6f5a".to_owned(),
                checks: Ok(checks.into()),
            },
        },
        ReleaseEvent::BranchRead {
            tip: Tip {
                read_at: at(),
                branch: "main".to_owned(),
                commit: Err("the repository does not answer".to_owned()),
            },
        },
    ]
}

pub(super) fn origin() -> Origin {
    Origin {
        repo: "github:acme/shop".to_owned(),
        branch: Some("main".to_owned()),
    }
}

pub(super) fn checklist() -> Vec<Item> {
    vec![
        Item {
            by: Settler::Role(role()),
            title: "backup taken".to_owned(),
        },
        Item {
            by: Settler::Checks(["lint".to_owned()].into()),
            title: "CI is green".to_owned(),
        },
    ]
}
