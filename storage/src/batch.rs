//! Decides the inputs of one commit in order and gathers what they change.
//!
//! Nothing is written while decisions are made, so one transaction without
//! savepoints is enough: a refusal leaves nothing behind, and an error of the
//! database loses all of it together.

mod assertions;
mod draft;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use shipbell_domain::effect::Effect;
use shipbell_domain::timer::Timer;
use shipbell_domain::{Event, StreamId, Turn, needs};

use crate::StoreError;
use crate::names::whole;
use crate::rows::Touched;
use crate::shelf::{Desk, Head, Kept, Next};
use crate::store::{Claim, Commit, Input, InputId, OwedId, Verdict};
use draft::Draft;

/// Everything one commit changes.
pub(crate) struct Batch {
    /// What came of each input.
    pub(crate) verdicts: Vec<Verdict>,
    /// What happened, in order.
    pub(crate) events: Vec<Fresh>,
    /// What the streams that moved add up to now.
    pub(crate) folds: BTreeMap<StreamId, Kept>,
    /// The rows of projections that changed.
    pub(crate) rows: Touched,
    /// The inputs that were taken.
    pub(crate) inbox: Vec<Taken>,
    /// Claims that were answered.
    pub(crate) settled: Vec<Claim>,
    /// What is owed for it, in order, each once.
    pub(crate) wants: Vec<Want>,
    /// How the wake-ups it touched stand.
    pub(crate) timers: BTreeMap<Timer, Alarm>,
    /// The next numbers.
    pub(crate) next: Next,
    /// The time of every event in it: never earlier than that of the one before.
    pub(crate) at: DateTime<Utc>,
    /// The time by the clock, which may have been set back. What is decided and owed
    /// follows it: a log that is ahead must not hold up reminders.
    pub(crate) now: DateTime<Utc>,
    /// The position of the last event.
    pub(crate) seq: u64,
}

/// An event that is not in the log yet.
pub(crate) struct Fresh {
    pub(crate) seq: u64,
    pub(crate) stream: StreamId,
    pub(crate) version: u64,
    pub(crate) actor: Arc<str>,
    pub(crate) event: Event,
}

/// An input that was taken.
pub(crate) struct Taken {
    pub(crate) id: InputId,
    pub(crate) outcome: String,
    pub(crate) seq: u64,
}

/// An effect that is wanted so many times more.
pub(crate) struct Want {
    pub(crate) id: OwedId,
    pub(crate) effect: Effect,
    pub(crate) times: u64,
    pub(crate) cause: u64,
}

/// How a wake-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// It comes at this time.
    Pending(DateTime<Utc>),
    /// It came.
    Fired,
    /// It will not come.
    Cancelled,
}

/// How much of a refusal the inbox remembers.
const MAX_OUTCOME: usize = 200;

/// Decides everything in a commit, later inputs seeing what earlier ones changed.
pub(crate) fn decide<D: Desk>(
    desk: &mut D,
    commit: &Commit,
    head: Head,
) -> Result<Batch, StoreError> {
    let ids: Vec<InputId> = commit
        .inputs
        .iter()
        .filter_map(|it| it.id.clone())
        .collect();
    let mut known = if ids.is_empty() {
        BTreeSet::new()
    } else {
        desk.known(ids)?
    };
    // The clock may have been set back; the log never goes back.
    let now = whole(commit.now);
    let mut draft = Draft::new(desk, head.seq, (now.max(head.at), now))?;
    for input in &commit.inputs {
        let verdict = decide_one(&mut draft, input, commit, &mut known)?;
        draft.batch.verdicts.push(verdict);
    }
    Ok(draft.batch)
}

fn decide_one<D: Desk>(
    draft: &mut Draft<'_, D>,
    input: &Input,
    commit: &Commit,
    known: &mut BTreeSet<InputId>,
) -> Result<Verdict, StoreError> {
    let repeated = input.id.as_ref().is_some_and(|id| known.contains(id));
    if repeated || !draft.is_awaited(&input.settles)? {
        return Ok(Verdict::Repeated);
    }
    let needs = needs(&input.command);
    let world = crate::load::world(draft, &needs, Arc::clone(&commit.settings))?;
    let decided = (commit.decide)(world, &input.command, draft.batch.now);

    draft.settle(&input.settles);
    let (verdict, outcome) = match decided {
        Ok(turn) => (record(draft, input, commit, turn)?, "recorded".to_owned()),
        Err(refusal) => {
            let outcome = format!("refused: {refusal}")
                .chars()
                .take(MAX_OUTCOME)
                .collect();
            (Verdict::Refused(refusal), outcome)
        }
    };
    if let Some(id) = &input.id {
        known.insert(id.clone());
        let seq = draft.batch.seq;
        draft.batch.inbox.push(Taken {
            id: id.clone(),
            outcome,
            seq,
        });
    }
    Ok(verdict)
}

fn record<D: Desk>(
    draft: &mut Draft<'_, D>,
    input: &Input,
    commit: &Commit,
    turn: Turn,
) -> Result<Verdict, StoreError> {
    let actor: Arc<str> = input.actor.as_str().into();
    for (stream, event) in &turn.events {
        draft.append(stream, event, &actor)?;
    }
    for effect in &turn.effects {
        draft.want(effect, &commit.surfaces);
    }
    for change in turn.timers {
        draft.wake(change);
    }
    Ok(Verdict::Recorded {
        reply: turn.reply,
        events: turn.events,
    })
}

/// Whether an effect is told people, and so owed once to each platform.
pub(crate) fn talks(effect: &Effect) -> bool {
    match effect {
        Effect::Card { .. } | Effect::Say { .. } => true,
        Effect::PinImages { .. }
        | Effect::ReadChecks { .. }
        | Effect::ReadStanding { .. }
        | Effect::LookAhead { .. }
        | Effect::LookAt { .. }
        | Effect::Checkpoint { .. } => false,
    }
}

/// Whether an effect is done once for ever, however often it is wanted.
pub(crate) fn once(effect: &Effect) -> bool {
    match effect {
        Effect::Say { .. } | Effect::Checkpoint { .. } => true,
        Effect::Card { .. }
        | Effect::PinImages { .. }
        | Effect::ReadChecks { .. }
        | Effect::ReadStanding { .. }
        | Effect::LookAhead { .. }
        | Effect::LookAt { .. } => false,
    }
}
