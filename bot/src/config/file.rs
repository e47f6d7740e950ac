//! The file as a whole: one field a section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::apps::App;
use super::at::{At, Whole};
use super::audit::AuditSection;
use super::chat::ChatSection;
use super::forges::{GitHubSection, GitLabSection};
use super::freezes::FreezeSection;
use super::incidents::IncidentSection;
use super::people::PersonSection;
use super::rights::Allow;

/// Everything a team tells shipbell.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "shipbell.toml")]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct File {
    /// The zone every time in chat and in this file is in. Default: UTC.
    pub(super) timezone: Option<At<String>>,
    /// Where people open the dashboard; used in links. Default: the address it listens at.
    pub(super) url: Option<At<String>>,
    /// Where shipbell keeps what it must remember. Default: shipbell-data, beside this file.
    pub(super) data: Option<At<String>>,
    /// The file ssh reads instead of that of the bot's user: keys, known hosts, jumps. Default: ssh's own.
    pub(super) ssh_config: Option<At<String>>,
    /// How often what runs is compared with what was deployed, or off. Default: 10m.
    pub(super) compare_every: Option<At<String>>,
    /// The images of how many proven versions stay on their hosts, so that a rollback needs no registry; 0 for none. Default: 5.
    pub(super) keep_versions: Option<At<Whole<5>>>,
    /// What the record is signed with.
    pub(super) audit: AuditSection,
    /// Where people talk.
    pub(super) chat: ChatSection,
    /// How GitHub is asked about commits.
    pub(super) github: Option<At<GitHubSection>>,
    /// How GitLab is asked about commits.
    pub(super) gitlab: Option<At<GitLabSection>>,
    /// Everybody who may act.
    pub(super) people: BTreeMap<At<String>, PersonSection>,
    /// The roles, each with the people who hold it.
    pub(super) roles: BTreeMap<At<String>, At<Vec<At<String>>>>,
    /// The roles that may do something; what is not named is open to everyone with a role.
    pub(super) allow: Allow,
    /// What is released.
    pub(super) app: BTreeMap<At<String>, App>,
    /// Whom an incident calls, by severity: P0, P1, P2, P3.
    pub(super) incident: BTreeMap<At<String>, IncidentSection>,
    /// Times in which nothing is deployed.
    pub(super) freeze: Vec<At<FreezeSection>>,
}
