//! The name a policy is known by: the hash of its canonical form.

use shipbell_domain::ids::Hash;
use shipbell_domain::policy::{Policy, WatchSegment};
use shipbell_domain::steps::Step;

/// Changes when the canonical form does.
const FORM: &[u8] = b"shipbell-policy-1";

/// The hash of a policy. What steps and checks are called is not in it.
pub(super) fn of(policy: &Policy) -> Hash {
    named(&canonical(policy))
}

/// The hash of a policy's canonical form.
pub fn named(canonical: &str) -> Hash {
    Hash::of([FORM, canonical.as_bytes()])
}

/// The canonical form of a policy, as it is hashed.
pub fn canonical(policy: &Policy) -> String {
    let mut canonical = policy.clone();
    for env in &mut canonical.environments {
        let untitled = |step: &mut Step| step.title = None;
        env.deploy.iter_mut().for_each(untitled);
        env.rollback.iter_mut().for_each(untitled);
        let watched = env
            .watch
            .iter_mut()
            .flat_map(|it: &mut WatchSegment| &mut it.checks);
        env.smoke
            .iter_mut()
            .chain(watched)
            .for_each(|check| check.title = None);
    }
    // Maps are sorted and fields stand in the order of their declaration.
    serde_json::to_string(&canonical).expect("a policy has only text for keys")
}
