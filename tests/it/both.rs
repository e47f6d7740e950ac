//! Slack and Discord at once: one release, a card in each channel, one quorum; either
//! may be away without holding up the other.

use std::time::Duration;

use crate::room::{Message, Over, Release, Room, Team};

/// Consent, as each platform has it.
const IN_SLACK: &str = "white_check_mark";
const IN_DISCORD: &str = "✅";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_release_has_a_card_in_each_channel_and_one_quorum() {
    let room = Room::open(Over::Both).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    let (here, there) = (room.slack().person("chloe"), room.discord().person("chloe"));
    // Chloé accepts in Slack; in Discord the same ask says so.
    here.react(ask.slack(), IN_SLACK);
    room.says(&ask, "Chloé Martin,").await;

    let ask = room.asks(&release, "for production?").await;
    here.react(ask.slack(), IN_SLACK);
    there.react(ask.discord(), IN_DISCORD);
    room.says(&ask, "Chloé Martin,").await;
    // On both platforms she is one person still.
    team.bo.wants_it_deployed("production", &release).await;
    team.bo.hears("sign").await;
    room.says(&ask, "Waiting for 1 sign-off").await;
    let dan = room.discord().person("dan");
    dan.react(ask.discord(), IN_DISCORD);
    room.says(&ask, "Dan Okoye,").await;
    // Taken off on one of the two, what stands on the other counts.
    there.unreact(ask.discord(), IN_DISCORD);
    room.deploys(&team.bo, "production", &release).await;
    room.reply(&release.card, "stable: watched").await;
    for channel in room.channels().await {
        assert_eq!(channel.len(), 1, "{channel:#?}");
    }
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_is_down_holds_nothing_up_and_catches_up() {
    let room = Room::open(Over::Both).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.slack().outage(true);
    room.deploys(&team.ana, "staging", &release).await;
    // Discord has it all while Slack is away, and Slack has it all afterwards.
    let card = release.card.discord();
    room.discord().reply(card, "good in staging?").await;
    room.slack().outage(false);
    let card = release.card.slack();
    let ask = room.slack().reply(card, "good in staging?").await;

    // It may post before its sockets are open again: a press would find nobody.
    let there = || (room.slack().connected() > 0).then_some(());
    room.slack().until("a socket", there).await;

    room.discord().outage(true);
    let chloe = room.slack().person("chloe");
    chloe.press(&ask, "Accept staging").await;
    room.discord().outage(false);
    let ask = room.reply(&release.card, "good in staging?").await;
    room.says(&ask, "Chloé Martin,").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_minutes_without_slack_in_a_deploy_begun_in_discord_leave_no_trace() {
    let room = Room::open(Over::Both).await;
    let team = room.team().await;
    let (release, ask) = asked_for_production(&room, &team).await;
    team.dan.consents(&ask).await;
    team.chloe.consents(&ask).await;
    room.says(&ask, "Chloé Martin,").await;
    room.says(&ask, "Dan Okoye,").await;
    room.deploys(&team.ana, "production", &release).await;
    room.reply(&release.card, "Production: Deploy of 1.0.0")
        .await;
    room.slack().outage(true);
    // Answers that Slack would still have taken have expired when it is back.
    room.slack().turn_clock_on(Duration::from_mins(10));
    let card = release.card.discord();
    room.discord().reply(card, "stable: watched").await;
    room.slack().outage(false);
    room.is_there().await;
    room.reply(&release.card, "stable: watched").await;
    room.says(&release.card, "✓ Done").await;
    room.reply(&release.card, "used by attempt 1").await;
    room.reply(&release.card, "acceptance for staging").await;
    let mut threads = room.threads(&release.card).await;
    for thread in &mut threads {
        // What Discord has of its own: a way to an answer for one person.
        thread.retain(|it| !it.contains("there is an answer for you"));
    }
    let (slack, discord) = (&threads[0], &threads[1]);
    assert_eq!(slack.len(), discord.len(), "{slack:#?}\n{discord:#?}");
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_down_during_the_sign_off_is_made_good_for() {
    let room = Room::open(Over::Both).await;
    let team = room.team().await;
    let (release, ask) = asked_for_production(&room, &team).await;
    room.discord().outage(true);
    let gone = || (!room.discord().connected()).then_some(());
    room.discord().until("nobody is connected", gone).await;
    // She signs off where nobody hears her, he where what stands cannot be read in full.
    team.chloe.consents(&ask).await;
    team.dan.consents(&ask).await;
    room.discord().outage(false);
    room.says(&ask, "Chloé Martin,").await;
    room.says(&ask, "Dan Okoye,").await;
    room.deploys(&team.bo, "production", &release).await;
    room.closes().await;
}

/// A release that is good in staging, and its ask for production.
async fn asked_for_production(room: &Room, team: &Team) -> (Release, Message) {
    let release = room.opens_checked(team, "1.0.0").await;
    room.passes_staging(team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    (release, ask)
}
