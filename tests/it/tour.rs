//! The demo's tour in the browser, over Slack, over Discord, and with half of the team on each: well,
//! refused, withdrawn in time, and called at night.

use crate::room::{Over, Release, Room, Team};

/// Runs the same conversation over every platform and over both at once.
macro_rules! everywhere {
    ($($name:ident: $conversation:path;)*) => {
        mod in_the_browser { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::held(super::Over::Web, $conversation).await; }
        )* }
        mod in_slack { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::held(super::Over::Slack, $conversation).await; }
        )* }
        mod in_discord { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::held(super::Over::Discord, $conversation).await; }
        )* }
        mod in_both { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::held(super::Over::Both, $conversation).await; }
        )* }
    };
}

everywhere! {
    a_clean_release_over_two_environments_makes_two_messages_in_the_channel: super::clean;
    a_deploy_outside_its_window_is_refused_to_the_one_who_asked: super::refused;
    a_sign_off_is_withdrawn_in_time_and_given_again: super::withdrawn_alone;
    a_bad_version_goes_back_by_itself_and_calls_until_one_answers: super::bad;
    a_decline_asks_why_and_names_who: super::declined;
}

async fn held(over: Over, conversation: impl AsyncFn(&Room, &Team)) {
    let room = Room::open(over).await;
    conversation(&room, &room.team().await).await;
    room.closes().await;
}

/// A release as it should go makes two new messages in a channel: its announcement and
/// its card.
async fn clean(room: &Room, team: &Team) {
    let release = room.opens_checked(team, "1.0.0").await;
    let options = [
        ("app", "rapid-audit"),
        ("environment", "production"),
        ("when", "now for 2h"),
        ("summary", "The first version"),
        ("owner", "bo"),
    ];
    team.ana.commands("plan", &options).await;
    room.message("The first version").await;
    room.pins(1).await;

    room.deploys(&team.ana, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    // Whoever has no role to say so is told that, alone.
    team.bo.consents(&ask).await;
    team.bo.is_told(room, &release.card, "product").await;
    team.chloe.consents(&ask).await;
    room.signs_off(team, &release).await;
    room.deploys(&team.bo, "production", &release).await;
    room.reply(&release.card, "watching").await;
    room.reply(&release.card, "stable: watched").await;
    for channel in room.channels().await {
        assert_eq!(channel.len(), 2, "{channel:#?}");
    }
}

/// A deploy outside the window is refused to the one who asked.
async fn refused(room: &Room, team: &Team) {
    let named = ("motorsport", "Motorsport");
    let release = room.opens(&team.ana, named, "1.0.0").await;
    let options = [
        ("app", "motorsport"),
        ("environment", "production"),
        ("version", "1.0.0"),
    ];
    team.bo.commands("deploy", &options).await;
    team.bo.hears("window").await;
    let why = [
        ("release", release.number.as_str()),
        ("why", "It was only to show the window"),
    ];
    team.ana.commands("cancel", &why).await;
    room.says(&release.card, "given up").await;
}

async fn withdrawn_alone(room: &Room, team: &Team) {
    withdrawn(room, team).await;
}

/// Dan takes his sign-off back in time: nothing starts. Later it does.
async fn withdrawn(room: &Room, team: &Team) -> Release {
    let release = room.opens_checked(team, "1.1.0").await;
    room.passes_staging(team, &release).await;
    let ask = room.signs_off(team, &release).await;
    team.dan.withdraws(&ask).await;
    room.says(&ask, "Waiting for 1 sign-off").await;
    team.bo.wants_it_deployed("production", &release).await;
    team.bo.hears("sign").await;
    team.dan.consents(&ask).await;
    room.says(&ask, "Dan Okoye,").await;
    room.deploys(&team.bo, "production", &release).await;
    room.reply(&release.card, "watching").await;
    release
}

/// A bad version: production goes back by itself, and people are called until one answers.
async fn bad(room: &Room, team: &Team) {
    let good = withdrawn(room, team).await;
    let release = room.opens_checked(team, "1.2.0").await;
    room.passes_staging(team, &release).await;
    room.signs_off(team, &release).await;
    room.deploys(&team.bo, "production", &release).await;
    let incident = room.message("P1").await;
    // A second call, because nobody is on it.
    room.grows(&incident, 2).await;
    team.dan.presses(&incident, "I am on it").await;
    room.says(&incident, "is on it since").await;
    room.message("rolled back").await;
    room.says(&release.card, good.version).await;
    let options = [("incident", "i1"), ("text", "Back on 1.1.0")];
    team.dan.commands("incident resolve", &options).await;
    room.says(&incident, "resolved").await;
    let options = [
        ("app", "rapid-audit"),
        ("environment", "production"),
        ("why", "Looked at it, all is well"),
    ];
    team.bo.commands("unlock", &options).await;
    let options = [
        ("release", release.number.as_str()),
        ("why", "It fails in production"),
    ];
    team.ana.commands("cancel", &options).await;
    room.says(&release.card, "given up").await;
    team.ana.commands("status", &[]).await;
    team.ana.hears("1.1.0").await;
}

async fn declined(room: &Room, team: &Team) {
    let release = room.opens_checked(team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    let form = ("Decline", "Decline 1.0.0");
    let why = "The totals are wrong";
    team.chloe.fills_in(&ask, form, ("Why?", "why"), why).await;
    room.says(&ask, why).await;
}
