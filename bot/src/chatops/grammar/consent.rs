//! Commands that answer an ask.

/// Consent.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Signoff {
    /// The release, as r142 or by its version
    pub release: Option<String>,
    /// The environment
    pub environment: Option<String>,
}

/// Veto.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Decline {
    /// The release, as r142 or by its version
    pub release: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// Why
    pub why: Vec<String>,
}
