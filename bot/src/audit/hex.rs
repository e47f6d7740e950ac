//! Bytes as hexadecimal digits, and back.

use std::fmt::Write as _;

use shipbell_domain::ids::Hash;
use shipbell_storage::Digest;

/// Two digits a byte.
pub(super) fn digits(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

/// The bytes digits stand for.
pub(super) fn bytes(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// A hash as people read it.
pub(super) fn name(digest: &Digest) -> Hash {
    Hash::new(digits(digest)).expect("64 hexadecimal digits are a hash")
}

/// The bytes of a hash.
pub(super) fn digest(name: &Hash) -> Digest {
    let bytes = bytes(name.as_str()).and_then(|it| it.try_into().ok());
    bytes.expect("a hash is 64 hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_digits_and_bytes_again() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&digits(&all)), Some(all));
        for wrong in ["0", "0g", "+1", " 1"] {
            assert_eq!(bytes(wrong), None, "{wrong:?}");
        }
        assert_eq!(digest(&name(&[7; 32])), [7; 32]);
    }
}
