//! Commands that change what runs, and those that follow up on it.

/// Deploy a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Deploy {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// The version; the only open release if not said
    pub version: Option<String>,
    /// Set closed gates aside, and why: everybody is told
    #[arg(long = "override", value_name = "WHY")]
    pub over: Option<String>,
    /// Only say what would change; nothing is touched
    #[arg(long, conflicts_with = "over")]
    pub dry_run: bool,
    /// Take what somebody changed outside as it is, and why; nothing is touched
    #[arg(long, value_name = "WHY", conflicts_with_all = ["over", "dry_run"])]
    pub adopt: Option<String>,
}

/// Deploy the newest release to its next environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Promote {
    /// The application
    pub app: Option<String>,
    /// Set closed gates aside, and why: everybody is told
    #[arg(long = "override", value_name = "WHY")]
    pub over: Option<String>,
}

/// Return to a verified version.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Rollback {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// The version; the last good one if not said
    pub version: Option<String>,
    /// Why
    #[arg(long)]
    pub why: Option<String>,
    /// Although what was done since cannot be undone by it: everybody is told
    #[arg(long)]
    pub anyway: bool,
}

/// Stop what is being done.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Stop {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// Roll back afterwards, and why
    #[arg(long, value_name = "WHY")]
    pub rollback: Option<String>,
}

/// Say how a step went that was cut off, or that asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Resume {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// worked to go on, failed if it did not, again to run it once more
    pub answer: Option<String>,
}

/// Answer, extend or end a watch.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Watch {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// +30m to watch longer, stop, good or bad
    pub answer: Option<String>,
}

/// Release a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Unlock {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// Why
    pub why: Vec<String>,
}
