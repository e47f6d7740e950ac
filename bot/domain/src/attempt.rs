//! One try to change an environment: a deploy or a rollback, step by step.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::checks::Check;
use crate::event::{Outcome, Override};
use crate::ids::{Key, Person, ReleaseId};
use crate::manifest::Manifest;
use crate::steps::Step;

/// An attempt as its events made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Counted per environment.
    pub number: u32,
    /// The name everything it does in the world is derived from.
    pub key: Key,
    /// Grows with every take-over: an older owner is refused.
    pub fence: u64,
    /// Forward or back.
    pub kind: AttemptKind,
    /// The release in whose thread it is told.
    pub release: ReleaseId,
    /// The release whose images it brings.
    pub target: ReleaseId,
    /// What it brings.
    pub manifest: Manifest,
    /// What it does, in order, as it was when it started.
    pub work: Vec<Work>,
    /// How each piece of work stands.
    pub progress: Vec<Progress>,
    /// Who started it; nobody if a failed deploy did.
    pub by: Option<Person>,
    /// Who set gates aside for it.
    pub over: Option<Override>,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// Who wants it stopped.
    pub stop: Option<Stop>,
    /// What people said of work that was cut off, in order.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// What keeps it from going on, until that is over.
    #[serde(default)]
    pub held: Option<String>,
    /// How it stands.
    pub state: AttemptState,
}

/// Forward or back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AttemptKind {
    /// Bring a release to its environment.
    Deploy,
    /// Return to a version that was verified there.
    Rollback {
        /// Why.
        reason: String,
        /// Whether a failed deploy started it.
        automatic: bool,
    },
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Change something.
    Step(Step),
    /// Prove something.
    Check(Check),
}

/// How a piece of work stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Progress {
    /// Not begun.
    Pending,
    /// Begun.
    Running { since: DateTime<Utc> },
    /// Ended.
    Ended {
        since: DateTime<Utc>,
        at: DateTime<Utc>,
        outcome: Outcome,
    },
}

/// Somebody's wish to stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Whose.
    pub by: Person,
    /// Why to roll back afterwards, if that is wanted.
    pub rollback: Option<String>,
}

/// What somebody said of work that was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Of which piece of work.
    pub index: u32,
    /// Who.
    pub by: Person,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub choice: Choice,
}

/// How an attempt can go on behind work that was cut off. To go back is to stop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It did its work: on with the next piece.
    Worked,
    /// Once more, under a key of its own.
    Again,
}

/// Work that was cut off, of which somebody must say how to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOff<'a> {
    /// Which piece.
    pub index: u32,
    /// What it is.
    pub work: &'a Work,
    /// What was seen.
    pub seen: &'a str,
}

/// How an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum AttemptState {
    /// At work.
    Running,
    /// All done and proven.
    Verified { at: DateTime<Utc> },
    /// It did not reach its end.
    Failed {
        at: DateTime<Utc>,
        mode: FailureMode,
        why: String,
    },
}

/// In which way something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureMode {
    /// Before anything was touched.
    Preflight,
    /// The program did not start.
    Startup,
    /// The program started and was not healthy.
    Healthcheck,
    /// Something went wrong while it ran.
    Runtime,
    /// It took too long.
    Timeout,
    /// It was proven wrong.
    Verification,
    /// Somebody stopped it.
    Stopped,
    /// It was cut off and nobody knows how it ended.
    Interrupted,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// Begin this piece of work, recording that first.
    Begin(u32, &'a Work),
    /// It had begun when the bot went away: go on with it.
    Resume(u32, &'a Work),
    /// It was cut off: somebody must say how to go on.
    Decide(CutOff<'a>),
    /// Nothing: it is over.
    Nothing,
}

impl Attempt {
    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.state != AttemptState::Running
    }

    /// What to do next.
    pub fn next(&self) -> Next<'_> {
        if self.is_over() {
            return Next::Nothing;
        }
        if let Some(cut_off) = self.cut_off() {
            return Next::Decide(cut_off);
        }
        for (index, (work, progress)) in (0u32..).zip(self.work.iter().zip(&self.progress)) {
            match progress {
                Progress::Pending => return Next::Begin(index, work),
                Progress::Running { .. } => return Next::Resume(index, work),
                Progress::Ended { .. } => {}
            }
        }
        Next::Nothing
    }

    /// The work that was cut off and waits for a person.
    pub fn cut_off(&self) -> Option<CutOff<'_>> {
        if self.is_over() {
            return None;
        }
        let all = (0u32..).zip(self.work.iter().zip(&self.progress));
        { all }.find_map(|(index, (work, progress))| match progress {
            Progress::Ended {
                outcome: Outcome::Interrupted { seen, .. },
                ..
            } if self.decision(index).is_none() => Some(CutOff { index, work, seen }),
            Progress::Pending | Progress::Running { .. } | Progress::Ended { .. } => None,
        })
    }

    /// Who said that a piece of work that was cut off did its work.
    pub fn decision(&self, index: u32) -> Option<&Decision> {
        let last = self.decisions.iter().rfind(|it| it.index == index);
        last.filter(|it| it.choice == Choice::Worked)
    }

    /// How often somebody wanted a piece of work done again.
    pub fn repeats(&self, index: u32) -> usize {
        let again = |it: &&Decision| it.index == index && it.choice == Choice::Again;
        self.decisions.iter().filter(again).count()
    }

    /// Whether anything it did can have changed the environment.
    pub fn has_touched(&self) -> bool {
        (self.work.iter().zip(&self.progress)).any(|(work, progress)| match work {
            Work::Step(step) => !step.touches_nothing() && *progress != Progress::Pending,
            Work::Check(_) => false,
        })
    }

    /// Whether it goes back.
    pub fn is_rollback(&self) -> bool {
        match self.kind {
            AttemptKind::Deploy => false,
            AttemptKind::Rollback { .. } => true,
        }
    }
}

impl Work {
    /// What people read.
    pub fn title(&self) -> String {
        match self {
            Self::Step(step) => step.title(),
            Self::Check(check) => check.title(),
        }
    }
}

impl FailureMode {
    /// The words people read.
    pub fn words(self) -> &'static str {
        match self {
            Self::Preflight => "before anything was touched",
            Self::Startup => "startup",
            Self::Healthcheck => "healthcheck",
            Self::Runtime => "runtime",
            Self::Timeout => "timeout",
            Self::Verification => "verification",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
        }
    }
}
