//! What a team demands of a release of one application: gates, rights, steps,
//! checks, watch and rollback. Pinned by its hash when a release is opened.

mod build;
mod repositories;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use build::{Build, is_commit};
pub use repositories::Repositories;

use crate::calendar::Length;
use crate::checks::Check;
use crate::fleet::Fleet;
use crate::ids::{AppId, EnvName, Hash, Role, ServiceName};
use crate::origin::Origin;
use crate::quorum::Quorum;
use crate::steps::Step;

/// The policy of one application.
///
/// Titles, chat, people, windows and freezes are not in it: they may change
/// without anybody's consent becoming void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The application.
    pub app: AppId,
    /// How versions are written.
    pub scheme: VersionScheme,
    /// The images, each with its reference; `{version}` stands for the version.
    pub images: BTreeMap<ServiceName, String>,
    /// How those of them are built that the bot builds itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub builds: BTreeMap<ServiceName, Build>,
    /// Where images may come from; from anywhere if nothing is said.
    #[serde(default, skip_serializing_if = "Repositories::is_empty")]
    pub allow_images: Repositories,
    /// Where its commits are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What somebody must attest, or checks must, before anything is deployed.
    pub checklist: Vec<Item>,
    /// Who may do what; an action not named is open to everyone with a role.
    pub allow: BTreeMap<Action, Vec<Role>>,
    /// The environments in the order a release passes them.
    pub environments: Vec<EnvPolicy>,
}

/// How versions of an application are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionScheme {
    /// `2026.11.20-1`.
    Calver,
    /// `1.4.0`.
    Semver,
    /// Seven to forty hexadecimal digits.
    GitSha,
    /// Anything a version may be.
    #[default]
    Any,
}

/// One thing somebody or something must attest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Who or what can.
    #[serde(flatten)]
    pub by: Settler,
    /// What it says.
    pub title: String,
}

/// Who or what settles an item of a checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settler {
    /// Somebody who holds a role.
    Role(Role),
    /// The checks of these names, once all of them passed for the commit. No person can.
    Checks(BTreeSet<String>),
}

/// The policy of one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvPolicy {
    /// The environment.
    pub name: EnvName,
    /// The environment that must be verified and accepted first, with the same images.
    pub needs: Option<EnvName>,
    /// Who must consent before a deploy.
    pub signoff: Quorum,
    /// Who must accept what was deployed and verified.
    pub accept: Quorum,
    /// Whether a deploy must have been announced.
    pub announced: bool,
    /// Its hosts, if it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<Fleet>,
    /// Whether the commit must still be the last of the branch.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_new_commits: bool,
    /// What a deploy does.
    pub deploy: Vec<Step>,
    /// What a rollback does; as a deploy if empty.
    pub rollback: Vec<Step>,
    /// What proves that either went well.
    pub smoke: Vec<Check>,
    /// What a failed deploy leads to.
    pub on_failure: OnFailure,
    /// How it is watched afterwards.
    pub watch: Vec<WatchSegment>,
    /// The severity of the incident a failed deploy opens.
    pub incident: Option<Severity>,
    /// Questions to answer before a rollback.
    pub rollback_ask: Vec<String>,
}

/// What a failed deploy leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Stay as it is and call somebody.
    #[default]
    Stop,
    /// Return to the last verified version at once.
    Rollback,
}

/// A part of the watch with one rhythm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchSegment {
    /// How long it lasts.
    pub length: Length,
    /// The time from one look to the next.
    pub every: Length,
    /// What is looked at automatically.
    pub checks: Vec<Check>,
    /// Who is asked whether all is well.
    pub ask: Option<Role>,
}

/// How bad an incident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the field's own names")]
pub enum Severity {
    P0,
    P1,
    P2,
    P3,
}

/// What somebody may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Open a release.
    New,
    /// Announce a deploy.
    Plan,
    /// Deploy, promote and stop.
    Deploy,
    /// Roll back.
    Rollback,
    /// Set aside gates, loudly.
    Override,
    /// Give a release up.
    Cancel,
    /// Add and cancel one-off windows.
    Window,
    /// Freeze and unfreeze.
    Freeze,
    /// Release a lock.
    Unlock,
    /// End or extend a watch.
    Watch,
    /// Run incidents.
    Incident,
}

