//! Visits every state of a model, and tells how the first bad one is reached.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Debug};
use std::hash::Hash;

use stateright::{Checker as _, Expectation, HasDiscoveries, Model};

/// A model that can be told to people.
pub trait Protocol: Model<State: Told, Action: Told> + Clone + Send + Sync + 'static {
    /// What happens in a step, in words.
    fn tell(&self, before: &Self::State, action: &Self::Action) -> String;

    /// What happens by itself once people are silent and nothing more goes wrong.
    fn goes_on(&self, state: &Self::State) -> Vec<Self::Action>;

    /// Whether nothing is left to do.
    fn is_settled(&self, state: &Self::State) -> bool;

    /// The same with less going wrong, the calmest first, and itself at the end.
    fn calmest_first(&self) -> Vec<Self>;
}

/// What states and actions must be.
pub trait Told: Clone + Debug + PartialEq + Eq + Hash + Send + Sync + 'static {}

impl<T: Clone + Debug + PartialEq + Eq + Hash + Send + Sync + 'static> Told for T {}

/// What a look at every state found.
#[derive(Clone, Debug)]
pub struct Found {
    /// How many different states there are.
    pub states: usize,
    /// The longest of the shortest ways to a state, in steps.
    pub depth: usize,
    /// What does not hold.
    pub broken: BTreeSet<&'static str>,
    /// What ought to be possible and is not.
    pub missed: BTreeSet<&'static str>,
}

/// Visits every state, except behind bad ones.
pub fn check<M: Protocol>(model: &M) -> Found {
    let checker = model.clone().checker().spawn_bfs().join();
    let mut found = Found {
        states: checker.unique_state_count(),
        // The library counts states on the way, not steps.
        depth: checker.max_depth().saturating_sub(1),
        broken: BTreeSet::new(),
        missed: BTreeSet::new(),
    };
    let discoveries = checker.discoveries();
    for property in model.properties() {
        let discovered = discoveries.contains_key(property.name);
        match (property.expectation, discovered) {
            (Expectation::Always | Expectation::Eventually, true) => {
                found.broken.insert(property.name);
            }
            (Expectation::Sometimes, false) => {
                found.missed.insert(property.name);
            }
            (Expectation::Sometimes, true)
            | (Expectation::Always | Expectation::Eventually, false) => {}
        }
    }
    found
}

/// A way to where something does not hold.
#[derive(Clone, Debug)]
pub struct Story {
    /// What does not hold.
    pub broken: &'static str,
    /// What happens, step by step.
    pub steps: Vec<String>,
    /// How everything stands then.
    pub then: String,
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\"{}\" does not hold:", self.broken)?;
        for (number, step) in (1..).zip(&self.steps) {
            writeln!(f, "{number:>4}. {step}")?;
        }
        writeln!(f, "   => {}", self.then)
    }
}

/// A way to where something does not hold, with as little going wrong as can
/// be, and no step too many; none if it holds.
pub fn story<M: Protocol>(model: &M, broken: &'static str) -> Option<Story> {
    let models = model.calmest_first();
    let (model, first) = models
        .iter()
        .find_map(|it| Some((it, way(it, broken, None)?)))?;
    // The library's first find is short, but not always the shortest.
    let path = (1..=first.len()).find_map(|states| way(model, broken, Some(states)))?;
    let (mut steps, mut then) = (Vec::new(), String::new());
    for (state, action) in path {
        steps.extend(action.map(|it| model.tell(&state, &it)));
        then = format!("{state:?}");
    }
    Some(Story {
        broken,
        steps,
        then,
    })
}

/// States and the steps between them.
type Way<M> = Vec<(<M as Model>::State, Option<<M as Model>::Action>)>;

fn way<M: Protocol>(model: &M, broken: &'static str, states: Option<usize>) -> Option<Way<M>> {
    let sought = HasDiscoveries::AllOf(BTreeSet::from([broken]));
    let builder = model.clone().checker().finish_when(sought);
    let builder = match states {
        // The library looks at no state that deep, only at those before it.
        Some(states) => builder.target_max_depth(states + 1),
        None => builder,
    };
    let path = builder.spawn_bfs().join().discovery(broken)?;
    Some(path.into_vec())
}

/// A state that is met twice though people are silent and nothing goes wrong:
/// work that goes round in circles.
///
/// That no unsettled state is without a next step is a property of each model.
/// Together they say that everything comes to an end, whatever comes first.
pub fn circle<M: Protocol>(model: &M) -> Option<String> {
    let mut known: HashMap<M::State, Mark> = HashMap::new();
    let mut frontier = model.init_states();
    let mut all = Vec::new();
    while let Some(state) = frontier.pop() {
        if known.insert(state.clone(), Mark::New).is_none() {
            frontier.extend(model.next_states(&state));
            all.push(state);
        }
    }
    { all.into_iter() }.find_map(|state| round(model, &mut known, state))
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    OnTheWay,
    Done,
}

/// Follows what goes on by itself from a state; the first state met twice.
fn round<M: Protocol>(
    model: &M,
    known: &mut HashMap<M::State, Mark>,
    from: M::State,
) -> Option<String> {
    let mut way = vec![(from, false)];
    while let Some((state, left)) = way.pop() {
        if left {
            known.insert(state, Mark::Done);
            continue;
        }
        match known.get(&state) {
            Some(Mark::Done) => continue,
            Some(Mark::OnTheWay) => return Some(format!("{state:?}")),
            Some(Mark::New) | None => {}
        }
        known.insert(state.clone(), Mark::OnTheWay);
        let next: Vec<M::State> = { model.goes_on(&state).into_iter() }
            .filter_map(|action| model.next_state(&state, action))
            .collect();
        way.push((state, true));
        way.extend(next.into_iter().map(|it| (it, false)));
    }
    None
}
