//! The demo's tour over Slack: well, refused, withdrawn in time, and called at night.

use super::acts::{Release, Team, YES};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clean_release_over_two_environments_makes_two_messages_in_the_channel() {
    let stage = Stage::open().await;
    first(&stage, &stage.team()).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deploy_outside_its_window_is_refused_to_the_one_who_asked() {
    let stage = Stage::open().await;
    refused(&stage, &stage.team()).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_off_is_withdrawn_in_time_and_given_again() {
    let stage = Stage::open().await;
    withdrawn(&stage, &stage.team()).await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_version_goes_back_by_itself_and_calls_until_one_answers() {
    let stage = Stage::open().await;
    let team = stage.team();
    let good = withdrawn(&stage, &team).await;
    bad(&stage, &team, &good).await;
    stage.closes().await;
}

/// A release as it should go makes two new messages in the channel: its announcement and its card.
async fn first(stage: &Stage, team: &Team) {
    let release = stage.opens_checked(team, "1.0.0").await;
    let plan = "/release plan rapid-audit production now for 2h --summary \"The first version\" --owner bo";
    team.ana.say("release", plan).await;
    stage.slack.message("release", "The first version").await;
    assert_eq!(
        stage.slack.pins("release").len(),
        1,
        "the open release is pinned"
    );

    stage.deploys(&team.ana, "staging", &release).await;
    let ask = stage.asks(&release, "good in staging?").await;
    team.bo.react(&ask, YES);
    team.bo.hears("product").await;
    team.chloe.react(&ask, YES);
    stage.signs_off(team, &release).await;
    stage.deploys(&team.bo, "production", &release).await;
    stage.slack.reply(&release.card, "watching").await;
    stage.slack.reply(&release.card, "stable: watched").await;
    let channel = stage.slack.transcript("release");
    assert_eq!(channel.len(), 2, "{channel:#?}");
    let notified = stage.slack.notification(&release.card);
    for words in ["Rapid Audit", "1.0.0"] {
        assert!(notified.contains(words), "{notified}");
    }
}

/// A deploy outside the window is refused to the one who asked.
async fn refused(stage: &Stage, team: &Team) {
    let named = ("motorsport", "Motorsport");
    let release = stage.opens(&team.ana, named, "1.0.0").await;
    let words = "/release deploy motorsport production 1.0.0";
    team.bo.say("release", words).await;
    team.bo.hears("window").await;
    let cancel = format!(
        "/release cancel {} \"It was only to show the window\"",
        release.number
    );
    team.ana.say("release", &cancel).await;
    stage.says(&release.card, "given up").await;
}

/// Dan takes his sign-off back in time: nothing starts. Later it does.
async fn withdrawn(stage: &Stage, team: &Team) -> Release {
    let release = stage.opens_checked(team, "1.1.0").await;
    stage.passes_staging(team, &release).await;
    let ask = stage.signs_off(team, &release).await;
    team.dan.unreact(&ask, YES);
    stage.says(&ask, "Waiting for 1 sign-off").await;
    let words = "/release deploy rapid-audit production 1.1.0";
    team.bo.say("release", words).await;
    team.bo.hears("sign").await;
    team.dan.react(&ask, YES);
    stage.says(&ask, "Dan Okoye,").await;
    stage.deploys(&team.bo, "production", &release).await;
    stage.slack.reply(&release.card, "watching").await;
    release
}

/// A bad version: production goes back by itself, and people are called until one answers.
async fn bad(stage: &Stage, team: &Team, before: &Release) {
    let release = stage.opens_checked(team, "1.2.0").await;
    stage.passes_staging(team, &release).await;
    stage.signs_off(team, &release).await;
    stage.deploys(&team.bo, "production", &release).await;
    let incident = stage.slack.message("release", "P1").await;
    let calls = || (stage.slack.thread(&incident).len() >= 2).then_some(());
    stage
        .slack
        .until("a second call, because nobody is on it", calls)
        .await;
    team.dan.press(&incident, "I am on it").await;
    stage.says(&incident, "is on it since").await;
    stage.slack.message("release", "rolled back").await;
    stage.says(&release.card, before.version).await;
    team.dan
        .say("release", "/release incident resolve i1 \"Back on 1.1.0\"")
        .await;
    stage.says(&incident, "resolved").await;
    let unlock = "/release unlock rapid-audit production \"Looked at it, all is well\"";
    team.bo.say("release", unlock).await;
    let cancel = format!(
        "/release cancel {} \"It fails in production\"",
        release.number
    );
    team.ana.say("release", &cancel).await;
    stage.says(&release.card, "given up").await;
    team.ana.say("release", "/release status").await;
    team.ana.hears("1.1.0").await;
}
