//! Answers to the person who did something. They are never owed: what cannot be said
//! in time is left unsaid, and noted.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::api::Body;
use super::commands::last_word;
use super::fault::{Fault, code};
use super::from_wire::{From, Heard, Own, Ticket};
use super::kept::{Found, Waiting};
use super::mark::{Make, Mark};
use super::route::Route;
use super::{DiscordChat, to_wire};
use crate::chat::card::{ButtonStyle, InputKind, Span, Text};
use crate::chat::{Act, Answer, Block, Button, Card, Completion, Form, MessageRef, UserId, cut};

/// Discord's kinds of answers.
const SAY: u8 = 4;
const SAY_LATER: u8 = 5;
const NOTED: u8 = 6;
const COMPLETE: u8 = 8;
const OPEN_FORM: u8 = 9;

/// How long an answer may be tried: Discord gives up after three seconds.
const IN_TIME: Duration = Duration::from_millis(2600);

/// How long a line stands that calls somebody to an answer.
const CALLED: Duration = Duration::from_mins(10);

/// The most ways a command may go on, and characters of one.
const WAYS: usize = 25;
const WAY: usize = 100;

/// The way to one person.
pub(super) struct Line<'a> {
    chat: &'a DiscordChat,
    ticket: Ticket,
    heard: &'a Heard,
    began: Instant,
    /// The person sees that an answer will come.
    deferred: bool,
}

impl<'a> Line<'a> {
    pub(super) fn new(chat: &'a DiscordChat, ticket: Ticket, heard: &'a Heard) -> Self {
        Self {
            chat,
            ticket,
            heard,
            began: Instant::now(),
            deferred: false,
        }
    }

    /// Shows that an answer will come; whether Discord took it.
    pub(super) async fn defer(&mut self) -> bool {
        let later = Some(to_wire::private_later());
        match self.respond(SAY_LATER, later).await {
            Ok(()) => {
                self.deferred = true;
                true
            }
            Err(fault) => {
                tracing::info!(?fault, "nobody can be told that an answer will come");
                false
            }
        }
    }

    /// Says that nothing was done.
    pub(super) async fn not_recorded(&self) {
        if !matches!(self.heard.back.from, From::Completing(..)) {
            let card = note("Nothing was recorded: the bot is busy or cannot write. Try again.");
            self.tell(Answer::Private(Box::new(card))).await;
        }
    }

    pub(super) async fn tell(&self, answer: Answer) {
        let told = match answer {
            Answer::Done => self.done().await,
            Answer::Private(card) => self.show(&card).await,
            Answer::Form(form) => self.form(*form).await,
            Answer::FieldErrors(mistakes) => self.mistakes(&mistakes).await,
            Answer::Completions(ways) => self.complete(&ways).await,
        };
        match told {
            Ok(()) => {}
            // The answer before this one arrived after all.
            Err(fault) if fault.is(&[code::ANSWERED_ALREADY]) => {}
            Err(fault) if fault.is(&[code::UNKNOWN_INTERACTION]) => {
                tracing::info!(person = %self.heard.by, "a private answer came too late");
            }
            Err(fault) => {
                tracing::info!(?fault, person = %self.heard.by, "a private answer did not arrive");
            }
        }
    }

    async fn done(&self) -> Result<(), Fault> {
        if self.deferred {
            let route = self.original(Method::DELETE);
            return self.chat.api.call(route, Body::Nothing).await.map(drop);
        }
        match &self.heard.back.from {
            From::Press(_) | From::Form(_, true) => self.respond(NOTED, None).await,
            From::Command(_) | From::Form(_, false) => self.show(&note("Done.")).await,
            From::Completing(..) | From::Event => Ok(()),
        }
    }

    async fn show(&self, card: &Card) -> Result<(), Fault> {
        let make = self.chat.make();
        match self.say(card, make).await {
            Err(fault) if make == Make::Modern && fault.is_form() => {
                tracing::warn!(?fault, "Discord refuses components; using an embed");
                self.say(card, Make::Classic).await
            }
            told => told,
        }
    }

