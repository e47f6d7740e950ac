//! Slack calls the bot, instead of the bot opening sockets: the same conversation.

use std::fs;
use std::net::TcpListener;

use shipbell_tests::servers::slack::{Addresses, Setup};

use crate::room::{Over, Room};

const SECRET: &str = "8f742231b10e8888";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_goes_out_over_signed_calls() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = free.local_addr().unwrap();
    drop(free);
    let at = |path: &str| format!("http://{listen}/slack/{path}");
    let setup = Setup {
        addresses: Some(Addresses {
            events: at("events"),
            commands: at("commands"),
            interactivity: at("interactivity"),
            secret: SECRET.to_owned(),
        }),
        ..Setup::default()
    };
    let mut room = Room::prepared(Over::Slack, setup, |text, folder| {
        let file = folder.join("signing-secret");
        fs::write(&file, SECRET).unwrap();
        let signed = format!(
            "mode = \"http\"\nlisten = \"{listen}\"\nsigning_secret = {{ file = \"{}\" }}",
            file.display()
        );
        let lines = text.lines().map(|line| {
            if line.starts_with("app_token") {
                signed.as_str()
            } else {
                line
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    })
    .await;
    room.starts_alone().await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    room.signs_off(&team, &release).await;
    room.deploys(&team.bo, "production", &release).await;
    room.reply(&release.card, "stable: watched").await;
    assert_eq!(room.slack().sockets(), 0, "nothing came over a socket");
    room.closes().await;
}
