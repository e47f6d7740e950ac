//! One whole world from one seed: it runs, it calms down, and then it is judged.

mod reading;
mod story;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};

use super::bot::Ground;
use super::chance::Chance;
use super::chat::Service;
use super::containers::Engine;
use super::diary::Diary;
use super::disk::{Disk, Medium};
use super::executor::{Executor, Owner, Stop, Trace};
use super::mutants::Mutant;
use super::oracle::{Facts, Invariant, Violation, judge};
use super::people::People;
use super::ports::LockFiles;
use super::store::Ledger;
use super::team::{ACCOUNTS, SURFACES, Team};
use super::weather::Weather;

/// Which world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Decides everything.
    pub seed: u64,
    /// How many releases people bring on their way.
    pub releases: u32,
    /// What its database lies on.
    pub medium: Medium,
    /// The mistake the bot makes.
    pub mutant: Option<Mutant>,
}

/// What became of a world.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What did not hold.
    pub violations: Vec<Violation>,
    /// What happened, readable; empty if all held.
    pub story: String,
    /// The same for the same plan.
    pub trace: Trace,
    /// How much there was of everything.
    pub tally: Tally,
}

/// How much there was of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events in the log.
    pub events: usize,
    /// Attempts begun.
    pub attempts: usize,
    /// Attempts verified.
    pub verified: usize,
    /// Messages posted.
    pub posts: usize,
    /// Lives of the bot.
    pub lives: usize,
}

/// Days on which a world may begin; two are close to a change of the clocks.
const DAYS: [(i32, u32, u32); 4] = [(2026, 3, 26), (2026, 6, 9), (2026, 10, 22), (2026, 11, 17)];

/// How long it stays calm before it is judged.
const CALM: TimeDelta = TimeDelta::hours(4);

/// The time from one release to the next, in minutes.
const APART: i32 = 60;

/// Runs a world to its end.
pub fn run(plan: Plan) -> Outcome {
    let world = World::new(plan);
    let ran = catch_unwind(AssertUnwindSafe(|| world.executor.run_until(world.end)));
    let mut violations = Vec::new();
    let broken = match ran {
        Ok(Stop::Time | Stop::Idle) => None,
        Ok(Stop::Livelock) => Some("tasks wake each other and time stands still".to_owned()),
        Err(panic) => Some(format!("panic: {}", words(panic.as_ref()))),
    };
    let facts = world.facts();
    match broken {
        Some(what) => {
            let (invariant, release, environment) = (Invariant::Alive, None, None);
            violations.push(Violation {
                invariant,
                what,
                release,
                environment,
            });
        }
        None => violations.extend(judge(&facts)),
    }
    let story = match violations.first() {
        Some(first) => story::of(plan, first, &facts, world.diary.lines()),
        None => String::new(),
    };
    world.executor.note(
        facts
            .events
            .iter()
            .map(|it| super::chance::digest(&it.hash.to_string()))
            .fold(0, u64::wrapping_add),
    );
    let tally = tally(&facts, &world.diary);
    Outcome {
        violations,
        story,
        trace: world.executor.trace(),
        tally,
    }
}

/// Runs a world to its end and tells all of it.
pub fn tell(plan: Plan) -> String {
    let world = World::new(plan);
    world.executor.run_until(world.end);
    story::all(&world.facts(), world.diary.lines())
}

struct World {
    executor: Executor,
    diary: Arc<Diary>,
    ground: Ground,
    people: People,
    end: DateTime<Utc>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.executor.end();
    }
}

impl World {
    fn new(plan: Plan) -> Self {
        let mut chance = Chance::new(plan.seed);
        let (year, month, day) = *chance.pick(&DAYS).expect("there are days");
        let hour = u32::try_from(chance.between(5, 9)).unwrap_or(6);
        let begin = Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).single();
        let begin = begin.expect("that day has that hour");
        let executor = Executor::new(begin, chance.draw());
        let releases = i32::try_from(plan.releases).unwrap_or(1);
        let length = TimeDelta::hours(2) + TimeDelta::minutes(APART.into()) * releases;
        let calm = begin + length;
        let weather = Arc::new(Weather::new(executor.clone(), calm));
        weather.plan_slips();
        let diary = Arc::new(Diary::new(executor.clone()));
        let services =
            SURFACES.map(|it| Service::new(it, executor.clone(), weather.clone(), diary.clone()));
        for service in &services {
            for (name, _, standing) in ACCOUNTS {
                service.join(&super::people::user(name).0, standing);
            }
        }
        let engine = Engine::new(executor.clone(), weather.clone(), diary.clone());
        let minutes = chance.between(0, 2 * u64::try_from(length.num_minutes()).unwrap_or(1));
        let ground = Ground {
            executor: executor.clone(),
            weather,
            diary: diary.clone(),
            team: Team::new(&mut chance),
            disk: Disk::new(plan.medium),
            ledger: Ledger::default(),
            services: services.to_vec(),
            engine: engine.clone(),
            locks: LockFiles::new(executor.clone(), engine),
            reform: begin + TimeDelta::minutes(i64::try_from(minutes).unwrap_or(0)),
            mutant: plan.mutant,
        };
        let people = People::new(executor.clone(), diary.clone(), services.to_vec());
        let world = Self {
            executor,
            diary,
            ground,
            people,
            end: calm + CALM,
        };
        world.begin(plan.releases, begin, calm);
        world
    }

    fn begin(&self, releases: u32, begin: DateTime<Utc>, calm: DateTime<Utc>) {
        self.executor
            .crash_often(self.ground.weather.crashes_in_a_million());
        let executor = self.executor.clone();
        let calming = async move {
            executor.until(calm).await;
            executor.crash_often(0);
        };
        self.executor.spawn(Owner::World, Box::pin(calming));
        self.executor
            .spawn(Owner::World, Box::pin(self.ground.clone().keep_alive()));
        // Nobody acts in the last minutes, so that what they did last can be taken in.
        let last = calm - TimeDelta::minutes(15);
        for number in 1..=releases {
            let minutes = i64::from(number - 1) * i64::from(APART);
            let late = self.executor.draw(|it| it.between(1, 60));
            let from = begin + TimeDelta::minutes(minutes + i64::try_from(late).unwrap_or(1));
            let release = self.people.clone().accompany(number, from, last);
            self.executor.spawn(Owner::World, Box::pin(release));
        }
    }
}

fn tally(facts: &Facts, diary: &Diary) -> Tally {
    let verified = facts
        .starts()
        .filter(|it| facts.end_of(it).is_some_and(|(_, good)| good));
    Tally {
        events: facts.events.len(),
        attempts: facts.starts().count(),
        verified: verified.count(),
        posts: facts.rooms.iter().map(|(_, posts)| posts.len()).sum(),
        lives: diary
            .lines()
            .iter()
            .filter(|it| it.what.ends_with("begins") && it.who == "bot")
            .count(),
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}
