//! Commands about incidents.

/// Open and run incidents.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[command(disable_help_subcommand = true)]
pub struct Incident {
    /// What to do; lists the incidents if not said
    #[command(subcommand)]
    pub verb: Option<IncidentVerb>,
}

/// What can be done with incidents.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub enum IncidentVerb {
    /// List the open incidents
    List,
    /// Open an incident and call people
    Open {
        /// How bad it is: P0, P1, P2 or P3
        severity: Option<String>,
        /// What is wrong, in quotes; then the application and the environment
        what: Vec<String>,
        /// The application, if it does not stand behind what is wrong
        #[arg(long)]
        app: Option<String>,
        /// The environment, if it does not stand behind what is wrong
        #[arg(long)]
        environment: Option<String>,
    },
    /// Say that you are on it: nobody else is called
    Ack {
        /// The incident, as i7; the open one if not said
        incident: Option<String>,
    },
    /// Call the next people now
    Escalate {
        /// The incident, as i7; the open one if not said
        incident: Option<String>,
    },
    /// Tell what is known
    Update {
        /// The incident, as i7; the open one if not said
        incident: Option<String>,
        /// What is known
        text: Vec<String>,
    },
    /// Say that it is over, and what it was
    Resolve {
        /// The incident, as i7; the open one if not said
        incident: Option<String>,
        /// What it was
        text: Vec<String>,
    },
}
