//! A program that was built without Slack: the configuration refuses it, so there is
//! nothing to open.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_adapters::chat::UserId;
use shipbell_domain::ids::{Person, Role, Surface};

use super::{Around, Finding};
use crate::config::Config;
use crate::engine::ports::Destination;
use crate::failure::Failure;

pub(super) async fn open(
    _: &Config,
    _: &Around<'_>,
) -> Result<BTreeMap<Surface, Destination>, Failure> {
    Ok(BTreeMap::new())
}

pub(super) fn identities(_: &Config) -> BTreeMap<(Surface, UserId), Person> {
    BTreeMap::new()
}

pub(super) fn groups(_: &Config) -> BTreeMap<(Surface, String), BTreeSet<Role>> {
    BTreeMap::new()
}

pub(super) async fn examine(_: &Config) -> Result<Vec<Finding>, Failure> {
    Ok(Vec::new())
}
