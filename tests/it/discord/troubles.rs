//! Discord away, the bot away, and answers that are lost: nothing people did is lost,
//! and nothing is there twice.

use std::time::Duration;

use shipbell_tests::servers::discord::{Fault, How, Trouble};

use crate::room::{Over, Room};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_off_given_while_the_bot_was_down_counts() {
    let mut room = Room::open(Over::Discord).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    room.stops().await;
    team.dan.consents(&ask).await;
    team.chloe.consents(&ask).await;
    // Not even the session is left.
    room.discord().forget_sessions();
    room.starts().await;
    room.says(&ask, "Chloé Martin,").await;
    room.says(&ask, "Dan Okoye,").await;
    room.deploys(&team.bo, "production", &release).await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_cut_during_the_sign_off_loses_nothing() {
    let room = Room::open(Over::Discord).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    room.discord().trouble(Trouble::Cut);
    team.dan.consents(&ask).await;
    team.chloe.consents(&ask).await;
    room.says(&ask, "Chloé Martin,").await;
    room.says(&ask, "Dan Okoye,").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_holds_nothing_up_and_is_caught_up_with() {
    let room = Room::open(Over::Discord).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.discord().outage(true);
    let gone = || (!room.discord().connected()).then_some(());
    room.discord().until("nobody is connected", gone).await;
    room.discord().outage(false);
    room.discord()
        .until("it is back", || room.discord().connected().then_some(()))
        .await;
    room.deploys(&team.ana, "staging", &release).await;
    room.asks(&release, "good in staging?").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_calls_are_waited_for() {
    let room = Room::open(Over::Discord).await;
    let team = room.team().await;
    let limited = How::RateLimited {
        after: 2.0,
        global: false,
    };
    room.discord().fault(Fault::once("post", limited));
    let release = room.opens_checked(&team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    room.asks(&release, "good in staging?").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_of_a_command_needs_no_token_of_it() {
    let room = Room::open(Over::Discord).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    team.bo.consents(&ask).await;
    let line = "there is an answer for you";
    let line = room.reply(&release.card, line).await;
    // What people did so far can be answered no more.
    room.discord().turn_clock_on(Duration::from_mins(16));
    team.bo.presses(&line, "Show it").await;
    team.bo.hears("product").await;
    team.chloe.consents(&ask).await;
    room.signs_off(&team, &release).await;
    room.deploys(&team.bo, "production", &release).await;
    room.reply(&release.card, "stable: watched").await;
    room.closes().await;
}
