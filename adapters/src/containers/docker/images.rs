//! Pinning images and making them present.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::LazyLock;
use std::time::Duration;

use bollard::auth::DockerCredentials;
use bollard::models::{DistributionInspect, ImageInspect};
use bollard::query_parameters::{CreateImageOptionsBuilder, ImportImageOptions};
use futures_util::StreamExt as _;
use regex::Regex;
use tokio::time::timeout;

use super::api::Api;
use super::progress::Progress;
use super::tap::Tap;
use super::{DockerEngines, classify, credentials};
use crate::containers::image::ImageSpec;
use crate::containers::{ContainerError, Kind, Pinned, Session, Target};

static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    let host = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?/)?";
    let path = r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*";
    let rest = r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?";
    Regex::new(&format!("^(?:{host}{path}{rest}|sha256:[0-9a-f]{{64}})$"))
        .expect("the pattern is constant")
});

impl DockerEngines {
    /// Makes an image on an engine from files, without builder and registry.
    pub async fn load(&self, target: &Target, image: &ImageSpec) -> Result<Pinned, ContainerError> {
        self.api(target).await?.load(image).await
    }

    /// What a registry says that a reference means now, whatever the engine has; asked by
    /// the engine, which must reach it when it counts.
    pub async fn in_registry(
        &self,
        target: &Target,
        image: &str,
    ) -> Result<Pinned, ContainerError> {
        let credentials = credentials::of(&self.settings, image).await;
        let api = self.api(target).await?;
        let what = format!("asking the registry for {}", api.redactor.text(image));
        api.asked(what, image, credentials).await
    }
}

