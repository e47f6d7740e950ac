//! Names that must not be mixed up, each checked where it is made.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a name was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {what}: {rule}")]
pub struct BadName {
    /// What was given, shortened.
    pub given: String,
    /// What it should have been: "a version".
    pub what: &'static str,
    /// What is allowed.
    pub rule: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps a name.
            pub fn new(name: impl Into<String>) -> Result<Self, BadName> {
                let name = name.into();
                if $check(&name) {
                    Ok(Self(name))
                } else {
                    let given = name.chars().take(40).collect();
                    Err(BadName { given, what: $what, rule: $rule })
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(name: String) -> Result<Self, BadName> {
                Self::new(name)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// Reads the short form people type.
            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.strip_prefix($letter).or(text.strip_prefix('#')).unwrap_or(text);
                digits.parse().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $letter, self.0)
            }
        }
    };
}

const WORD_RULE: &str =
    "lower-case letters, digits, `-` and `_`, beginning with a letter or digit, at most 64";
const VERSION_RULE: &str =
    "letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 128";
const KEY_RULE: &str = "1 to 200 visible characters";

name!(
    /// An application, `rapid-audit`.
    AppId, "an application's name", is_word, WORD_RULE
);
name!(
    /// An environment within its application, `production`.
    EnvName, "an environment's name", is_word, WORD_RULE
);
name!(
    /// A person, the same one on every chat platform.
    Person, "a person's name", is_word, WORD_RULE
);
name!(
    /// A role people hold, `product-owner`.
    Role, "a role's name", is_word, WORD_RULE
);
name!(
    /// A compose service or an image's short name, `php`.
    ServiceName, "a service's name", is_service, VERSION_RULE
);
name!(
    /// One of several hosts of an environment, `web-1`.
    HostName, "a host's name", is_service, VERSION_RULE
);
name!(
    /// What a release is called, `2026.11.20-1`.
    Version, "a version", is_version, VERSION_RULE
);
name!(
    /// A chat destination, `web` or `slack`.
    Surface, "a chat platform", is_word, WORD_RULE
);
name!(
    /// A hash in lower-case hexadecimal.
    Hash, "a hash", is_hash, "64 hexadecimal digits"
);
name!(
    /// The name under which something is done in the world, the same on every try.
    Key, "a key", is_key, KEY_RULE
);

number!(
    /// A release, `r142`.
    ReleaseId, 'r'
);
number!(
    /// An incident, `i7`.
    IncidentId, 'i'
);
number!(
    /// A one-off window, `w3`.
    WindowId, 'w'
);
number!(
    /// A freeze set by hand, `f2`.
    FreezeId, 'f'
);

/// One environment of one application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EnvId {
    /// The application.
    pub app: AppId,
    /// Its environment.
    pub env: EnvName,
}

impl fmt::Display for EnvId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.app, self.env)
    }
}

impl Hash {
    /// The first eight digits, enough for people.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }

    /// Hashes parts, each with its length before it so that none can run into the next.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        use sha2::Digest as _;
        use std::fmt::Write as _;

        let mut hasher = sha2::Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let mut hex = String::with_capacity(64);
        for byte in hasher.finalize() {
            write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Self(hex)
    }
}

impl Key {
    /// Joins parts already known to be well-formed.
    pub fn join(parts: &[&dyn fmt::Display]) -> Self {
        let words: Vec<String> = parts.iter().map(ToString::to_string).collect();
        Self(words.join("/"))
    }
}

fn is_word(name: &str) -> bool {
    let mut chars = name.chars();
    let first = chars.next();
    name.len() <= 64
        && first.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

fn is_version(name: &str) -> bool {
    let mut chars = name.chars();
    name.len() <= 128
        && chars.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn is_service(name: &str) -> bool {
    is_version(name)
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

fn is_key(name: &str) -> bool {
    (1..=200).contains(&name.len()) && name.chars().all(|c| !c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_cannot_carry_a_shell_or_a_path() {
        for bad in [
            "",
            "-1",
            "1;rm",
            "1 2",
            "../1",
            "$(x)",
            "1\n2",
            "é",
            &"1".repeat(129),
        ] {
            assert!(Version::new(bad).is_err(), "{bad:?}");
        }
        for good in ["2026.11.20-1", "v1.2.3", "a_b", "0"] {
            assert!(Version::new(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_short_number_is_read_as_people_type_it() {
        for typed in ["r142", "#142", "142"] {
            assert_eq!(ReleaseId::parse(typed), Some(ReleaseId(142)));
        }
        assert_eq!(ReleaseId::parse("i7"), None);
        assert_eq!(ReleaseId(142).to_string(), "r142");
    }

    #[test]
    fn a_hash_tells_where_one_part_ends() {
        assert_ne!(
            Hash::of([b"ab".as_slice(), b"c"]),
            Hash::of([b"a".as_slice(), b"bc"])
        );
    }
}
