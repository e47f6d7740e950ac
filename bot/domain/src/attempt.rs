//! One try to change an environment: a deploy or a rollback, step by step.

mod hosts;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use hosts::Lost;

use crate::calendar::Length;
use crate::checks::{Check, CheckKind};
use crate::event::{Outcome, Override};
use crate::ids::{HostName, Key, Person, ReleaseId};
use crate::manifest::Manifest;
use crate::snapshot::Snapshot;
use crate::steps::{Ask, Step, StepKind, Then};

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
    /// It did not: on as after any failure.
    Failed,
}

/// How long somebody who looks may take.
const LOOKING: u64 = 24 * 60 * 60;

/// Something a person must do or look at before an attempt can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Which piece of work.
    pub index: u32,
    /// What, and of whom.
    pub ask: &'a Ask,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when it is worth waiting.
    pub until: DateTime<Utc>,
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
    /// A person is asked: wait until they answer, or it is too late.
    Await(Asked<'a>),
    /// Nothing: it is over.
    Nothing,
}

impl Attempt {
    /// What its steps brought the environment to, taken together.
    pub fn snapshot(&self) -> Option<Snapshot> {
        let kept = self.progress.iter().filter_map(|it| match it {
            Progress::Ended {
                outcome: Outcome::Succeeded { evidence },
                ..
            } => evidence.snapshot.as_deref(),
            Progress::Ended { .. } | Progress::Running { .. } | Progress::Pending => None,
        });
        kept.cloned().reduce(Snapshot::then)
    }

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
        if let Some(asked) = self.asked() {
            return Next::Await(asked);
        }
        for (index, (work, progress)) in (0u32..).zip(self.work.iter().zip(&self.progress)) {
            match progress {
                Progress::Pending if self.is_left_out(work) => {}
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

    /// What a person is asked to do or to look at.
    pub fn asked(&self) -> Option<Asked<'_>> {
        if self.is_over() {
            return None;
        }
        let all = (0u32..).zip(self.work.iter().zip(&self.progress));
        { all }.find_map(|(index, (work, progress))| match (work.ask(), progress) {
            (Some((ask, within)), Progress::Running { since }) => Some(Asked {
                index,
                ask,
                since: *since,
                until: *since + within.delta(),
            }),
            (Some(_) | None, _) => None,
        })
    }

    /// Whether nothing is at work: it waits for a person.
    pub fn waits(&self) -> bool {
        self.cut_off().is_some() || self.asked().is_some()
    }

    /// Who said how a piece of work went, after which it went on.
    pub fn decision(&self, index: u32) -> Option<&Decision> {
        let last = self.decisions.iter().rfind(|it| it.index == index);
        last.filter(|it| it.choice != Choice::Again)
    }

    /// How often somebody wanted a piece of work done again.
    pub fn repeats(&self, index: u32) -> usize {
        let again = |it: &&Decision| it.index == index && it.choice == Choice::Again;
        self.decisions.iter().filter(again).count()
    }

    /// Whether anything it did can have changed the environment.
    pub fn has_touched(&self) -> bool {
        self.has_touched_before(self.work.len())
    }

    /// Whether anything can have that it did before a piece of work.
    pub fn has_touched_before(&self, index: usize) -> bool {
        let mut before = (self.work.iter().zip(&self.progress)).take(index);
        before.any(|(work, progress)| match work {
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

    /// On which of several hosts it is done.
    pub fn on(&self) -> Option<&HostName> {
        match self {
            Self::Step(step) => step.on.as_ref(),
            Self::Check(_) => None,
        }
    }

    /// What a person is asked, and how long they may take.
    pub fn ask(&self) -> Option<(&Ask, Length)> {
        match self {
            Self::Step(step) => match &step.kind {
                StepKind::Ask(ask) => Some((ask, step.timeout)),
                StepKind::Pull(_)
                | StepKind::Up(_)
                | StepKind::Container(_)
                | StepKind::Run(_)
                | StepKind::Exec(_)
                | StepKind::Tag(_)
                | StepKind::Push(_)
                | StepKind::Host(_)
                | StepKind::SetEnv(_)
                | StepKind::Git(_)
                | StepKind::Http(_)
                | StepKind::Wait(_) => None,
            },
            Self::Check(check) => match &check.kind {
                CheckKind::Ask(ask) => Length::of_seconds(LOOKING).map(|it| (ask, it)),
                CheckKind::Http(_) | CheckKind::Logs(_) => None,
            },
        }
    }

    /// What follows if it fails, where it says so itself.
    pub fn then(&self) -> Option<Then> {
        match self {
            Self::Step(step) => step.then,
            Self::Check(_) => None,
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
