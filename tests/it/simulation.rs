//! The bot in simulated worlds: everything holds, and every known mistake is caught.

use std::sync::atomic::{AtomicU64, Ordering};

use shipbell_tests::sim::mutants::Mutant;
use shipbell_tests::sim::{Medium, Outcome, Plan, run};

/// How many worlds every test run sees.
const SEEDS: u64 = 200;

/// In how many a mistake may hide: the rarest shows itself in one of some hundred.
const HIDING: u64 = 1_000;

/// How many of them on a real SQLite file.
const ON_SQLITE: u64 = 20;

/// How many releases there are in each.
const RELEASES: u32 = 3;

#[test]
fn everything_holds_in_every_world() {
    let bad = first_bad(SEEDS, Medium::Memory, None);
    if let Some((_, outcome)) = bad {
        panic!("{}", outcome.story);
    }
}

#[test]
fn everything_holds_on_the_store_of_production() {
    let bad = first_bad(ON_SQLITE, Medium::Sqlite, None);
    if let Some((_, outcome)) = bad {
        panic!("{}", outcome.story);
    }
}

#[test]
fn a_seed_decides_everything() {
    let memory = (0..5).map(|seed| (seed, Medium::Memory));
    for (seed, medium) in memory.chain([(5, Medium::Sqlite)]) {
        let plan = Plan {
            seed,
            releases: RELEASES,
            medium,
            mutant: None,
        };
        let (once, twice) = (run(plan), run(plan));
        assert_eq!(once.trace, twice.trace, "seed {seed}");
        assert_eq!(once.tally, twice.tally, "seed {seed}");
    }
}

#[test]
fn every_mistake_is_caught() {
    let survivors: Vec<Mutant> = Mutant::ALL
        .into_iter()
        .filter(|mutant| first_bad(HIDING, Medium::Memory, Some(*mutant)).is_none())
        .collect();
    assert!(
        survivors.is_empty(),
        "never caught in {HIDING} worlds: {survivors:?}"
    );
}

/// Whether something did not hold; of a mistake, what it breaks.
fn is_bad(mutant: Option<Mutant>, outcome: &Outcome) -> bool {
    match mutant {
        Some(mutant) => mutant.is_caught(&outcome.violations),
        None => !outcome.violations.is_empty(),
    }
}

/// The first world in which something did not hold.
fn first_bad(seeds: u64, medium: Medium, mutant: Option<Mutant>) -> Option<(u64, Outcome)> {
    let next = AtomicU64::new(0);
    let look = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= seeds {
            return None;
        }
        let outcome = run(Plan {
            seed,
            releases: RELEASES,
            medium,
            mutant,
        });
        if is_bad(mutant, &outcome) {
            next.store(seeds, Ordering::Relaxed);
            return Some((seed, outcome));
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(look);
        let mine = look();
        let theirs = other.join().expect("a world does not panic");
        [mine, theirs]
            .into_iter()
            .flatten()
            .min_by_key(|(seed, _)| *seed)
    })
}
