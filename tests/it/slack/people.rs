//! Who counts, and what people are told: guests, strangers, forms, the home tab, notes.

use crate::room::{Over, Room};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_bots_strangers_and_the_one_who_asked_never_count() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    for name in ["ana", "gil", "uma", "rob", "eve", "sam"] {
        let person = room.slack().person(name);
        person.react(ask.slack(), "white_check_mark");
    }
    team.chloe.consents(&ask).await;
    room.says(&ask, "Chloé Martin,").await;
    room.slack().quiet().await;
    team.bo.wants_it_deployed("production", &release).await;
    team.bo.hears("sign").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_in_a_thread_are_answered_there_and_kept_by_the_shortcut() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    let (dan, card) = (room.slack().person("dan"), release.card.slack());
    dan.reply(card, "@shipbell can rapid-audit production")
        .await;
    dan.hears("production").await;
    let said = dan.reply(card, "The index is built by hand").await;
    dan.shortcut(&said, "keep_message").await;
    dan.sees_modal("The index is built by hand").await;
    dan.submit().await;
    dan.hears_something().await;
    let shown = [("release", release.number.as_str())];
    team.bo.commands("show", &shown).await;
    team.bo.hears("The index is built by hand").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_home_tab_shows_what_waits_and_mistakes_are_told_to_one() {
    let room = Room::open(Over::Slack).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.deploys(&team.ana, "staging", &release).await;
    room.asks(&release, "good in staging?").await;
    let chloe = room.slack().person("chloe");
    chloe.opens_home().await;
    let waits = || chloe.home().filter(|it| it.contains("1.0.0"));
    room.slack().until("what waits for her", waits).await;

    let (bo, gil) = (room.slack().person("bo"), room.slack().person("gil"));
    bo.say("release", "/release staus").await;
    bo.hears("status").await;
    bo.say("release", "/release help").await;
    bo.hears("/release").await;
    gil.say("release", "/release status").await;
    gil.hears_something().await;
    assert_eq!(room.slack().transcript("release").len(), 1);
    room.closes().await;
}
