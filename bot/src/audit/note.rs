//! Signed notes: a text, and under it who signed it. The form is C2SP's `signed-note`
//! and that of Go's `golang.org/x/mod/sumdb/note`, so that other programs check them too.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

use super::hex::digits;

/// What Ed25519 is called in a key's own bytes.
const TYPE: u8 = 1;

/// How a secret key begins as text.
const SECRET: &str = "PRIVATE+KEY+";

/// Signs notes under a name.
pub struct Signer {
    pair: Ed25519KeyPair,
    verifier: Verifier,
}

/// Checks the notes of one signer; as text, what is called a verifier key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    key: [u8; 32],
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no key, or was changed: it should be `name+id+key`, the id made from both")]
pub struct BadKey;

/// Why a note is not what its signer signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// There is no text with signatures under it.
    #[error("it is no signed note")]
    NoNote,
    /// Somebody else signed it, or the signature's own name was changed.
    #[error("it is not signed with this key")]
    NotSigned,
    /// The signature is not the text's.
    #[error("its signature does not fit what it says: one of them was changed")]
    Forged,
}

impl Signer {
    /// Signs as `name`, which may have neither spaces nor `+`, with 32 secret bytes.
    pub fn new(name: &str, secret: &[u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(secret).expect("any 32 bytes are a seed");
        let public = pair.public_key().as_ref();
        let key = public.try_into().expect("a public key has 32 bytes");
        let verifier = Verifier::new(name.to_owned(), key);
        Self { pair, verifier }
    }

    /// Reads a secret key as [`secret`] writes it.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let (name, id, secret) = parts(text.strip_prefix(SECRET).ok_or(BadKey)?)?;
        let signer = Self::new(name, &secret);
        if signer.verifier.short() == id {
            Ok(signer)
        } else {
            Err(BadKey)
        }
    }

    /// What checks its notes.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Signs a text, which must end with a line's end.
    pub fn sign(&self, text: &str) -> String {
        let Verifier { name, id, .. } = &self.verifier;
        let mut bytes = id.to_vec();
        bytes.extend(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n\u{2014} {name} {}\n", STANDARD.encode(bytes))
    }
}

/// A secret key as text.
pub fn secret(name: &str, secret: &[u8; 32]) -> String {
    let id = Signer::new(name, secret).verifier.short();
    format!("{SECRET}{name}+{id}+{}", encoded(secret))
}

impl Verifier {
    fn new(name: String, key: [u8; 32]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(&name);
        hasher.update([b'\n', TYPE]);
        hasher.update(key);
        let digest: [u8; 32] = hasher.finalize().into();
        let [a, b, c, d, ..] = digest;
        let id = [a, b, c, d];
        Self { name, id, key }
    }

    /// Reads a verifier key.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let (name, id, key) = parts(text)?;
        let read = Self::new(name.to_owned(), key);
        if read.short() == id {
            Ok(read)
        } else {
            Err(BadKey)
        }
    }

    /// Eight digits that tell it from others, but not from one that was made to look like it.
    pub fn short(&self) -> String {
        digits(&self.id)
    }

    /// The SHA-256 of the key's 32 bytes.
    pub fn fingerprint(&self) -> String {
        digits(&Sha256::digest(self.key))
    }

    /// The text of a note that this signer signed.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let (text, signatures) = split(note).ok_or(NoteError::NoNote)?;
        for line in signatures.lines() {
            let (name, bytes) = signature(line).ok_or(NoteError::NoNote)?;
            let (id, bytes) = bytes.split_first_chunk::<4>().ok_or(NoteError::NoNote)?;
            if name == self.name && *id == self.id {
                let key = UnparsedPublicKey::new(&ED25519, &self.key);
                let checked = key.verify(text.as_bytes(), bytes);
                return checked.map(|()| text).map_err(|_| NoteError::Forged);
            }
        }
        Err(NoteError::NotSigned)
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.short(), encoded(&self.key))
    }
}

/// What a note says, whoever signed it: for naming it where it cannot be trusted.
pub fn text(note: &str) -> Option<&str> {
    split(note).map(|(text, _)| text)
}

/// The text, with the end of its last line, and the signatures.
fn split(note: &str) -> Option<(&str, &str)> {
    let end = note.rfind("\n\n")?;
    let (text, signatures) = (note.get(..=end)?, note.get(end + 2..)?);
    let whole = signatures.ends_with('\n');
    (whole && !signatures.is_empty()).then_some((text, signatures))
}

/// Whose signature it is, and its bytes.
fn signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    Some((name, STANDARD.decode(bytes).ok()?))
}

fn encoded(key: &[u8; 32]) -> String {
    let mut bytes = vec![TYPE];
    bytes.extend(key);
    STANDARD.encode(bytes)
}

/// `name+id+key`
fn parts(text: &str) -> Result<(&str, &str, [u8; 32]), BadKey> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(BadKey);
    };
    let bytes = STANDARD.decode(key).map_err(|_| BadKey)?;
    let [TYPE, key @ ..] = bytes.as_slice() else {
        return Err(BadKey);
    };
    let speaks = !name.is_empty() && !name.contains(char::is_whitespace);
    let key = key.try_into().ok().filter(|_| speaks);
    Ok((name, id, key.ok_or(BadKey)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the documentation of Go's package.
    const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\
        \n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn notes_of_other_programs_are_understood() {
        let verifier = Verifier::parse(GO_KEY).unwrap();
        assert_eq!(verifier.to_string(), GO_KEY);
        let text = verifier.open(GO_NOTE).unwrap();
        assert!(text.ends_with("your problem is.\n"), "{text:?}");
        assert_eq!(super::text(GO_NOTE), Some(text));
    }

    #[test]
    fn what_is_signed_is_read_again_with_the_key_and_no_other() {
        let signer = Signer::new("shipbell/07", &[7; 32]);
        let note = signer.sign("one\n\ntwo\n");
        let verifier = Verifier::parse(&signer.verifier().to_string()).unwrap();
        assert_eq!(verifier.open(&note), Ok("one\n\ntwo\n"));
        let other = Signer::new("shipbell/07", &[8; 32]);
        assert_eq!(other.verifier().open(&note), Err(NoteError::NotSigned));
        let again = Signer::parse(&secret("shipbell/07", &[7; 32])).unwrap();
        assert_eq!(
            again.sign("one\n\ntwo\n"),
            note,
            "the same text, the same note"
        );
    }

    #[test]
    fn every_changed_byte_of_a_note_and_of_a_key_is_noticed() {
        let signer = Signer::new("shipbell/07", &[7; 32]);
        let changes = |text: &str| -> Vec<String> {
            let flip = |at: usize| {
                let mut bytes = text.to_owned().into_bytes();
                bytes[at] ^= 1;
                String::from_utf8_lossy(&bytes).into_owned()
            };
            (0..text.len()).map(flip).collect()
        };
        for changed in changes(&signer.sign("one\ntwo\n")) {
            signer.verifier().open(&changed).unwrap_err();
        }
        for changed in changes(&signer.verifier().to_string()) {
            assert_eq!(Verifier::parse(&changed), Err(BadKey), "{changed:?}");
        }
        for changed in changes(&secret("shipbell/07", &[7; 32])) {
            assert!(Signer::parse(&changed).is_err(), "{changed:?}");
        }
    }
}
