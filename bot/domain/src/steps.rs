//! Things a deploy does to the world: the closed list.
//!
//! To add one, write its file, then follow the compiler from the new variant.

mod exec;
mod pull;
mod run;
mod up;

use serde::{Deserialize, Serialize};

pub use exec::Exec;
pub use pull::Pull;
pub use run::Run;
pub use up::Up;

use crate::calendar::Length;

/// One piece of work of a deploy or a rollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What people read, if the team named it.
    pub title: Option<String>,
    /// How long it may take.
    pub timeout: Length,
    /// What it does.
    pub kind: StepKind,
}

/// The kinds of work there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StepKind {
    /// Fetch an image.
    Pull(Pull),
    /// Bring the project to the pinned images and wait until it is healthy.
    Up(Up),
    /// Run a command once in a container of its own.
    Run(Run),
    /// Run a repeatable command inside a running container.
    Exec(Exec),
}

/// What to do with a step that was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterCrash {
    /// Doing it again ends in the same state.
    Repeat,
    /// Its container has a name: find it and wait for it.
    Adopt,
}

impl Step {
    /// What people read.
    pub fn title(&self) -> String {
        self.title.clone().unwrap_or_else(|| match &self.kind {
            StepKind::Pull(it) => it.title(),
            StepKind::Up(it) => it.title(),
            StepKind::Run(it) => it.title(),
            StepKind::Exec(it) => it.title(),
        })
    }

    /// What to do when it was cut off.
    pub fn after_crash(&self) -> AfterCrash {
        match &self.kind {
            StepKind::Pull(_) | StepKind::Up(_) | StepKind::Exec(_) => AfterCrash::Repeat,
            StepKind::Run(_) => AfterCrash::Adopt,
        }
    }

    /// Whether a failure leaves the environment as it was.
    pub fn touches_nothing(&self) -> bool {
        match &self.kind {
            StepKind::Pull(_) => true,
            StepKind::Up(_) | StepKind::Run(_) | StepKind::Exec(_) => false,
        }
    }
}
