//! What people do: say, react, press, submit, put away, and ask how to go on.

mod say;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

pub(super) use say::say;

use super::draw::{self, Draw};
use super::emoji::Emoji;
use super::outcome::{Deed, Outcome, Shown};
use super::port::reference;
use super::session::{Posted, Viewer};
use super::store::{Body, Message, OpenForm, Spot};
use super::trouble::Trouble;
use super::{WebChannel, hex, notes};
use crate::chat::card::InputKind;
use crate::chat::{Act, Answer, Card, ChannelId, Completion, MessageRef};

type Shared = State<Arc<WebChannel>>;

/// The state is stored first: what the bot hears is only a hint to look.
pub(super) async fn react(State(channel): Shared, posted: Posted) -> Result<Response, Trouble> {
    let message = message(&channel, posted.field("on")).await?;
    let emoji = Emoji::named(posted.field("emoji")).ok_or(Trouble::BadForm)?;
    let added = match posted.field("to") {
        "on" => true,
        "off" => false,
        _ => return Err(Trouble::BadForm),
    };
    let request = posted.request()?;
    let viewer = &posted.viewer;
    let account = &viewer.person.user.0;
    channel
        .store
        .set_reaction(&message, account, emoji.name(), added)
        .await?;
    let spot = message.spot.clone();
    let act = Act::Reacted {
        on: reference(&spot.channel, message.id),
        emoji: emoji.name().to_owned(),
        added,
    };
    let outcome = channel.deliver(viewer, request, act).await;
    let deed = Deed {
        viewer,
        spot: &spot,
        request,
        typed: None,
    };
    let shown = match outcome {
        Outcome::Answered(_) => channel.show(deed, outcome).await?,
        Outcome::Dropped | Outcome::Busy | Outcome::Silent => {
            channel.tell(deed, &notes::reaction_unheard(emoji)).await?
        }
    };
    let mut reply = Reply::new(&channel, &posted, &spot);
    reply.changed = Some(message.id);
    reply.send(shown, true).await
}

/// The button must still stand on the card, as its owner sees it.
pub(super) async fn press(State(channel): Shared, posted: Posted) -> Result<Response, Trouble> {
    let request = posted.request()?;
    let viewer = &posted.viewer;
    let action = posted.field("action");
    let number = message_number(posted.field("on"));
    let (on, spot, card) = pressed(&channel, viewer, posted.field("on")).await?;
    let deed = Deed {
        viewer,
        spot: &spot,
        request,
        typed: None,
    };
    let offered = card.is_some_and(|card| {
        let mut buttons = card.buttons.iter().chain(&card.menu);
        buttons.any(|button| button.action == action)
    });
    let (shown, taken) = if offered {
        let act = Act::Pressed {
            on,
            action: action.to_owned(),
        };
        let outcome = channel.deliver(viewer, request, act).await;
        let taken = outcome.taken();
        (channel.show(deed, outcome).await?, taken)
    } else {
        (channel.tell(deed, &notes::button_gone()).await?, true)
    };
    let mut reply = Reply::new(&channel, &posted, &spot);
    reply.changed = number;
    reply.send(shown, taken).await
}

/// The form closes while the bot looks at it, and opens again if it must.
pub(super) async fn submit(State(channel): Shared, posted: Posted) -> Result<Response, Trouble> {
    let request = posted.request()?;
    let viewer = &posted.viewer;
    let account = &viewer.person.user.0;
    let Some(mut form) = channel.store.form(account, request).await? else {
        let spot = say::place(&channel, &posted).await?;
        let deed = Deed {
            viewer,
            spot: &spot,
            request,
            typed: None,
        };
        let shown = channel.tell(deed, &notes::form_gone()).await?;
        return Reply::new(&channel, &posted, &spot).send(shown, true).await;
    };
    form.entered = entered(&form, &posted);
    let first = channel.store.close_form(account, &form).await?;
    let act = Act::Submitted {
        form: form.form.id.clone(),
        values: form.entered.clone(),
    };
    let outcome = channel.deliver(viewer, request, act).await;
    let taken = outcome.taken();
    let spot = form.spot.clone();
    // A form sent in twice opens again once at most.
    let reopened = first && reopen(&mut form, &outcome, || hex(&(channel.randomness)()[..16]));
    if reopened {
        channel.show_form(viewer, form).await?;
    }
    let deed = Deed {
        viewer,
        spot: &spot,
        request,
        typed: None,
    };
    let shown = match channel.show(deed, outcome).await? {
        Shown::Nothing if reopened => Shown::Form,
        shown => shown,
    };
    Reply::new(&channel, &posted, &spot)
        .send(shown, taken)
        .await
}

/// Puts a private answer or the open form away.
pub(super) async fn dismiss(State(channel): Shared, posted: Posted) -> Result<Response, Trouble> {
    let account = &posted.viewer.person.user.0;
    let spot = say::place(&channel, &posted).await?;
    match posted.field("on").split_once('-') {
        Some(("p", id)) => {
            let id = id.parse().map_err(|_| Trouble::BadForm)?;
            channel.store.drop_private(account, id).await?;
        }
        Some(_) => return Err(Trouble::BadForm),
        None => {
            if let Some(form) = channel.open_form(&posted.viewer).await? {
                channel.store.close_form(account, &form).await?;
            }
        }
    }
    Reply::new(&channel, &posted, &spot)
        .send(Shown::Nothing, true)
        .await
}

#[derive(Deserialize)]
pub(super) struct Unfinished {
    text: String,
}

