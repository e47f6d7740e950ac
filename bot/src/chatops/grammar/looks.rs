//! Commands that only look.

/// Explain the commands, or one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Help {
    /// The command to explain
    pub verb: Option<String>,
}

/// What runs where.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Status {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// Show the answer to everybody
    #[arg(long)]
    pub share: bool,
}

/// Whether a deploy may start.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Can {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
}

/// What was deployed lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct History {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
}

/// One release.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Show {
    /// The release, as r142 or by its version
    pub release: Option<String>,
}
