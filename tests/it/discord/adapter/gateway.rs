//! The gateway: whatever becomes of a connection, nothing people did is lost.

use shipbell_adapters::chat::{Act, Answer};
use shipbell_tests::servers::discord::Trouble;

use super::house::{House, card, seen, silent};

async fn goes_on(trouble: Trouble) {
    let house = House::open(silent).await;
    let at = seen(&house.posts("k1", &card("Sign off?")).await.unwrap());
    house.greeted(1).await;
    assert!(house.discord.trouble(trouble));
    house.greeted(2).await;
    house.person("dan").react(&at, "✅");
    house.hears(1).await;
    assert_eq!(house.discord.sessions(), (1, 1), "{trouble:?}");
    assert_eq!(house.discord.logged("at the first address"), 0);
    house.closes().await;
}

#[tokio::test]
async fn a_connection_that_is_asked_to_come_again_goes_on() {
    goes_on(Trouble::Reconnect).await;
}

#[tokio::test]
async fn a_connection_that_is_closed_goes_on() {
    goes_on(Trouble::Closed(4000)).await;
    goes_on(Trouble::Bare).await;
}

#[tokio::test]
async fn a_connection_that_is_cut_goes_on() {
    goes_on(Trouble::Cut).await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_any_more_is_given_up() {
    let house = House::open(silent).await;
    let at = seen(&house.posts("k1", &card("Sign off?")).await.unwrap());
    house.greeted(1).await;
    // The next connection must say often that it is there, and soon hears nothing back.
    house.discord.beats_every(500);
    house.discord.trouble(Trouble::Cut);
    house.greeted(2).await;
    house.discord.trouble(Trouble::Mute);
    house.person("dan").react(&at, "✅");
    house.hears(1).await;
    assert_eq!(house.discord.sessions(), (1, 2));
    house.closes().await;
}

#[tokio::test]
async fn a_session_that_may_go_on_does() {
    goes_on(Trouble::Invalid(true)).await;
}

#[tokio::test]
async fn a_session_that_is_gone_is_begun_anew_and_what_stands_is_read() {
    let house = House::open(silent).await;
    let at = seen(&house.posts("k1", &card("Sign off?")).await.unwrap());
    house.greeted(1).await;
    house.discord.trouble(Trouble::Invalid(false));
    house.person("dan").react(&at, "✅");
    house.greeted(2).await;
    assert_eq!(house.heard(), [], "it is never told");
    assert_eq!(house.discord.sessions().0, 2);
    house.closes().await;
}

#[tokio::test]
async fn what_happens_in_an_outage_is_told_after_it() {
    let house = House::open(silent).await;
    let at = seen(&house.posts("k1", &card("Sign off?")).await.unwrap());
    house.greeted(1).await;
    house.discord.outage(true);
    let gone = || (!house.discord.connected()).then_some(());
    house.discord.until("nobody is connected", gone).await;
    house.person("dan").react(&at, "✅");
    house.person("bo").react(&at, "❌");
    house.discord.outage(false);
    house.hears(2).await;
    assert_eq!(house.discord.sessions(), (1, 1));
    house.closes().await;
}

#[tokio::test]
async fn a_restart_goes_on_with_the_session_and_hears_what_it_missed() {
    let mut house = House::open(silent).await;
    let at = seen(&house.posts("k1", &card("Sign off?")).await.unwrap());
    house.person("ana").react(&at, "👀");
    house.hears(1).await;
    let react = |house: &House| house.person("dan").react(&at, "✅");
    house.restarts(true, react).await;
    house.hears(2).await;
    assert_eq!(house.discord.sessions(), (1, 1));
    assert_eq!(house.discord.registered(), 1, "the commands are the same");
    house.closes().await;
}

#[tokio::test]
async fn whoever_was_told_that_it_failed_does_not_find_it_done_later() {
    let mut house = House::open(|_, _| Some(Answer::Done)).await;
    house.discord.forgive("did not respond");
    house.greeted(1).await;
    let say = |house: &House| {
        let ana = house.person("ana");
        ana.says_and_leaves("status");
        house
            .discord
            .turn_clock_on(std::time::Duration::from_secs(4));
    };
    house.restarts(true, say).await;
    house.greeted(2).await;
    let late = || (house.discord.logged("404 10062") > 0).then_some(());
    house.discord.until("it is too late", late).await;
    assert_eq!(house.heard(), []);
    house.closes().await;
}

#[tokio::test]
async fn what_was_not_recorded_is_sent_again_after_a_kill() {
    let mut house = House::open(|by, act| {
        // The first to react cannot be recorded while that bot lives.
        let refused = by.0.ends_with('1') && matches!(act, Act::Reacted { .. });
        (!refused).then_some(Answer::Done)
    })
    .await;
    let at = seen(&house.posts("k1", &card("Sign off?")).await.unwrap());
    house.person("ana").react(&at, "✅");
    house.hears(1).await;
    house.person("dan").react(&at, "✅");
    house
        .waits("Dan is heard", || {
            (house.heard().iter().any(|(by, _)| by.0.ends_with('4'))).then_some(())
        })
        .await;
    let before = house.heard().len();
    house.restarts(true, |_| {}).await;
    house
        .waits("Ana is heard again", || {
            let later = house.heard().split_off(before);
            later
                .iter()
                .any(|(by, _)| by.0.ends_with('1'))
                .then_some(())
        })
        .await;
    let ids = house.ids();
    let first = ids.iter().find(|it| it.contains(":ev:")).unwrap();
    let again = ids.iter().filter(|it| *it == first).count();
    assert!(again >= 2, "the same id on every delivery: {ids:?}");
    house.closes().await;
}
