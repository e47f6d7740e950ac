//! What the terminal is told: who may act there, and failures that say what to do.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use crate::house::{House, run, run_alone, uid};
use crate::people::Guest;
use crate::releases::roll_out;
use crate::world::{Fate, load};

#[tokio::test]
async fn one_bot_at_a_time_works_on_the_same_data() {
    run_alone("twice", async |house| {
        house.serves().await;
        // Another port, so that only the data is in the way.
        let [was, other] = [house.port().to_string(), free_port().to_string()];
        house.rewrites(&was, &other);
        let err = house.shipbell(&["serve"]).await.failed(1);
        assert!(err.contains("error: the database cannot be used"), "{err}");
        assert!(err.contains("because:"), "{err}");
        house.rewrites(&other, &was);
        house.release("status").await.succeeded();
    })
    .await;
}

#[tokio::test]
async fn a_taken_port_is_named() {
    run_alone("port", async |house| {
        let taken = TcpListener::bind(("127.0.0.1", house.port())).unwrap();
        let err = house.shipbell(&["serve"]).await.failed(1);
        assert!(err.contains("is taken by another program"), "{err}");
        assert!(err.contains(&house.port().to_string()), "{err}");
        drop(taken);
        house.serves().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_not_named_may_only_look() {
    run_alone("stranger", async |house| {
        house.rewrites(&format!(", unix = {}", uid()), "");
        house.serves().await;
        house.release("status").await.succeeded();
        house.release("help").await.succeeded();
        for line in [
            "new motorsport v1",
            "freeze now --why x",
            "rollback production --why x",
        ] {
            let ended = house.release(line).await;
            assert!(ended.out.contains("may only look"), "{ended:?}");
            assert!(
                ended.out.contains("unix ="),
                "what to do about it: {ended:?}"
            );
            ended.failed(1);
        }
        // Nobody else on the machine gets that far.
        let mode = std::fs::metadata(house.data())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        let socket = house.data().join("shipbell.sock");
        let mode = std::fs::metadata(socket).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let err = house.shipbell(&["open", "nobody"]).await.failed(1);
        assert!(err.contains("there is no person `nobody`"), "{err}");
    })
    .await;
}

#[tokio::test]
async fn mistyped_commands_change_nothing_and_say_so() {
    run_alone("typos", async |house| {
        house.serves().await;
        for (line, told) in [
            ("relase", "help"),
            ("rollback motorsport production --why x", "production"),
            ("unlock motorsport production all is well", "locked"),
            (
                "new motorsport v1 --image api",
                "--image web=registry.example/web:1.2",
            ),
        ] {
            let ended = house.release(line).await;
            assert!(ended.out.contains(told), "{line}: {ended:?}");
            ended.failed(1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_missing_image_is_told_and_the_next_release_goes_out() {
    run("missing", async |house| {
        load("v1", Fate::Well).await;
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        // No registry there, so the answer is quick and the same on every machine.
        let command =
            "new motorsport v0 --image api=127.0.0.1:9/api:v0 --image frontend=127.0.0.1:9/api:v0";
        house.release(command).await.succeeded();
        let news = lea
            .sees("the images of Motorsport API v0 could not be pinned")
            .await;
        assert!(news.text.contains("127.0.0.1:9"), "{}", news.text);
        let refused = kai.asks("/release deploy motorsport production").await;
        assert!(refused.contains("could not be pinned"), "{refused}");
        house.release("cancel v0 no such images").await.succeeded();
        roll_out(house, (&kai, &lea), "v1").await;
        house.really_runs("v1").await;
        assert!(House::images("v1").contains("v1"));
    })
    .await;
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
