//! What the composer sends: an ordinary message, or words for the bot.

use axum::extract::State;
use axum::response::Response;

use super::{Reply, Shared};
use crate::chat::web::outcome::{Deed, Shown};
use crate::chat::web::port::reference;
use crate::chat::web::session::Posted;
use crate::chat::web::store::{self, Body, NewMessage, Spot};
use crate::chat::web::trouble::Trouble;
use crate::chat::web::{WebChannel, notes};
use crate::chat::{Act, Card, ChannelId, PlaceRef};

/// What somebody typed is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spoken<'a> {
    /// For the bot alone.
    Command(&'a str),
    /// For everybody, the bot included.
    Mention(&'a str),
    /// For everybody.
    Words,
    /// A slash and a word that is no command here.
    Unknown,
}

pub(in super::super) async fn say(
    State(channel): Shared,
    posted: Posted,
) -> Result<Response, Trouble> {
    let request = posted.request()?;
    let spot = place(&channel, &posted).await?;
    let text = posted.field("text").trim();
    let deed = Deed {
        viewer: &posted.viewer,
        spot: &spot,
        request,
        typed: Some(text),
    };
    let mut reply = Reply::new(&channel, &posted, &spot);
    if text.is_empty() {
        return reply.send(Shown::Nothing, true).await;
    }
    if let Some(card) = refusal(text) {
        let shown = channel.tell(deed, &card).await?;
        return reply.send(shown, true).await;
    }
    let (visible, told) = match spoken(text) {
        Spoken::Command(rest) => (false, Some(rest)),
        Spoken::Mention(rest) => (true, Some(rest)),
        Spoken::Words | Spoken::Unknown => (true, None),
    };
    if visible {
        reply.changed = Some(add(&channel, deed, text).await?);
    }
    let Some(rest) = told else {
        return reply.send(Shown::Nothing, true).await;
    };
    let act = Act::Said {
        place: PlaceRef {
            channel: ChannelId(spot.channel.clone()),
            thread: spot.thread.map(|root| reference(&spot.channel, root)),
        },
        text: rest.to_owned(),
    };
    let outcome = channel.deliver(deed.viewer, request, act).await;
    let taken = outcome.taken();
    let shown = channel.show(deed, outcome).await?;
    reply.send(shown, taken).await
}

/// Tells words for the bot from words for everybody.
pub(super) fn spoken(text: &str) -> Spoken<'_> {
    let after = |prefix: &str| {
        let rest = text.strip_prefix(prefix)?;
        let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
        ends.then(|| rest.trim_start())
    };
    if let Some(rest) = after("/release") {
        Spoken::Command(rest)
    } else if let Some(rest) = after("@shipbell") {
        Spoken::Mention(rest)
    } else if text.starts_with('/') {
        Spoken::Unknown
    } else {
        Spoken::Words
    }
}

/// The channel and thread a form was sent from.
pub(super) async fn place(channel: &WebChannel, posted: &Posted) -> Result<Spot, Trouble> {
    let name = posted.field("channel");
    if !channel.has_channel(name) {
        return Err(Trouble::BadForm);
    }
    let thread = match posted.field("thread") {
        "" => None,
        digits => {
            let id = digits.parse().map_err(|_| Trouble::BadForm)?;
            let root = channel.store.message(id).await?;
            root.filter(|root| root.spot.channel == name && root.spot.thread.is_none())
                .ok_or(Trouble::NotFound)?;
            Some(id)
        }
    };
    Ok(Spot {
        channel: name.to_owned(),
        thread,
    })
}

/// The longest message, in characters.
const LONGEST: usize = 4_000;

fn refusal(text: &str) -> Option<Card> {
    if text.chars().count() > LONGEST {
        return Some(notes::too_long(LONGEST));
    }
    (spoken(text) == Spoken::Unknown).then(|| notes::no_such_command(text))
}

async fn add(channel: &WebChannel, deed: Deed<'_>, text: &str) -> store::Result<i64> {
    let new = NewMessage {
        spot: deed.spot.clone(),
        author: deed.viewer.person.user.0.clone(),
        key: None,
        request: Some(deed.request.to_owned()),
        body: Body::Words(text.to_owned()),
        at: (channel.clock)(),
    };
    channel.store.add_message(new).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_mentions_and_words_are_told_apart() {
        for (text, wanted) in [
            ("/release", Spoken::Command("")),
            ("/release deploy staging", Spoken::Command("deploy staging")),
            ("/release\u{a0}help", Spoken::Command("help")),
            ("/released", Spoken::Unknown),
            ("/relase deploy", Spoken::Unknown),
            (
                "@shipbell can production",
                Spoken::Mention("can production"),
            ),
            ("@shipbells", Spoken::Words),
            ("shall we /release it?", Spoken::Words),
        ] {
            assert_eq!(spoken(text), wanted, "{text}");
        }
    }
}
