//! Files that carry the key they were put there under, in a name people do not see.

use sha2::{Digest as _, Sha256};

/// A name people do not see, with the key in it: `deploy.9f2c1a2b77aa0d1e.log`.
pub(super) fn named(name: &str, key: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    format!("{stem}.{}.{ending}", mark(key))
}

/// Whether a file's name has the key in it.
pub(super) fn is_named(name: &str, key: &str) -> bool {
    name.contains(&format!(".{}.", mark(key)))
}

/// A key as sixteen digits.
pub(super) fn mark(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let start = digest.first_chunk().map_or(0, |it| u64::from_be_bytes(*it));
    format!("{start:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        let name = named("deploy.log", "log/7");
        assert_eq!(name.split('.').next_back(), Some("log"));
        assert_eq!(name.split('.').next(), Some("deploy"));
        assert!(is_named(&name, "log/7") && !is_named(&name, "log/8"));
        assert_eq!(named("deploy", "log/7").split('.').next_back(), Some("txt"));
    }
}
