//! What people do arrives here, is understood, recorded, and only then answered.

use std::sync::Arc;

use shipbell_adapters::chat::{Act, Answer, Inbound, MessageRef, Standing as Account, UserId};
use shipbell_domain::ask::{AskId, AskState, Source};
use shipbell_domain::command::Wish;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::{Person, Surface};
use shipbell_domain::{Command, Effect};
use shipbell_storage::{Input, InputId, Settles, Verdict};
use tokio::sync::{Semaphore, mpsc};

use super::answers::{self, Who};
use super::hub::Hub;
use super::{Arrival, keep, roster, standing, view};
use crate::chatops::buttons::Press;
use crate::chatops::reactions::{self, Meaning};
use crate::chatops::resolve::{Question, Resolved, Scene, Suggestion};
use crate::chatops::{buttons, complete, forms, resolve};

/// How many arrivals are understood at once.
const AT_ONCE: usize = 32;

/// Serves arrivals until there can be no more.
pub(super) async fn run(hub: Arc<Hub>, mut arrivals: mpsc::Receiver<Arrival>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(Arrival { surface, inbound }) = arrivals.recv().await {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let (hub, spawn) = (Arc::clone(&hub), Arc::clone(&hub.ports.spawn));
        let task = async move {
            let Inbound {
                id,
                by,
                act,
                responder,
            } = inbound;
            let id = InputId {
                source: surface.to_string(),
                id,
            };
            if let Some(answer) = answer(&hub, &surface, (id, by), act).await {
                // Whoever asked may be gone; what they did is recorded all the same.
                let _gone = responder.send(answer);
            }
            drop(permit);
        };
        spawn.spawn("arrival", Box::pin(task));
    }
}

/// Understands one act and records it. None if nothing was recorded and the
/// platform should deliver it again.
async fn answer(
    hub: &Arc<Hub>,
    surface: &Surface,
    (id, account): (InputId, UserId),
    act: Act,
) -> Option<Answer> {
    if act == Act::Connected {
        standing::reconcile(hub).await;
        return Some(Answer::Done);
    }
    let Some(by) = who_is(hub, surface, &account).await else {
        return Some(to_a_stranger(&act, &account));
    };
    let who = Who {
        surface,
        by: &by,
        account: Some(&account),
        id,
    };
    if let Act::Reacted { on, emoji, added } = act {
        return reacted(hub, &who, &on, (&emoji, added)).await;
    }
    let vocabulary = match view::vocabulary(hub, surface).await {
        Ok(vocabulary) => vocabulary,
        Err(error) => {
            tracing::warn!(%error, "could not read what there is");
            return None;
        }
    };
    let scene = Scene {
        vocabulary: &vocabulary,
        by: &by,
        now: hub.time().await,
    };
    let resolved = match act {
        Act::Said { text, .. } => resolve::read(&text, scene),
        Act::Pressed { action, .. } => match Press::decode(&action) {
            Some(press) => buttons::pressed(&press, scene),
            None => Suggestion::plain("This button is from another time.").into(),
        },
        Act::Submitted { form, values } => {
            return match forms::submitted(&form, &values, scene) {
                Ok(said) => submit(hub, &who, scene, said).await,
                Err(errors) => Some(Answer::FieldErrors(errors)),
            };
        }
        Act::LookedIn => Resolved::Ask(Question::Home),
        Act::Kept { on, thread, text } => {
            Resolved::Form(keep::form(hub, &who, (&on, thread.as_ref()), text).await)
        }
        Act::Completing { text } => {
            return Some(Answer::Completions(complete::complete(&text, scene)));
        }
        Act::Reacted { .. } | Act::Connected => return Some(Answer::Done),
    };
    respond(hub, &who, scene, resolved).await
}

/// Whose account it is; as it was known last where the platform does not say.
async fn who_is(hub: &Hub, surface: &Surface, account: &UserId) -> Option<Person> {
    match roster::person(hub, surface, account).await {
        Ok(person) => person,
        Err(error) => {
            tracing::info!(%error, %account, "the groups of an account could not be looked up");
            let at = (surface.clone(), account.clone());
            hub.setup().identities.get(&at).cloned()
        }
    }
}

fn to_a_stranger(act: &Act, account: &UserId) -> Answer {
    match act {
        // A stranger's emoji is conversation.
        Act::Reacted { .. } => Answer::Done,
        Act::Said { .. }
        | Act::Pressed { .. }
        | Act::Submitted { .. }
        | Act::Kept { .. }
        | Act::LookedIn
        | Act::Completing { .. }
        | Act::Connected => answers::stranger(account),
    }
}

