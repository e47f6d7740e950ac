//! Slack is slow, refuses, or loses answers; afterwards it is as if nothing had happened.

use shipbell_tests::servers::slack::{Fault, How, Trouble};

use super::acts::{Team, YES};
use super::stage::Stage;

/// A release to staging and its acceptance, whatever goes wrong meanwhile.
async fn goes_on(stage: &Stage, team: &Team) {
    let release = stage.opens_checked(team, "1.0.0").await;
    stage.passes_staging(team, &release).await;
    let ask = stage.asks(&release, "for production?").await;
    team.dan.react(&ask, YES);
    stage.says(&ask, "Dan Okoye,").await;
    stage.says(&release.card, "smoke 4 of 4 passed").await;
    let thread = stage.slack.thread(&release.card);
    let asks = thread.iter().filter(|it| it.contains("for production?"));
    assert_eq!(asks.count(), 1, "{thread:#?}");
    assert_eq!(stage.slack.transcript("release").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_429_passes() {
    let stage = Stage::open().await;
    let team = stage.team();
    let limited = ["chat.postMessage", "chat.update", "users.info"];
    for method in limited {
        stage
            .slack
            .fault(Fault::times(method, 3, How::RateLimited(1)).after(1));
    }
    goes_on(&stage, &team).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_in_plain_text_pass() {
    let stage = Stage::open().await;
    let team = stage.team();
    for (method, code) in [("chat.update", 502), ("users.info", 504)] {
        stage
            .slack
            .fault(Fault::times(method, 2, How::Status(code)).after(1));
    }
    goes_on(&stage, &team).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_could_not_be_read_and_is_read_soon() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.passes_staging(&team, &release).await;
    let ask = stage.asks(&release, "for production?").await;
    stage
        .slack
        .fault(Fault::once("reactions.get", How::Status(500)));
    team.dan.react(&ask, YES);
    stage.says(&ask, "Dan Okoye,").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_a_post_doubles_nothing() {
    let stage = Stage::open().await;
    let team = stage.team();
    // The card, and the first words in its thread.
    stage
        .slack
        .fault(Fault::times("chat.postMessage", 2, How::ResetAfter));
    stage
        .slack
        .fault(Fault::once("chat.postMessage", How::ResetBefore).after(1));
    goes_on(&stage, &team).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_are_cut_and_refreshed_are_not_noticed() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.deploys(&team.ana, "staging", &release).await;
    let ask = stage.asks(&release, "good in staging?").await;
    stage.slack.trouble(Trouble::RefreshRequested);
    team.chloe.react(&ask, YES);
    let ask = stage.asks(&release, "for production?").await;
    stage.slack.trouble(Trouble::Cut);
    team.dan.react(&ask, YES);
    stage.says(&ask, "Dan Okoye,").await;
    team.bo.say("release", "/release status").await;
    team.bo.hears("1.0.0").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slack_without_the_newer_blocks_shows_the_same() {
    let stage = Stage::open().await;
    stage.slack.knows_native_blocks(false);
    let team = stage.team();
    goes_on(&stage, &team).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_starts_while_slack_is_down_and_speaks_when_it_is_back() {
    let mut stage = Stage::prepared(shipbell_tests::servers::slack::Setup::default()).await;
    stage.slack.outage(true);
    stage.starts_alone().await;
    stage.slack.outage(false);
    let there = || (stage.slack.connected() > 0).then_some(());
    stage.slack.until("the bot's sockets", there).await;
    let team = stage.team();
    goes_on(&stage, &team).await;
    stage.closes().await;
}
