//! Simulates many worlds: `simulate --seeds 2000 --from 0 --releases 20 [--mutant Name]`.

use std::io::Write as _;
use std::process::ExitCode;

use mimalloc::MiMalloc;
use shipbell_tests::sim::mutants::Mutant;
use shipbell_tests::sim::{Medium, Plan, run, tell};

/// Worlds copy what stands again and again: two fifths of their time went into the
/// system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const USAGE: &str = "\
usage: simulate [--seeds N] [--from SEED] [--releases N] [--store memory|sqlite]
                [--mutant NAME|all]
       simulate --tell SEED [--releases N]";

/// How many threads share the seeds.
const THREADS: u64 = 2;

struct Wanted {
    seeds: u64,
    from: u64,
    releases: u32,
    medium: Medium,
    mutants: Vec<Option<Mutant>>,
    tell: Option<u64>,
}

impl Wanted {
    fn plan(&self, seed: u64, mutant: Option<Mutant>) -> Plan {
        Plan {
            seed,
            releases: self.releases,
            medium: self.medium,
            mutant,
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(wanted) = read(&arguments) else {
        say(USAGE);
        return ExitCode::from(2);
    };
    if let Some(seed) = wanted.tell {
        let mutant = wanted.mutants.first().copied().flatten();
        say(&tell(wanted.plan(seed, mutant)));
        return ExitCode::SUCCESS;
    }
    let mut good = true;
    for mutant in &wanted.mutants {
        let caught = simulate(&wanted, *mutant);
        good &= caught == mutant.is_some();
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Whether anything was caught.
fn simulate(wanted: &Wanted, mutant: Option<Mutant>) -> bool {
    let mut begin = wanted.from;
    let end = wanted.from + wanted.seeds;
    while begin < end {
        let stop = end.min(begin + if mutant.is_some() { THREADS } else { 1000 });
        let stories = range(begin, stop, |seed| wanted.plan(seed, mutant));
        if let Some((seed, story)) = stories.into_iter().min() {
            match mutant {
                Some(mutant) => {
                    let first = story.lines().next().unwrap_or_default();
                    say(&format!(
                        "{mutant:?}: caught after {} seeds: {first}",
                        seed + 1 - wanted.from
                    ));
                }
                None => say(&story),
            }
            return true;
        }
        if mutant.is_none() {
            say(&format!("{begin}..{stop}: all held"));
        }
        begin = stop;
    }
    if let Some(mutant) = mutant {
        say(&format!(
            "{mutant:?}: never caught in {} seeds",
            wanted.seeds
        ));
    }
    false
}

fn range(begin: u64, stop: u64, plan: impl Fn(u64) -> Plan + Sync) -> Vec<(u64, String)> {
    let some = |first: u64| {
        let mut stories = Vec::new();
        for seed in (begin + first..stop).step_by(usize::try_from(THREADS).unwrap_or(1)) {
            let plan = plan(seed);
            let outcome = run(plan);
            let bad = match plan.mutant {
                Some(mutant) => mutant.is_caught(&outcome.violations),
                None => !outcome.violations.is_empty(),
            };
            if bad {
                stories.push((seed, outcome.story));
                break;
            }
        }
        stories
    };
    let some = &some;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|it| scope.spawn(move || some(it)))
            .collect();
        let joined = threads
            .into_iter()
            .map(|it| it.join().expect("a world does not panic"));
        joined.flatten().collect()
    })
}

fn read(arguments: &[String]) -> Option<Wanted> {
    let mut wanted = Wanted {
        seeds: 200,
        from: 0,
        releases: 20,
        medium: Medium::Memory,
        mutants: vec![None],
        tell: None,
    };
    for pair in arguments.chunks(2) {
        let [flag, value] = pair else { return None };
        match flag.as_str() {
            "--seeds" => wanted.seeds = value.parse().ok()?,
            "--from" => wanted.from = value.parse().ok()?,
            "--releases" => wanted.releases = value.parse().ok()?,
            "--store" if value == "memory" => wanted.medium = Medium::Memory,
            "--store" if value == "sqlite" => wanted.medium = Medium::Sqlite,
            "--tell" => wanted.tell = Some(value.parse().ok()?),
            "--mutant" if value == "all" => wanted.mutants = Mutant::ALL.map(Some).into(),
            "--mutant" => wanted.mutants = vec![Some(Mutant::named(value)?)],
            _ => return None,
        }
    }
    Some(wanted)
}

fn say(line: &str) {
    // Whoever reads may have gone; the exit code still tells.
    drop(writeln!(std::io::stdout(), "{line}"));
}
