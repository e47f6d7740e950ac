//! An element of `images` that is built: `{ build = ".", image = "…" }`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use shipbell_domain::ids::{AppId, EnvName};
use shipbell_domain::policy::Build;

use super::at::At;
use super::desk::{Desk, closest, comma};
use super::placeholders;
use super::report::{is_secret, looks_secret};
use super::targets::{Target, named};

/// The most arguments of a build.
const MOST: usize = 50;

/// An image, found or built.
#[derive(Clone, Debug)]
pub(super) enum ImageSection {
    Found(String),
    Built(Box<BuildSection>),
}

/// An image that is built from the release's commit while its images are pinned.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "an image, or a table")]
pub(super) struct BuildSection {
    /// The folder of the repository that is built; "." for all of it.
    build: Option<At<String>>,
    /// What the image is called, with {version} in its tag.
    pub(super) image: Option<At<String>>,
    /// The Dockerfile, beginning at the repository. Default: the one in the folder.
    file: Option<At<String>>,
    /// What it is built for, such as "linux/amd64". Default: the engine's own platform.
    platform: Option<At<String>>,
    /// Arguments of the build, which whoever has the image can read; {version} and {sha} are filled in. Default: none.
    args: Option<At<BTreeMap<At<String>, At<String>>>>,
    /// Whether it is pushed; if not, its engine alone has it. Default: false.
    push: Option<At<bool>>,
    /// How long it may take. Default: 15m.
    timeout: Option<At<String>>,
    /// The environment whose host builds it. Default: the first.
    env: Option<At<String>>,
    /// The working copy with the commits on that host. Default: the folder of the compose file.
    dir: Option<At<String>>,
}

impl ImageSection {
    /// What the image is called, and where that stands.
    pub(super) fn reference(this: &At<Self>) -> Option<(Range<usize>, &str)> {
        match &**this {
            Self::Found(text) => Some((this.span(), text)),
            Self::Built(build) => {
                let image = build.image.as_ref()?;
                Some((image.span(), image.as_str()))
            }
        }
    }
}

/// How an image is built; none if it is found, or written wrong.
pub(super) fn lower(app: &AppId, section: &At<ImageSection>, desk: &mut Desk) -> Option<Build> {
    let ImageSection::Built(written) = &**section else {
        return None;
    };
    if written.image.is_none() {
        desk.note(section.span(), "this image has no name")
            .help("add image = \"ghcr.io/acme/web:{version}\"");
    }
    tag(written.image.as_ref(), desk);
    if written.build.is_none() {
        desk.note(section.span(), "nothing says what is built")
            .help("add build = \".\" for the whole repository, or write the image alone");
    }
    let context = written.build.as_ref().and_then(|it| inside(it, desk));
    let file = written.file.as_ref().map(|it| inside(it, desk));
    let platform = written.platform.as_ref().map(|it| platform(it, desk));
    let env = written.env.as_ref().map(|it| environment(app, it, desk));
    let directory = written.dir.as_ref().map(|it| directory(it, desk));
    let args = written.args.as_ref().map(|it| args(it, desk));
    let within = desk.length_or(written.timeout.as_ref(), "2h", "15m");
    // What is written wrong is noted: what takes its place is never used.
    Some(Build {
        context: context?,
        file: file.flatten(),
        platform: platform.flatten(),
        args: args.unwrap_or_default(),
        push: written.push.as_ref().is_some_and(|it| **it),
        within,
        env: env.flatten(),
        directory: directory.flatten(),
    })
}

/// Notes an image that would be on one engine while environments have others.
pub(super) fn within_reach<'a>(
    sections: &BTreeMap<At<String>, At<ImageSection>>,
    targets: impl Iterator<Item = &'a Target>,
    desk: &mut Desk,
) {
    let engines: BTreeSet<&str> = targets.flat_map(Target::engines).collect();
    if engines.len() < 2 {
        return;
    }
    for (name, section) in sections {
        if let ImageSection::Built(build) = &**section
            && !build.push.as_ref().is_some_and(|it| **it)
        {
            let message = format!(
                "`{}` is not pushed, and there are {} engines that need it",
                **name,
                engines.len()
            );
            desk.note(section.span(), message)
                .help("add push = true, with the name of a registry in `image`");
        }
    }
}

