//! What somebody or something wants of the domain: imperative, may be refused.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::ask::{AskId, Source, Standing, Vote};
use crate::attempt::Choice;
use crate::calendar::Span;
use crate::drift::Seen;
use crate::event::Outcome;
use crate::history::{Checkpoint, Loss};
use crate::ids::{
    AppId, EnvId, EnvName, FreezeId, IncidentId, Key, Person, ReleaseId, ServiceName, Surface,
    Version, WindowId,
};
use crate::manifest::Image;
use crate::origin::{Checked, Sighting};
use crate::policy::{Pinned, Severity};
use crate::preview::Preview;
use crate::release::Mark;
use crate::timer::Timer;

/// Everything that can be put to [`crate::turn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A person wants something.
    Wish {
        /// Who.
        by: Person,
        /// What.
        wish: Wish,
    },
    /// The world answered. Only the engine says this.
    Report(Report),
    /// A timer is due. Only the engine says this.
    Due(Timer),
    /// The configuration was read.
    Configure(Configure),
    /// Somebody at the machine accepts that a part of the log is gone.
    AcceptLoss {
        /// What is gone.
        loss: Box<Loss>,
        /// Who, if they are known.
        by: Option<Person>,
    },
}

/// What a person can want.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Wish {
    /// A release of an application.
    New(New),
    /// To announce when a release goes to an environment.
    Plan {
        release: ReleaseId,
        env: EnvName,
        span: Span,
        summary: String,
        owner: Person,
    },
    /// To deploy a release; with a reason, gates are set aside.
    Deploy {
        release: ReleaseId,
        env: EnvName,
        over: Option<String>,
    },
    /// To know what a deploy would change.
    DryRun { release: ReleaseId, env: EnvName },
    /// To answer an ask.
    Vote {
        ask: AskId,
        source: Source,
        vote: Vote,
    },
    /// To take an answer back.
    Withdraw { ask: AskId, source: Source },
    /// To settle a checklist item, or with none to open it again.
    Check {
        release: ReleaseId,
        item: u32,
        mark: Option<Mark>,
    },
    /// Something kept with a release: words, and where they were said.
    Note {
        release: ReleaseId,
        text: String,
        link: Option<String>,
    },
    /// To return an environment to a version verified there; the previous one if not
    /// said. Anyway: although something was done since that older images do not undo.
    Rollback {
        environment: EnvId,
        version: Option<Version>,
        reason: String,
        anyway: bool,
    },
    /// To stop what is being done to an environment, and perhaps go back.
    Stop {
        environment: EnvId,
        rollback: Option<String>,
    },
    /// To say how to go on behind work that was cut off. Whoever presses a button
    /// means what was asked then: the attempt, and how many answers it had.
    Decide {
        environment: EnvId,
        asked: Option<(u32, usize)>,
        choice: Choice,
    },
    /// To give a release up.
    Cancel { release: ReleaseId, why: String },
    /// To say how a watched environment looks.
    Answer {
        environment: EnvId,
        tick: u32,
        good: bool,
    },
    /// To watch longer.
    Extend {
        environment: EnvId,
        until: DateTime<Utc>,
    },
    /// To end the watch.
    EndWatch { environment: EnvId },
    /// A window for one occasion.
    AddWindow { environment: EnvId, span: Span },
    /// That window gone.
    CancelWindow { window: WindowId, why: String },
    /// No deploys for a time.
    Freeze {
        app: Option<AppId>,
        from: DateTime<Utc>,
        to: Option<DateTime<Utc>>,
        reason: String,
    },
    /// The freeze lifted.
    Unfreeze { freeze: FreezeId },
    /// A lock released.
    Unlock { environment: EnvId, why: String },
    /// What somebody else made run taken as it is; under a version, if it is another image.
    Adopt {
        environment: EnvId,
        version: Option<Version>,
        why: String,
    },
    /// An incident opened.
    OpenIncident {
        severity: Severity,
        what: String,
        environment: Option<EnvId>,
        app: Option<AppId>,
    },
    /// To be on an incident.
    Acknowledge { incident: IncidentId },
    /// The next level called now.
    Escalate { incident: IncidentId },
    /// To tell what is known.
    Update { incident: IncidentId, text: String },
    /// An incident over.
    Resolve { incident: IncidentId, text: String },
}

impl Wish {
    /// Whether this gives consent, or does without it: nobody but a full member may.
    pub fn is_consent(&self) -> bool {
        matches!(
            self,
            Self::Vote { .. } | Self::Deploy { over: Some(_), .. } | Self::Adopt { .. }
        )
    }
}

/// A release somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Of which application.
    pub app: AppId,
    /// What it is called.
    pub version: Version,
    /// Images other than the policy's own references.
    pub images: BTreeMap<ServiceName, String>,
    /// The commit it was built from.
    pub commit: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Its ticket.
    pub ticket: Option<String>,
}

/// What the world answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Report {
    /// The images of a release are pinned.
    ImagesPinned {
        release: ReleaseId,
        images: BTreeMap<ServiceName, Image>,
    },
    /// They could not be.
    ImagesUnresolved { release: ReleaseId, why: String },
    /// One of them could not be built; with the last lines that were said.
    BuildFailed {
        release: ReleaseId,
        why: String,
        tail: Vec<String>,
    },
    /// What stands on the asks of a release, all platforms read in full at one time.
    /// With an environment it answers a wish to deploy there.
    StandingRead {
        release: ReleaseId,
        env: Option<EnvName>,
        read_at: DateTime<Utc>,
        standing: Vec<Standing>,
        /// What the commit's repository said; only before a deploy.
        sighting: Sighting,
    },
    /// What the checks of a release's commit say.
    ChecksRead {
        release: ReleaseId,
        checked: Checked,
    },
    /// What a deploy would change was found out.
    LookedAhead {
        release: ReleaseId,
        env: EnvName,
        preview: Box<Preview>,
    },
    /// The bot started again: it takes the attempt over.
    FenceTaken { environment: EnvId, attempt: u32 },
    /// A piece of work is about to begin.
    WorkStarted {
        environment: EnvId,
        attempt: u32,
        fence: u64,
        index: u32,
    },
    /// A piece of work ended.
    WorkEnded {
        environment: EnvId,
        attempt: u32,
        fence: u64,
        index: u32,
        outcome: Outcome,
    },
    /// Something keeps a piece of work from going on; or nothing does any more.
    WorkHeld {
        environment: EnvId,
        attempt: u32,
        fence: u64,
        why: Option<String>,
    },
    /// What the checks of a look found.
    TickChecked {
        environment: EnvId,
        attempt: u32,
        tick: u32,
        passed: bool,
        findings: Vec<String>,
    },
    /// What runs somewhere was looked at, to see whether somebody else changed it
    /// since this attempt.
    Compared {
        environment: EnvId,
        attempt: u32,
        seen: Vec<Seen>,
    },
    /// The clock was set to another time; it goes on steadily from there.
    ClockJumped {
        /// By how much, in seconds.
        seconds: i64,
    },
    /// A message is on a platform more than once.
    DuplicatesFound {
        surface: Surface,
        key: Key,
        /// The copies to remove, by the platform's ids.
        copies: Vec<String>,
    },
    /// Where the log stood is signed, as the end of this release wanted it.
    CheckpointSigned {
        release: ReleaseId,
        checkpoint: Checkpoint,
    },
}

/// What reading the configuration changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Configure {
    /// This is the policy from now on.
    Adopt(Box<Pinned>),
    /// This application is configured no longer.
    Remove(AppId),
}
