//! The generated file that pins images, laid over a project's own files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::Regex;
use serde_json::{Map, Value, json};

use super::compose::Compose;
use crate::containers::{ContainerError, Flavour, Kind, Labels, Pinned, Running, Up};

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^"?version"?[ \t]*:[ \t]*["']?([0-9]+(?:\.[0-9]+)?)"#)
        .expect("the pattern is constant")
});

/// What is laid over the services of a project.
pub(super) struct Overlay<'a> {
    /// The image each must run.
    pub(super) pins: &'a BTreeMap<String, Pinned>,
    /// Put on the pinned ones, by service.
    pub(super) labels: BTreeMap<String, Labels>,
    /// A service, and the variables it gets besides its own. Only their names are
    /// written: Compose fills in what it was handed in a way that nobody sees.
    pub(super) vars: Option<(&'a str, Vec<&'a str>)>,
}

/// What the file says. JSON, which Compose reads as YAML.
pub(super) async fn render(
    compose: &Compose<'_>,
    overlay: &Overlay<'_>,
) -> Result<String, ContainerError> {
    let flavour = compose.tool.flavour;
    let mut root = Map::new();
    match flavour {
        // 1.x refuses to combine files whose versions differ; 2.x warns about any.
        Flavour::V1 => {
            if let Some(version) = version(compose).await? {
                root.insert("version".into(), version.into());
            }
        }
        Flavour::V2 => {}
    }
    root.insert("services".into(), services(flavour, overlay));
    Ok(format!("{:#}\n", Value::from(root)))
}

/// The labels of each pinned service. What runs its very image already keeps those
/// it has: others would replace its containers for nothing. What was kept of a
/// project says them itself.
pub(super) fn labels(up: &Up, running: &[Running]) -> BTreeMap<String, Labels> {
    if up.snapshot.is_some() {
        return BTreeMap::new();
    }
    let of = |(service, pin): (&String, &Pinned)| {
        let mut there = running.iter().filter(|it| it.service == *service);
        let first = there.next().and_then(|it| own(it, pin, &up.labels));
        let alike = there.all(|it| own(it, pin, &up.labels) == first);
        let labels = first.filter(|_| alike);
        (service.clone(), labels.unwrap_or_else(|| up.labels.clone()))
    };
    up.pins.iter().map(of).collect()
}

/// What a container of that image has for every one of these labels.
fn own(container: &Running, pin: &Pinned, wanted: &Labels) -> Option<Labels> {
    let value = |key: &String| Some((key.clone(), container.labels.get(key)?.clone()));
    let all: Option<Labels> = wanted.keys().map(value).collect();
    all.filter(|_| container.image == pin.reference)
}

fn services(flavour: Flavour, overlay: &Overlay<'_>) -> Value {
    let pins = overlay.pins.iter();
    let mut services: Map<String, Value> = pins
        .map(|(name, image)| {
            let none = Labels::new();
            let labels = overlay.labels.get(name).unwrap_or(&none);
            (name.clone(), service(flavour, image, labels))
        })
        .collect();
    if let Some((name, vars)) = &overlay.vars {
        let vars = vars
            .iter()
            .map(|it| ((*it).to_owned(), json!(format!("${{{it}}}"))));
        let service = services
            .entry((*name).to_owned())
            .or_insert_with(|| json!({}));
        service["environment"] = Value::Object(vars.collect());
    }
    services.into()
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
async fn version(compose: &Compose<'_>) -> Result<Option<String>, ContainerError> {
    for file in &compose.files {
        let path = compose.project.directory.join(file);
        let what = format!("reading {}", path.display());
        let found = compose.machine(&what).read(&path).await?;
        let Some(text) = found.text else {
            return Err(ContainerError::new(
                Kind::Preflight,
                what,
                "there is no such file",
            ));
        };
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

    #[test]
    fn variables_are_named_and_never_written() {
        let overlay = Overlay {
            pins: &BTreeMap::new(),
            labels: BTreeMap::new(),
            vars: Some(("web", vec!["KEY"])),
        };
        let expected = json!({"web": {"environment": {"KEY": "${KEY}"}}});
        assert_eq!(services(Flavour::V1, &overlay), expected);
    }
}
