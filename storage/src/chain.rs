//! The hash chain over the log: what makes a changed, lost or inserted event seen.
//!
//! Each hash covers the one before it and a salted commitment to the payload,
//! so that a payload can be erased and the chain still holds.

mod walk;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use shipbell_domain::Event;
use shipbell_domain::ids::Hash;

pub use walk::{Flaw, LogLine, Walk, Wrong};

use crate::StoreError;

/// The bytes of one hash.
pub type Digest = [u8; 32];

/// The hash before the first event.
pub(crate) const START: Digest = [0; 32];

/// The most bytes kept under one hash.
const MAX_KEPT: usize = 256 * 1024;

const DOMAIN: &[u8] = b"shipbell-ev-v1";

/// What an event's hash covers besides the hash before it and the commitment.
pub(crate) struct Link<'a> {
    pub(crate) seq: u64,
    pub(crate) at_us: i64,
    pub(crate) kind: &'a str,
    pub(crate) stream: &'a str,
    pub(crate) version: u64,
    pub(crate) actor: &'a str,
}

/// An event as it is stored.
pub(crate) struct Sealed {
    pub(crate) payload: String,
    pub(crate) salt: [u8; 16],
    pub(crate) commitment: Digest,
    pub(crate) hash: Digest,
}

impl Link<'_> {
    /// Writes an event and binds it to what came before.
    pub(crate) fn seal(
        &self,
        previous: &Digest,
        event: &Event,
        seed: &[u8; 32],
    ) -> Result<Sealed, StoreError> {
        let payload = canonical(event)?;
        let salt = self.salt(seed);
        let commitment = commitment(&salt, &payload);
        let hash = self.hash(previous, &commitment);
        Ok(Sealed {
            payload,
            salt,
            commitment,
            hash,
        })
    }

    /// The hash of the chain up to and with this event.
    pub(crate) fn hash(&self, previous: &Digest, commitment: &Digest) -> Digest {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(previous);
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.at_us.to_be_bytes());
        for text in [self.kind, self.stream] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        hasher.update(self.version.to_be_bytes());
        hasher.update((self.actor.len() as u64).to_be_bytes());
        hasher.update(self.actor);
        hasher.update(commitment);
        hasher.finalize().into()
    }

    fn salt(&self, seed: &[u8; 32]) -> [u8; 16] {
        let mut hasher = Sha256::new();
        hasher.update(b"shipbell-salt");
        hasher.update(seed);
        hasher.update(self.seq.to_be_bytes());
        let digest: Digest = hasher.finalize().into();
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest[..16]);
        salt
    }
}

/// Binds to a payload without telling it.
pub(crate) fn commitment(salt: &[u8], payload: &str) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(payload);
    hasher.finalize().into()
}

/// The hash under which bytes are kept outside the log: what `sha256sum` says.
pub(crate) fn keepable(bytes: &[u8]) -> Result<Hash, StoreError> {
    if bytes.len() > MAX_KEPT {
        return Err(StoreError::Unusable {
            what: format!("{} bytes are too many to keep at a time", bytes.len()),
            hint: format!("Keep them in pieces of at most {MAX_KEPT} bytes"),
        });
    }
    Ok(hex(&Sha256::digest(bytes).into()))
}

/// A hash as people read it.
pub(crate) fn hex(digest: &Digest) -> Hash {
    let mut text = String::with_capacity(64);
    for byte in digest {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    Hash::new(text).expect("64 hexadecimal digits are a hash")
}

/// One spelling only: members sorted by name, no spaces.
fn canonical(event: &Event) -> Result<String, StoreError> {
    let unwritable = |error| StoreError::Corrupt(format!("an event cannot be written: {error}"));
    let mut value = serde_json::to_value(event).map_err(unwritable)?;
    value.sort_all_objects();
    serde_json::to_string(&value).map_err(unwritable)
}
