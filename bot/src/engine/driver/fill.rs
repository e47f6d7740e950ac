//! Words and values of a step, with what the release brings filled in.

use std::collections::BTreeMap;

use shipbell_adapters::containers::{ContainerError, Kind};
use shipbell_adapters::secret::Secret;
use shipbell_domain::manifest::Manifest;
use shipbell_domain::steps::Value;

use super::step::Place;
use crate::engine::Site;

/// A text with `{version}` and `{sha}` filled in.
pub(super) fn text(manifest: &Manifest, text: &str) -> Result<String, ContainerError> {
    let filled = text.replace("{version}", manifest.version.as_str());
    match &manifest.commit {
        Some(commit) => Ok(filled.replace("{sha}", commit)),
        None if filled.contains("{sha}") => {
            let what = format!("filling in `{text}`");
            let why = "the release names no commit";
            Err(ContainerError::new(Kind::Preflight, what, why)
                .hint("Open the release with --commit"))
        }
        None => Ok(filled),
    }
}

/// The words of a command, each filled in by itself.
pub(super) fn words(manifest: &Manifest, words: &[String]) -> Result<Vec<String>, ContainerError> {
    words.iter().map(|word| text(manifest, word)).collect()
}

/// Values by name, those that are only named as they are known to the bot.
pub(super) fn values(
    place: &Place<'_>,
    values: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Secret>, ContainerError> {
    here(place.site, &place.attempt.manifest, values)
}

/// The same for a release that may never be deployed there.
pub(in crate::engine) fn here(
    site: &Site,
    manifest: &Manifest,
    values: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Secret>, ContainerError> {
    let one = |(name, value): (&String, &Value)| {
        let value = self::value(site, manifest, value)?;
        Ok((name.clone(), value))
    };
    values.iter().map(one).collect()
}

fn value(site: &Site, manifest: &Manifest, value: &Value) -> Result<Secret, ContainerError> {
    let place_of = match value {
        Value::Plain(plain) => return text(manifest, plain).map(Secret::new),
        Value::Env(name) => format!("the variable {name}"),
        Value::File(path) => format!("the file {path}"),
    };
    site.secrets.get(value).cloned().ok_or_else(|| {
        let why = "the configuration in force does not name it";
        ContainerError::new(Kind::Preflight, format!("reading {place_of}"), why)
            .hint("The policy has changed since: open the release again")
    })
}
