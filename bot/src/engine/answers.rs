//! What the person who acted is told: volatile, after the commit, never owed.

use chrono::TimeDelta;
use shipbell_adapters::chat::{Answer, Card, ChatError, Place, Standing, UserId};
use shipbell_domain::ask::{Ask, AskState, Source, Vote};
use shipbell_domain::ids::{Person, Surface};
use shipbell_domain::release::Release;
use shipbell_domain::{Reply, World};
use shipbell_storage::{InputId, Verdict};

use super::hub::{Hub, Stop};
use super::view;
use crate::chatops::resolve::{Question, Scene, Suggestion};
use crate::chatops::vocabulary::Vocabulary;
use crate::render::{self, Sight, View};

/// Who acts, where, and under which delivery.
pub(super) struct Who<'a> {
    pub(super) surface: &'a Surface,
    pub(super) by: &'a Person,
    /// Their account there; none where the machine itself vouches for them.
    pub(super) account: Option<&'a UserId>,
    pub(super) id: InputId,
}

/// Somebody whose account nobody named.
pub(super) fn stranger(by: &UserId) -> Answer {
    private(render::stranger(by))
}

/// Somebody whose account is none of a full member's.
pub(super) fn not_a_member(standing: Standing) -> Answer {
    private(render::not_a_member(standing))
}

/// Somebody whose account the platform says nothing about now.
pub(super) fn unknown_account() -> Answer {
    private(render::unknown_account())
}

/// What everybody is told who wants something while nothing is recorded.
pub(super) fn stopped(hub: &Hub) -> Option<Answer> {
    Some(private(match hub.stops().borrow().as_ref()? {
        Stop::Halted(why) => render::halted(why),
        Stop::Held(_) => render::held(),
    }))
}

pub(super) fn suggestion(hub: &Hub, who: &Who<'_>, suggestion: &Suggestion) -> Answer {
    private(render::suggestion(
        suggestion,
        &view::dialect(hub, who.surface),
    ))
}

/// What came of a wish, told of the world it was about.
pub(super) fn verdict(hub: &Hub, who: &Who<'_>, world: &World, verdict: &Verdict) -> Answer {
    let dialect = view::dialect(hub, who.surface);
    let view = View {
        world,
        now: hub.now(),
        dialect: &dialect,
        said: None,
    };
    match verdict {
        Verdict::Recorded { reply, .. } => {
            render::reply(reply, &view).map_or(Answer::Done, private)
        }
        Verdict::Refused(refusal) => private(render::refusal(refusal, &view, who.by)),
        Verdict::Repeated => Answer::Done,
    }
}

/// Answers a question from what stands.
pub(super) async fn question(
    hub: &Hub,
    who: &Who<'_>,
    scene: Scene<'_>,
    question: Question,
) -> Answer {
    let dialect = view::dialect(hub, who.surface);
    let Some(card) = render::question(
        &question,
        &Sight {
            scene,
            dialect: &dialect,
        },
    ) else {
        return match hub.ports.links.sign_in(who.by) {
            Some(link) => private(render::sign_in(&link)),
            None => stranger(&UserId(who.by.to_string())),
        };
    };
    if let Question::Status { share: true, .. } = question {
        return shared(hub, who, card).await;
    }
    private(card)
}

/// How long an answer for everybody waits for its turn in the channel: platforms give
/// up on an answer after three seconds.
const TURN: TimeDelta = TimeDelta::milliseconds(1500);

/// Shows an answer to everybody. It is not owed: who asked can ask again.
async fn shared(hub: &Hub, who: &Who<'_>, card: Card) -> Answer {
    let Some(destination) = hub.ports.chats.get(who.surface) else {
        return private(card);
    };
    let now = hub.time().await;
    let every = destination.chat.limits().post_every;
    let turn = (now, now + TURN);
    let Some(turn) = hub.pace.post_before(who.surface, every, turn) else {
        return private(render::not_shared(card));
    };
    hub.ports.clock.until(turn).await;
    let place = Place {
        channel: destination.channel.clone(),
        thread: None,
    };
    let key = format!("shared/{}", who.id.id);
    match destination.chat.post(&place, &key, &card).await {
        Ok(_) => Answer::Done,
        // Perhaps everybody reads it: nothing can be said about that.
        Err(ChatError::Unknown(_)) => private(card),
        Err(ChatError::Later { .. } | ChatError::Refused(_) | ChatError::Gone) => {
            private(render::not_shared(card))
        }
    }
}

/// What came of an emoji, once the ask had been read.
pub(super) fn after_reaction(
    hub: &Hub,
    who: &Who<'_>,
    (world, ask): (&World, &Ask),
    added: bool,
) -> Answer {
    let source = Source::Reaction(who.surface.clone());
    let id = || ask.id.clone();
    let reply = match (ask.ignored.get(who.by), ask.ballot(who.by, &source)) {
        (Some(why), _) if added => Reply::NotCounted {
            ask: id(),
            why: why.clone(),
        },
        (_, Some(ballot)) if added => match &ballot.vote {
            Vote::Yes => Reply::Counted { ask: id() },
            Vote::No { reason } => Reply::Vetoed {
                ask: id(),
                reason_wanted: reason.is_none(),
            },
        },
        (_, None) if !added => Reply::Withdrawn { ask: id() },
        (None | Some(_), None | Some(_)) => Reply::Nothing,
    };
    let dialect = view::dialect(hub, who.surface);
    let view = View {
        world,
        now: hub.now(),
        dialect: &dialect,
        said: None,
    };
    render::reply(&reply, &view).map_or(Answer::Done, private)
}

/// An emoji on something that is no ballot: where the ask is.
pub(super) fn not_a_ballot(hub: &Hub, release: &Release) -> Answer {
    let open: Vec<&Ask> = release.asks.values().filter(|ask| ask.is_open()).collect();
    if open.is_empty() {
        return Answer::Done;
    }
    private(render::not_a_ballot(release, &open, &hub.settings()))
}

/// A message somebody wants kept, and nobody can tell with which release.
pub(super) fn which_release(hub: &Hub, who: &Who<'_>, vocabulary: &Vocabulary) -> Answer {
    let open = vocabulary.all_open();
    let dialect = view::dialect(hub, who.surface);
    private(render::which_release(open, &dialect))
}

/// An emoji on an ask that counts no longer.
pub(super) fn ask_over(ask: &Ask) -> Answer {
    let why = match &ask.state {
        AskState::Open => return Answer::Done,
        AskState::Used(attempt) => format!("attempt {attempt} was started on it"),
        AskState::Void(why) => why.clone(),
    };
    private(render::ask_over(ask, &why))
}

fn private(card: Card) -> Answer {
    Answer::Private(Box::new(card))
}
