//! A release as its events made it.

mod kept;
mod stage;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use kept::{Mark, Note, Settled};

use crate::ask::{Ask, AskId, AskState, Phase};
use crate::calendar::Span;
use crate::event::{Override, ReleaseEvent, StageResult};
use crate::gates::Waiting;
use crate::ids::{AppId, EnvId, EnvName, Hash, Person, ReleaseId, ServiceName, Version};
use crate::manifest::Manifest;
use crate::origin::{Checked, Tip};
use crate::policy::Build;
use crate::preview::Preview;

/// One release of one application, on its way through the environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its number.
    pub id: ReleaseId,
    /// Of which application.
    pub app: AppId,
    /// What people call it.
    pub version: Version,
    /// Who asked for it: their consent never counts.
    pub requester: Person,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// The images as they were asked for.
    pub references: BTreeMap<ServiceName, String>,
    /// How those of them are built that it does not find.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub builds: BTreeMap<ServiceName, Build>,
    /// The commit it was built from, where somebody said so.
    pub commit: Option<String>,
    /// What somebody noted.
    pub note: Option<String>,
    /// Its ticket.
    pub ticket: Option<String>,
    /// The policy it goes by.
    pub policy: Hash,
    /// What it consists of, once pinned.
    pub manifest: Option<Manifest>,
    /// Why its images could not be pinned.
    pub unresolved: Option<String>,
    /// The checklist items that are settled, by their place.
    pub checklist: BTreeMap<u32, Settled>,
    /// What the checks of its commit said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
    /// Where its branch ended when that was last read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Tip>,
    /// How it stands in each environment it has met.
    pub stages: BTreeMap<EnvName, Stage>,
    /// Every ask, by name.
    pub asks: BTreeMap<AskId, Ask>,
    /// What people kept with it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// How it ended.
    pub end: Option<End>,
}

/// How a release stands in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// When it is to be deployed.
    pub plan: Option<Plan>,
    /// What a deploy would change, as it was last found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Ahead>,
    /// Who waits to be told that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curious: Vec<Person>,
    /// Who wants it deployed while what stands on the asks is being read.
    pub starting: Option<Starting>,
    /// The gates that kept the last wish from starting.
    pub refused: Vec<Waiting>,
    /// The attempts made, oldest first.
    pub attempts: Vec<StageAttempt>,
    /// The findings of the watch, once it ended.
    pub watched: Option<u32>,
}

/// What a deploy would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// When it was found out.
    pub at: DateTime<Utc>,
    /// What.
    pub preview: Preview,
}

/// A planned deploy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// When.
    pub span: Span,
    /// What changes.
    pub summary: String,
    /// Who decides about going back.
    pub owner: Person,
    /// Who planned it.
    pub by: Person,
    /// Whether the team was told, and of what last.
    pub told: Option<Moment>,
}

/// A moment the team is told of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// It was planned.
    Announced,
    /// It comes soon.
    Ahead,
    /// It is now.
    Open,
    /// It is over.
    Closed,
}

/// A wish to deploy whose gates are being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starting {
    /// Whose.
    pub by: Person,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The gates they set aside.
    pub over: Option<Override>,
}

/// An attempt, as the release sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageAttempt {
    /// Its number in the environment.
    pub number: u32,
    /// When it began.
    pub at: DateTime<Utc>,
    /// When and how it ended.
    pub ended: Option<(DateTime<Utc>, StageResult)>,
}

/// How a release ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum End {
    /// With everything done.
    Done { at: DateTime<Utc> },
    /// It was given up.
    Cancelled {
        at: DateTime<Utc>,
        by: Person,
        why: String,
    },
}

impl Release {
    /// The release its first event describes.
    pub fn opened(event: &ReleaseEvent, at: DateTime<Utc>) -> Option<Self> {
        let ReleaseEvent::Opened {
            release,
            app,
            version,
            requester,
            references,
            commit,
            note,
            ticket,
            policy,
            builds,
        } = event
        else {
            return None;
        };
        Some(Self {
            id: *release,
            app: app.clone(),
            version: version.clone(),
            requester: requester.clone(),
            opened_at: at,
            references: references.clone(),
            builds: builds.clone(),
            commit: commit.clone(),
            note: note.clone(),
            ticket: ticket.clone(),
            policy: policy.clone(),
            manifest: None,
            unresolved: None,
            checklist: BTreeMap::new(),
            checked: None,
            tip: None,
            stages: BTreeMap::new(),
            asks: BTreeMap::new(),
            notes: Vec::new(),
            end: None,
        })
    }

    /// Whether it is still on its way.
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// One of its environments' full name.
    pub fn environment(&self, env: &EnvName) -> EnvId {
        EnvId {
            app: self.app.clone(),
            env: env.clone(),
        }
    }

    /// How it stands in an environment.
    pub fn stage(&self, env: &EnvName) -> Option<&Stage> {
        self.stages.get(env)
    }

    /// The ask that counts now for one environment and phase.
    pub fn ask(&self, env: &EnvName, phase: Phase) -> Option<&Ask> {
        let manifest = self.manifest.as_ref()?.hash();
        let of_it = |it: &&Ask| {
            it.id.env == *env && it.id.phase == phase && it.id.manifest == manifest && it.is_open()
        };
        self.asks.values().rfind(of_it)
    }

    /// The round the next ask for this would be.
    pub fn next_round(&self, env: &EnvName, phase: Phase) -> u32 {
        let of_it = |it: &&Ask| it.id.env == *env && it.id.phase == phase;
        let last = self.asks.values().filter(of_it).map(|it| it.id.round).max();
        last.map_or(1, |round| round + 1)
    }

