//! The stand-in held to the platform's official client, over sockets and over HTTP.

use std::net::TcpListener;
use std::time::Duration;

use shipbell_tests::servers::slack::{APP_TOKEN, Addresses, BOT_TOKEN, Setup, Slack};
use tokio::process::Command;
use tokio::time::timeout;

use crate::oracles;

/// How long the flow may take.
const FLOWING: Duration = Duration::from_mins(2);

#[tokio::test]
async fn the_official_client_is_at_home_over_sockets() {
    let test = "the_official_client_is_at_home_over_sockets";
    let Some(client) = oracles::flow(oracles::SLACK, test).await else {
        return;
    };
    let slack = Slack::open(Setup::default()).await.unwrap();
    // Its threads may leave an envelope between an old connection and a new one.
    slack.forgive("was not acknowledged in time");
    flow(client, &["socket", &slack.api_url(), BOT_TOKEN, APP_TOKEN]).await;
}

#[tokio::test]
async fn the_official_client_is_at_home_over_http() {
    let test = "the_official_client_is_at_home_over_http";
    let Some(client) = oracles::flow(oracles::SLACK, test).await else {
        return;
    };
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let door = format!("http://127.0.0.1:{port}/slack/events");
    let setup = Setup {
        addresses: Some(Addresses {
            events: door.clone(),
            commands: door.clone(),
            interactivity: door,
            secret: "8f742231b10e8888".to_owned(),
        }),
        ..Setup::default()
    };
    let slack = Slack::open(setup).await.unwrap();
    let words = [
        "http",
        &slack.api_url(),
        BOT_TOKEN,
        "8f742231b10e8888",
        &port,
    ];
    flow(client, &words).await;
}

async fn flow(mut client: Command, words: &[&str]) {
    client.args(words);
    let output = timeout(FLOWING, client.output()).await;
    let output = output.expect("the flow ends").unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
}
