//! The repositories images may come from.

use serde::{Deserialize, Serialize};

/// Repositories, or what their names begin with up to a slash. None at all allows all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repositories(pub Vec<String>);

impl Repositories {
    /// Whether every image is welcome.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an image with this reference may run.
    pub fn allow(&self, reference: &str) -> bool {
        let repository = repository(reference);
        let holds = |it: &String| {
            let it = it.trim_end_matches('/');
            let rest = repository.strip_prefix(it);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.is_empty() || self.0.iter().any(holds)
    }
}

/// The reference without digest and tag. A registry's port is no tag.
fn repository(reference: &str) -> &str {
    let name = reference
        .split_once('@')
        .map_or(reference, |(name, _)| name);
    let last = name.rfind('/').map_or(0, |it| it + 1);
    match name[last..].find(':') {
        Some(colon) => &name[..last + colon],
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_allowed_whole_or_up_to_a_slash() {
        let list = |them: &[&str]| Repositories(them.iter().map(|it| (*it).to_owned()).collect());
        let acme = list(&["ghcr.io/acme/", "localhost:5000/web"]);
        for good in [
            "ghcr.io/acme/web:1",
            "ghcr.io/acme/deep/web@sha256:12",
            "localhost:5000/web",
            "localhost:5000/web:1@sha256:12",
        ] {
            assert!(acme.allow(good), "{good}");
        }
        for bad in [
            "ghcr.io/acme-evil/web:1",
            "ghcr.io/acm",
            "localhost:5000/webs:1",
            "web:1",
            "sha256:1234",
            "",
        ] {
            assert!(!acme.allow(bad), "{bad}");
        }
        assert!(list(&[]).allow("anything:1"));
    }
}
