//! An item of the checklist that checks settle, as it stands.

use shipbell_adapters::chat::card::StepState;
use shipbell_domain::gates::{NotGreen, not_green};
use shipbell_domain::origin::{self, CheckState};
use shipbell_domain::policy::{Item, Policy};
use shipbell_domain::release::Release;

use super::gates;
use super::words::{Voice, bound};

/// Such an item.
pub(super) struct Automatic<'a> {
    title: &'a str,
    commit: Option<String>,
    why: Option<NotGreen>,
    release: &'a Release,
}

impl<'a> Automatic<'a> {
    /// How an item stands; none if people settle it.
    pub(super) fn of(policy: &Policy, release: &'a Release, item: &'a Item) -> Option<Self> {
        let checks = item.checks()?;
        Some(Self {
            title: &item.title,
            commit: origin::commit(policy, release).map(str::to_owned),
            why: not_green(policy, release, checks),
            release,
        })
    }

    /// Whether it is settled.
    pub(super) fn is_green(&self) -> bool {
        self.why.is_none()
    }

    /// As one of several steps.
    pub(super) fn state(&self) -> StepState {
        match &self.why {
            None => StepState::Done,
            Some(NotGreen::Red { checks }) => {
                let failed = |(_, it): &(_, CheckState)| matches!(it, CheckState::Failed(_));
                if checks.iter().any(failed) {
                    StepState::Failed
                } else {
                    StepState::Pending
                }
            }
            Some(NotGreen::Unread) => StepState::Running,
            Some(NotGreen::NoCommit | NotGreen::Unreadable { .. }) => StepState::Unknown,
        }
    }

    /// Why it stands like that, and since when that is known.
    pub(super) fn detail(&self, voice: &Voice<'_>) -> String {
        let words = match &self.why {
            None => match &self.commit {
                Some(commit) => format!("passed for {}", gates::short_commit(commit)),
                None => "passed".to_owned(),
            },
            Some(NotGreen::Red { checks }) => gates::states(checks),
            Some(why) => gates::not_green(self.commit.as_ref(), why),
        };
        match &self.release.checked {
            Some(read) => format!("{words}, read {}", voice.time(read.read_at)),
            None => words,
        }
    }

    /// All of it in a line.
    pub(super) fn line(&self, voice: &Voice<'_>) -> String {
        let sign = match self.state() {
            StepState::Done => "✓",
            StepState::Failed => "✕",
            StepState::Pending | StepState::Running | StepState::Skipped | StepState::Unknown => {
                "○"
            }
        };
        format!("{sign} {}: {}", bound(self.title, 120), self.detail(voice))
    }
}
