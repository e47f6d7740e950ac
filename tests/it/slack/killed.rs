//! `kill -9` at the very instant of an acknowledgement, and just before it.

use std::time::Duration;

use shipbell_tests::servers::slack::{Setup, What};
use tokio::time::timeout;

use crate::room::{Over, Room};

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_when_it_has_acknowledged_it_has_lost_nothing() {
    let room = Room::prepared(Over::Slack, Setup::default(), |text, _| text).await;
    // A new life does not know when the last one posted.
    room.slack().forgive("chat.postMessage in C0RELEASE");
    let ana = room.slack().person("ana");
    for round in 1..=4 {
        let mut bot = room.lives(None).await;
        ana.say(
            "release",
            &format!("/release incident open P3 \"Round {round}\" motorsport production"),
        )
        .await;
        // It has acknowledged this very moment.
        bot.kill().await.unwrap();
        let gone = || (room.slack().sockets() == 0).then_some(());
        room.slack().until("that it is gone", gone).await;
    }
    let mut bot = room.lives(None).await;
    for round in 1..=4 {
        room.slack()
            .message("release", &format!("Round {round}"))
            .await;
    }
    bot.kill().await.unwrap();
    let told: Vec<String> = ana
        .heard()
        .into_iter()
        .filter(|it| it.contains("failed with"))
        .collect();
    assert_eq!(told, Vec::<String>::new());
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_it_acknowledged_it_says_so_and_does_it_once() {
    let room = Room::prepared(Over::Slack, Setup::default(), |text, _| text).await;
    room.slack().forgive("chat.postMessage in C0RELEASE");
    let ana = room.slack().person("ana");
    let mut bot = room.lives(Some("AfterCommit:3")).await;
    let mut opened = 0;
    while bot.try_wait().unwrap().is_none() && opened < 5 {
        opened += 1;
        ana.say(
            "release",
            &format!("/release incident open P3 \"Round {opened}\" motorsport production"),
        )
        .await;
    }
    timeout(PATIENCE, bot.wait())
        .await
        .expect("it ends itself")
        .unwrap();
    let failed = ana
        .heard()
        .iter()
        .filter(|it| it.contains("failed with"))
        .count();
    let log = room.slack().log();
    let missed = log
        .iter()
        .filter(|it| matches!(it.what, What::Missed { .. }))
        .count();
    assert_eq!(failed, missed, "whoever was not answered is told so");
    let mut bot = room.lives(None).await;
    // Not knowing whether it was done, she says it again.
    let again = "/release incident open P3 \"Once more\" motorsport production";
    ana.say("release", again).await;
    room.slack().message("release", "Once more").await;
    for round in 1..=opened {
        let shown = room.slack().transcript("release");
        let this = shown
            .iter()
            .filter(|it| it.contains(&format!("Round {round}")));
        assert!(this.count() <= 1, "{shown:#?}");
    }
    bot.kill().await.unwrap();
    room.closes().await;
}
