//! What must run once ran once, by what the engine told and what the runs left.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::Event;
use shipbell_domain::attempt::{Choice, Work};
use shipbell_domain::event::{EnvironmentEvent, Outcome};
use shipbell_domain::steps::StepKind;

use crate::records::{Recorded, Snapshot};
use crate::world;

/// The lines that the runs of an environment left in its volume.
pub(super) type Lines = BTreeMap<(&'static str, &'static str), Vec<String>>;

/// A piece of work that must run once: the environment, the attempt, its place.
type Once = (String, u32, u32);

/// For each piece of work that was begun, and each time somebody wanted it once more, at
/// most one container was ever started, once, and left at most one line.
pub(super) fn at_most_once(
    snapshot: &Snapshot,
    events: &[world::Event],
    lines: &Lines,
) -> Vec<String> {
    let begun = begun(snapshot);
    let mut wrong = Vec::new();
    for ((app, env), lines) in lines {
        let project = world::project(app, env);
        let started = events.iter().filter(|it| it.once && it.action == "start");
        let started: Vec<(&str, &str)> = started
            .filter(|it| it.project == project)
            .map(|it| (it.name.as_str(), it.container.as_str()))
            .collect();
        let names: BTreeSet<&str> = started.iter().map(|(name, _)| *name).collect();
        let different: BTreeSet<&String> = lines.iter().collect();
        let environment = format!("{app}.{env}");
        let work = begun.iter().filter(|(of, ..)| *of == environment).count();
        let work = work + wanted_again(snapshot, &environment);
        let once = names.len() == started.len() && different.len() == lines.len();
        if !once || started.len() > work || lines.len() > started.len() {
            wrong.push(format!(
                "{environment}: {work} pieces of work that run once were begun, and there were \
                 these starts: {started:?}, which left these lines: {lines:?}"
            ));
        }
    }
    wrong
}

/// What is recorded as having gone well has a container of its own that left its line.
pub(super) fn proven(snapshot: &Snapshot, events: &[world::Event], lines: &Lines) -> Vec<String> {
    let begun = begun(snapshot);
    let mut wrong = Vec::new();
    for it in &snapshot.log {
        let Event::Environment(EnvironmentEvent::WorkEnded {
            attempt,
            index,
            outcome: Outcome::Succeeded { .. },
        }) = &it.event
        else {
            continue;
        };
        let environment = environment(it);
        if !begun.contains(&(environment.clone(), *attempt, *index)) {
            continue;
        }
        let name = format!("-{environment}-a{attempt}-s{index}");
        let again = format!("{name}-r");
        let started = |it: &&world::Event| {
            it.action == "start" && (it.name.ends_with(&name) || it.name.contains(&again))
        };
        let mut started = events.iter().filter(started);
        let left = |line: &String| lines.values().flatten().any(|it| it == line);
        if !started.any(|it| left(&it.container.chars().take(12).collect())) {
            wrong.push(format!("{name} went well, and nothing shows that it ran"));
        }
    }
    wrong
}

fn wanted_again(snapshot: &Snapshot, of: &str) -> usize {
    let again = snapshot.log.iter().filter(|it| {
        let choice = match &it.event {
            Event::Environment(EnvironmentEvent::Decided { choice, .. }) => Some(*choice),
            _ => None,
        };
        choice == Some(Choice::Again) && environment(it) == of
    });
    again.count()
}

fn begun(snapshot: &Snapshot) -> BTreeSet<Once> {
    let (mut once, mut begun) = (BTreeSet::new(), BTreeSet::new());
    for it in &snapshot.log {
        match &it.event {
            Event::Environment(EnvironmentEvent::AttemptStarted { attempt, work, .. }) => {
                let of_it = (0u32..).zip(work).filter(|(_, work)| is_once(work));
                once.extend(of_it.map(|(index, _)| (environment(it), *attempt, index)));
            }
            Event::Environment(EnvironmentEvent::WorkStarted { attempt, index }) => {
                begun.insert((environment(it), *attempt, *index));
            }
            _ => {}
        }
    }
    begun.intersection(&once).cloned().collect()
}

/// As it stands in the names of containers: `blog.live`.
fn environment(it: &Recorded) -> String {
    it.stream.trim_start_matches("env/").replace('/', ".")
}

fn is_once(work: &Work) -> bool {
    match work {
        Work::Step(step) => matches!(&step.kind, StepKind::Run(run) if run.once),
        Work::Check(_) => false,
    }
}
