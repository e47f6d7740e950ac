//! Images made of files, without builder and registry.

#[cfg(feature = "docker")]
mod archive;
#[cfg(feature = "docker")]
mod libraries;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

#[cfg(feature = "docker")]
pub use libraries::{LibrariesError, binary_with_libraries};

/// An image of one layer. The same files and settings give the same image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageSpec {
    /// `name:tag` it is known by on the engine.
    pub tag: String,
    /// Its files.
    pub files: Vec<ImageFile>,
    /// The program.
    pub entrypoint: Vec<String>,
    /// The program's arguments, unless others are given.
    pub command: Vec<String>,
    /// Its environment.
    pub env: BTreeMap<String, String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How its health is checked.
    pub healthcheck: Option<ImageHealthcheck>,
    /// The signal that ends it; none for SIGTERM.
    pub stop_signal: Option<String>,
    /// Where it starts; none for `/`.
    pub directory: Option<String>,
    /// Who it runs as; none for root.
    pub user: Option<String>,
}

/// A file of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFile {
    /// Where it lies in the image, with or without a leading `/`.
    pub path: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its permissions, such as `0o755`.
    pub mode: u32,
}

/// How the health of a container is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageHealthcheck {
    /// The command, word by word.
    pub command: Vec<String>,
    /// How often.
    pub interval: Duration,
    /// How long a check may take.
    pub timeout: Duration,
    /// How many failures in a row make it unhealthy.
    pub retries: u32,
}

impl ImageFile {
    /// A program.
    pub fn program(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Self {
        Self {
            path: path.into(),
            bytes,
            mode: 0o755,
        }
    }
}
