//! A sample of what is read about commits, of a checklist that demands it, and of what
//! is built from one.

use std::collections::BTreeMap;

use super::{at, env, role};
use crate::calendar::Length;
use crate::event::ReleaseEvent;
use crate::origin::{CheckState, Checked, Origin, Tip};
use crate::policy::{Build, Item, Settler};

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

/// How an image is made from a commit.
pub(super) fn build() -> Build {
    Build {
        context: ".".to_owned(),
        file: Some("docker/web/Dockerfile".to_owned()),
        platform: Some("linux/amd64".to_owned()),
        args: BTreeMap::from([("VERSION".to_owned(), "{version}".to_owned())]),
        push: true,
        within: Length::parse("15m").unwrap(),
        env: Some(env()),
        directory: Some("/srv/web".to_owned()),
    }
}
