//! How many people of which roles must consent, and whether they have.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{Person, Role};

/// Numbers of people by role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quorum(pub BTreeMap<Role, u32>);

impl Quorum {
    /// Whether nobody needs to consent.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }

    /// How many people it takes.
    pub fn size(&self) -> u32 {
        self.0.values().sum()
    }

    /// The roles, each with how many people are still missing.
    ///
    /// Everybody counts once and for one role only, whatever roles they hold,
    /// and is counted where it helps most.
    pub fn missing(&self, people: &BTreeMap<Person, BTreeSet<Role>>) -> BTreeMap<Role, u32> {
        let seats: Vec<&Role> = (self.0.iter())
            .flat_map(|(role, count)| std::iter::repeat_n(role, *count as usize))
            .collect();
        let people: Vec<&BTreeSet<Role>> = people.values().collect();
        let mut taken: Vec<Option<usize>> = vec![None; seats.len()];
        for person in 0..people.len() {
            let mut tried = vec![false; seats.len()];
            seat(person, &seats, &people, &mut taken, &mut tried);
        }
        let mut missing = BTreeMap::new();
        for (role, by) in seats.into_iter().zip(taken) {
            if by.is_none() {
                *missing.entry(role.clone()).or_insert(0) += 1;
            }
        }
        missing
    }

    /// Whether these people are enough.
    pub fn met(&self, people: &BTreeMap<Person, BTreeSet<Role>>) -> bool {
        self.missing(people).is_empty()
    }
}

/// Finds a seat for a person, moving others where they can sit elsewhere.
fn seat(
    person: usize,
    seats: &[&Role],
    people: &[&BTreeSet<Role>],
    taken: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for index in 0..seats.len() {
        if tried[index] || !people[person].contains(seats[index]) {
            continue;
        }
        tried[index] = true;
        let free = match taken[index] {
            None => true,
            Some(other) => seat(other, seats, people, taken, tried),
        };
        if free {
            taken[index] = Some(person);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> Role {
        Role::new(name).unwrap()
    }

    fn quorum(seats: &[(&str, u32)]) -> Quorum {
        Quorum(
            seats
                .iter()
                .map(|(name, count)| (role(name), *count))
                .collect(),
        )
    }

    fn people(all: &[(&str, &[&str])]) -> BTreeMap<Person, BTreeSet<Role>> {
        let one = |(name, roles): &(&str, &[&str])| {
            (
                Person::new(*name).unwrap(),
                roles.iter().map(|it| role(it)).collect(),
            )
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn one_person_fills_one_seat() {
        let both = quorum(&[("owner", 1), ("sre", 1)]);
        assert!(!both.met(&people(&[("ana", &["owner", "sre"])])));
        assert!(both.met(&people(&[("ana", &["owner", "sre"]), ("bo", &["owner"])])));
        assert!(both.met(&people(&[("ana", &["owner"]), ("bo", &["owner", "sre"])])));
        assert!(!both.met(&people(&[("ana", &["owner"]), ("bo", &["owner"])])));
    }

    #[test]
    fn what_is_missing_is_said_by_role() {
        let two = quorum(&[("owner", 2)]);
        assert_eq!(
            two.missing(&people(&[("ana", &["owner"])])),
            [(role("owner"), 1)].into()
        );
        assert!(quorum(&[]).is_empty());
    }
}
