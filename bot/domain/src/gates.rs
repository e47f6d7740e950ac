//! Conditions that hold a deploy back: the closed list, judged from what is recorded.
//!
//! To add one, write its file, then follow the compiler from the new variant.

mod announced;
mod busy;
mod checklist;
mod ci;
mod commits;
mod earlier;
mod images;
mod lock;
mod signoff;
mod window;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ask::Phase;
use crate::calendar::Span;
use crate::ids::{EnvName, Person, ReleaseId, Role};
use crate::origin::CheckState;
use crate::policy::{EnvPolicy, Policy};
use crate::release::Release;
use crate::world::World;

pub use ci::not_green;

/// A condition on deploying a release to an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gate {
    /// Its images are pinned.
    Images,
    /// Every checklist item that people settle is settled.
    Checklist,
    /// The checks of its commit are green.
    Ci,
    /// The branch holds nothing that is not in it.
    Commits,
    /// The environment before it is verified and accepted, with the same images.
    Earlier,
    /// The team was told when.
    Announced,
    /// It is time, and nothing is frozen.
    Window,
    /// Nobody locked the environment.
    Lock,
    /// Nothing else is being done to the environment.
    Busy,
    /// The right people consent.
    Signoff,
}

/// What a closed gate waits for, as data: who or what can open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Waiting {
    /// The images to be pinned; or they could not be, and why.
    Images { failed: Option<String> },
    /// Checklist items: their places, what they say, and who can settle them.
    Checklist { open: Vec<(u32, String, Role)> },
    /// The named checks of the commit, to be read and green.
    Ci {
        commit: Option<String>,
        why: NotGreen,
    },
    /// The commit to be the last of its branch.
    NewCommits {
        branch: String,
        commit: Option<String>,
        why: Moved,
    },
    /// An earlier environment to be deployed and verified with the same images.
    Verified { env: EnvName },
    /// Consent that was asked for, or will be once the rest allows it.
    Consent {
        env: EnvName,
        phase: Phase,
        missing: BTreeMap<Role, u32>,
    },
    /// A veto to be lifted.
    Veto {
        env: EnvName,
        phase: Phase,
        by: BTreeMap<Person, Option<String>>,
    },
    /// A plan.
    Announcement,
    /// The time that was announced.
    Planned { span: Span },
    /// A window.
    Window { next: Option<Span> },
    /// The end of a freeze.
    Freeze {
        until: Option<DateTime<Utc>>,
        reason: String,
    },
    /// The lock to be released.
    Lock { why: String, since: DateTime<Utc> },
    /// Another attempt to end.
    Busy { attempt: u32, release: ReleaseId },
}

/// Why the checks of a commit are not known to be green.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum NotGreen {
    /// Nobody said which commit it is, by its hash.
    NoCommit,
    /// Nothing was read of this commit yet.
    Unread,
    /// It could not be read.
    Unreadable { why: String },
    /// Some did not pass, or not yet.
    Red { checks: Vec<(String, CheckState)> },
}

/// Why a branch is not known to end with a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Moved {
    /// Nobody said which commit it is, by its hash.
    NoCommit,
    /// Nobody looked.
    Unread,
    /// It could not be read.
    Unreadable { why: String },
    /// It ends with another.
    To { commit: String },
}

/// What a gate looks at.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) release: &'a Release,
    pub(crate) policy: &'a Policy,
    pub(crate) env: &'a EnvPolicy,
    pub(crate) now: DateTime<Utc>,
}

impl Gate {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 10] = [
        Self::Images,
        Self::Checklist,
        Self::Ci,
        Self::Earlier,
        Self::Commits,
        Self::Announced,
        Self::Window,
        Self::Lock,
        Self::Busy,
        Self::Signoff,
    ];

    fn judge(self, scene: &Scene<'_>) -> Vec<Waiting> {
        match self {
            Self::Images => images::judge(scene),
            Self::Checklist => checklist::judge(scene),
            Self::Ci => ci::judge(scene),
            Self::Commits => commits::judge(scene),
            Self::Earlier => earlier::judge(scene),
            Self::Announced => announced::judge(scene),
            Self::Window => window::judge(scene),
            Self::Lock => lock::judge(scene),
            Self::Busy => busy::judge(scene),
            Self::Signoff => signoff::judge(scene),
        }
    }

    /// Whether it is one here at all: nobody is told of what nobody asked for.
    fn is_demanded(self, scene: &Scene<'_>) -> bool {
        match self {
            Self::Ci => !scene.policy.named_checks().is_empty(),
            Self::Commits => scene.env.no_new_commits,
            Self::Images
            | Self::Checklist
            | Self::Earlier
            | Self::Announced
            | Self::Window
            | Self::Lock
            | Self::Busy
            | Self::Signoff => true,
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Images => "Images pinned",
            Self::Checklist => "Checklist",
            Self::Ci => "CI",
            Self::Commits => "No new commits",
            Self::Earlier => "Earlier environment",
            Self::Announced => "Announced",
            Self::Window => "Window",
            Self::Lock => "Lock",
            Self::Busy => "Nothing else running",
            Self::Signoff => "Sign-off",
        }
    }
}

impl Waiting {
    /// Whether somebody with the right may set it aside.
    ///
    /// What is unknown cannot be deployed, and two attempts at once are never right.
    pub fn can_be_overridden(&self) -> bool {
        match self {
            Self::Images { .. } | Self::Busy { .. } => false,
            Self::Checklist { .. }
            | Self::Ci { .. }
            | Self::NewCommits { .. }
            | Self::Verified { .. }
            | Self::Consent { .. }
            | Self::Veto { .. }
            | Self::Announcement
            | Self::Planned { .. }
            | Self::Window { .. }
            | Self::Freeze { .. }
            | Self::Lock { .. } => true,
        }
    }

    /// Whether the answer may be another by now: it is read again before a refusal.
    pub(crate) fn is_read_again(&self) -> bool {
        match self {
            Self::Ci { why, .. } => match why {
                NotGreen::Unread | NotGreen::Unreadable { .. } => true,
                // These are read on and on until they are green.
                NotGreen::NoCommit | NotGreen::Red { .. } => false,
            },
            Self::NewCommits { why, .. } => match why {
                Moved::Unread | Moved::Unreadable { .. } | Moved::To { .. } => true,
                Moved::NoCommit => false,
            },
            Self::Images { .. }
            | Self::Checklist { .. }
            | Self::Verified { .. }
            | Self::Consent { .. }
            | Self::Veto { .. }
            | Self::Announcement
            | Self::Planned { .. }
            | Self::Window { .. }
            | Self::Freeze { .. }
            | Self::Lock { .. }
            | Self::Busy { .. } => false,
        }
    }
}

/// Every gate there is here with what it waits for; nothing where it is open.
///
/// None if the environment or the application is not known.
pub fn report(
    world: &World,
    release: &Release,
    env: &EnvName,
    now: DateTime<Utc>,
) -> Option<Vec<(Gate, Vec<Waiting>)>> {
    let policy = &world.application.as_ref()?.pinned.as_ref()?.policy;
    let env = policy.environment(env)?;
    let scene = Scene {
        world,
        release,
        policy,
        env,
        now,
    };
    Some(
        Gate::ALL
            .into_iter()
            .filter(|gate| gate.is_demanded(&scene))
            .map(|gate| (gate, gate.judge(&scene)))
            .collect(),
    )
}

/// What still holds a deploy back.
pub(crate) fn waiting(scene: &Scene<'_>) -> Vec<Waiting> {
    Gate::ALL
        .into_iter()
        .flat_map(|gate| gate.judge(scene))
        .collect()
}
