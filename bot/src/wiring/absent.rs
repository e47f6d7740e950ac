//! A platform the program was built without: the configuration refuses it, so there is
//! nothing to open.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Ready, ready};

use shipbell_adapters::chat::UserId;
use shipbell_domain::ids::{Person, Role, Surface};

use super::{Around, Finding};
use crate::config::Config;
use crate::engine::ports::Destination;
use crate::failure::Failure;

pub(super) fn open(
    _: &Config,
    _: &Around<'_>,
) -> Ready<Result<BTreeMap<Surface, Destination>, Failure>> {
    ready(Ok(BTreeMap::new()))
}

pub(super) fn surfaces(_: &Config) -> Vec<Surface> {
    Vec::new()
}

pub(super) fn identities(_: &Config) -> BTreeMap<(Surface, UserId), Person> {
    BTreeMap::new()
}

pub(super) fn groups(_: &Config) -> BTreeMap<(Surface, String), BTreeSet<Role>> {
    BTreeMap::new()
}

pub(super) fn examine(_: &Config) -> Ready<Result<Vec<Finding>, Failure>> {
    ready(Ok(Vec::new()))
}
