//! Text from outside made fit to keep and to show: cleaned, redacted, bounded.

pub mod base64;
pub mod clean;
mod forms;
pub mod lines;
mod patterns;

use std::sync::{Arc, PoisonError, RwLock};

use crate::secret::Secret;

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// Values shorter than this are not looked for: they would be found everywhere.
pub const SHORTEST: usize = 6;

/// Removes secrets from lines: known values in their usual spellings, and
/// whatever looks like a credential. Clones share what they know.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Vec<String>>>,
}

impl Redactor {
    /// One that knows these values.
    pub fn knowing<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let redactor = Self::default();
        for secret in secrets {
            redactor.learn(secret);
        }
        redactor
    }

    /// Also removes this value from now on, and each line of it, as itself and
    /// as base64, percent-encoded or JSON text.
    pub fn learn(&self, secret: &Secret) {
        let whole = secret.expose().trim();
        let mut found: Vec<String> = std::iter::once(whole)
            .chain(whole.lines().map(str::trim))
            .filter(|part| part.len() >= SHORTEST)
            .flat_map(forms::of)
            .filter(|form| form.len() >= SHORTEST)
            .collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        found.append(&mut known);
        // The longest first, lest a part of a secret hide the rest from view.
        found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        found.dedup();
        *known = found;
    }

    /// One line without its secrets.
    pub fn line(&self, line: &str) -> String {
        let mut text = line.to_owned();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for value in known.iter().filter(|value| line.contains(value.as_str())) {
            text = text.replace(value.as_str(), REDACTED);
        }
        drop(known);
        patterns::redact(text)
    }

    /// A text of several lines, each cleaned and redacted.
    pub fn text(&self, text: &str) -> String {
        let mut splitter = lines::Splitter::new(self.clone());
        let mut out = splitter.push(text.as_bytes());
        out.extend(splitter.finish());
        out.join("\n")
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_known_value_in_every_spelling() {
        let redactor = Redactor::knowing([&Secret::new("p@ss wörd/1")]);
        for line in [
            "plain p@ss wörd/1 here".to_owned(),
            format!("base64 {}", base64::encode("p@ss wörd/1".as_bytes())),
            format!("basic {}", base64::encode("deploy:p@ss wörd/1".as_bytes())),
            format!("basic {}", base64::encode("de:p@ss wörd/1!".as_bytes())),
            format!("basic {}", base64::encode("d:p@ss wörd/1".as_bytes())),
            "url p%40ss%20w%C3%B6rd%2F1".to_owned(),
            "url p%40ss%20w%c3%b6rd%2f1".to_owned(),
            "form p%40ss+w%C3%B6rd%2F1".to_owned(),
        ] {
            let shown = redactor.line(&line);
            assert!(shown.contains(REDACTED), "{line} became {shown}");
            assert!(!shown.contains("rd/1"), "{line} became {shown}");
        }
    }

    #[test]
    fn the_longer_of_two_values_goes_first() {
        let redactor = Redactor::knowing([&"secret".into(), &"secret-and-more".into()]);
        assert_eq!(redactor.line("it is secret-and-more."), "it is [redacted].");
    }

    #[test]
    fn short_values_are_left_alone() {
        assert_eq!(Redactor::knowing([&"abc".into()]).line("abcdef"), "abcdef");
    }

    #[test]
    fn clones_learn_together() {
        let one = Redactor::default();
        let other = one.clone();
        one.learn(&"swordfish".into());
        assert_eq!(other.line("say swordfish"), "say [redacted]");
    }
}
