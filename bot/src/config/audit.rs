//! `[audit]`: what the record is signed with.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::desk::Desk;

/// What the file is called in the data folder if nothing is written.
const KEY: &str = "audit.key";

/// `[audit]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table with key")]
pub(super) struct AuditSection {
    /// The file with the key the record is signed with; made at the first start. Best where
    /// those who can write the database cannot read it. Default: audit.key, in the data folder.
    key: Option<At<String>>,
}

pub(super) fn lower(section: &AuditSection, data: &std::path::Path, desk: &mut Desk) -> PathBuf {
    let key = section.key.as_ref().and_then(|it| desk.line(it, 500));
    key.map_or_else(|| data.join(KEY), |key| desk.base.join(key))
}
