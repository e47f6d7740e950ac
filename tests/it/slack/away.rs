//! While nobody listens: the bot is down, Slack is down, events are lost. What stands is what counts.

use shipbell_tests::servers::slack::Mishap;

use crate::room::{Over, Room};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reaction_given_while_the_bot_was_down_counts_and_one_taken_off_does_not() {
    let mut room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    team.dan.consents(&ask).await;
    room.says(&ask, "Dan Okoye,").await;

    room.stops().await;
    team.dan.withdraws(&ask).await;
    team.chloe.consents(&ask).await;
    room.starts().await;
    room.says(&ask, "Chloé Martin,").await;
    assert!(
        !room.slack().reads(ask.slack()).contains("Dan Okoye,"),
        "{}",
        room.slack().reads(ask.slack())
    );
    team.bo.wants_it_deployed("production", &release).await;
    team.bo.hears("sign").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happened_in_an_outage_counts_when_it_is_over() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    room.slack().outage(true);
    let gone = || (room.slack().sockets() == 0).then_some(());
    room.slack().until("nobody is connected", gone).await;
    team.chloe.consents(&ask).await;
    room.slack().outage(false);
    // Nobody tells the bot of it; it reads what stands once it is connected again.
    room.reply(&release.card, "for production?").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubled_late_and_reordered_events_end_in_what_stands() {
    let room = Room::open(Over::Slack).await;
    // Each reaction is acknowledged when what stands has been read, and readings are paced.
    room.slack().forgive("was not acknowledged in time");
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    for _ in 0..3 {
        room.slack().mishap("reaction_added", Mishap::Behind(1));
        room.slack()
            .mishap("reaction_removed", Mishap::Duplicated(2));
        team.dan.consents(&ask).await;
        team.dan.withdraws(&ask).await;
    }
    room.slack().mishap("reaction_added", Mishap::Duplicated(3));
    team.chloe.consents(&ask).await;
    room.says(&ask, "Chloé Martin,").await;
    room.slack().quiet().await;
    assert!(
        !room.slack().reads(ask.slack()).contains("Dan Okoye,"),
        "{}",
        room.slack().reads(ask.slack())
    );
    team.dan.consents(&ask).await;
    room.says(&ask, "Dan Okoye,").await;
    room.closes().await;
}
