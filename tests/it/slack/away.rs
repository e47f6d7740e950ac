//! While nobody listens: the bot is down, Slack is down, events are lost. What stands is what counts.

use shipbell_tests::servers::slack::Mishap;

use super::acts::YES;
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reaction_given_while_the_bot_was_down_counts_and_one_taken_off_does_not() {
    let mut stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.passes_staging(&team, &release).await;
    let ask = stage.asks(&release, "for production?").await;
    team.dan.react(&ask, YES);
    stage.says(&ask, "Dan Okoye,").await;

    stage.stops().await;
    team.dan.unreact(&ask, YES);
    team.chloe.react(&ask, YES);
    stage.starts().await;
    stage.says(&ask, "Chloé Martin,").await;
    assert!(
        !stage.slack.reads(&ask).contains("Dan Okoye,"),
        "{}",
        stage.slack.reads(&ask)
    );
    let words = "/release deploy rapid-audit production 1.0.0";
    team.bo.say("release", words).await;
    team.bo.hears("sign").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happened_in_an_outage_counts_when_it_is_over() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.deploys(&team.ana, "staging", &release).await;
    let ask = stage.asks(&release, "good in staging?").await;
    stage.slack.outage(true);
    let gone = || (stage.slack.sockets() == 0).then_some(());
    stage.slack.until("nobody is connected", gone).await;
    team.chloe.react(&ask, YES);
    stage.slack.outage(false);
    // Nobody tells the bot of it; it reads what stands once it is connected again.
    stage.slack.reply(&release.card, "for production?").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubled_late_and_reordered_events_end_in_what_stands() {
    let stage = Stage::open().await;
    // Each reaction is acknowledged when what stands has been read, and readings are paced.
    stage.slack.forgive("was not acknowledged in time");
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.passes_staging(&team, &release).await;
    let ask = stage.asks(&release, "for production?").await;
    for _ in 0..3 {
        stage.slack.mishap("reaction_added", Mishap::Behind(1));
        stage
            .slack
            .mishap("reaction_removed", Mishap::Duplicated(2));
        team.dan.react(&ask, YES);
        team.dan.unreact(&ask, YES);
    }
    stage.slack.mishap("reaction_added", Mishap::Duplicated(3));
    team.chloe.react(&ask, YES);
    stage.says(&ask, "Chloé Martin,").await;
    stage.slack.quiet().await;
    assert!(
        !stage.slack.reads(&ask).contains("Dan Okoye,"),
        "{}",
        stage.slack.reads(&ask)
    );
    team.dan.react(&ask, YES);
    stage.says(&ask, "Dan Okoye,").await;
    stage.closes().await;
}
