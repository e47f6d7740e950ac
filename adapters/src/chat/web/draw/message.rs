//! A message, a private answer and a thread as HTML.

use askama::Template;

use super::card::{CardView, calls};
use super::{Draw, Hidden};
use crate::chat::web::emoji::Emoji;
use crate::chat::web::store::{Body, Message, Private};

/// A message, ready for its template.
#[derive(Template)]
#[template(path = "web/message.html")]
pub(super) struct MessageView {
    dom: String,
    /// The id of the element it goes to the end of.
    into: String,
    /// When it was posted, to keep the order.
    at: i64,
    bot: bool,
    deleted: bool,
    name: String,
    initial: String,
    iso: String,
    hour: String,
    edited: Option<String>,
    /// What it says in one sentence.
    label: String,
    body: String,
    chips: Vec<Chip>,
    more: Vec<Chip>,
    hidden: Hidden,
    thread: Option<ThreadView>,
}

/// One emoji under a message.
struct Chip {
    emoji: Emoji,
    count: usize,
    /// Who, in words.
    who: String,
    /// Whether the viewer is among them.
    mine: bool,
    request: String,
}

/// A private answer, ready for its template.
#[derive(Template)]
#[template(path = "web/private.html")]
pub(super) struct PrivateView {
    dom: String,
    into: String,
    at: i64,
    hour: String,
    body: String,
    hidden: Hidden,
    request: String,
}

/// A thread under its first message.
#[derive(Template)]
#[template(path = "web/replies.html")]
pub(super) struct ThreadView {
    pub(super) root: i64,
    pub(super) address: String,
    pub(super) count: usize,
    /// How many replies are only on the thread's own page.
    pub(super) earlier: usize,
    /// Who replied last, and when.
    pub(super) last: Option<(String, String)>,
    /// Whether a reply in it calls the viewer and can still be acted on.
    pub(super) waiting: bool,
    pub(super) items: Vec<String>,
    pub(super) hidden: Hidden,
    pub(super) request: String,
}

#[derive(Template)]
#[template(path = "web/summary.html")]
struct SummaryView<'a> {
    thread: &'a ThreadView,
}

#[derive(Template)]
#[template(path = "web/file.html")]
struct FileView<'a> {
    id: i64,
    name: &'a str,
    text: &'a str,
    address: String,
}

impl MessageView {
    pub(super) fn of(
        draw: &Draw<'_>,
        message: &Message,
        into: String,
        thread: Option<ThreadView>,
    ) -> Result<Self, askama::Error> {
        let dom = format!("m-{}", message.id);
        let name = draw.name(&message.author);
        let hour = &draw.channel.options.hour;
        let body = match &message.body {
            Body::Card(card) => {
                CardView::of(draw, card, (&dom, &message.spot.channel), true).render()?
            }
            Body::Words(words) => words.clone(),
            Body::File { name, text } => FileView {
                id: message.id,
                name,
                text: head(text),
                address: draw.viewer.link(&format!("/file/{}", message.id)),
            }
            .render()?,
        };
        let label = match &message.body {
            Body::Card(card) => card.summary.clone(),
            Body::Words(_) => format!("Message from {name}"),
            Body::File { name, .. } => format!("File {name}"),
        };
        let (chips, more): (Vec<Chip>, Vec<Chip>) = Emoji::ALL
            .into_iter()
            .map(|emoji| draw.chip(message, emoji))
            .partition(|chip| chip.count > 0);
        Ok(Self {
            dom,
            into,
            at: message.posted.timestamp_millis(),
            bot: matches!(message.body, Body::Card(_) | Body::File { .. }),
            deleted: message.deleted,
            initial: initial(&name),
            name,
            iso: message.posted.to_rfc3339(),
            hour: hour(message.posted),
            edited: message.edited.map(|at| hour(at)),
            label,
            body,
            chips,
            more,
            hidden: draw.hidden(&message.spot.channel),
            thread,
        })
    }
}

impl PrivateView {
    pub(super) fn of(
        draw: &Draw<'_>,
        private: &Private,
        into: String,
    ) -> Result<Self, askama::Error> {
        let dom = format!("p-{}", private.id);
        let card = CardView::of(draw, &private.card, (&dom, &private.spot.channel), false);
        Ok(Self {
            body: card.render()?,
            into,
            at: private.told.timestamp_millis(),
            hour: (draw.channel.options.hour)(private.told),
            hidden: draw.hidden(&private.spot.channel),
            request: draw.mint(),
            dom,
        })
    }
}

impl ThreadView {
    /// The line that says how many replies there are, alone.
    pub(super) fn summary(&self) -> Result<String, askama::Error> {
        SummaryView { thread: self }.render()
    }

    fn summary_view(&self) -> SummaryView<'_> {
        SummaryView { thread: self }
    }
}

impl Draw<'_> {
    /// Whether a message calls the viewer and offers something to do.
    pub(super) fn waits_for_viewer(&self, message: &Message) -> bool {
        match &message.body {
            Body::Card(card) => !card.buttons.is_empty() && calls(card, &self.viewer.person.user),
            Body::Words(_) | Body::File { .. } => false,
        }
    }

    fn chip(&self, message: &Message, emoji: Emoji) -> Chip {
        let accounts: Vec<&str> = message
            .reactions
            .iter()
            .filter(|(name, _)| name == emoji.name())
            .map(|(_, account)| account.as_str())
            .collect();
        let names: Vec<String> = accounts.iter().map(|account| self.name(account)).collect();
        Chip {
            emoji,
            count: accounts.len(),
            who: names.join(", "),
            mine: accounts.contains(&self.viewer.person.user.0.as_str()),
            request: self.mint(),
        }
    }
}

/// The letter in the square.
fn initial(name: &str) -> String {
    name.chars()
        .next()
        .map_or_else(String::new, |letter| letter.to_uppercase().collect())
}

/// How much of a file is shown in the channel, in bytes.
const PREVIEW: usize = 4_000;

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(PREVIEW)]
}
