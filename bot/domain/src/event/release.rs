//! What happened to a release.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ask::{AskId, Source, Standing, Vote};
use crate::calendar::Span;
use crate::gates::Waiting;
use crate::history::Checkpoint;
use crate::ids::{AppId, EnvName, Hash, Person, ReleaseId, Role, ServiceName, Version};
use crate::manifest::Manifest;
use crate::origin::{Checked, Tip};
use crate::policy::Build;
use crate::preview::Preview;
use crate::quorum::Quorum;
use crate::release::{Mark, Moment};

/// A fact about a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum ReleaseEvent {
    /// It began.
    Opened {
        release: ReleaseId,
        app: AppId,
        version: Version,
        requester: Person,
        references: BTreeMap<ServiceName, String>,
        commit: Option<String>,
        note: Option<String>,
        ticket: Option<String>,
        policy: Hash,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        builds: BTreeMap<ServiceName, Build>,
    },
    /// Its images are pinned: this is what people consent to.
    ManifestFixed { manifest: Box<Manifest> },
    /// Its images could not be pinned.
    ImagesUnresolved { why: String },
    /// The team's policy changed under it.
    PolicyChanged { policy: Hash },
    /// A deploy was planned.
    Planned {
        env: EnvName,
        span: Span,
        summary: String,
        owner: Person,
        by: Person,
    },
    /// The team was told of the plan.
    Announced { env: EnvName, moment: Moment },
    /// A checklist item was settled, or with none opened again.
    Ticked {
        item: u32,
        mark: Option<Mark>,
        by: Person,
    },
    /// Somebody kept something worth remembering with it.
    Noted {
        by: Person,
        text: String,
        /// Where it was said, if it was.
        link: Option<String>,
    },
    /// What the checks of its commit said.
    ChecksRead { checked: Checked },
    /// Where its branch ended.
    BranchRead { tip: Tip },
    /// People were asked.
    AskOpened { ask: AskId, quorum: Quorum },
    /// Somebody answered.
    Voted {
        ask: AskId,
        by: Person,
        source: Source,
        vote: Vote,
    },
    /// Somebody took an answer back.
    VoteWithdrawn {
        ask: AskId,
        by: Person,
        source: Source,
    },
    /// Somebody answered who was not asked.
    VoteIgnored { ask: AskId, by: Person, why: String },
    /// An ask counts no longer.
    AskVoided { ask: AskId, why: String },
    /// Somebody wants to know what a deploy would change.
    PreviewWanted { env: EnvName, by: Person },
    /// What a deploy would change was found out.
    Previewed { env: EnvName, preview: Box<Preview> },
    /// Somebody wants it deployed: what stands on the asks is read first.
    StartRequested {
        env: EnvName,
        by: Person,
        over: Option<Override>,
    },
    /// What stood on the asks: the evidence of the gate.
    StandingRead {
        env: EnvName,
        read_at: DateTime<Utc>,
        standing: Vec<Standing>,
    },
    /// The gates were not open after all.
    StartRefused { env: EnvName, waiting: Vec<Waiting> },
    /// Gates were set aside, in the open.
    Overridden {
        env: EnvName,
        over: Override,
        skipped: Vec<Waiting>,
    },
    /// An attempt on an environment began.
    StageStarted {
        env: EnvName,
        attempt: u32,
        ask: Option<AskId>,
    },
    /// An attempt ended.
    StageEnded {
        env: EnvName,
        attempt: u32,
        result: StageResult,
    },
    /// The watch over an environment ended.
    StageWatched { env: EnvName, findings: u32 },
    /// Everything it had to do is done.
    Done,
    /// It was given up.
    Cancelled { by: Person, why: String },
    /// After its end: where the log stood, signed.
    Checkpointed { checkpoint: Checkpoint },
}

/// Who set gates aside, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Who.
    pub by: Person,
    /// In which role.
    pub role: Role,
    /// Why.
    pub reason: String,
}

/// How an attempt left its environment, as the release sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageResult {
    /// Deployed and verified.
    Verified,
    /// Not; and this is why.
    Failed(String),
    /// Taken back to this release.
    RolledBack(ReleaseId),
}

impl ReleaseEvent {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "release.opened",
            Self::ManifestFixed { .. } => "release.manifest_fixed",
            Self::ImagesUnresolved { .. } => "release.images_unresolved",
            Self::PolicyChanged { .. } => "release.policy_changed",
            Self::Planned { .. } => "release.planned",
            Self::Announced { .. } => "release.announced",
            Self::Ticked { .. } => "release.ticked",
            Self::Noted { .. } => "release.noted",
            Self::ChecksRead { .. } => "release.checks_read",
            Self::BranchRead { .. } => "release.branch_read",
            Self::AskOpened { .. } => "release.ask_opened",
            Self::Voted { .. } => "release.voted",
            Self::VoteWithdrawn { .. } => "release.vote_withdrawn",
            Self::VoteIgnored { .. } => "release.vote_ignored",
            Self::AskVoided { .. } => "release.ask_voided",
            Self::PreviewWanted { .. } => "release.preview_wanted",
            Self::Previewed { .. } => "release.previewed",
            Self::StartRequested { .. } => "release.start_requested",
            Self::StandingRead { .. } => "release.standing_read",
            Self::StartRefused { .. } => "release.start_refused",
            Self::Overridden { .. } => "release.overridden",
            Self::StageStarted { .. } => "release.stage_started",
            Self::StageEnded { .. } => "release.stage_ended",
            Self::StageWatched { .. } => "release.stage_watched",
            Self::Done => "release.done",
            Self::Cancelled { .. } => "release.cancelled",
            Self::Checkpointed { .. } => "release.checkpointed",
        }
    }
}
