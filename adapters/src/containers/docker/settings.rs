//! What the programs we start get to see; they see nothing else.

use std::path::PathBuf;

/// What the programs we start get to see; they see nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where programs are looked for: `PATH`.
    pub path: String,
    /// `HOME`.
    pub home: PathBuf,
    /// Docker's own configuration, with credentials of registries; none for
    /// `.docker` under the home.
    pub docker_config: Option<PathBuf>,
    /// The file `ssh` reads instead of its user's own; none for that one.
    pub ssh_config: Option<PathBuf>,
    /// Where an agent with keys for `ssh` listens.
    pub ssh_agent: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into(),
            home: "/".into(),
            docker_config: None,
            ssh_config: None,
            ssh_agent: None,
        }
    }
}
