//! `images`: what is released, by the service that runs it.

use std::collections::BTreeMap;

use shipbell_domain::ids::{AppId, ServiceName};
use shipbell_domain::policy::{Build, Repositories};

use super::at::At;
use super::builds::ImageSection;
use super::desk::Desk;
use super::{builds, placeholders};

/// `images`, as they are written.
pub(super) type Section = BTreeMap<At<String>, At<ImageSection>>;

/// The most images of an application.
const MOST: usize = 50;

/// The longest reference.
const LONGEST: usize = 300;

/// What the images come to.
#[derive(Default)]
pub(super) struct Images {
    pub(super) references: BTreeMap<ServiceName, String>,
    pub(super) builds: BTreeMap<ServiceName, Build>,
}

pub(super) fn lower(app: &AppId, section: &Section, desk: &mut Desk) -> Images {
    desk.limit(section.keys().next().map(At::span), section.len(), MOST);
    let mut images = Images::default();
    for (name, written) in section {
        let service = desk.name(name, ServiceName::new);
        let build = builds::lower(app, written, desk);
        let Some((span, reference)) = ImageSection::reference(written) else {
            continue;
        };
        if let Some((message, help)) = fault(reference) {
            desk.note(span.clone(), message).help(help);
        }
        let Some(service) = service else { continue };
        if built_otherwise(&images, reference, build.as_ref()) {
            desk.note(span, "another image of that name is made in another way")
                .help("give each of them a name of its own");
        }
        (images.references).insert(service.clone(), reference.to_owned());
        images.builds.extend(build.map(|build| (service, build)));
    }
    images
}

/// Whether one name would stand for two images.
fn built_otherwise(images: &Images, reference: &str, build: Option<&Build>) -> bool {
    let mut others = images.references.iter().filter(|it| it.1 == reference);
    others.any(|(other, _)| images.builds.get(other) != build)
}

/// Where images may come from; the application's own must.
pub(super) fn allowed(section: &[At<String>], images: &Section, desk: &mut Desk) -> Repositories {
    desk.limit(section.get(MOST).map(At::span), section.len(), MOST);
    let mut allowed = Vec::new();
    for written in section {
        let name = written.trim_end_matches('/');
        let untagged = Repositories(vec![name.to_owned()]).allow(name);
        if fault(name).is_some() || name.contains(['{', '@']) || !untagged {
            desk.note(written.span(), "this is no name of a repository")
                .help("for example \"ghcr.io/acme/\", or \"ghcr.io/acme/web\"");
            continue;
        }
        allowed.push(name.to_owned());
    }
    let allowed = Repositories(allowed);
    let references = images.values().filter_map(ImageSection::reference);
    for (span, _) in references.filter(|(_, it)| !allowed.allow(it)) {
        desk.note(span, "`allow_images` does not allow this")
            .help("add its repository there, or take the image from one of them");
    }
    allowed
}

/// An image with a tag, `{version}` and `{sha}` filled in.
pub(super) fn with_tag(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let filled = placeholders::example(written);
    let name = filled.rsplit('/').next().unwrap_or(&filled);
    let fault = fault(&filled).map(|(message, _)| message);
    let untagged =
        || (!name.contains(':') || name.contains('@')).then(|| "this has no tag".to_owned());
    if let Some(message) = fault.or_else(untagged) {
        desk.note(written.span(), message)
            .help("for example ghcr.io/acme/web:{version}");
        return None;
    }
    Some((**written).clone())
}

/// A tag alone, `{version}` and `{sha}` filled in.
pub(super) fn tag(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let filled = placeholders::example(written);
    if fault(&format!("web:{filled}")).is_none() && !filled.contains('@') {
        return Some((**written).clone());
    }
    desk.note(written.span(), "this is no tag")
        .help("letters, digits, . _ and -, for example \"stable\" or \"v{version}\"");
    None
}

/// What an image needs before it can be fetched, or how it is built, in words.
pub(super) fn in_words(reference: &str, build: Option<&Build>) -> String {
    if let Some(build) = build {
        let file = build.file.iter().map(|it| format!(" with {it}"));
        let platform = build.platform.iter().map(|it| format!(" for {it}"));
        let how: String = file.chain(platform).collect();
        let then = if build.push { "pushed" } else { "not pushed" };
        let place = build.env.iter().map(|it| format!(" on the host of {it}"));
        let place: String = place.collect();
        let within = build.within;
        return format!(
            "{reference}, built from {}{how}{place} of the release's commit within {within}, {then}",
            build.context
        );
    }
    let name = reference.rsplit('/').next().unwrap_or(reference);
    if reference.contains("{version}") {
        format!("{reference}, with the version filled in")
    } else if name.contains(':') || name.contains('@') {
        format!("{reference}, always")
    } else {
        format!("{reference}, named with every release (--image)")
    }
}

fn fault(reference: &str) -> Option<(String, &'static str)> {
    let filled = reference.replace("{version}", "1");
    let help = "for example ghcr.io/acme/web:{version}";
    if let (Some(start), Some(end)) = (filled.find('{'), filled.find('}')) {
        let word = filled.get(start..=end).unwrap_or_default();
        return Some((format!("nothing fills in `{word}`"), "there is {version}"));
    }
    let (name, digest) = match filled.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (filled.as_str(), None),
    };
    let last = name.rfind('/').map_or(0, |it| it + 1);
    let colon = name[last..].find(':').map(|it| it + last);
    let repository = &name[..colon.unwrap_or(name.len())];
    let tag = colon.map(|it| &name[it + 1..]);
    // A registry may have a port, so only what follows its slash must be lower case without colons.
    let path = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
    let host = |c: char| c.is_ascii_alphanumeric() || ".:-[]".contains(c);
    let (registry, rest) = match repository.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
        Some(_) | None => ("", repository),
    };
    let tidy = !rest.is_empty()
        && rest.chars().all(path)
        && registry.chars().all(host)
        && !rest
            .split('/')
            .any(|part| part.is_empty() || !part.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let tag_fits = tag.is_none_or(|it| {
        (1..=128).contains(&it.len()) && !it.starts_with(['.', '-']) && it.chars().all(word)
    });
    if reference.len() > LONGEST || !tidy || !tag_fits {
        return Some(("this is no name of an image".to_owned(), help));
    }
    let hex = |it: &str| it.len() == 64 && it.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let sound = digest.is_none_or(|it| it.strip_prefix("sha256:").is_some_and(hex));
    (!sound).then(|| {
        (
            "this is no digest".to_owned(),
            "sha256: and 64 hexadecimal digits",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_names_tags_and_digests() {
        let digest = format!("web@sha256:{}", "a".repeat(64));
        for good in [
            "web",
            "web:1",
            "acme/web:{version}",
            "ghcr.io/acme/web",
            "localhost:5000/web:v{version}",
            &digest,
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "Web",
            "web:",
            "web:{sha}",
            "web@sha256:12",
            "a b",
            "/web",
            "a//b",
            "web:-x",
            "é",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn people_are_told_what_is_named_when() {
        assert_eq!(
            in_words("web", None),
            "web, named with every release (--image)"
        );
        assert_eq!(
            in_words("web:{version}", None),
            "web:{version}, with the version filled in"
        );
        assert_eq!(
            in_words("localhost:5000/web", None),
            "localhost:5000/web, named with every release (--image)"
        );
        assert_eq!(in_words("web:1", None), "web:1, always");
    }
}
