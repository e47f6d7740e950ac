//! What the program takes from the environment it was started in: nothing else is read there.

use std::path::PathBuf;

/// The surroundings of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Where programs are looked for.
    pub path: String,
    /// The home of whoever started it.
    pub home: PathBuf,
    /// Docker's own configuration, if it is not in the home.
    pub docker_config: Option<PathBuf>,
    /// Where an agent with keys for `ssh` listens, if there is one.
    pub ssh_agent: Option<PathBuf>,
    /// What is logged, in tracing's own words; `info` if not said.
    pub log: String,
}

impl Surroundings {
    /// Reads them now.
    #[expect(
        clippy::disallowed_methods,
        reason = "configuration reads the environment"
    )]
    pub fn read() -> Self {
        let of = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            path: of("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned()),
            home: of("HOME").map_or_else(|| PathBuf::from("/root"), PathBuf::from),
            docker_config: of("DOCKER_CONFIG").map(PathBuf::from),
            ssh_agent: of("SSH_AUTH_SOCK").map(PathBuf::from),
            log: of("SHIPBELL_LOG").unwrap_or_else(|| "info".to_owned()),
        }
    }
}
