//! The versions the demo releases: two that are well, and one that is not, in production.

use std::collections::BTreeMap;

/// A version of the demo's program.
pub(super) struct Version {
    /// What people call it; the end of its image's tag, too.
    pub(super) name: &'static str,
    /// What sets it apart from the others.
    manners: &'static [(&'static str, &'static str)],
}

/// What is deployed first.
pub(super) const FIRST: Version = Version {
    name: "1.0.0",
    manners: &[],
};

/// What follows it, and stays.
pub(super) const SECOND: Version = Version {
    name: "1.1.0",
    manners: &[],
};

/// Well on staging; in production it turns unhealthy a moment after its start.
pub(super) const BAD: Version = Version {
    name: "1.2.0",
    manners: &[
        ("UNHEALTHY_AFTER_MS", "700"),
        ("UNHEALTHY_IN", "production"),
    ],
};

/// All of them.
pub(super) const ALL: [Version; 3] = [FIRST, SECOND, BAD];

impl Version {
    /// The variables its image sets.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let manners = self.manners.iter().copied();
        let all = manners.chain([("VERSION", self.name)]);
        all.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}
