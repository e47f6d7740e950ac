//! Slack is slow, refuses, or loses answers; afterwards it is as if nothing had happened.

use shipbell_tests::servers::slack::{Fault, How, Setup, Trouble};

use crate::room::{Over, Room, Team};

/// A release to staging and its acceptance, whatever goes wrong meanwhile.
async fn goes_on(room: &Room, team: &Team) {
    let release = room.opens_checked(team, "1.0.0").await;
    room.passes_staging(team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    team.dan.consents(&ask).await;
    room.says(&ask, "Dan Okoye,").await;
    room.says(&release.card, "smoke 4 of 4 passed").await;
    let thread = room.slack().thread(release.card.slack());
    let asks = thread.iter().filter(|it| it.contains("for production?"));
    assert_eq!(asks.count(), 1, "{thread:#?}");
    assert_eq!(room.slack().transcript("release").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_429_passes() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let limited = ["chat.postMessage", "chat.update", "users.info"];
    for method in limited {
        room.slack()
            .fault(Fault::times(method, 3, How::RateLimited(1)).after(1));
    }
    goes_on(&room, &team).await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_in_plain_text_pass() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    for (method, code) in [("chat.update", 502), ("users.info", 504)] {
        room.slack()
            .fault(Fault::times(method, 2, How::Status(code)).after(1));
    }
    goes_on(&room, &team).await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_could_not_be_read_and_is_read_soon() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    room.slack()
        .fault(Fault::once("reactions.get", How::Status(500)));
    team.dan.consents(&ask).await;
    room.says(&ask, "Dan Okoye,").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_a_post_doubles_nothing() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    // The card, and the first words in its thread.
    room.slack()
        .fault(Fault::times("chat.postMessage", 2, How::ResetAfter));
    room.slack()
        .fault(Fault::once("chat.postMessage", How::ResetBefore).after(1));
    goes_on(&room, &team).await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_are_cut_and_refreshed_are_not_noticed() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    room.slack().trouble(Trouble::RefreshRequested);
    team.chloe.consents(&ask).await;
    let ask = room.asks(&release, "for production?").await;
    room.slack().trouble(Trouble::Cut);
    team.dan.consents(&ask).await;
    room.says(&ask, "Dan Okoye,").await;
    team.bo.commands("status", &[]).await;
    team.bo.hears("1.0.0").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slack_without_the_newer_blocks_shows_the_same() {
    let room = Room::open(Over::Slack).await;
    room.slack().knows_native_blocks(false);
    let team = room.team().await;
    goes_on(&room, &team).await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_starts_while_slack_is_down_and_speaks_when_it_is_back() {
    let mut room = Room::prepared(Over::Slack, Setup::default(), |text, _| text).await;
    room.slack().outage(true);
    room.starts_alone().await;
    room.slack().outage(false);
    room.is_there().await;
    let team = room.team().await;
    goes_on(&room, &team).await;
    room.closes().await;
}
