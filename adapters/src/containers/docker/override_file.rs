//! The generated file that pins images, laid over a project's own files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::bytes::Regex;
use serde_json::{Map, Value, json};

use crate::containers::{ContainerError, Flavour, Kind, Labels, Pinned, Project};

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^"?version"?[ \t]*:[ \t]*["']?([0-9]+(?:\.[0-9]+)?)"#)
        .expect("the pattern is constant")
});

/// The largest project file that is looked into.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Writes the file whole or not at all, and says where it is and what is in it.
pub(super) async fn write(
    directory: &Path,
    project: &Project,
    text: String,
) -> Result<(PathBuf, String), ContainerError> {
    let path = directory.join(format!("{}.override.json", project.name));
    let draft = directory.join(format!("{}.override.json.new", project.name));
    let write = async {
        tokio::fs::create_dir_all(directory).await?;
        tokio::fs::write(&draft, &text).await?;
        tokio::fs::rename(&draft, &path).await
    };
    write.await.map_err(|error| {
        let what = format!("writing {}", path.display());
        ContainerError::new(Kind::Preflight, what, error.to_string())
    })?;
    Ok((path, text))
}

/// What the file says. JSON, which Compose reads as YAML.
pub(super) async fn render(
    flavour: Flavour,
    project: &Project,
    pins: &BTreeMap<String, Pinned>,
    labels: &Labels,
) -> Result<String, ContainerError> {
    let mut root = Map::new();
    match flavour {
        // 1.x refuses to combine files whose versions differ; 2.x warns about any.
        Flavour::V1 => {
            if let Some(version) = version(project).await? {
                root.insert("version".into(), version.into());
            }
        }
        Flavour::V2 => {}
    }
    let services: Map<String, Value> = pins
        .iter()
        .map(|(name, image)| (name.clone(), service(flavour, image, labels)))
        .collect();
    root.insert("services".into(), services.into());
    Ok(format!("{:#}\n", Value::from(root)))
}

fn service(flavour: Flavour, image: &Pinned, labels: &Labels) -> Value {
    let mut service = Map::from_iter([("image".to_owned(), json!(image.reference))]);
    if !labels.is_empty() {
        // A dollar would be read as a variable.
        let labels = labels
            .iter()
            .map(|(key, value)| (key.clone(), value.replace('$', "$$").into()));
        service.insert("labels".into(), Value::Object(labels.collect()));
    }
    match flavour {
        Flavour::V1 => {}
        // Pinned images are present before Compose is called.
        Flavour::V2 => drop(service.insert("pull_policy".into(), "never".into())),
    }
    service.into()
}

/// The version that the project's files give, if they do.
async fn version(project: &Project) -> Result<Option<String>, ContainerError> {
    for file in &project.files {
        let path = project.directory.join(file);
        let what = || format!("reading {}", path.display());
        let failed =
            |error: std::io::Error| ContainerError::new(Kind::Preflight, what(), error.to_string());
        let size = tokio::fs::metadata(&path).await.map_err(failed)?.len();
        if size > LARGEST {
            return Err(ContainerError::new(
                Kind::Refused,
                what(),
                "it is larger than 4 MiB",
            ));
        }
        let text = tokio::fs::read(&path).await.map_err(failed)?;
        if let Some(version) = top_level_version(&text) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

fn top_level_version(text: &[u8]) -> Option<String> {
    if let Ok(json) = serde_json::from_slice::<Value>(text) {
        return Some(json.get("version")?.as_str()?.to_owned());
    }
    let found = VERSION.captures(text)?;
    Some(String::from_utf8_lossy(&found[1]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_only_from_the_top_level() {
        for (text, expected) in [
            ("version: \"3.8\"\nservices: {}\n", Some("3.8")),
            ("# a comment\nversion: '2'\n", Some("2")),
            ("version: 3.7\n", Some("3.7")),
            ("services:\n  web:\n    version: 1.0\n", None),
            (r#"{"version": "3.3", "services": {}}"#, Some("3.3")),
            (r#"{"services": {"version": {}}}"#, None),
        ] {
            assert_eq!(
                top_level_version(text.as_bytes()).as_deref(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_service_is_pinned_and_its_labels_are_no_variables() {
        let image = Pinned {
            reference: "r/a@sha256:1".into(),
            local: false,
        };
        let labels = Labels::from([("k".into(), "costs $5".into())]);
        let v1 = json!({"image": "r/a@sha256:1", "labels": {"k": "costs $$5"}});
        assert_eq!(service(Flavour::V1, &image, &labels), v1);
        let v2 = json!({"image": "r/a@sha256:1", "pull_policy": "never"});
        assert_eq!(service(Flavour::V2, &image, &Labels::new()), v2);
    }
}