    async fn say(&self, card: &Card, make: Make) -> Result<(), Fault> {
        if self.deferred {
            let body = Body::Json(to_wire::message(card, make, None));
            let route = self.original(Method::PATCH);
            return self.chat.api.call(route, body).await.map(drop);
        }
        self.respond(SAY, Some(to_wire::private(card, make))).await
    }

    /// A form opens as the first answer to a command or a press; otherwise a button
    /// is shown whose press brings it.
    async fn form(&self, form: Form) -> Result<(), Fault> {
        let opens = matches!(self.heard.back.from, From::Command(_) | From::Press(_));
        if opens && !self.deferred {
            self.chat.forms.note(&self.heard.by, &form);
            return self.respond(OPEN_FORM, Some(to_wire::modal(&form))).await;
        }
        self.offer("This needs a form.", "Open the form", form)
            .await
    }

    /// Discord cannot show mistakes in a form: they are said, and the form is offered
    /// again with what was entered. What it asked is not known any more.
    async fn mistakes(&self, mistakes: &[(String, String)]) -> Result<(), Fault> {
        let wrong: Vec<&str> = mistakes.iter().map(|(_, it)| it.as_str()).collect();
        let wrong = wrong.join("\n");
        match self.again() {
            Some(form) => self.offer(&wrong, "Fill it in again", form).await,
            None => self.show(&note(&wrong)).await,
        }
    }

    /// The form that was sent in, with what was entered.
    fn again(&self) -> Option<Form> {
        let Act::Submitted { form, values } = &self.heard.act else {
            return None;
        };
        let mut again = self.chat.forms.get(&self.heard.by, form)?;
        for input in &mut again.inputs {
            let entered = values.iter().find(|(name, _)| *name == input.name);
            input.value = match (&input.kind, entered) {
                (_, Some((_, value))) => value.clone(),
                (InputKind::Tick, None) => String::new(),
                (InputKind::Line | InputKind::Lines | InputKind::Choice(_), None) => continue,
            };
        }
        Some(again)
    }

    async fn offer(&self, words: &str, label: &str, form: Form) -> Result<(), Fault> {
        let waiting = Waiting::Form(form);
        let randomness = &self.chat.hands.randomness;
        let action = self.chat.kept.keep(&self.heard.by, waiting, randomness);
        self.show(&with_button(note(words), label, action)).await
    }

    async fn complete(&self, ways: &[Completion]) -> Result<(), Fault> {
        let From::Completing(..) = self.heard.back.from else {
            return Ok(());
        };
        let mut choices: Vec<Value> = Vec::new();
        for way in ways {
            // Flags are options here.
            let Some(word) = last_word(&way.text).filter(|it| !it.starts_with("--")) else {
                continue;
            };
            let fits = word.chars().count() <= WAY;
            if choices.len() >= WAYS || !fits || choices.iter().any(|it| it["value"] == word) {
                continue;
            }
            let name = if way.about.is_empty() {
                word.to_owned()
            } else {
                format!("{word}: {}", way.about)
            };
            choices.push(json!({ "name": cut::line(&name, WAY), "value": word }));
        }
        let data = json!({ "choices": choices });
        self.respond(COMPLETE, Some(data)).await
    }

    /// Answers, and tries again where that is certain to do no harm and in time.
    async fn respond(&self, kind: u8, data: Option<Value>) -> Result<(), Fault> {
        respond(self.chat, (&self.ticket, self.began), kind, data).await
    }

    fn original(&self, method: Method) -> Route {
        Route::original(&self.ticket.application, &self.ticket.token, method)
    }
}

async fn respond(
    chat: &DiscordChat,
    (ticket, began): (&Ticket, Instant),
    kind: u8,
    data: Option<Value>,
) -> Result<(), Fault> {
    let mut body = json!({ "type": kind });
    if let Some(data) = data {
        body["data"] = data;
    }
    loop {
        let route = Route::callback(&ticket.id, &ticket.token);
        let Err(fault) = chat.api.call(route, Body::Json(body.clone())).await else {
            return Ok(());
        };
        let pause = match &fault {
            Fault::Busy { after, .. } => *after,
            // Twice is once: the second is told that it was answered.
            Fault::Unsent(_) | Fault::Unknown(_) => Duration::from_millis(200),
            Fault::Said { .. } => return Err(fault),
        };
        if began.elapsed() + pause > IN_TIME {
            return Err(fault);
        }
        tokio::time::sleep(pause).await;
    }
}

