//! Several replicas, and a runner on the target that does the work for them.
//!
//! A replica records an intent with a fence, asks the runner to start, and
//! records what became of it. Whoever is told that it leads no longer may go on
//! for a while with what it has in hand; messages are lost, late, and come
//! twice; replicas die. The runner does one thing at a time, knows a run by its
//! key, and obeys the highest fence it has seen. `docs/reliability.md` says
//! which of it is built.

mod guard;
mod host;
mod moves;
mod replica;
mod story;

use stateright::{Model, Property};

use super::check::Protocol;
use super::guards::Guards;
pub use guard::Guard;
pub use host::{Host, Message, Order, Run};
pub use moves::{Action, Mishap};
pub use replica::{Hand, Row};

/// The model, with some guards on.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// Which guards are on.
    pub guards: Guards<Guard>,
    /// How much may happen.
    pub bounds: Bounds,
    /// The one thing that must hold, if the others are of no interest.
    pub watched: Option<&'static str>,
}

/// How much may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How often something goes wrong: another replica takes the lead, one dies,
    /// a message or an answer is lost or comes twice, one is impatient.
    pub mishaps: u8,
    /// How often an attempt is given up.
    pub aborts: u8,
}

/// Everything there is at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The replica that leads.
    pub leader: u8,
    /// The highest fence ever given out.
    pub fence: u8,
    /// What is recorded of each release.
    pub rows: [Row; 2],
    /// What each replica is about to do.
    pub hands: [Hand; 2],
    /// Messages on their way, in order.
    pub net: Vec<Message>,
    /// The runner.
    pub host: Host,
    /// How much has gone wrong.
    pub mishaps: u8,
    /// How often an attempt was given up.
    pub aborts: u8,
}

/// The replicas.
pub const REPLICAS: [u8; 2] = [0, 1];

/// The releases that want the environment.
pub const RELEASES: [u8; 2] = [0, 1];

/// What must hold, by name.
pub mod must {
    /// Never two runs at once on the host.
    pub const ONE_AT_A_TIME: &str = "never two runs at once";
    /// Never two active attempts.
    pub const ONE_ATTEMPT: &str = "never two active attempts";
    /// A run starts at most once for its key.
    pub const ONCE: &str = "a run is started at most once a key";
    /// What was given up never runs.
    pub const OVER: &str = "what was given up never runs";
    /// What is recorded as done was done.
    pub const TRUE: &str = "what is recorded as done was done";
    /// Nothing is stuck.
    pub const GOES_ON: &str = "nothing is stuck";
}

impl State {
    fn at_work(&self) -> usize {
        { self.host.runs.iter() }
            .filter(|it| **it == Run::Active)
            .count()
    }

    /// How many attempts are active.
    pub fn active(&self) -> usize {
        let active = |it: &&Row| matches!(it, Row::Deploying { .. });
        self.rows.iter().filter(active).count()
    }

    fn gave_up_what_runs(&self) -> bool {
        let mut both = self.rows.iter().zip(self.host.starts);
        both.any(|(row, starts)| *row == Row::Aborted && starts > 0)
    }

    fn tells_the_truth(&self) -> bool {
        let mut both = self
            .rows
            .iter()
            .zip(self.host.starts.iter().zip(self.host.runs));
        both.all(|(row, (starts, run))| *row != Row::Done || *starts > 0 && run != Run::Active)
    }

    /// What does not hold here.
    fn broken(&self) -> impl Iterator<Item = &'static str> {
        let once = self.host.starts.iter().all(|starts| *starts <= 1);
        let all = [
            (must::ONE_AT_A_TIME, self.at_work() <= 1),
            (must::ONE_ATTEMPT, self.active() <= 1),
            (must::ONCE, once),
            (must::OVER, !self.gave_up_what_runs()),
            (must::TRUE, self.tells_the_truth()),
        ];
        all.into_iter().filter(|it| !it.1).map(|it| it.0)
    }

    fn keeps(&self, wanted: &str) -> bool {
        self.broken().all(|it| it != wanted)
    }
}

impl Many {
    fn watches(&self, wanted: &str) -> bool {
        self.watched.is_none_or(|it| it == wanted)
    }

    fn is_bad(&self, state: &State) -> bool {
        state.broken().any(|it| self.watches(it))
    }
}

impl Model for Many {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            leader: 0,
            fence: 0,
            rows: [Row::Approved; 2],
            hands: [Hand::Empty; 2],
            net: Vec::new(),
            host: Host::default(),
            mishaps: 0,
            aborts: 0,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // What follows from something bad is of no interest.
        if !self.is_bad(state) {
            actions.extend(self.progress(state));
            actions.extend(self.aborts(state));
            actions.extend(self.mishaps(state));
        }
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        self.apply(&mut state, action);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            Property::always(must::ONE_AT_A_TIME, |_, it: &State| {
                it.keeps(must::ONE_AT_A_TIME)
            }),
            Property::always(must::ONE_ATTEMPT, |_, it: &State| {
                it.keeps(must::ONE_ATTEMPT)
            }),
            Property::always(must::ONCE, |_, it: &State| it.keeps(must::ONCE)),
            Property::always(must::OVER, |_, it: &State| it.keeps(must::OVER)),
            Property::always(must::TRUE, |_, it: &State| it.keeps(must::TRUE)),
            Property::always(must::GOES_ON, |model: &Self, it: &State| {
                model.is_bad(it) || model.is_settled(it) || !model.goes_on(it).is_empty()
            }),
        ];
        all.retain(|it| self.watches(it.name));
        all.extend([
            Property::sometimes("both releases are done", |_, it: &State| {
                it.rows == [Row::Done; 2]
            }),
            Property::sometimes("one is given up, the other done", |_, it: &State| {
                it.rows == [Row::Aborted, Row::Done]
            }),
            Property::sometimes("another replica records the end", |_, it: &State| {
                it.leader == 1 && it.rows[0] == Row::Done && it.fence == 1
            }),
            Property::sometimes("a replaced replica still sends", |_, it: &State| {
                it.leader == 1 && matches!(it.hands[0], Hand::Send(_))
            }),
        ]);
        all
    }
}

impl Protocol for Many {
    fn tell(&self, before: &State, action: &Action) -> String {
        story::tell(before, *action)
    }

    fn goes_on(&self, state: &State) -> Vec<Action> {
        self.progress(state)
    }

    fn is_settled(&self, state: &State) -> bool {
        let over = |it: &Row| matches!(it, Row::Done | Row::Aborted);
        state.rows.iter().all(over)
            && state.at_work() == 0
            && state.net.is_empty()
            && state.hands == [Hand::Empty; 2]
    }

    fn calmest_first(&self) -> Vec<Self> {
        let Bounds { mishaps, aborts } = self.bounds;
        let calmer = |bounds| Self { bounds, ..*self };
        { 0..=mishaps }
            .flat_map(|mishaps| (0..=aborts).map(move |aborts| Bounds { mishaps, aborts }))
            .map(calmer)
            .collect()
    }
}
