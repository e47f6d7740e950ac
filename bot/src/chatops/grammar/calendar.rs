//! Commands about times for deploys and times without.

/// One-off windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[command(disable_help_subcommand = true)]
pub struct Window {
    /// What to do; lists the windows if not said
    #[command(subcommand)]
    pub verb: Option<WindowVerb>,
}

/// What can be done with one-off windows.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub enum WindowVerb {
    /// List the windows and freezes to come
    List,
    /// Add a window for one occasion
    Add {
        /// The application
        app: Option<String>,
        /// The environment
        environment: Option<String>,
        /// When: sat 22:00-02:00, tomorrow 14:00 for 2h
        when: Vec<String>,
    },
    /// Cancel a one-off window
    Cancel {
        /// The window, as w3
        window: Option<String>,
        /// Why
        why: Vec<String>,
    },
}

/// No deploys for a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Freeze {
    /// The application; all of them if not said
    pub app: Option<String>,
    /// When: now, "18 Dec 12:00 to 4 Jan 9:00", until tomorrow 9:00
    pub when: Vec<String>,
    /// Why
    #[arg(long)]
    pub why: Option<String>,
}

/// Lift a freeze.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Unfreeze {
    /// The freeze, as f2
    pub freeze: Option<String>,
}
