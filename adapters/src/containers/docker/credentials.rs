//! Credentials of registries, from Docker's own configuration file.

use bollard::auth::DockerCredentials;
use serde_json::Value;

use super::Settings;
use super::images::registry;
use crate::redact::base64;

/// What Docker calls the registry without a name.
const HUB: &str = "https://index.docker.io/v1/";

/// What `docker login` stored for the registry of an image, if anything.
/// Credential helpers are not asked.
pub(super) async fn of(settings: &Settings, image: &str) -> Option<DockerCredentials> {
    let directory = settings
        .docker_config
        .clone()
        .unwrap_or_else(|| settings.home.join(".docker"));
    let file = tokio::fs::read(directory.join("config.json")).await.ok()?;
    stored(&serde_json::from_slice(&file).ok()?, image)
}

fn stored(config: &Value, image: &str) -> Option<DockerCredentials> {
    let registry = registry(image);
    let address = if registry == "docker.io" {
        HUB
    } else {
        registry
    };
    let auths = config.get("auths")?;
    let entry = [
        address.to_owned(),
        format!("https://{address}"),
        format!("https://{address}/"),
    ]
    .iter()
    .find_map(|address| auths.get(address))?;
    let auth = entry.get("auth")?.as_str()?;
    let pair = String::from_utf8(base64::decode(auth)?).ok()?;
    let (username, password) = pair.split_once(':')?;
    Some(DockerCredentials {
        username: Some(username.to_owned()),
        password: Some(password.trim_end_matches('\0').to_owned()),
        serveraddress: Some(address.to_owned()),
        identitytoken: entry
            .get("identitytoken")
            .and_then(Value::as_str)
            .map(str::to_owned),
        ..DockerCredentials::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_found_by_registry() {
        let config = serde_json::json!({"auths": {
            "ghcr.io": {"auth": base64::encode(b"me:one")},
            "https://index.docker.io/v1/": {"auth": base64::encode(b"me:two")},
        }});
        let password = |image| stored(&config, image).and_then(|found| found.password);
        assert_eq!(password("ghcr.io/a/b:1").as_deref(), Some("one"));
        assert_eq!(password("a/b:1").as_deref(), Some("two"));
        assert_eq!(password("quay.io/a/b:1"), None);
    }
}
