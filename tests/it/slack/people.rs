//! Who counts, and what people are told: guests, strangers, forms, the home tab, notes.

use super::acts::YES;
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_bots_strangers_and_the_one_who_asked_never_count() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.passes_staging(&team, &release).await;
    let ask = stage.asks(&release, "for production?").await;
    for name in ["ana", "gil", "uma", "rob", "eve", "sam"] {
        stage.person(name).react(&ask, YES);
    }
    team.chloe.react(&ask, YES);
    stage.says(&ask, "Chloé Martin,").await;
    stage.slack.quiet().await;
    let words = "/release deploy rapid-audit production 1.0.0";
    team.bo.say("release", words).await;
    team.bo.hears("sign").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decline_asks_why_and_names_who() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.deploys(&team.ana, "staging", &release).await;
    let ask = stage.asks(&release, "good in staging?").await;
    team.chloe.press(&ask, "Decline").await;
    let modal = team.chloe.sees_modal("goes no further than staging").await;
    assert_eq!(modal.title, "Decline 1.0.0");
    team.chloe.fill("Why?", "The totals are wrong");
    team.chloe.submit().await;
    stage.says(&ask, "The totals are wrong").await;
    assert!(team.chloe.modal().is_none());
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_in_a_thread_are_answered_there_and_kept_by_the_shortcut() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    team.dan
        .reply(&release.card, "@shipbell can rapid-audit production")
        .await;
    team.dan.hears("production").await;
    let said = team
        .dan
        .reply(&release.card, "The index is built by hand")
        .await;
    team.dan.shortcut(&said, "keep_message").await;
    team.dan.sees_modal("The index is built by hand").await;
    team.dan.submit().await;
    team.dan.hears_something().await;
    let show = format!("/release show {}", release.number);
    team.bo.say("release", &show).await;
    team.bo.hears("The index is built by hand").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_home_tab_shows_what_waits_and_mistakes_are_told_to_one() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.deploys(&team.ana, "staging", &release).await;
    stage.asks(&release, "good in staging?").await;
    team.chloe.opens_home().await;
    let waits = || team.chloe.home().filter(|it| it.contains("1.0.0"));
    stage.slack.until("what waits for her", waits).await;

    team.bo.say("release", "/release staus").await;
    team.bo.hears("status").await;
    team.bo.say("release", "/release help").await;
    team.bo.hears("/release").await;
    stage.person("gil").say("release", "/release status").await;
    stage.person("gil").hears_something().await;
    assert_eq!(stage.slack.transcript("release").len(), 1);
    stage.closes().await;
}
