//! What a demo remembers in its folder: who it is, its ports, and what the tour does just now.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::failure::Failure;

/// The file's name.
pub(super) const FILE: &str = "demo.json";

/// What a demo remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Sets it apart from other demos on this machine.
    pub(super) instance: String,
    /// Whether its containers are simulated.
    pub(super) simulated: bool,
    /// Where the browser channel listens.
    pub(super) web: u16,
    /// Where the places are published.
    pub(super) ports: BTreeMap<Place, u16>,
    /// What may run in each place, whatever happens from here on; null is nothing.
    pub(super) may_run: BTreeMap<Place, Vec<Option<String>>>,
    /// Whether the tour was played to its end.
    pub(super) toured: bool,
}

impl Memory {
    /// Of a new demo, on ports that are free.
    pub(super) fn new(instance: String) -> std::io::Result<Self> {
        // All are held until the last is found, so that none comes twice.
        let places = Place::ALL.len();
        let listeners: Vec<TcpListener> = (0..=places)
            .map(|_| TcpListener::bind(("127.0.0.1", 0)))
            .collect::<Result<_, _>>()?;
        let mut ports = Vec::new();
        for listener in &listeners {
            ports.push(listener.local_addr()?.port());
        }
        let web = ports.pop().unwrap_or_default();
        Ok(Self {
            instance,
            simulated: false,
            web,
            ports: Place::ALL.into_iter().zip(ports).collect(),
            may_run: Place::ALL
                .into_iter()
                .map(|place| (place, vec![None]))
                .collect(),
            toured: false,
        })
    }

    /// From a folder; none if no demo was there.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Failure> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(&path, error)),
        };
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| unusable(&path, error))
    }

    /// Into its folder, whole or not at all.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let (path, new) = (folder.join(FILE), folder.join("demo.json.new"));
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|error| Failure::internal("cannot write JSON").because(error))?;
        let written = fs::File::create(&new)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())
            })
            .and_then(|()| fs::rename(&new, &path));
        written.map_err(|error| unusable(&path, error))
    }

    /// Where a place is published.
    pub(super) fn port(&self, place: Place) -> u16 {
        self.ports.get(&place).copied().unwrap_or_default()
    }
}

fn unusable(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::user(format!("{} cannot be used", path.display()))
        .because(error)
        .hint("name another folder with --keep")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Memory::read(folder.path()).unwrap(), None);
        let mut memory = Memory::new("8f2c".to_owned()).unwrap();
        memory
            .may_run
            .insert(Place::Staging, vec![None, Some("1.0.0".to_owned())]);
        memory.write(folder.path()).unwrap();
        assert_eq!(Memory::read(folder.path()).unwrap(), Some(memory.clone()));
        assert_ne!(memory.port(Place::Staging), memory.port(Place::Production));
    }

    #[test]
    fn a_broken_file_is_no_new_demo() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "{").unwrap();
        assert!(Memory::read(folder.path()).is_err());
    }
}
