//! What an environment was brought to, as it was kept where it runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything that ran when a deploy had gone well: what a rollback returns to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The name the project's files were kept under.
    pub name: String,
    /// The image of every service, not only of those that are released.
    pub images: BTreeMap<String, Kept>,
    /// For how many milliseconds each replaced service was away.
    pub away: BTreeMap<String, u64>,
}

/// An image that ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// By its digest, or by its id.
    pub pinned: String,
    /// Whether it exists on that engine alone.
    pub local: bool,
}

/// The most services that are kept, and the longest name of an image.
const MOST: usize = 50;
const LONGEST: usize = 300;

impl Snapshot {
    /// The same within limits; none if it would not be whole.
    pub fn bounded(&self) -> Option<Self> {
        let short = |it: &Kept| it.pinned.len() <= LONGEST;
        let fits = self.images.len() <= MOST && self.images.values().all(short);
        fits.then(|| self.clone())
    }
}
