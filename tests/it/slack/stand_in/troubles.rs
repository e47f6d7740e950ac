//! Sockets in trouble: refreshes, cuts, outages, too many of them.

use std::time::Duration;

use serde_json::Value;
use shipbell_tests::servers::slack::{Seen, Slack, Trouble};

use super::app::App;
use super::workspace;

#[tokio::test]
async fn a_socket_that_was_asked_to_leave_gets_nothing_more_and_is_closed() {
    let (slack, app) = workspace().await;
    let mut old = app.connect().await;
    slack.trouble(Trouble::RefreshRequested);
    let asked = old.next().await;
    assert_eq!(
        (&asked["type"], &asked["reason"]),
        (&"disconnect".into(), &"refresh_requested".into())
    );
    assert_eq!((slack.sockets(), slack.connected()), (1, 0));
    let mut new = app.connect().await;
    let on = ask(&app).await;
    for emoji in ["one", "two", "three"] {
        slack.person("ana").react(&on, emoji);
        assert_eq!(new.takes().await["payload"]["event"]["reaction"], emoji);
    }
    slack.quiet().await;
    slack.turn_clock_on(Duration::from_secs(10));
    assert_eq!(old.next().await, Value::Null, "it was closed");
}

#[tokio::test]
async fn a_half_open_socket_swallows_and_a_cut_one_gives_back() {
    let (slack, app) = workspace().await;
    let _deaf = app.connect().await;
    slack.trouble(Trouble::HalfOpen);
    let on = ask(&app).await;
    slack.person("ana").react(&on, "eyes");
    slack
        .until("the delivery", || count(&slack, "delivered", 1))
        .await;
    slack.turn_clock_on(Duration::from_secs(3));
    slack
        .until("a second one", || count(&slack, "delivered", 2))
        .await;
    slack.trouble(Trouble::Cut);
    slack
        .until("that it is over", || count(&slack, "missed", 2))
        .await;
    let mut new = app.connect().await;
    // The third try comes a minute later.
    slack.turn_clock_on(Duration::from_mins(1));
    assert_eq!(new.takes().await["payload"]["event"]["reaction"], "eyes");
}

#[tokio::test]
async fn what_happens_in_an_outage_is_never_told() {
    let (slack, app) = workspace().await;
    let mut old = app.connect().await;
    let on = ask(&app).await;
    slack.outage(true);
    assert_eq!(old.next().await, Value::Null);
    app.lost("auth.test", Value::Object(serde_json::Map::new()))
        .await;
    slack.person("ana").react(&on, "missed");
    slack.outage(false);
    let mut new = loop {
        // The door is opened again at the same place a moment later.
        if app.answers().await {
            break app.connect().await;
        }
    };
    slack.turn_clock_on(Duration::from_mins(10));
    slack.person("ana").react(&on, "seen");
    assert_eq!(new.takes().await["payload"]["event"]["reaction"], "seen");
}

#[tokio::test]
async fn the_eleventh_socket_is_one_too_many() {
    let (slack, app) = workspace().await;
    slack.forgive("11 sockets are more than 10");
    let mut sockets = Vec::new();
    for _ in 0..11 {
        sockets.push(app.connect().await);
    }
    assert_eq!(sockets[0].next().await["reason"], "too_many_websockets");
}

async fn ask(app: &App) -> Seen {
    Seen {
        channel: "C0RELEASE".to_owned(),
        stamp: app.post("Ask").await,
    }
}

fn count(slack: &Slack, what: &str, times: usize) -> Option<()> {
    let log = serde_json::to_string(&slack.log()).unwrap();
    (log.matches(&format!("\"{what}\"")).count() >= times).then_some(())
}
