//! How files of ours for a project are called: those that are read by a look are no other's.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Aim;

/// Names that looks have taken. What changes a project has its own name, and its caller
/// sees to it that nothing else does at the same time.
#[derive(Debug, Default)]
pub(in crate::containers::docker) struct Stems(Mutex<BTreeSet<String>>);

/// A name, for as long as this is kept.
pub(super) struct Stem<'a> {
    name: String,
    stems: &'a Stems,
}

impl Stems {
    /// The first name that nobody has: few files are left, however often somebody looks.
    pub(super) fn take(&self, project: &str, aim: Aim) -> Stem<'_> {
        let mut taken = self.taken();
        let mut name = match aim {
            Aim::Act => project.to_owned(),
            Aim::Look => format!("{project}.look"),
        };
        let mut count = 1;
        while aim == Aim::Look && !taken.insert(name.clone()) {
            count += 1;
            name = format!("{project}.look-{count}");
        }
        drop(taken);
        Stem { name, stems: self }
    }

    fn taken(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stem<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.name
    }
}

impl Drop for Stem<'_> {
    fn drop(&mut self) {
        self.stems.taken().remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_have_names_of_their_own_and_give_them_back() {
        let stems = Stems::default();
        let act = stems.take("shop", Aim::Act);
        let first = stems.take("shop", Aim::Look);
        let second = stems.take("shop", Aim::Look);
        let names = [act.as_str(), first.as_str(), second.as_str()];
        assert_eq!(names, ["shop", "shop.look", "shop.look-2"]);
        drop(first);
        assert_eq!(stems.take("shop", Aim::Look).as_str(), "shop.look");
        assert_eq!(stems.take("blog", Aim::Look).as_str(), "blog.look");
    }
}
