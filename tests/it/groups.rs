//! A role that a platform's own group holds: who is in it is asked when it counts.

use shipbell_tests::servers::discord::OWNERS;
use shipbell_tests::servers::slack::Setup;

use crate::room::{Over, Room};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_a_group_of_slack_may_accept() {
    held(Over::Slack, "slack-group:S0OWNERS").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_a_role_in_discord_may_accept() {
    held(Over::Discord, &format!("discord-role:{OWNERS}")).await;
}

/// Nobody is named as product owner: Chloé is one because the platform says so.
async fn held(over: Over, group: &str) {
    let named = "product-owner   = [\"chloe\"]";
    let by_group = format!("product-owner   = [\"{group}\"]");
    let mut room = Room::prepared(over, Setup::default(), |text, _| {
        assert!(text.contains(named), "{text}");
        text.replace(named, &by_group)
    })
    .await;
    room.starts().await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    team.bo.consents(&ask).await;
    team.bo.is_told(&room, &release.card, "product").await;
    team.chloe.consents(&ask).await;
    room.says(&ask, "Chloé Martin,").await;
    room.signs_off(&team, &release).await;
    team.bo.commands("whoami", &[]).await;
    team.bo.hears("sre").await;
    team.chloe.commands("whoami", &[]).await;
    team.chloe.hears("product-owner").await;
    room.closes().await;
}
