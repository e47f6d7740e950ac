//! Parity: what the bot understands and says is the same on every platform, held to
//! tables that name every command, card, piece of news and refusal there is.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails must fail its test"
)]

mod cards;
mod commands;
mod news;
mod plain;
mod refusals;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::json;
use shipbell::engine::ports::Ports;
use shipbell_domain::command::Wish;
use shipbell_domain::effect::Audience;
use shipbell_domain::ids::{Key, Person, Role};
use shipbell_domain::{Command, Effect, Refusal, Turn, World, turn};
use shipbell_tests::servers::slack::Setup;

use crate::room::{Over, Room, Seat, Someone};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_reads_the_same_everywhere() {
    let room = scripted(|world, command, now, said| {
        let number: Option<usize> = said.and_then(|it| it.parse().ok());
        match number.and_then(|it| refusals::all().into_iter().nth(it)) {
            Some(refusal) => Err(refusal),
            None => turn(world, command, now),
        }
    })
    .await;
    let people = everywhere(&room).await;
    let release = opened(&room).await;
    let mut differences = Vec::new();
    for (number, refusal) in refusals::all().iter().enumerate() {
        let said = number.to_string();
        let options = [("release", release.as_str()), ("text", said.as_str())];
        let mut read = Vec::new();
        for bo in &people {
            read.push(bo.asks(&room, "note", &options).await);
        }
        differences.extend(difference(&format!("{refusal:?}"), &read));
    }
    agree(&differences);
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_piece_of_news_reads_the_same_everywhere() {
    let room = scripted(|world, command, now, said| {
        let number: Option<usize> = said.and_then(|it| it.parse().ok());
        let mut turn = turn(world, command, now)?;
        let news = number.and_then(|it| news::all().into_iter().nth(it));
        turn.effects.extend(news.map(say));
        Ok(turn)
    })
    .await;
    let release = opened(&room).await;
    let bo = room.seated(Seat::Slack, "bo").await;
    let mut differences = Vec::new();
    for (number, notice) in news::all() {
        let said = number.to_string();
        let options = [("release", release.as_str()), ("text", said.as_str())];
        bo.asks(&room, "note", &options).await;
        // Behind the release's card.
        room.fills(number + 2).await;
        let read: Vec<String> = (room.channels().await)
            .into_iter()
            .map(|it| it[number + 1].clone())
            .collect();
        differences.extend(difference(&format!("{notice:?}"), &read));
    }
    agree(&differences);
    room.closes().await;
}

fn say((number, notice): (usize, shipbell_domain::notice::Notice)) -> Effect {
    Effect::Say {
        key: Key::join(&[&"parity", &number]),
        to: Audience::Channel,
        notice: Box::new(notice),
    }
}

/// What is decided in place of what would be, about the text of a note.
type Script = fn(World, &Command, DateTime<Utc>, Option<&str>) -> Result<Turn, Refusal>;

/// The bot on all platforms, which decides by a script.
async fn scripted(script: Script) -> Room {
    let mut room = Room::prepared(Over::All, Setup::default(), |text, _| text).await;
    room.puts_between(Arc::new(move |ports: Ports| Ports {
        decide: Arc::new(move |world, command: &Command, now| {
            let Command::Wish {
                wish: Wish::Note { text, .. },
                ..
            } = command
            else {
                return script(world, command, now, None);
            };
            script(world, command, now, Some(text))
        }),
        ..ports
    }));
    room.starts().await;
    room
}

/// Bo, on every platform.
async fn everywhere(room: &Room) -> Vec<Someone> {
    let mut all = Vec::new();
    for seat in Seat::ALL {
        all.push(room.seated(seat, "bo").await);
    }
    all
}

/// A release to talk about; its name.
async fn opened(room: &Room) -> String {
    let ana = room.person("ana").await;
    let release = room.opens(&ana, ("motorsport", "Motorsport"), "1.0.0");
    release.await.number
}

/// Fails with everything that does not read the same.
fn agree(differences: &[String]) {
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// Where the words on two platforms are not the same, in the order of [`Seat::ALL`].
/// Where one has cut something, which it says with a …, the others may have more.
fn difference(what: &str, read: &[String]) -> Option<String> {
    read.iter()
        .zip(read.iter().skip(1))
        .find_map(|(one, other)| {
            let (here, there) = (words(one), words(other));
            let cut = |text: &str| text.contains('…');
            let agree = here == there
                || (cut(one) && is_within(&here, &there))
                || (cut(other) && is_within(&there, &here));
            let first = here.iter().zip(&there).position(|(it, at)| it != at);
            let from = first.unwrap_or(here.len().min(there.len()));
            let part = |words: &[String]| words.iter().skip(from).take(8).cloned().collect();
            let (here, there): (Vec<String>, Vec<String>) = (part(&here), part(&there));
            let all = format!("{what}: {here:?} and {there:?} in\n{one}\n──\n{other}");
            (!agree).then_some(all)
        })
}

/// Whether these words stand among the others in the same order.
fn is_within(few: &[String], many: &[String]) -> bool {
    let mut many = many.iter();
    few.iter().all(|word| many.any(|it| it == word))
}

/// How each of the team is called in the browser, in Slack and in Discord.
const CALLED: [([&str; 3], &str); 4] = [
    (["@Ana Ruiz", "@ana", "<@118700000000000001>"], "Ana"),
    (["@Bo Lindqvist", "@bo", "<@118700000000000002>"], "Bo"),
    (
        ["@Chloé Martin", "@chloe", "<@118700000000000003>"],
        "Chloé",
    ),
    (["@Dan Okoye", "@dan", "<@118700000000000004>"], "Dan"),
];

/// The shortest part of a hash that is shown.
const HASH: usize = 8;

/// What is left of a text without its looks and addresses: its words in their order, each
/// number and hash as one sign, because three bots do not do the same thing in the same second.
fn words(text: &str) -> Vec<String> {
    let called = CALLED.iter().fold(text.to_owned(), |text, (calls, name)| {
        calls
            .iter()
            .fold(text, |text, call| text.replace(call, name))
    });
    let spoken = called.split_inclusive(char::is_whitespace);
    let spoken: String = spoken
        .map(|it| it.split_once("http").map_or(it, |(before, _)| before))
        .collect();
    let letters = spoken.split(|it: char| !it.is_alphanumeric() && it != '…');
    let words = letters.filter(|it| !it.is_empty() && !it.contains('…'));
    let plain = words.map(|it| {
        let counts = it.contains(|it: char| it.is_ascii_digit());
        if counts && (it.len() >= HASH || it.bytes().all(|it| it.is_ascii_digit())) {
            "#".to_owned()
        } else {
            // One second is not two seconds.
            let it = it.to_lowercase();
            it.strip_suffix("second")
                .map_or(it.clone(), |_| format!("{it}s"))
        }
    });
    plain.collect()
}

/// A name of any kind.
fn id<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(json!(name)).unwrap()
}

/// A time of some Friday.
fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-20T{time}:00Z").parse().unwrap()
}

/// A role, and who holds it.
fn person_role() -> (Role, Vec<Person>) {
    (id("sre"), vec![id("bo")])
}