impl Action {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 11] = [
        Self::New,
        Self::Plan,
        Self::Deploy,
        Self::Rollback,
        Self::Override,
        Self::Cancel,
        Self::Window,
        Self::Freeze,
        Self::Unlock,
        Self::Watch,
        Self::Incident,
    ];

    /// The word in configuration and in chat.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Plan => "plan",
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Override => "override",
            Self::Cancel => "cancel",
            Self::Window => "window",
            Self::Freeze => "freeze",
            Self::Unlock => "unlock",
            Self::Watch => "watch",
            Self::Incident => "incident",
        }
    }
}

/// A policy with the name it is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The hash of the policy's canonical form.
    pub hash: Hash,
    /// The policy.
    pub policy: Policy,
}

impl Policy {
    /// One of its environments.
    pub fn environment(&self, env: &EnvName) -> Option<&EnvPolicy> {
        self.environments.iter().find(|it| it.name == *env)
    }

    /// The images that commands run in alone: the files of a project need not name them.
    pub fn alone(&self) -> BTreeSet<ServiceName> {
        let steps = |it: &'_ EnvPolicy| -> Vec<ServiceName> {
            let all = it.deploy.iter().chain(&it.rollback);
            all.filter_map(Step::alone).cloned().collect()
        };
        self.environments.iter().flat_map(steps).collect()
    }

    /// The names of all checks that must be green.
    pub fn named_checks(&self) -> BTreeSet<String> {
        let checks = self.checklist.iter().filter_map(Item::checks);
        checks.flatten().cloned().collect()
    }

    /// The environments that wait for `env`.
    pub fn after<'a>(&'a self, env: &'a EnvName) -> impl Iterator<Item = &'a EnvPolicy> {
        self.environments
            .iter()
            .filter(move |it| it.needs.as_ref() == Some(env))
    }

    /// The roles an action is limited to; none where everyone with a role may.
    /// `Override` is never open to everyone.
    pub fn allowed(&self, action: Action) -> Option<&[Role]> {
        allowed(&self.allow, action)
    }
}

/// The roles an action is limited to by such a list; none where everyone with a role may.
pub(crate) fn allowed(allow: &BTreeMap<Action, Vec<Role>>, action: Action) -> Option<&[Role]> {
    match allow.get(&action) {
        Some(roles) => Some(roles),
        None if action == Action::Override => Some(&[]),
        None => None,
    }
}

impl Item {
    /// The role that can settle it; none if no person can.
    pub fn role(&self) -> Option<&Role> {
        match &self.by {
            Settler::Role(role) => Some(role),
            Settler::Checks(_) => None,
        }
    }

    /// The checks that settle it; none if people do.
    pub fn checks(&self) -> Option<&BTreeSet<String>> {
        match &self.by {
            Settler::Role(_) => None,
            Settler::Checks(checks) => Some(checks),
        }
    }
}

impl VersionScheme {
    /// Whether a version is written this way.
    pub fn fits(self, version: &str) -> bool {
        let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        match self {
            Self::Any => true,
            Self::GitSha => {
                (7..=40).contains(&version.len()) && version.chars().all(|c| c.is_ascii_hexdigit())
            }
            Self::Semver => {
                let core = version.split(['-', '+']).next().unwrap_or_default();
                core.split('.').count() == 3 && core.split('.').all(digits)
            }
            Self::Calver => version.split_once('-').is_some_and(|(date, count)| {
                let parts: Vec<&str> = date.split('.').collect();
                let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
                lengths == [4, 2, 2] && parts.into_iter().all(digits) && digits(count)
            }),
        }
    }

    /// An example, for a refusal.
    pub fn example(self) -> &'static str {
        match self {
            Self::Calver => "2026.11.20-1",
            Self::GitSha => "3f9c2ab",
            Self::Semver | Self::Any => "1.4.0",
        }
    }
}