impl DiscordChat {
    /// Calls somebody to an answer that nobody else is to see, where Discord has no
    /// way to show them alone.
    pub(super) async fn nudge(&self, heard: &Heard, answer: Answer) {
        let (waiting, words, label) = match answer {
            Answer::Done | Answer::Completions(_) | Answer::FieldErrors(_) => return,
            Answer::Private(card) => (
                Waiting::Answer(*card),
                ", there is an answer for you.",
                "Show it",
            ),
            Answer::Form(form) => (
                Waiting::Form(*form),
                ", this needs a form.",
                "Open the form",
            ),
        };
        let action = self.kept.keep(&heard.by, waiting, &self.hands.randomness);
        let mention = Span::Mention {
            user: heard.by.clone(),
            name: "you".to_owned(),
        };
        let text = Text(vec![mention, Span::Plain(words.to_owned())]);
        let card = Card {
            summary: words.trim_start_matches(", ").to_owned(),
            blocks: vec![Block::Text(text)],
            ..Card::default()
        };
        let mark = Mark::of(&action);
        let body = to_wire::message(&with_button(card, label, action), self.make(), Some(mark));
        let channel = &heard.back.channel;
        let said = self.api.call(Route::post(channel), Body::Json(body)).await;
        let at = match said {
            Ok(answer) => MessageRef {
                channel: channel.clone(),
                id: answer["id"].as_str().unwrap_or_default().to_owned(),
            },
            Err(fault) => {
                tracing::info!(?fault, person = %heard.by, "nobody could be called to an answer");
                return;
            }
        };
        let api = std::sync::Arc::clone(&self.api);
        (self.hands.spawn)(Box::pin(async move {
            tokio::time::sleep(CALLED).await;
            // Shown, it is gone already.
            drop(api.call(Route::delete(&at), Body::Nothing).await);
        }));
    }

    /// A press of one of the bot's own buttons brings what waits behind it.
    pub(super) async fn press_own(&self, own: Own) {
        let Own {
            by,
            what,
            on,
            ticket,
        } = own;
        let make = self.make();
        let say = |card: &Card| (SAY, to_wire::private(card, make));
        let mut shown = false;
        let (kind, data) = match self.kept.find(&what, &by) {
            Found::Waiting(Waiting::Answer(card)) => {
                shown = true;
                say(&card)
            }
            Found::Waiting(Waiting::Form(form)) => {
                self.forms.note(&by, &form);
                (OPEN_FORM, to_wire::modal(&form))
            }
            Found::Others(of) => say(&others(of)),
            Found::Gone => say(&note("This is gone. Say the command again.")),
        };
        let told = respond(self, (&ticket, Instant::now()), kind, Some(data)).await;
        match told {
            Ok(()) if shown => {
                drop(self.api.call(Route::delete(&on), Body::Nothing).await);
            }
            Ok(()) => {}
            Err(fault) => tracing::info!(?fault, person = %by, "a private answer did not arrive"),
        }
    }
}

fn others(of: UserId) -> Card {
    let mention = Span::Mention {
        user: of,
        name: "somebody else".to_owned(),
    };
    Card {
        summary: "This is for somebody else.".to_owned(),
        blocks: vec![Block::Text(Text(vec![
            Span::Plain("This is for ".to_owned()),
            mention,
            Span::Plain(".".to_owned()),
        ]))],
        ..Card::default()
    }
}

fn with_button(card: Card, label: &str, action: String) -> Card {
    let button = Button {
        label: label.to_owned(),
        action,
        style: ButtonStyle::Primary,
    };
    let blocks = if card.blocks.is_empty() {
        vec![Block::Text(Text::plain(card.summary.clone()))]
    } else {
        card.blocks
    };
    Card {
        summary: card.summary,
        blocks,
        buttons: vec![button],
        ..Card::default()
    }
}

fn note(words: &str) -> Card {
    Card {
        summary: words.to_owned(),
        ..Card::default()
    }
}
