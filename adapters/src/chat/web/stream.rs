//! News for an open page, as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::draw::{Change, Draw};
use super::session::{Page, Viewer};
use super::store::{Event, Since, Subject};
use super::trouble::Trouble;
use super::{WebChannel, session};

#[derive(Deserialize)]
pub(super) struct From {
    channel: String,
    thread: Option<i64>,
    #[serde(default)]
    after: i64,
}

/// Begins after the browser's last event, or where the page was drawn.
pub(super) async fn events(
    State(channel): State<Arc<WebChannel>>,
    viewer: Viewer,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    if !channel.has_channel(&from.channel) {
        return Err(Trouble::NotFound);
    }
    let permit = Arc::clone(&channel.streams)
        .try_acquire_owned()
        .map_err(|_| Trouble::TooMany)?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    let news = News {
        after: last.unwrap_or(from.after),
        page: from.thread.map_or(Page::Channel, Page::Thread),
        name: from.channel,
        latest: channel.store.watch(),
        closing: channel.closing.subscribe(),
        ready: VecDeque::from([Sent::default().retry(RETRY)]),
        viewer,
        channel,
        headers,
        _permit: permit,
    };
    let events = stream::unfold(news, async |mut news| {
        let sent = news.next().await?;
        Some((Ok::<_, Infallible>(sent), news))
    });
    let alive = KeepAlive::new().interval(ALIVE);
    Ok(Sse::new(Box::pin(events)).keep_alive(alive).into_response())
}

/// How soon a browser comes back after the connection broke.
const RETRY: Duration = Duration::from_secs(1);

/// How often a quiet connection shows that it is there.
const ALIVE: Duration = Duration::from_secs(15);

/// One page's news.
struct News {
    channel: Arc<WebChannel>,
    viewer: Viewer,
    name: String,
    page: Page,
    after: i64,
    /// Who was asking when the page began to listen; a session can end meanwhile.
    headers: HeaderMap,
    ready: VecDeque<Sent>,
    latest: watch::Receiver<i64>,
    closing: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
}

impl News {
    /// The next event; none when the server ends, the person is out, or the file fails:
    /// the browser then comes back and is told.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some(sent) = self.ready.pop_front() {
                return Some(sent);
            }
            if *self.closing.borrow() {
                return None;
            }
            self.latest.borrow_and_update();
            session::signed_in(&self.channel, &self.headers)
                .await
                .ok()?;
            let read = self.read().await;
            let more = read
                .inspect_err(|trouble| {
                    tracing::warn!(error = %trouble, "a page's events could not be read");
                })
                .ok()?;
            if !more {
                tokio::select! {
                    changed = self.latest.changed() => changed.ok()?,
                    closed = self.closing.changed() => closed.ok()?,
                }
            }
        }
    }

    /// Whether there was anything, and so may be more.
    async fn read(&mut self) -> Result<bool, Trouble> {
        let account = self.viewer.person.user.0.clone();
        let since = self
            .channel
            .store
            .since(self.after, &self.name, &account)
            .await?;
        let events = match since {
            Since::Events(events) => events,
            Since::TooMuch(newest) => {
                self.after = newest;
                let resync = Sent::default().event("resync").data("again");
                self.ready.push_back(resync.id(newest.to_string()));
                return Ok(true);
            }
        };
        for (at, event) in events.iter().enumerate() {
            self.after = event.id;
            // Drawn as it stands now, so that only the last of several changes is sent.
            let again = events[at + 1..].iter().any(|e| e.subject == event.subject);
            if !again {
                let change = self.draw(event).await?;
                self.push(event.id, change);
            }
        }
        Ok(!events.is_empty())
    }

    async fn draw(&self, event: &Event) -> Result<Change, Trouble> {
        let draw = Draw::new(&self.channel, &self.viewer);
        match event.subject {
            Subject::Message(id) => draw.message_change(id, self.page).await,
            Subject::Private(id) if self.shows_private(id).await? => {
                draw.private_change(id, self.page).await
            }
            Subject::Private(_) => Ok(Change::default()),
            Subject::Form => draw.form_change(&self.name).await,
        }
    }

    /// A thread's page shows only what was told in it; what is gone is gone everywhere.
    async fn shows_private(&self, id: i64) -> Result<bool, Trouble> {
        let Page::Thread(root) = self.page else {
            return Ok(true);
        };
        let account = &self.viewer.person.user.0;
        let private = self.channel.store.private(account, id).await?;
        Ok(private.is_none_or(|private| private.spot.thread == Some(root)))
    }

    fn push(&mut self, id: i64, Change { html, gone }: Change) {
        if let Some(gone) = gone {
            // Without a number: whoever comes back here is sent both again.
            self.ready
                .push_back(Sent::default().event("gone").data(gone));
        }
        if !html.is_empty() {
            let sent = Sent::default().event("html").data(html.replace('\r', ""));
            self.ready.push_back(sent.id(id.to_string()));
        }
    }
}
