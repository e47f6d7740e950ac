//! Commands whose options fill in as one types, and mistakes that are told to one.

use crate::room::{Over, Room};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_fill_in_from_what_there_is_and_mistakes_are_told_to_one() {
    let room = Room::open(Over::Discord).await;
    let named = ("motorsport", "Motorsport");
    room.opens(&room.person("ana").await, named, "1.0.0").await;
    let bo = room.discord().person("bo");
    let offered = bo.completes("deploy", &[], ("app", "")).await;
    assert!(offered.contains(&"motorsport".to_owned()), "{offered:?}");
    let options = [("app", "motorsport"), ("environment", "production")];
    let offered = bo.completes("deploy", &options, ("version", "1")).await;
    assert_eq!(offered, ["1.0.0"]);
    let refused = [options[0], options[1], ("version", "1.0.0")];
    bo.command("deploy", &refused).await;
    bo.hears("window").await;
    let eve = room.discord().person("eve");
    eve.command("status", &[]).await;
    eve.hears("118700000000000005").await;
    assert_eq!(room.discord().transcript(None).len(), 1);
    room.closes().await;
}
