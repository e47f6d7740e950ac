//! The demo's tour over Discord: well, refused, withdrawn in time, and called at night.

use super::acts::{Release, Team, YES};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clean_release_over_two_environments_makes_two_messages_in_the_channel() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    let options = [
        ("app", "rapid-audit"),
        ("environment", "production"),
        ("when", "now for 2h"),
        ("summary", "The first version"),
        ("owner", "bo"),
    ];
    team.ana.command("plan", &options).await;
    stage.discord.message("The first version").await;
    let pinned = || (stage.discord.pins() == 1).then_some(());
    stage
        .discord
        .until("the open release is pinned", pinned)
        .await;

    stage.deploys(&team.ana, "staging", &release).await;
    let ask = stage.asks(&release, "good in staging?").await;
    assert!(stage.discord.called(&ask).contains(&"chloe"));
    // Whoever has no role to say so is told that, alone.
    team.bo.react(&ask, YES);
    let line = stage
        .discord
        .reply(&release.card, "there is an answer for you")
        .await;
    team.bo.press(&line, "Show it").await;
    team.bo.hears("product").await;
    team.chloe.react(&ask, YES);
    stage.signs_off(&team, &release).await;
    stage.deploys(&team.bo, "production", &release).await;
    stage.discord.reply(&release.card, "watching").await;
    stage.discord.reply(&release.card, "stable: watched").await;
    let channel = stage.discord.transcript(None);
    assert_eq!(channel.len(), 2, "{channel:#?}");
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
    let release = stage.opens_checked(&team, "1.2.0").await;
    stage.passes_staging(&team, &release).await;
    stage.signs_off(&team, &release).await;
    stage.deploys(&team.bo, "production", &release).await;
    let incident = stage.discord.message("P1").await;
    let calls = || (stage.discord.transcript(Some(&incident)).len() >= 2).then_some(());
    stage
        .discord
        .until("a second call, because nobody is on it", calls)
        .await;
    team.dan.press(&incident, "I am on it").await;
    stage.discord.says(&incident, "is on it since").await;
    stage.discord.message("rolled back").await;
    stage.discord.says(&release.card, good.version).await;
    let options = [("incident", "i1"), ("text", "Back on 1.1.0")];
    team.dan.command("incident resolve", &options).await;
    stage.discord.says(&incident, "resolved").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decline_asks_why_and_names_who() {
    let stage = Stage::open().await;
    let team = stage.team();
    let release = stage.opens_checked(&team, "1.0.0").await;
    stage.deploys(&team.ana, "staging", &release).await;
    let ask = stage.asks(&release, "good in staging?").await;
    let modal = team.chloe.press(&ask, "Decline").await.expect("a form");
    assert_eq!(modal.data["title"], "Decline 1.0.0");
    team.chloe
        .submit(&modal, &[("why", "The totals are wrong")])
        .await;
    stage.discord.says(&ask, "The totals are wrong").await;
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_fill_in_from_what_there_is_and_mistakes_are_told_to_one() {
    let stage = Stage::open().await;
    let team = stage.team();
    let named = ("motorsport", "Motorsport");
    stage.opens(&team.ana, named, "1.0.0").await;
    let offered = team.bo.completes("deploy", &[], ("app", "")).await;
    assert!(offered.contains(&"motorsport".to_owned()), "{offered:?}");
    let options = [("app", "motorsport"), ("environment", "production")];
    let offered = team
        .bo
        .completes("deploy", &options, ("version", "1"))
        .await;
    assert_eq!(offered, ["1.0.0"]);
    let refused = [options[0], options[1], ("version", "1.0.0")];
    team.bo.command("deploy", &refused).await;
    team.bo.hears("window").await;
    let eve = stage.discord.person("eve");
    eve.command("status", &[]).await;
    eve.hears("118700000000000005").await;
    assert_eq!(stage.discord.transcript(None).len(), 1);
    stage.closes().await;
}

/// Dan takes his sign-off back in time: nothing starts. Later it does.
async fn withdrawn(stage: &Stage, team: &Team) -> Release {
    let release = stage.opens_checked(team, "1.1.0").await;
    stage.passes_staging(team, &release).await;
    let ask = stage.signs_off(team, &release).await;
    team.dan.unreact(&ask, YES);
    stage.discord.says(&ask, "Waiting for 1 sign-off").await;
    let options = [
        ("app", "rapid-audit"),
        ("environment", "production"),
        ("version", "1.1.0"),
    ];
    team.bo.command("deploy", &options).await;
    team.bo.hears("sign").await;
    team.dan.react(&ask, YES);
    stage.discord.says(&ask, "Dan Okoye,").await;
    stage.deploys(&team.bo, "production", &release).await;
    stage.discord.reply(&release.card, "watching").await;
    release
}