    /// Whether what it consists of is deployed and verified in an environment.
    pub fn is_verified(&self, env: &EnvName) -> bool {
        self.stage(env).is_some_and(|stage| {
            let last = stage.attempts.last().and_then(|it| it.ended.as_ref());
            matches!(last, Some((_, StageResult::Verified)))
        })
    }

    /// Folds one event in.
    pub fn evolve(&mut self, event: &ReleaseEvent, at: DateTime<Utc>) {
        match event {
            ReleaseEvent::Opened { .. } | ReleaseEvent::Checkpointed { .. } => {}
            ReleaseEvent::ManifestFixed { manifest } => {
                self.manifest = Some((**manifest).clone());
                self.unresolved = None;
            }
            ReleaseEvent::ImagesUnresolved { why } => self.unresolved = Some(why.clone()),
            ReleaseEvent::PolicyChanged { policy } => {
                self.policy = policy.clone();
                // What was attested under the old one may say something else in the new one.
                self.checklist.clear();
                self.checked = None;
                self.tip = None;
                if let Some(manifest) = &mut self.manifest {
                    manifest.policy = policy.clone();
                }
            }
            ReleaseEvent::Ticked { item, mark, by } => match mark {
                Some(mark) => {
                    let settled = Settled {
                        mark: mark.clone(),
                        by: by.clone(),
                        at,
                    };
                    self.checklist.insert(*item, settled);
                }
                None => {
                    self.checklist.remove(item);
                }
            },
            ReleaseEvent::Noted { by, text, link } => self.notes.push(Note {
                by: by.clone(),
                at,
                text: text.clone(),
                link: link.clone(),
            }),
            ReleaseEvent::ChecksRead { checked } => self.checked = Some(checked.clone()),
            ReleaseEvent::BranchRead { tip } => self.tip = Some(tip.clone()),
            ReleaseEvent::AskOpened { .. }
            | ReleaseEvent::Voted { .. }
            | ReleaseEvent::VoteWithdrawn { .. }
            | ReleaseEvent::VoteIgnored { .. }
            | ReleaseEvent::AskVoided { .. } => self.evolve_ask(event, at),
            ReleaseEvent::Planned { .. }
            | ReleaseEvent::Announced { .. }
            | ReleaseEvent::PreviewWanted { .. }
            | ReleaseEvent::Previewed { .. }
            | ReleaseEvent::StartRequested { .. }
            | ReleaseEvent::StandingRead { .. }
            | ReleaseEvent::StartRefused { .. }
            | ReleaseEvent::Overridden { .. }
            | ReleaseEvent::StageStarted { .. }
            | ReleaseEvent::StageEnded { .. }
            | ReleaseEvent::StageWatched { .. } => self.evolve_stage(event, at),
            ReleaseEvent::Done => self.finish(End::Done { at }),
            ReleaseEvent::Cancelled { by, why } => {
                self.finish(End::Cancelled {
                    at,
                    by: by.clone(),
                    why: why.clone(),
                });
            }
        }
    }

    fn finish(&mut self, end: End) {
        self.end = Some(end);
        for stage in self.stages.values_mut() {
            stage.starting = None;
        }
    }

    fn evolve_ask(&mut self, event: &ReleaseEvent, at: DateTime<Utc>) {
        match event {
            ReleaseEvent::AskOpened { ask, quorum } => {
                self.asks
                    .insert(ask.clone(), Ask::new(ask.clone(), quorum.clone(), at));
            }
            ReleaseEvent::Voted {
                ask,
                by,
                source,
                vote,
            } => {
                self.with_ask(ask, |it| it.record_vote(by, source, vote, at));
            }
            ReleaseEvent::VoteWithdrawn { ask, by, source } => {
                self.with_ask(ask, |it| it.withdraw_vote(by, source, at));
            }
            ReleaseEvent::VoteIgnored { ask, by, why } => {
                self.with_ask(ask, |it| {
                    it.ignored.insert(by.clone(), why.clone());
                });
            }
            ReleaseEvent::AskVoided { ask, why } => {
                self.with_ask(ask, |it| it.state = AskState::Void(why.clone()));
            }
            ReleaseEvent::Opened { .. }
            | ReleaseEvent::ManifestFixed { .. }
            | ReleaseEvent::ImagesUnresolved { .. }
            | ReleaseEvent::PolicyChanged { .. }
            | ReleaseEvent::Planned { .. }
            | ReleaseEvent::Announced { .. }
            | ReleaseEvent::Ticked { .. }
            | ReleaseEvent::Noted { .. }
            | ReleaseEvent::ChecksRead { .. }
            | ReleaseEvent::BranchRead { .. }
            | ReleaseEvent::PreviewWanted { .. }
            | ReleaseEvent::Previewed { .. }
            | ReleaseEvent::StartRequested { .. }
            | ReleaseEvent::StandingRead { .. }
            | ReleaseEvent::StartRefused { .. }
            | ReleaseEvent::Overridden { .. }
            | ReleaseEvent::StageStarted { .. }
            | ReleaseEvent::StageEnded { .. }
            | ReleaseEvent::StageWatched { .. }
            | ReleaseEvent::Done
            | ReleaseEvent::Cancelled { .. }
            | ReleaseEvent::Checkpointed { .. } => {}
        }
    }

    fn with_ask(&mut self, ask: &AskId, change: impl FnOnce(&mut Ask)) {
        if let Some(ask) = self.asks.get_mut(ask) {
            change(ask);
        }
    }
}