/// How a command may go on, as list items; nothing for an ordinary message.
pub(super) async fn complete(
    State(channel): Shared,
    viewer: Viewer,
    Query(Unfinished { text }): Query<Unfinished>,
) -> Result<Html<String>, Trouble> {
    let (command, prefix) = match say::spoken(&text) {
        say::Spoken::Command(rest) => (rest, "/release "),
        say::Spoken::Mention(rest) => (rest, "@shipbell "),
        say::Spoken::Words | say::Spoken::Unknown => return Ok(Html(String::new())),
    };
    let request = hex(&(channel.randomness)()[..16]);
    let act = Act::Completing {
        text: command.to_owned(),
    };
    let found = match channel.deliver(&viewer, &request, act).await {
        Outcome::Answered(Answer::Completions(found)) => found,
        Outcome::Answered(
            Answer::Done | Answer::Private(_) | Answer::Form(_) | Answer::FieldErrors(_),
        )
        | Outcome::Dropped
        | Outcome::Busy
        | Outcome::Silent => Vec::new(),
    };
    let whole = found.into_iter().take(COMPLETIONS).map(|one| Completion {
        text: format!("{prefix}{}", one.text),
        about: one.about,
    });
    Ok(Html(draw::completions(&whole.collect::<Vec<_>>())?))
}

/// How many completions are shown.
const COMPLETIONS: usize = 25;

/// What goes back to the page somebody acted on.
struct Reply<'a> {
    channel: &'a WebChannel,
    posted: &'a Posted,
    spot: &'a Spot,
    /// The message that looks different now.
    changed: Option<i64>,
}

impl<'a> Reply<'a> {
    fn new(channel: &'a WebChannel, posted: &'a Posted, spot: &'a Spot) -> Self {
        Self {
            channel,
            posted,
            spot,
            changed: None,
        }
    }

    async fn send(self, shown: Shown, taken: bool) -> Result<Response, Trouble> {
        let Self {
            channel,
            posted,
            spot,
            changed,
        } = self;
        let Some(page) = posted.live else {
            return Ok(Redirect::to(&self.address(shown)).into_response());
        };
        let draw = Draw::new(channel, &posted.viewer);
        let mut html = String::new();
        if let Some(id) = changed {
            html += &draw.message_change(id, page).await?.html;
        }
        html += &match shown {
            Shown::Nothing => String::new(),
            Shown::Private(id) => draw.private_change(id, page).await?.html,
            Shown::Form => draw.form_change(&spot.channel).await?.html,
        };
        let status = if taken {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let next = [(HeaderName::from_static("x-shipbell-request"), draw.mint())];
        Ok((status, next, Html(html)).into_response())
    }

    /// Where the act can be seen without a script.
    fn address(&self, shown: Shown) -> String {
        let path = match self.spot.thread {
            Some(root) => format!("/thread/{root}"),
            None => format!("/channel/{}", self.spot.channel),
        };
        let anchor = match (shown, self.changed) {
            (Shown::Private(id), _) => format!("p-{id}"),
            (Shown::Form, _) => "form".to_owned(),
            (Shown::Nothing, Some(id)) => format!("m-{id}"),
            (Shown::Nothing, None) => "c".to_owned(),
        };
        format!("{}#{anchor}", self.posted.viewer.link(&path))
    }
}

async fn message(channel: &WebChannel, id: &str) -> Result<Message, Trouble> {
    channel
        .store
        .message(message_number(id).ok_or(Trouble::BadForm)?)
        .await?
        .filter(|message| !message.deleted && channel.has_channel(&message.spot.channel))
        .ok_or(Trouble::NotFound)
}

fn message_number(id: &str) -> Option<i64> {
    id.strip_prefix("m-")?.parse().ok()
}

/// The card a button was pressed on, if it still has one: a message's or a private answer's.
async fn pressed(
    channel: &WebChannel,
    viewer: &Viewer,
    on: &str,
) -> Result<(MessageRef, Spot, Option<Card>), Trouble> {
    let Some(digits) = on.strip_prefix("p-") else {
        let message = message(channel, on).await?;
        let card = match message.body {
            Body::Card(card) => Some(card),
            Body::Words(_) | Body::File { .. } => None,
        };
        let at = reference(&message.spot.channel, message.id);
        return Ok((at, message.spot, card));
    };
    let id = digits.parse().map_err(|_| Trouble::BadForm)?;
    let private = channel
        .store
        .private(&viewer.person.user.0, id)
        .await?
        .ok_or(Trouble::NotFound)?;
    let at = MessageRef {
        channel: ChannelId(private.spot.channel.clone()),
        id: on.to_owned(),
    };
    Ok((at, private.spot, Some(private.card)))
}

/// The answers to the form's own questions, in its order; anything else is left out.
fn entered(form: &OpenForm, posted: &Posted) -> Vec<(String, String)> {
    form.form
        .inputs
        .iter()
        .map(|input| {
            let value = posted.field(&format!("v.{}", input.name));
            let value = match &input.kind {
                InputKind::Line | InputKind::Lines => value.replace("\r\n", "\n"),
                InputKind::Choice(offered) if offered.iter().any(|(known, _)| known == value) => {
                    value.to_owned()
                }
                InputKind::Choice(_) => String::new(),
                InputKind::Tick if value.is_empty() => String::new(),
                InputKind::Tick => "true".to_owned(),
            };
            (input.name.clone(), value)
        })
        .collect()
}

/// Whether the form has to be shown again: with its mistakes, as a new form,
/// or as it was, for another try under the same id.
fn reopen(form: &mut OpenForm, outcome: &Outcome, new_id: impl Fn() -> String) -> bool {
    if let Some(mistakes) = outcome.mistakes() {
        form.mistakes = mistakes.to_vec();
        form.request = new_id();
        return true;
    }
    !outcome.taken()
}
