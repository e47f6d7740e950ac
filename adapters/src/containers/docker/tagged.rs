//! What an image with a tag is, and what it says of itself.

use bollard::auth::DockerCredentials;
use bollard::models::ImageInspect;

use super::api::Api;
use super::images::{by_digest, local};
use crate::containers::{ContainerError, Kind, Labels, Session, Tagged};

impl Api<'_> {
    /// What this engine has under a name and tag.
    pub(super) async fn on_engine(&self, image: &str) -> Result<Option<Tagged>, ContainerError> {
        let found = self.look_at_image(image).await?;
        let tagged = |it: ImageInspect| {
            let pinned = local(it.id.clone()?);
            let labels = labels(&it);
            Some(Tagged { pinned, labels })
        };
        Ok(found.and_then(tagged))
    }

    /// What the registry has under a name and tag, which is made present.
    pub(super) async fn in_registry(
        &self,
        image: &str,
        credentials: Option<DockerCredentials>,
        session: &Session<'_>,
    ) -> Result<Option<Tagged>, ContainerError> {
        let what = format!("looking for {} in its registry", self.redactor.text(image));
        let asking = self
            .docker
            .inspect_registry_image(image, credentials.clone());
        let pinned = match self.call(what.clone(), asking).await {
            Ok(found) => by_digest(what, image, found)?,
            Err(error) if error.kind == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        self.pull(&pinned, credentials, session).await?;
        let found = self.look_at_image(&pinned.reference).await?;
        let labels = found.as_ref().map(labels).unwrap_or_default();
        Ok(Some(Tagged { pinned, labels }))
    }
}

fn labels(image: &ImageInspect) -> Labels {
    let config = image.config.as_ref();
    let labels = config.and_then(|it| it.labels.clone());
    labels.unwrap_or_default().into_iter().collect()
}
