//! What makes an own message known by its key: Discord keeps no such thing for a bot,
//! but it keeps the numbers of a message's parts.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Where a classic message carries its mark: an address nobody sees or follows.
const ADDRESS: &str = "https://shipbell.invalid/";

/// The flag of a message that is made of components alone.
pub(super) const MODERN: u64 = 1 << 15;

/// A key in two numbers, as parts of a message may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The outermost part's number.
    pub(super) outer: u32,
    /// The first part's in it.
    pub(super) inner: u32,
}

/// How a message is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Make {
    /// Of components: it can never become classic.
    Modern,
    /// Of text and an embed.
    Classic,
}

/// What is known of an own message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) make: Make,
    /// None if it was not posted under a key.
    pub(super) mark: Option<Mark>,
}

impl Mark {
    pub(super) fn of(key: &str) -> Self {
        let digest = Sha256::digest(key.as_bytes());
        let number = |from: usize| {
            let four = digest.iter().skip(from).take(4);
            let number = four.fold(0u32, |all, byte| (all << 8) | u32::from(*byte));
            // Positive, and never one Discord itself would count out.
            (number & 0x7fff_ffff).max(1000)
        };
        let (outer, inner) = (number(0), number(4));
        let inner = if inner == outer { inner ^ 1 } else { inner };
        Self { outer, inner }
    }

    /// As the address of a classic message's embed.
    pub(super) fn address(self) -> String {
        format!("{ADDRESS}{}-{}", self.outer, self.inner)
    }
}

impl Known {
    /// Reads what Discord shows of an own message.
    pub(super) fn of(message: &Value) -> Self {
        if message["flags"].as_u64().unwrap_or_default() & MODERN == 0 {
            let mark = message["embeds"][0]["url"].as_str().and_then(from_address);
            return Self {
                make: Make::Classic,
                mark,
            };
        }
        let outer = &message["components"][0];
        let number = |it: &Value| it["id"].as_u64().and_then(|it| u32::try_from(it).ok());
        let mark = number(outer).zip(number(&outer["components"][0]));
        let mark = mark.filter(|(outer, inner)| *outer >= 1000 && *inner >= 1000);
        Self {
            make: Make::Modern,
            mark: mark.map(|(outer, inner)| Mark { outer, inner }),
        }
    }
}

fn from_address(address: &str) -> Option<Mark> {
    let (outer, inner) = address.strip_prefix(ADDRESS)?.split_once('-')?;
    Some(Mark {
        outer: outer.parse().ok()?,
        inner: inner.parse().ok()?,
    })
}

/// What Discord refuses to post twice within minutes: at most 25 characters.
pub(super) fn nonce(key: &str) -> String {
    format!("sb{}", crate::chat::keyed::mark(key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mark_is_read_back_from_either_make() {
        let mark = Mark::of("card:r1");
        assert_ne!(mark, Mark::of("card:r2"));
        let modern = json!({ "flags": MODERN, "components": [
            { "type": 17, "id": mark.outer, "components": [{ "type": 10, "id": mark.inner }] }
        ] });
        let known = |make| Known {
            make,
            mark: Some(mark),
        };
        assert_eq!(Known::of(&modern), known(Make::Modern));
        let classic = json!({ "flags": 0, "embeds": [{ "url": mark.address() }] });
        assert_eq!(Known::of(&classic), known(Make::Classic));
        let counted = json!({ "flags": MODERN, "components": [
            { "type": 17, "id": 1, "components": [{ "type": 10, "id": 2 }] }
        ] });
        assert_eq!(Known::of(&counted).mark, None);
        assert!(nonce("card:r1").len() <= 25);
    }
}
