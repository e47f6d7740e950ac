//! One replica: a bot that dies and is started again, and what it left at work on the host.
//!
//! The log, the bot and the host are as they are in the product: an attempt is
//! an event with number and fence; the driver takes the environment's lock file,
//! records that a piece of work begins, does it, and records how it ended. Each
//! step of the model is one commit, or one thing that happens on the host. The
//! bot can die between any two of them.
//!
//! An attempt has two pieces of work: a one-off command that must not be
//! repeated, and a bringing of the project to its images, which may be. Of what
//! was cut off a person says how to go on; until then the attempt waits.

mod actions;
mod bot;
mod effects;
mod guard;
mod host;
mod log;
mod story;

use stateright::{Model, Property};

use super::check::Protocol;
use super::guards::Guards;
pub use actions::{Action, Event, Mishap, Wish};
pub use bot::{Bot, Doing, Outcome, Task};
pub use guard::Guard;
pub use host::{Child, Host, Name, Run};
pub use log::{Aim, Attempt, End, Log, PIECES, Piece, Progress, Stop};

/// The model, with some guards on.
#[derive(Clone, Copy, Debug)]
pub struct One {
    /// Which guards are on.
    pub guards: Guards<Guard>,
    /// How much may happen.
    pub bounds: Bounds,
}

/// How much may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How often something goes wrong: the bot dies, a child is killed, hangs or
    /// fails, time runs out, a container is removed behind the bot's back.
    pub mishaps: u8,
    /// How often people do more than deploy each release once: stop, bring it
    /// again, say that it worked, roll back.
    pub wishes: u8,
}

/// Everything there is at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What is recorded.
    pub log: Log,
    /// What is at work.
    pub host: Host,
    /// The bots that live: one, unless nothing keeps a second one away.
    pub bots: Vec<Bot>,
    /// How many there were.
    pub lives: u8,
    /// How much has gone wrong.
    pub mishaps: u8,
    /// How often people did more than deploy.
    pub wishes: u8,
}

/// The releases that want the environment.
pub const RELEASES: [u8; 2] = [0, 1];

/// What must hold, by name.
pub mod must {
    /// Never two pieces of work at once on the host.
    pub const ONE_AT_A_TIME: &str = "never two pieces of work at once";
    /// Never two active attempts.
    pub const ONE_ATTEMPT: &str = "never two active attempts";
    /// A one-off command starts at most once for its key.
    pub const ONCE: &str = "a once piece is started at most once a key";
    /// An attempt that ended works no more.
    pub const OVER: &str = "an attempt that ended does no work";
    /// Nothing is stuck.
    pub const GOES_ON: &str = "nothing is stuck";
}

impl State {
    /// How many pieces of work are being done. The child that makes a one-off
    /// container and the container itself are one.
    pub fn at_work(&self) -> usize {
        let converging = |it: &&Child| it.piece == Piece::Converge;
        let converging = self.host.children.iter().filter(converging).count();
        let commands = self.host.runs.iter().zip(0..).map(|(run, key)| {
            let making = self.host.making(key);
            making.max(usize::from(run.name == Name::Running))
        });
        converging + commands.sum::<usize>()
    }

    /// Whether something is done for an attempt that is over, waits for a person,
    /// or has another key by now.
    fn works_after_its_end(&self) -> bool {
        let over = |key: u8| self.log.owner(key).is_none_or(|it| it.waits.is_some());
        let by_child = self.host.children.iter().any(|it| over(it.key));
        let runs = self.host.runs.iter().zip(0..);
        by_child || { runs }.any(|(run, key)| run.name == Name::Running && over(key))
    }

    fn is_bad(&self) -> bool {
        self.at_work() > 1
            || self.log.active().count() > 1
            || self.host.runs.iter().any(|it| it.starts > 1)
            || self.works_after_its_end()
    }
}

impl Model for One {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            log: Log {
                epoch: 1,
                ..Log::default()
            },
            host: Host::default(),
            bots: vec![Bot::started(1)],
            lives: 1,
            mishaps: 0,
            wishes: 0,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // What follows from something bad is of no interest.
        if !state.is_bad() {
            actions.extend(self.progress(state));
            actions.extend(self.wishes(state));
            actions.extend(self.mishaps(state));
        }
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        self.apply(&mut state, action);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(must::ONE_AT_A_TIME, |_, it: &State| it.at_work() <= 1),
            Property::always(must::ONE_ATTEMPT, |_, it: &State| {
                it.log.active().count() <= 1
            }),
            Property::always(must::ONCE, |_, it: &State| {
                it.host.runs.iter().all(|run| run.starts <= 1)
            }),
            Property::always(must::OVER, |_, it: &State| !it.works_after_its_end()),
            Property::always(must::GOES_ON, |model: &Self, it: &State| {
                it.is_bad() || model.is_settled(it) || !model.goes_on(it).is_empty()
            }),
            Property::sometimes("both releases are verified", |_, it: &State| {
                RELEASES.iter().all(|release| it.log.has_verified(*release))
            }),
            Property::sometimes("a deploy is verified after two deaths", |_, it: &State| {
                it.lives == 3 && it.log.attempts.len() == 1 && it.log.has_verified(0)
            }),
            Property::sometimes("a failed deploy is rolled back", |_, it: &State| {
                it.log.ends(Aim::Deploy(0), End::Failed) && it.log.ends(Aim::Back, End::Verified)
            }),
            Property::sometimes("a stopped deploy is rolled back", |_, it: &State| {
                it.log.ends(Aim::Deploy(0), End::Stopped) && it.log.ends(Aim::Back, End::Verified)
            }),
            Property::sometimes("what was cut off is run again", |_, it: &State| {
                usize::from(it.log.keys) > it.log.attempts.len() && it.log.has_verified(0)
            }),
            Property::sometimes("a child outlives its bot", |_, it: &State| {
                it.host.children.iter().any(|child| child.life < it.lives)
            }),
            Property::sometimes("a late create meets a sealed name", |_, it: &State| {
                { it.host.runs.iter() }.any(|run| run.late && run.name == Name::Sealed)
            }),
        ]
    }
}

impl Protocol for One {
    fn tell(&self, before: &State, action: &Action) -> String {
        story::tell(*self, before, action)
    }

    fn goes_on(&self, state: &State) -> Vec<Action> {
        self.progress(state)
    }

    fn is_settled(&self, state: &State) -> bool {
        let idle = |it: &Bot| it.doing == Doing::Idle;
        state.log.active().all(|it| it.1.waits.is_some())
            && state.at_work() == 0
            && state.bots.iter().all(idle)
            && state.host.children.is_empty()
    }

    fn calmest_first(&self) -> Vec<Self> {
        let Bounds { mishaps, wishes } = self.bounds;
        let calmer = |bounds| Self { bounds, ..*self };
        { 0..=mishaps }
            .flat_map(|mishaps| (0..=wishes).map(move |wishes| Bounds { mishaps, wishes }))
            .map(calmer)
            .collect()
    }
}
