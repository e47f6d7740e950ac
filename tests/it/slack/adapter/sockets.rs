//! Sockets in trouble: the adapter is back at once, and loses nothing.

use std::time::Duration;

use shipbell_tests::servers::slack::{Fault, How, Mishap, Seen, Setup, Slack, Trouble, What};
use tokio::time::Instant;

use super::house::{House, card, seen, silent};

/// How soon a cut socket must be back in service.
const BACK: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_cut_socket_is_back_in_service_within_a_second() {
    for trouble in [Trouble::Cut, Trouble::Closed] {
        let house = House::open(silent).await;
        let on = ask(&house).await;
        house.slack.trouble(trouble);
        let cut = Instant::now();
        house
            .slack
            .until("that it is gone", || {
                (house.slack.sockets() == 0).then_some(())
            })
            .await;
        house.connected(1).await;
        let took = cut.elapsed();
        assert!(took < BACK, "{trouble:?}: back after {took:?}");
        house.person("ana").react(&on, "eyes");
        house.hears(1).await;
        assert_eq!(house.greetings(), 2, "anything may have been missed");
        house.closes().await;
    }
}

#[tokio::test]
async fn a_refresh_loses_nothing_and_never_leaves_the_bot_deaf() {
    for trouble in [Trouble::Warning, Trouble::RefreshRequested] {
        let house = House::open(silent).await;
        let on = ask(&house).await;
        let ana = house.person("ana");
        house.slack.trouble(trouble);
        for (number, emoji) in ["one", "two", "three"].into_iter().enumerate() {
            ana.react(&on, emoji);
            house.hears(number + 1).await;
        }
        house
            .slack
            .until("the old one is closed", || closed(&house.slack))
            .await;
        assert!(
            makes_before_breaks(&house.slack),
            "{:#?}",
            house.slack.log()
        );
        assert_eq!(house.greetings(), 1, "nothing can have been missed");
        house.closes().await;
    }
}

#[tokio::test]
async fn a_half_open_socket_is_noticed_and_replaced() {
    let house = House::open(silent).await;
    let on = ask(&house).await;
    house.slack.trouble(Trouble::HalfOpen);
    house.person("ana").react(&on, "eyes");
    // The adapter asks for a sign of life every few seconds.
    house
        .slack
        .until("another socket", || opened(&house.slack, 2))
        .await;
    house.slack.turn_clock_on(Duration::from_mins(1));
    house.hears(1).await;
    house.closes().await;
}

#[tokio::test]
async fn opening_that_hangs_is_given_up_and_tried_again() {
    let house = House::open(silent).await;
    for on in ["apps.connections.open", "socket"] {
        house.slack.fault(Fault::once(on, How::Hang));
        house.slack.trouble(Trouble::Cut);
        house
            .slack
            .until("that it is gone", || {
                (house.slack.sockets() == 0).then_some(())
            })
            .await;
        house.connected(1).await;
    }
    house.closes().await;
}

#[tokio::test]
async fn opening_that_fails_is_tried_again_when_slack_says() {
    let house = House::open(silent).await;
    let broken = [How::Status(503), How::RateLimited(2), How::ResetAfter];
    for how in broken {
        house.slack.fault(Fault::once("apps.connections.open", how));
        house.slack.trouble(Trouble::Cut);
        house
            .slack
            .until("that it is gone", || {
                (house.slack.sockets() == 0).then_some(())
            })
            .await;
        house.connected(1).await;
    }
    house.closes().await;
}

#[tokio::test]
async fn an_event_that_nobody_took_comes_again_over_the_next_socket() {
    let house = House::with(Setup::default(), 2, silent).await;
    let on = ask(&house).await;
    house.slack.mishap("reaction_added", Mishap::Behind(1));
    let ana = house.person("ana");
    ana.react(&on, "first");
    ana.react(&on, "second");
    house.hears(2).await;
    house.slack.trouble_one(Trouble::Cut);
    ana.react(&on, "third");
    house.hears(3).await;
    house.closes().await;
}

#[tokio::test]
async fn socket_mode_switched_off_is_not_hammered() {
    let house = House::open(silent).await;
    house.slack.trouble(Trouble::LinkDisabled);
    // Slack closes such a socket itself.
    house.slack.trouble(Trouble::Closed);
    house
        .slack
        .until("that it is gone", || {
            (house.slack.sockets() == 0).then_some(())
        })
        .await;
    let (tried, _) = house.slack.calls("apps.connections.open");
    assert_eq!(tried, 1, "only a person can help");
    house.closes().await;
}

async fn ask(house: &House) -> Seen {
    seen(&house.posts("k1", &card("Sign off?")).await.unwrap())
}

fn opened(slack: &Slack, times: usize) -> Option<()> {
    let log = slack.log();
    let all = log
        .iter()
        .filter(|it| matches!(it.what, What::Opened { .. }));
    (all.count() >= times).then_some(())
}

fn closed(slack: &Slack) -> Option<()> {
    let log = slack.log();
    let mut all = log.iter();
    all.any(|it| matches!(it.what, What::Closed { .. }))
        .then_some(())
}

/// Whether the second socket was open before the first ended.
fn makes_before_breaks(slack: &Slack) -> bool {
    let log = slack.log();
    let second = log
        .iter()
        .filter(|it| matches!(it.what, What::Opened { .. }))
        .nth(1);
    let first = log.iter().find(|it| matches!(it.what, What::Closed { .. }));
    second
        .zip(first)
        .is_some_and(|(second, first)| second.at < first.at)
}