/// Does everything a form says, in order; the first thing worth telling is the answer.
async fn submit(
    hub: &Hub,
    who: &Who<'_>,
    scene: Scene<'_>,
    said: Vec<forms::Said>,
) -> Option<Answer> {
    let mut told = Answer::Done;
    for (index, said) in said.into_iter().enumerate() {
        let id = InputId {
            source: who.id.source.clone(),
            id: format!("{}#{index}", who.id.id),
        };
        let answer = respond(hub, &Who { id, ..*who }, scene, said.resolved).await?;
        if told == Answer::Done {
            told = answer;
        }
    }
    Some(told)
}

/// Does what was meant and says what came of it.
pub(super) async fn respond(
    hub: &Hub,
    who: &Who<'_>,
    scene: Scene<'_>,
    resolved: Resolved,
) -> Option<Answer> {
    match resolved {
        Resolved::Ask(question) => Some(answers::question(hub, who, scene, question).await),
        Resolved::Form(request) => Some(Answer::Form(Box::new(forms::form(&request, scene)))),
        Resolved::Suggest(suggestion) => Some(answers::suggestion(hub, who, &suggestion)),
        Resolved::Wish(wish) => {
            if let Some(answer) = answers::stopped(hub) {
                return Some(answer);
            }
            if wish.is_consent()
                && let Some(answer) = not_a_member(hub, who).await
            {
                return Some(answer);
            }
            let world = scene.vocabulary.world_about(&wish);
            let verdict = wish_for(hub, who, wish).await?;
            Some(answers::verdict(hub, who, &world, &verdict))
        }
    }
}

/// What somebody is told whose word is no consent: programs, guests, and whoever
/// cannot be looked up.
async fn not_a_member(hub: &Hub, who: &Who<'_>) -> Option<Answer> {
    let (account, destination) = (who.account?, hub.ports.chats.get(who.surface)?);
    match destination.chat.account(account).await {
        Ok(it) if it.standing == Account::Member => None,
        Ok(it) => Some(answers::not_a_member(it.standing)),
        Err(error) => {
            tracing::info!(%error, person = %who.by, "an account could not be looked up");
            Some(answers::unknown_account())
        }
    }
}

pub(super) async fn wish_for(hub: &Hub, who: &Who<'_>, wish: Wish) -> Option<Verdict> {
    let input = Input {
        id: Some(who.id.clone()),
        actor: format!("{}:{}", who.surface, who.by),
        command: Command::Wish {
            by: who.by.clone(),
            wish,
        },
        settles: Settles::Nothing,
    };
    match hub.record(input).await {
        Ok(verdict) => Some(verdict),
        Err(error) => {
            tracing::warn!(%error, person = %who.by, "an act was not recorded");
            None
        }
    }
}

/// An emoji is a hint: what stands on the message is read, and that counts.
async fn reacted(
    hub: &Arc<Hub>,
    who: &Who<'_>,
    on: &MessageRef,
    (emoji, added): (&str, bool),
) -> Option<Answer> {
    let Some(meaning) = reactions::meaning(emoji) else {
        return Some(Answer::Done);
    };
    if let Some(answer) = answers::stopped(hub) {
        return Some(answer);
    }
    if meaning == Meaning::Keep {
        return if added {
            keep::at_a_tap(hub, who, on).await
        } else {
            Some(Answer::Done)
        };
    }
    let effect = hub
        .ports
        .store
        .message(who.surface, &on.channel.0, &on.id)
        .await
        .ok()?;
    match effect {
        Some(Effect::Card {
            card: CardId::Ask { ask },
        }) => on_ask(hub, who, &ask, (meaning, added)).await,
        Some(Effect::Card {
            card: CardId::Release { release },
        }) if added => {
            let release = view::release(hub, release).await?;
            Some(answers::not_a_ballot(hub, &release))
        }
        Some(_) | None => Some(Answer::Done),
    }
}

async fn on_ask(
    hub: &Arc<Hub>,
    who: &Who<'_>,
    id: &AskId,
    (meaning, added): (Meaning, bool),
) -> Option<Answer> {
    let release = view::release(hub, id.release).await?;
    let ask = release.asks.get(id)?;
    match &ask.state {
        AskState::Open => {}
        AskState::Used(_) if !added && meaning == Meaning::Yes => {
            let source = Source::Reaction(who.surface.clone());
            let wish = Wish::Withdraw {
                ask: id.clone(),
                source,
            };
            let world = view::of_release(hub, id.release).await.ok()?;
            let verdict = wish_for(hub, who, wish).await?;
            return Some(answers::verdict(hub, who, &world, &verdict));
        }
        AskState::Used(_) | AskState::Void(_) => {
            return Some(answers::ask_over(ask));
        }
    }
    if !standing::told(hub, id.release).await {
        return Some(Answer::Done);
    }
    let world = view::of_release(hub, id.release).await.ok()?;
    let ask = world.releases.get(&id.release)?.asks.get(id)?;
    Some(answers::after_reaction(hub, who, (&world, ask), added))
}
