//! A port that the project's files publish is somebody else's.

use std::net::TcpListener;

use super::{consents, deploys, deploys_again, doctor, enter, failed, names, says};
use crate::house::{House, run};
use crate::releases::roll_out;
use crate::world::{Fate, load};

const PORT: &str = "ports: [\"127.0.0.1:${FRONTEND_PORT}:8000\"]";

#[tokio::test]
async fn a_port_that_is_taken_is_named_before_anything_is_touched() {
    run("port", async |house| {
        for version in ["v1", "v2"] {
            load(version, Fate::Well).await;
        }
        house.serves().await;
        let (kai, lea) = enter(house).await;
        roll_out(house, (&kai, &lea), "v1").await;
        let before = house.world().containers("api");

        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let more = format!("ports: [\"127.0.0.1:${{FRONTEND_PORT}}:8000\", \"{port}:9000\"]");
        house.compose_says((PORT, &more));
        let why = format!("port {port} of service frontend is taken by another program");
        let fix = "stop it, or publish another port";
        names(&doctor(house).await, &["Ports", "FAIL", &why], fix);
        consents((&kai, &lea), "v2", &House::images("v2")).await;
        deploys(&kai, "v2").await;
        let untouched = "Nothing was touched: production runs what it ran";
        says(&failed(&lea, "v2").await, &[&why, fix, untouched]);
        assert_eq!(house.world().containers("api"), before);
        house.really_runs("v1").await;

        drop(taken);
        deploys_again((&kai, &lea), "v2").await;
        house.is_verified("v2").await;
        house.really_runs("v2").await;
    })
    .await;
}

#[tokio::test]
async fn what_only_the_deploy_finds_out_is_taken_back() {
    run("port-late", async |house| {
        for version in ["v1", "v2"] {
            load(version, Fate::Well).await;
        }
        house.serves().await;
        let (kai, lea) = enter(house).await;
        roll_out(house, (&kai, &lea), "v1").await;

        // What is waited for could be that the port gets free: nobody knows before.
        house.rewrites("{ up = true", "{ wait = \"1s\" }, { up = true");
        house.shipbell(&["reload"]).await.succeeded();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let more = format!("ports: [\"127.0.0.1:${{FRONTEND_PORT}}:8000\", \"{port}:9000\"]");
        house.compose_says((PORT, &more));
        consents((&kai, &lea), "v2", &House::images("v2")).await;
        deploys(&kai, "v2").await;
        let why = format!("{port} of service frontend is taken by another program");
        says(&failed(&lea, "v2").await, &[&why]);
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        // It came back with the ports of then.
        house.really_runs("v1").await;
    })
    .await;
}
