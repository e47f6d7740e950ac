//! Commands about a release itself.

/// Open a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct New {
    /// The application
    pub app: Option<String>,
    /// What the release is called
    pub version: Option<String>,
    /// An image of its own, as name=reference
    #[arg(long, value_name = "NAME=REFERENCE")]
    pub image: Vec<String>,
    /// The commit it was built from
    #[arg(long, value_name = "SHA")]
    pub commit: Option<String>,
    /// Its ticket
    #[arg(long)]
    pub ticket: Option<String>,
    /// A remark
    #[arg(long)]
    pub note: Option<String>,
}

/// Announce a deploy.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Plan {
    /// The application
    pub app: Option<String>,
    /// The environment
    pub environment: Option<String>,
    /// When: tue 14:00-16:00, tomorrow 14:00 for 2h
    pub when: Vec<String>,
    /// The version; the newest release if not said
    #[arg(long)]
    pub version: Option<String>,
    /// What changes, in one sentence
    #[arg(long)]
    pub summary: Option<String>,
    /// Who decides about going back; you if not said
    #[arg(long, value_name = "PERSON")]
    pub owner: Option<String>,
}

/// The checklist.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Check {
    /// The release, as r142 or by its version
    pub release: Option<String>,
    /// The number of the item
    pub item: Option<String>,
    /// It does not apply, and why
    #[arg(long, value_name = "WHY", conflicts_with = "undo")]
    pub na: Option<String>,
    /// Open the item again
    #[arg(long)]
    pub undo: bool,
}

/// Keep something with a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Note {
    /// The release, as r142 or by its version
    pub release: Option<String>,
    /// What is worth remembering
    pub text: Vec<String>,
    /// Where it was said
    #[arg(long, value_name = "ADDRESS")]
    pub link: Option<String>,
}

/// Give a release up.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Cancel {
    /// The release, as r142 or by its version
    pub release: Option<String>,
    /// Why
    pub why: Vec<String>,
}
