//! What Compose needs on another machine besides the project's own files.

use std::path::{Path, PathBuf};

use super::Compose;
use crate::containers::{ContainerError, Kind};
use crate::hosts::Host;

/// The folder for it, beside the project's files.
const FOLDER: &str = ".shipbell";

/// On another machine variables go into a file only its user can read: the list
/// of processes there shows everybody what a program is given. It holds what the
/// project's own env file does, and then ours, which win.
///
/// None where Compose takes them from its environment, or where there are none.
pub(super) async fn env_file(compose: &Compose<'_>) -> Result<Option<PathBuf>, ContainerError> {
    let project = compose.project;
    if compose.host == Host::Here || project.vars.is_empty() {
        return Ok(None);
    }
    let what = compose.what("writing the variables of");
    let machine = compose.machine(&what);
    let own = project.directory.join(match &project.env_file {
        Some(file) => file.clone(),
        None => PathBuf::from(".env"),
    });
    let own = machine.read(&own).await?.text.unwrap_or_default();
    let (text, _) = crate::hosts::upsert(&own, &project.vars)
        .map_err(|error| ContainerError::new(Kind::Refused, what.clone(), error.to_string()))?;
    let path = compose
        .folder(Path::new(""))
        .join(format!("{}.env", compose.stem.as_str()));
    machine.put(&path, text).await?;
    Ok(Some(path))
}

impl Compose<'_> {
    /// Where files of ours are on the machine the project's are on.
    pub(in crate::containers::docker) fn folder(&self, state_dir: &Path) -> PathBuf {
        match self.host {
            Host::Here => state_dir.to_path_buf(),
            Host::There(_) => self.project.directory.join(FOLDER),
        }
    }

    /// Lays a file over the project's own, on the machine they are on.
    pub(in crate::containers::docker) async fn overlay(
        &mut self,
        state_dir: &Path,
        text: String,
    ) -> Result<String, ContainerError> {
        let path = self
            .folder(state_dir)
            .join(format!("{}.override.json", self.stem.as_str()));
        let what = format!("writing {}", path.display());
        self.machine(&what).put(&path, text.clone().into()).await?;
        self.override_file = Some(path);
        Ok(text)
    }
}
