//! Programs and files on a machine: the port `Hosts`.
//!
//! A host is this machine, or one that is reached by `ssh`. [`programs`] is the
//! real thing.

mod address;
mod env_file;
#[cfg(feature = "docker")]
pub mod programs;

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;

pub use address::{BadAddress, Ssh};
pub use env_file::Unwritable;
pub(crate) use env_file::upsert;

use crate::containers::{ContainerError, Ran, Session};
use crate::secret::Secret;

/// What the bot asks of the machines things run on.
///
/// Text that comes back has been cleaned and redacted, and is bounded.
#[async_trait]
pub trait Hosts: Send + Sync {
    /// Runs a program and collects how it ended. No shell reads its words.
    ///
    /// On this machine it lives on if the future is dropped, with the session's
    /// lock file open; what takes too long is ended with its whole group. On
    /// another machine it ends by itself when its time is up, whoever lives.
    async fn run(
        &self,
        host: &Host,
        program: &Program,
        session: &Session<'_>,
    ) -> Result<Ran, ContainerError>;

    /// Gives variables of an env file these values, and says which that changed.
    /// Every other line stays as it is. The file is replaced whole or not at
    /// all, and left alone if nothing changes, so that it is safe to do twice.
    async fn set_env(&self, host: &Host, edit: &EnvEdit) -> Result<Vec<String>, ContainerError>;
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// This one.
    Here,
    /// One that is reached by `ssh`.
    There(Ssh),
}

/// A program and what it gets to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The program and its arguments, word by word. A name with a slash in it is
    /// looked for in the directory.
    pub argv: Vec<String>,
    /// Where it starts; an absolute path.
    pub directory: PathBuf,
    /// Its environment, on top of the host's own. On another machine these can be
    /// read in its list of processes.
    pub vars: BTreeMap<String, Secret>,
}

/// Variables of an env file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvEdit {
    /// The file; an absolute path. It is made if there is none.
    pub file: PathBuf,
    /// The variables and their values, each one line.
    pub values: BTreeMap<String, Secret>,
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Here => f.write_str("this machine"),
            Self::There(ssh) => ssh.fmt(f),
        }
    }
}