impl Api<'_> {
    /// Pins a reference to what it means now.
    pub(super) async fn resolve(
        &self,
        image: &str,
        credentials: Option<DockerCredentials>,
    ) -> Result<Pinned, ContainerError> {
        let what = format!("pinning image {}", self.redactor.text(image));
        if image.len() > 500 || !REFERENCE.is_match(image) {
            let why = "that is no image reference";
            return Err(ContainerError::new(Kind::NotFound, what, why)
                .hint("Write repository:tag or repository@sha256:…"));
        }
        let present = self.look_at_image(image).await?;
        if image.starts_with("sha256:") {
            let missing = || missing(what.clone(), "this engine has no image of that id");
            return present.map(|_| local(image.to_owned())).ok_or_else(missing);
        }
        let repository = repository(image);
        if let Some((_, digest)) = image.split_once('@')
            && present.is_some()
        {
            return Ok(Pinned {
                reference: format!("{repository}@{digest}"),
                local: false,
            });
        }
        if let Some(id) = present.as_ref().and_then(never_in_a_registry) {
            return Ok(local(id));
        }
        match self.asked(what, image, credentials).await {
            Err(error) => without_registry(present, repository, error),
            pinned => pinned,
        }
    }

    async fn asked(
        &self,
        what: String,
        image: &str,
        credentials: Option<DockerCredentials>,
    ) -> Result<Pinned, ContainerError> {
        let asking = self.docker.inspect_registry_image(image, credentials);
        let found = self.call(what.clone(), asking).await?;
        by_digest(what, image, found)
    }

    /// Makes a pinned image present.
    pub(super) async fn pull(
        &self,
        image: &Pinned,
        credentials: Option<DockerCredentials>,
        session: &Session<'_>,
    ) -> Result<(), ContainerError> {
        let what = format!("pulling image {image}");
        if self.look_at_image(&image.reference).await?.is_some() {
            return Ok(());
        }
        let Some((repository, digest)) = image.reference.split_once('@') else {
            let why = "it is a local image, and this engine does not have it";
            return Err(missing(what, why).hint("Build or load it on this engine again"));
        };
        let options = CreateImageOptionsBuilder::default()
            .from_image(repository)
            .tag(digest)
            .build();
        let pulling = async {
            let mut stream = pin!(self.docker.create_image(Some(options), None, credentials));
            let mut progress = Progress::default();
            let mut tap = Tap::new(self.redactor, session.lines);
            while let Some(step) = stream.next().await {
                let step = step.map_err(|error| self.failed(&what, &error))?;
                if let Some(message) = step.error_detail.as_ref().and_then(|e| e.message.as_ref()) {
                    return Err(classify::said(self.redactor, what.clone(), message));
                }
                if let Some(line) = progress.line(&step) {
                    tap.note(self.redactor.text(&line));
                }
            }
            Ok(())
        };
        let done = timeout(session.within, pulling).await;
        done.map_err(|_| late(what.clone(), session.within))??;
        match self.look_at_image(&image.reference).await? {
            Some(_) => Ok(()),
            None => Err(missing(what, "it was pulled and is not there")),
        }
    }

    /// Loads an image made of files, and pins it.
    pub(super) async fn load(&self, image: &ImageSpec) -> Result<Pinned, ContainerError> {
        let what = format!("loading image {}", image.tag);
        let failed = |error: std::io::Error| {
            ContainerError::new(Kind::Refused, what.clone(), error.to_string())
        };
        let archive = image.archive().map_err(failed)?;
        let body = bollard::body_full(archive.into());
        let loading = async {
            let options = ImportImageOptions::default();
            let mut stream = pin!(self.docker.import_image(options, body, None));
            while let Some(step) = stream.next().await {
                let step = step.map_err(|error| self.failed(&what, &error))?;
                if let Some(message) = step.error_detail.as_ref().and_then(|e| e.message.as_ref()) {
                    return Err(classify::said(self.redactor, what.clone(), message));
                }
            }
            Ok(())
        };
        timeout(LOAD, loading)
            .await
            .map_err(|_| classify::silent(what.clone()))??;
        match self.image_id(&image.tag).await? {
            Some(id) => Ok(local(id)),
            None => Err(missing(what, "it was loaded and is not there")),
        }
    }

    /// What a container runs that was made from this name: by the digest of its
    /// own repository, or by its id.
    pub(super) async fn pin_of(&self, name: &str, id: &str) -> Result<Pinned, ContainerError> {
        let found = self.look_at_image(id).await?;
        let digests = found.and_then(|it| it.repo_digests).unwrap_or_default();
        let own = |it: &String| {
            let of = it.split_once('@').map(|(of, _)| of);
            of == Some(repository(name))
        };
        Ok(match digests.into_iter().find(own) {
            Some(reference) => Pinned {
                reference,
                local: false,
            },
            None => local(id.to_owned()),
        })
    }

    /// The id on this engine of each pinned image; fails if any is not present.
    pub(super) async fn image_ids(
        &self,
        pins: &BTreeMap<String, Pinned>,
    ) -> Result<BTreeMap<String, String>, ContainerError> {
        let mut ids = BTreeMap::new();
        for (service, image) in pins {
            let Some(id) = self.image_id(&image.reference).await? else {
                let what = format!("looking for image {image} of service {service}");
                return Err(missing(what, "this engine does not have it")
                    .hint("Pull it first; load a local image on this engine again"));
            };
            ids.insert(service.clone(), id);
        }
        Ok(ids)
    }

    pub(super) async fn look_at_image(
        &self,
        image: &str,
    ) -> Result<Option<ImageInspect>, ContainerError> {
        let call = self.call(
            format!("looking for image {image}"),
            self.docker.inspect_image(image),
        );
        match call.await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// How long an engine may take to load an image handed to it.
const LOAD: Duration = Duration::from_mins(5);

/// The registry of a reference, by Docker's rule for the first part of a name.
pub(super) fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        Some(_) | None => "docker.io",
    }
}

/// A reference without tag and digest.
pub(super) fn repository(image: &str) -> &str {
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        Some(_) | None => name,
    }
}

/// The id of an image that was built or loaded here. Engines that keep images
/// in containerd give such an image a digest, its own id, all the same.
fn never_in_a_registry(image: &ImageInspect) -> Option<String> {
    let digests = image.repo_digests.as_deref().unwrap_or_default();
    image.id.clone().filter(|_| digests.is_empty())
}

