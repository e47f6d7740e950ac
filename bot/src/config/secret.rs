//! Values that may be secret: named in the file, read from elsewhere when they are used.

use std::borrow::Cow;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use shipbell_adapters::secret::Secret;
use shipbell_domain::steps;

use super::at::At;
use super::desk::Desk;
use super::report::{is_secret, is_variable, looks_secret};

/// What is said about a secret in the file; its value is not.
pub(super) const WRITTEN_OUT: &str = "a secret is written in the file";

/// What to do about that.
pub(super) const HELP: &str =
    "write { env = \"NAME\" } or { file = \"/path\" } and keep the value out of this file";

/// The longest value there is.
const LONGEST: u64 = 64 * 1024;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The file itself: it is no secret.
    Plain(String),
    /// A variable of the bot's environment.
    Env(String),
    /// A file, without the line end it ends with.
    File(PathBuf),
}

/// Why a value cannot be had. Names the place, never the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not set, or not text.
    #[error("the environment variable {0} is not set; set it for the bot and start it again")]
    Env(String),
    /// It cannot be opened or read.
    #[error("{} cannot be read ({why}); it must be a text of at most 64 KiB the bot may read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
}

/// A value as it is written.
#[derive(Clone, Debug)]
pub(super) enum Written {
    Plain(String),
    Reference {
        env: Option<At<String>>,
        file: Option<At<String>>,
    },
}

impl Written {
    /// Whether it names a place instead of saying a value.
    pub(super) fn is_reference(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Reference { .. } => true,
        }
    }
}

impl Value {
    /// The value, read now: a changed file counts from the next use on.
    pub fn read(&self) -> Result<Secret, Unreadable> {
        match self {
            Self::Plain(text) => Ok(Secret::new(text.as_str())),
            Self::Env(name) => variable(name).map(Secret::new),
            Self::File(path) => contents(path).map(Secret::new),
        }
    }

    /// Whether the value is kept out of the configuration.
    pub fn is_secret(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }
}

impl From<Value> for steps::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Plain(text) => Self::Plain(text),
            Value::Env(name) => Self::Env(name),
            Value::File(path) => Self::File(path.to_string_lossy().into_owned()),
        }
    }
}

impl From<&steps::Value> for Value {
    fn from(value: &steps::Value) -> Self {
        match value {
            steps::Value::Plain(text) => Self::Plain(text.clone()),
            steps::Value::Env(name) => Self::Env(name.clone()),
            steps::Value::File(path) => Self::File(PathBuf::from(path)),
        }
    }
}

/// Checks a value that stands under `key`.
pub(super) fn lower(key: &str, written: &At<Written>, desk: &mut Desk) -> Option<Value> {
    match &**written {
        Written::Plain(text) if looks_secret(key) || is_secret(text) => {
            desk.note(written.span(), WRITTEN_OUT)
                .label("hidden")
                .help(HELP);
            None
        }
        Written::Plain(text) => Some(Value::Plain(text.clone())),
        Written::Reference {
            env: Some(name),
            file: None,
        } => {
            if is_variable(name) {
                return Some(Value::Env((**name).clone()));
            }
            // It may be the secret itself, so it is not repeated.
            let noted = desk.note(name.span(), "this is no name of an environment variable");
            noted.help("capital letters, digits and _, for example APP_TOKEN");
            None
        }
        Written::Reference {
            env: None,
            file: Some(path),
        } => Some(Value::File(desk.base.join(path.as_str()))),
        Written::Reference { .. } => {
            let noted = desk.note(written.span(), "a value comes from one place");
            noted.help("write { env = \"NAME\" } or { file = \"/path\" }");
            None
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the configuration is what reads the environment"
)]
fn variable(name: &str) -> Result<String, Unreadable> {
    std::env::var(name).map_err(|_| Unreadable::Env(name.to_owned()))
}

fn contents(path: &Path) -> Result<String, Unreadable> {
    let unreadable = |why: String| Unreadable::File {
        path: path.to_path_buf(),
        why,
    };
    let file = std::fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut text = String::new();
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    let read = read.map_err(|error| unreadable(error.to_string()))?;
    if read as u64 > LONGEST {
        return Err(unreadable("it is too long".to_owned()));
    }
    Ok(text
        .strip_suffix('\n')
        .map_or(text.as_str(), |it| it.trim_end_matches('\r'))
        .to_owned())
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "{ env = \"NAME\" } or { file = \"/path\" }"
)]
struct Reference {
    env: Option<At<String>>,
    file: Option<At<String>>,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;

        impl<'de> Visitor<'de> for Shape {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, { env = \"NAME\" } or { file = \"/path\" }")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
                Ok(Written::Plain(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                let it = Reference::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Written::Reference {
                    env: it.env,
                    file: it.file,
                })
            }
        }

        deserializer.deserialize_any(Shape)
    }
}

impl JsonSchema for Written {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |key: &str| {
            json_schema!({
                "type": "object",
                "properties": { key: { "type": "string" } },
                "required": [key],
                "additionalProperties": false,
            })
        };
        json_schema!({ "anyOf": [{ "type": "string" }, one("env"), one("file")] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_without_its_last_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "ab c\r\n").unwrap();
        assert_eq!(Value::File(path.clone()).read().unwrap().expose(), "ab c");
        std::fs::write(&path, "x".repeat(70_000)).unwrap();
        let error = Value::File(path).read().unwrap_err().to_string();
        assert!(
            error.contains("it is too long") && !error.contains("xxx"),
            "{error}"
        );
        assert!(
            Value::Env("SHIPBELL_SURELY_UNSET".to_owned())
                .read()
                .is_err()
        );
    }
}