/// A tag that is the same for every release could only be moved, which is never done.
fn tag(image: Option<&At<String>>, desk: &mut Desk) {
    let Some(image) = image else { return };
    let last = image.rsplit('/').next().unwrap_or_default();
    let tag = last.split_once(':').map_or("", |(_, tag)| tag);
    if !tag.contains("{version}") || last.contains('@') {
        let noted = desk.note(image.span(), "every release would build the same tag");
        noted.help("for example ghcr.io/acme/web:{version}");
    }
}

/// A path inside the repository.
fn inside(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let line = desk.line(written, 200)?;
    let leaves = line.starts_with('/') || line.split('/').any(|it| it == "..");
    let message = if leaves {
        "this leads out of the repository"
    } else if line.starts_with('-') {
        "this looks like an option"
    } else {
        return Some(line);
    };
    desk.note(written.span(), message)
        .help("write a path that begins at the repository, for example \"docker/web\"");
    None
}

fn platform(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let part = |it: &str| {
        it.starts_with(|c: char| c.is_ascii_lowercase()) && it.len() <= 20 && it.chars().all(fits)
    };
    let count = written.split('/').count();
    if (2..=3).contains(&count) && written.split('/').all(part) {
        return Some((**written).clone());
    }
    desk.note(written.span(), "this is no platform")
        .help("system and processor, for example \"linux/amd64\"");
    None
}

fn environment(app: &AppId, written: &At<String>, desk: &mut Desk) -> Option<EnvName> {
    let known = desk.names.apps.get(app.as_str()).cloned();
    let known = known.unwrap_or_default();
    if known.contains(written.as_str()) {
        return EnvName::new((**written).clone()).ok();
    }
    let help = match closest(written, known.iter().map(String::as_str)) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("environments: {}", comma(&known)),
    };
    let message = format!("`{app}` has no environment `{}`", **written);
    desk.note(written.span(), message).help(help);
    None
}

fn directory(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let line = desk.line(written, 500)?;
    if line.starts_with('/') {
        return Some(line);
    }
    desk.note(written.span(), "a path on a host begins with /")
        .help("for example \"/srv/shop\"");
    None
}

fn args(
    written: &At<BTreeMap<At<String>, At<String>>>,
    desk: &mut Desk,
) -> BTreeMap<String, String> {
    desk.limit(Some(written.span()), written.len(), MOST);
    let mut args = BTreeMap::new();
    for (name, value) in written.iter() {
        named(name, "an argument", desk);
        if looks_secret(name) || is_secret(value) {
            desk.note(value.span(), "whoever has the image can read its arguments")
                .label("hidden")
                .help("give secrets to the container that runs, and take this out");
            continue;
        }
        if placeholders::are_known(value, desk) && value.len() <= 1000 {
            args.insert((**name).clone(), (**value).clone());
        }
    }
    args
}

impl<'de> Deserialize<'de> for ImageSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;

        impl<'de> Visitor<'de> for Shape {
            type Value = ImageSection;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an image, or a table such as { build = \".\", image = \"…\" }")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ImageSection, E> {
                Ok(ImageSection::Found(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ImageSection, A::Error> {
                let built = BuildSection::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ImageSection::Built(Box::new(built)))
            }
        }

        deserializer.deserialize_any(Shape)
    }
}

impl JsonSchema for ImageSection {
    fn schema_name() -> Cow<'static, str> {
        "Image".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let built = generator.subschema_for::<BuildSection>();
        json_schema!({ "anyOf": [{ "type": "string" }, built] })
    }
}