/// What is known here when the registry does not help.
fn without_registry(
    present: Option<ImageInspect>,
    repository: &str,
    error: ContainerError,
) -> Result<Pinned, ContainerError> {
    let Some(image) = present else {
        return Err(error);
    };
    let digests = image.repo_digests.unwrap_or_default();
    let same_name = |digest: &&String| {
        let (name, repository) = (canonical(self::repository(digest)), canonical(repository));
        name == repository
    };
    let Some(known) = digests.iter().find(same_name) else {
        // It has that name here alone, whatever it is called elsewhere.
        return image.id.map(local).ok_or(error);
    };
    let digest = known.rsplit_once('@').map(|(_, digest)| digest);
    match (digest, image.id) {
        (Some(digest), Some(id)) if digest == id => Ok(local(id)),
        // What was last pulled is a fair answer only if nobody can be asked.
        (Some(digest), _) if error.kind == Kind::Unreachable => Ok(Pinned {
            reference: format!("{repository}@{digest}"),
            local: false,
        }),
        (_, _) => Err(error),
    }
}

/// An image by what a registry answered.
pub(super) fn by_digest(
    what: String,
    image: &str,
    found: DistributionInspect,
) -> Result<Pinned, ContainerError> {
    match found.descriptor.digest {
        Some(digest) => Ok(Pinned {
            reference: format!("{}@{digest}", repository(image)),
            local: false,
        }),
        None => Err(missing(what, "the registry names no digest")),
    }
}

fn canonical(repository: &str) -> &str {
    let short = repository.strip_prefix("docker.io/").unwrap_or(repository);
    short.strip_prefix("library/").unwrap_or(short)
}

pub(super) fn local(id: String) -> Pinned {
    Pinned {
        reference: id,
        local: true,
    }
}

pub(super) fn late(what: String, within: Duration) -> ContainerError {
    let why = format!("not done after {} s", within.as_secs());
    ContainerError::new(Kind::Timeout, what, why)
}

fn missing(what: String, why: &str) -> ContainerError {
    ContainerError::new(Kind::NotFound, what, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart_as_docker_does() {
        for (image, host, name) in [
            ("postgres:16", "docker.io", "postgres"),
            ("org/app", "docker.io", "org/app"),
            ("ghcr.io/org/app:1.2", "ghcr.io", "ghcr.io/org/app"),
            ("localhost/app:1", "localhost", "localhost/app"),
            (
                "127.0.0.1:5000/demo",
                "127.0.0.1:5000",
                "127.0.0.1:5000/demo",
            ),
            ("r:5000/demo:1@sha256:ab", "r:5000", "r:5000/demo"),
        ] {
            assert_eq!(
                (registry(image), repository(image)),
                (host, name),
                "{image}"
            );
        }
    }

    #[test]
    fn only_references_are_references() {
        let digest = format!("ghcr.io/org/app@sha256:{}", "a".repeat(64));
        for good in [
            "postgres",
            "a/b/c:1",
            "127.0.0.1:5000/demo:v1",
            "Ghcr.io/a/b",
            &digest,
        ] {
            assert!(REFERENCE.is_match(good), "{good}");
        }
        for bad in [
            "",
            "Upper:1",
            "a b",
            "a:",
            "../x",
            "-rm",
            "a@sha256:short",
            "a\nb",
            "http://a/b",
        ] {
            assert!(!REFERENCE.is_match(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_known_here_stands_in_for_a_registry_that_does_not_help() {
        let image = ImageInspect {
            id: Some("sha256:1".into()),
            repo_digests: Some(vec!["org/app@sha256:2".into()]),
            ..ImageInspect::default()
        };
        let error = |kind| ContainerError::new(kind, "asking", "no");
        let answer = |kind| without_registry(Some(image.clone()), "docker.io/org/app", error(kind));
        assert_eq!(
            answer(Kind::Unreachable).unwrap().reference,
            "docker.io/org/app@sha256:2"
        );
        assert_eq!(answer(Kind::NotFound).unwrap_err().kind, Kind::NotFound);
        let error = error(Kind::NotFound);
        let elsewhere = without_registry(Some(image.clone()), "org/another", error).unwrap();
        assert_eq!(
            (elsewhere.reference.as_str(), elsewhere.local),
            ("sha256:1", true)
        );
    }
}
