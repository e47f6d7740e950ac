//! Pushing images.

use std::pin::pin;

use bollard::auth::DockerCredentials;
use bollard::query_parameters::PushImageOptionsBuilder;
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::api::Api;
use super::classify;
use super::images::{late, repository};
use super::tap::Tap;
use crate::containers::{ContainerError, Kind, Pinned, Session};

impl Api<'_> {
    /// Pushes an image with a tag, and pins what the registry then has.
    pub(super) async fn push(
        &self,
        image: &str,
        credentials: Option<DockerCredentials>,
        session: &Session<'_>,
    ) -> Result<Pinned, ContainerError> {
        let what = format!("pushing image {}", self.redactor.text(image));
        let name = repository(image);
        let tag = image.strip_prefix(name).and_then(|it| it.strip_prefix(':'));
        let Some(tag) = tag.filter(|it| !it.contains('@')) else {
            let why = "only an image with a tag can be pushed";
            return Err(ContainerError::new(Kind::Refused, what, why));
        };
        if self.image_id(image).await?.is_none() {
            let why = "this engine has no image of that name";
            return Err(ContainerError::new(Kind::NotFound, what, why).hint("Build it first"));
        }
        let options = PushImageOptionsBuilder::default().tag(tag).build();
        let pushing = async {
            let mut stream = pin!(
                self.docker
                    .push_image(name, Some(options), credentials.clone())
            );
            let mut tap = Tap::new(self.redactor, session.lines);
            while let Some(step) = stream.next().await {
                let step = step.map_err(|error| self.failed(&what, &error))?;
                if let Some(message) = step.error_detail.as_ref().and_then(|e| e.message.as_ref()) {
                    return Err(classify::said(self.redactor, what.clone(), message));
                }
                if let Some(status) = step.status.filter(|_| step.progress_detail.is_none()) {
                    tap.note(self.redactor.text(&status));
                }
            }
            Ok(())
        };
        let pushed = timeout(session.within, pushing).await;
        pushed.map_err(|_| late(what.clone(), session.within))??;
        let asking = self.docker.inspect_registry_image(image, credentials);
        let found = self.call(what.clone(), asking).await?;
        let digest = found.descriptor.digest.ok_or_else(|| {
            ContainerError::new(Kind::Runtime, what, "the registry names no digest")
        })?;
        Ok(Pinned {
            reference: format!("{name}@{digest}"),
            local: false,
        })
    }
}
