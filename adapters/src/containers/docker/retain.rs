//! Images that stay on an engine because somebody may want to return to them.
//!
//! An image that was pulled by its digest has no tag. To an engine it is left over as
//! soon as no container is made from it, and `docker image prune` removes it. So each
//! gets a tag of ours, which is taken away again once nobody wants to return to it.

use std::collections::{BTreeMap, HashMap};

use bollard::query_parameters::{ListImagesOptionsBuilder, RemoveImageOptions};

use super::api::Api;
use crate::containers::{ContainerError, Kind, Pinned, RETAINED};

/// How much of a digest is in a tag: enough to tell two apart.
const DIGITS: usize = 32;
/// The longest name of a project that leaves room in a tag, which has 128 characters.
const LONGEST: usize = 128 - DIGITS - 1;

/// Gives each image that is here a tag, and takes away those of others; gives the images
/// that are not here.
pub(super) async fn run(
    api: &Api<'_>,
    project: &str,
    images: &[Pinned],
) -> Result<Vec<Pinned>, ContainerError> {
    let what = format!("keeping the images of project {project}");
    if project.is_empty() || project.len() > LONGEST {
        let why = format!("its name is longer than {LONGEST} characters, or empty");
        return Err(ContainerError::new(Kind::Refused, what, why));
    }
    let mut tagged = tags(api, project, &what).await?;
    let mut lacking = Vec::new();
    for image in images {
        let tag = tag(project, image);
        let known = tagged.remove(&tag);
        match api.image_id(&image.reference).await? {
            None => lacking.push(image.clone()),
            Some(id) if known.as_ref() == Some(&id) => {}
            Some(id) => api.name(&what, &id, &format!("{RETAINED}:{tag}")).await?,
        }
    }
    for old in tagged.into_keys() {
        let name = format!("{RETAINED}:{old}");
        let removing = api
            .docker
            .remove_image(&name, None::<RemoveImageOptions>, None);
        match api.call(what.clone(), removing).await {
            // Somebody was faster, or a container is still made from it: next time.
            Err(error) if !matches!(error.kind, Kind::NotFound | Kind::Conflict) => {
                return Err(error);
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(lacking)
}

/// The tags of ours that a project's images have, each with the id of its image.
async fn tags(
    api: &Api<'_>,
    project: &str,
    what: &str,
) -> Result<BTreeMap<String, String>, ContainerError> {
    let ours = vec![format!("{RETAINED}:{project}.*")];
    let filters = HashMap::from([("reference".to_owned(), ours)]);
    let options = ListImagesOptionsBuilder::default()
        .filters(&filters)
        .build();
    let found = api
        .call(what, api.docker.list_images(Some(options)))
        .await?;
    let mut tags = BTreeMap::new();
    for image in found {
        for name in &image.repo_tags {
            let Some((RETAINED, tag)) = name.rsplit_once(':') else {
                continue;
            };
            // A pattern may find more than was meant.
            if tag.rsplit_once('.').is_some_and(|(of, _)| of == project) {
                tags.insert(tag.to_owned(), image.id.clone());
            }
        }
    }
    Ok(tags)
}

/// The same image has the same tag, whoever asks.
fn tag(project: &str, image: &Pinned) -> String {
    let digest = image.digest();
    let digits = digest.rsplit(':').next().unwrap_or(digest);
    let digits: String = digits.chars().take(DIGITS).collect();
    format!("{project}.{digits}")
}
