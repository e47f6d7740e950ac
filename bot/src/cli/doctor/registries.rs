//! Registries: whether each engine that would pull from one reaches it, and is let in.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_adapters::containers::{Kind, Target};

use super::{Finding, Hands, Told};
use crate::engine::Setup;

/// Asks every registry that the images of an application name.
pub(super) async fn examine(hands: &Hands, setup: &Setup) -> Vec<Told> {
    let mut findings = Vec::new();
    for (registry, asked) in named(setup) {
        let mut finding = Finding::Good("answers, and lets us in".to_owned());
        for (target, repository) in &asked {
            match hands.engines.in_registry(target, repository).await {
                // It has no such tag, which nobody said it had.
                Err(error) if error.kind == Kind::NotFound => {}
                Err(error) => finding = Finding::refused(error),
                Ok(_) => {}
            }
        }
        findings.push((format!("Registry {registry}"), finding));
    }
    findings
}

/// What is asked of each registry, by the engines that would pull from it. What names none
/// may be an image that was built on the engine.
fn named(setup: &Setup) -> BTreeMap<String, BTreeSet<(Target, String)>> {
    let mut all = BTreeMap::<String, BTreeSet<(Target, String)>>::new();
    for (id, site) in &setup.sites {
        let images = setup.policy(&id.app).map(|it| it.images.values());
        for reference in images.into_iter().flatten() {
            let Some((registry, repository)) = apart(reference) else {
                continue;
            };
            for (_, site) in site.each() {
                let asked = (site.target, repository.to_owned());
                all.entry(registry.to_owned()).or_default().insert(asked);
            }
        }
    }
    all
}

/// The registry that a reference names, and the reference without tag and digest.
fn apart(reference: &str) -> Option<(&str, &str)> {
    let (host, _) = reference.split_once('/')?;
    if !host.contains(['.', ':']) && host != "localhost" {
        return None;
    }
    let name = reference.split_once('@').map_or(reference, |(it, _)| it);
    let last = name.rfind('/').map_or(0, |it| it + 1);
    let end = name[last..].find(':').map_or(name.len(), |it| last + it);
    Some((host, &name[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_a_registry_is_asked_of_it() {
        let ghcr = Some(("ghcr.io", "ghcr.io/acme/web"));
        assert_eq!(apart("ghcr.io/acme/web:{version}"), ghcr);
        assert_eq!(apart("ghcr.io/acme/web"), ghcr);
        let own = Some(("r:5000", "r:5000/web"));
        assert_eq!(apart("r:5000/web@sha256:ab"), own);
        assert_eq!(apart("acme/web:1"), None);
    }
}
