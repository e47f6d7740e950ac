//! From what is stored to what one person sees.

mod card;
mod message;
mod page;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use askama::Template;

use self::card::WordsView;
use self::message::{MessageView, ThreadView};
use super::session::{Page, Viewer};
use super::store::{Message, OpenForm, Private};
use super::trouble::Trouble;
use super::{Person, WebChannel, hex};
use crate::chat::card::InputKind;
use crate::chat::{Completion, Input, Text, UserId};

/// Draws for one person, within one request.
pub(super) struct Draw<'a> {
    channel: &'a WebChannel,
    viewer: &'a Viewer,
    people: Arc<[Person]>,
    /// What the request ids of this page's forms begin with, and how many there are.
    base: String,
    minted: AtomicU32,
}

/// What to change on a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Fragments to put in.
    pub(super) html: String,
    /// The id of what to take away.
    pub(super) gone: Option<String>,
}

/// What every form carries besides its own fields.
#[derive(Clone, Debug)]
struct Hidden {
    csrf: String,
    acting_as: Option<String>,
    channel: String,
}

/// How many replies of one thread a channel's page shows; the rest are on the thread's own.
const INLINE: usize = 30;

/// How many replies are read at once.
pub(super) const REPLIES: u32 = 1_000;

#[derive(Template)]
#[template(path = "web/form.html")]
struct FormView<'a> {
    open: &'a OpenForm,
    questions: Vec<Question<'a>>,
    hidden: Hidden,
    viewer: &'a UserId,
    /// The request id of putting it away.
    cancel: String,
}

struct Question<'a> {
    input: &'a Input,
    value: &'a str,
    mistake: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "web/completions.html")]
struct CompletionsView<'a> {
    found: &'a [Completion],
}

impl<'a> FormView<'a> {
    fn words(&self, text: &'a Text) -> WordsView<'a> {
        WordsView::of(text, self.viewer)
    }

    /// What is wrong with no question in particular.
    fn stray(&self) -> impl Iterator<Item = &str> {
        let asked = |name: &str| self.open.form.inputs.iter().any(|input| input.name == name);
        self.open
            .mistakes
            .iter()
            .filter(move |(name, _)| !asked(name))
            .map(|(_, mistake)| mistake.as_str())
    }
}

impl Question<'_> {
    /// The attributes that lead from the field to its rule and its mistake.
    fn described(&self) -> String {
        let name = askama::filters::escape(&self.input.name, askama::filters::Html)
            .map_or_else(|never| match never {}, |name| name.to_string());
        let hint = (!self.input.hint.is_empty()).then(|| format!("h-{name}"));
        let mistake = self.mistake.map(|_| format!("w-{name}"));
        let ids: Vec<String> = hint.into_iter().chain(mistake).collect();
        let wrong = self.mistake.map_or("", |_| " aria-invalid=\"true\"");
        if ids.is_empty() {
            return wrong.to_owned();
        }
        format!("{wrong} aria-describedby=\"{}\"", ids.join(" "))
    }
}

/// How a command may go on, as list items.
pub(super) fn completions(found: &[Completion]) -> Result<String, askama::Error> {
    CompletionsView { found }.render()
}

impl<'a> Draw<'a> {
    pub(super) fn new(channel: &'a WebChannel, viewer: &'a Viewer) -> Self {
        Self {
            channel,
            viewer,
            people: channel.people(),
            base: hex(&(channel.randomness)()[..16]),
            minted: AtomicU32::new(0),
        }
    }

