//! Discord away, the bot away, and answers that are lost: nothing people did is lost,
//! and nothing is there twice.

use shipbell_tests::servers::discord::{Fault, How, Trouble};

use super::acts::YES;
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_off_given_while_the_bot_was_down_counts() {
    let mut stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.passes_staging(&team, &release).await;
    let ask = stage.asks(&release, "for production?").await;
    stage.stops().await;
    team.dan.react(&ask, YES);
    team.chloe.react(&ask, YES);
    // Not even the session is left.
    stage.discord.forget_sessions();
    stage.starts().await;
    stage.discord.says(&ask, "Chloé Martin,").await;
    stage.discord.says(&ask, "Dan Okoye,").await;
    stage.deploys(&team.bo, "production", &release).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_cut_during_the_sign_off_loses_nothing() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.passes_staging(&team, &release).await;
    let ask = stage.asks(&release, "for production?").await;
    stage.discord.trouble(Trouble::Cut);
    team.dan.react(&ask, YES);
    team.chloe.react(&ask, YES);
    stage.discord.says(&ask, "Chloé Martin,").await;
    stage.discord.says(&ask, "Dan Okoye,").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_holds_nothing_up_and_is_caught_up_with() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.discord.outage(true);
    let gone = || (!stage.discord.connected()).then_some(());
    stage.discord.until("nobody is connected", gone).await;
    stage.discord.outage(false);
    stage
        .discord
        .until("it is back", || stage.discord.connected().then_some(()))
        .await;
    stage.deploys(&team.ana, "staging", &release).await;
    stage.asks(&release, "good in staging?").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_calls_are_waited_for() {
    let stage = Stage::open().await;
    let team = stage.team();
    let limited = How::RateLimited {
        after: 2.0,
        global: false,
    };
    stage.discord.fault(Fault::once("post", limited));
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.deploys(&team.ana, "staging", &release).await;
    stage.asks(&release, "good in staging?").await;
    stage.closes().await;
}