    /// An id for one rendered form.
    pub(super) fn mint(&self) -> String {
        let number = self.minted.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.base)
    }

    /// A message as it looks now on a page; nothing if that page does not show it.
    pub(super) async fn message_change(&self, id: i64, page: Page) -> Result<Change, Trouble> {
        let Some(message) = self.channel.store.message(id).await? else {
            return Ok(Change::default());
        };
        let root = message.spot.thread.unwrap_or(message.id);
        if matches!(page, Page::Thread(shown) if shown != root) {
            return Ok(Change::default());
        }
        let replies = self
            .channel
            .store
            .replies(&message.spot.channel, (root, root), REPLIES)
            .await?;
        let is_root = message.id == root;
        let gone = message.deleted && !(is_root && has_words(&replies));
        let mut change = Change {
            gone: gone.then(|| format!("m-{id}")),
            html: String::new(),
        };
        if !gone {
            let thread = match page {
                Page::Channel if is_root => {
                    Some(self.thread((&message.spot.channel, root), &replies, &[])?)
                }
                Page::Channel | Page::Thread(_) => None,
            };
            change.html = self.message(&message, page, thread)?;
        }
        if !is_root && page == Page::Channel {
            change.html += &self
                .thread((&message.spot.channel, root), &replies, &[])?
                .summary()?;
        }
        Ok(change)
    }

    /// A private answer as it looks now; its person put it away if it is gone.
    pub(super) async fn private_change(&self, id: i64, page: Page) -> Result<Change, Trouble> {
        let account = &self.viewer.person.user.0;
        Ok(match self.channel.store.private(account, id).await? {
            Some(private) => Change {
                html: self.private(&private, page)?,
                gone: None,
            },
            None => Change {
                html: String::new(),
                gone: Some(format!("p-{id}")),
            },
        })
    }

    /// The form that is open now, or its end.
    pub(super) async fn form_change(&self, channel: &str) -> Result<Change, Trouble> {
        Ok(match self.channel.open_form(self.viewer).await? {
            Some(open) if open.spot.channel == channel => Change {
                html: self.form(&open)?,
                gone: None,
            },
            Some(_) | None => Change {
                html: String::new(),
                gone: Some("form".to_owned()),
            },
        })
    }

    pub(super) fn form(&self, open: &OpenForm) -> Result<String, askama::Error> {
        let find = |list: &'_ [(String, String)], name: &str| {
            list.iter().position(|(known, _)| known == name)
        };
        let questions = open.form.inputs.iter().map(|input| Question {
            input,
            value: find(&open.entered, &input.name)
                .map_or(input.value.as_str(), |at| open.entered[at].1.as_str()),
            mistake: find(&open.mistakes, &input.name).map(|at| open.mistakes[at].1.as_str()),
        });
        let view = FormView {
            open,
            questions: questions.collect(),
            hidden: self.hidden(&open.spot.channel),
            viewer: &self.viewer.person.user,
            cancel: self.mint(),
        };
        view.render()
    }

    /// A message where a page shows it.
    fn message(
        &self,
        message: &Message,
        page: Page,
        thread: Option<ThreadView>,
    ) -> Result<String, askama::Error> {
        let into = match (page, message.spot.thread) {
            (Page::Channel, Some(root)) => format!("m-{root}-replies"),
            (Page::Channel, None) | (Page::Thread(_), _) => "log".to_owned(),
        };
        MessageView::of(self, message, into, thread)?.render()
    }

    fn private(&self, private: &Private, page: Page) -> Result<String, askama::Error> {
        let into = match (page, private.spot.thread) {
            (Page::Channel, Some(root)) => format!("m-{root}-replies"),
            (Page::Channel, None) | (Page::Thread(_), _) => "log".to_owned(),
        };
        message::PrivateView::of(self, private, into)?.render()
    }

    /// A thread as it stands under its first message.
    fn thread(
        &self,
        (channel, root): (&str, i64),
        replies: &[Message],
        privates: &[&Private],
    ) -> Result<ThreadView, askama::Error> {
        let standing: Vec<&Message> = replies.iter().filter(|reply| !reply.deleted).collect();
        let earlier = standing.len().saturating_sub(INLINE);
        let mut items = Vec::new();
        for reply in &standing[earlier..] {
            let html = self.message(reply, Page::Channel, None)?;
            items.push((reply.posted, html));
        }
        for private in privates {
            items.push((private.told, self.private(private, Page::Channel)?));
        }
        items.sort_by_key(|(at, _)| *at);
        Ok(ThreadView {
            root,
            address: self.viewer.link(&format!("/thread/{root}")),
            count: standing.len(),
            earlier,
            last: standing.last().map(|last| {
                (
                    self.name(&last.author),
                    (self.channel.options.hour)(last.posted),
                )
            }),
            waiting: standing.iter().any(|reply| self.waits_for_viewer(reply)),
            items: items.into_iter().map(|(_, html)| html).collect(),
            hidden: self.hidden(channel),
            request: self.mint(),
        })
    }

    fn hidden(&self, channel: &str) -> Hidden {
        Hidden {
            csrf: self.viewer.csrf.clone(),
            acting_as: self
                .viewer
                .acting
                .then(|| self.viewer.person.user.0.clone()),
            channel: channel.to_owned(),
        }
    }

    /// The name everybody knows an account by.
    fn name(&self, account: &str) -> String {
        let user = UserId(account.to_owned());
        self.people
            .iter()
            .find(|person| person.user == user)
            .map_or_else(|| account.to_owned(), |person| person.name.clone())
    }
}

fn has_words(replies: &[Message]) -> bool {
    replies.iter().any(|reply| !reply.deleted)
}
