//! Three hosts, each with an engine of its own: one after the other, and all of them back
//! when one fails.

use std::fs;

use crate::engines::Engine;
use crate::house::{House, eventually, run};
use crate::people::Guest;
use crate::world::Fate;

/// Nothing listens outside its container: three of each run on one machine.
const COMPOSE: &str = r#"version: "3.3"
services:
  api:
    image: nothing/api:none
    network_mode: none
  frontend:
    image: nothing/frontend:none
    network_mode: none
"#;

const NAMES: [&str; 3] = ["one", "two", "three"];

#[tokio::test]
async fn what_fails_on_the_second_of_three_hosts_is_taken_back_on_the_first() {
    run("hosts", async |house| {
        let engines = NAMES.map(|name| Engine::start(name, house));
        for engine in &engines {
            engine.answers().await;
            engine.load("v1", Fate::Well).await;
        }
        settle(house, &engines);
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        deploys((&kai, &lea), "v1").await;
        house.is_verified("v1").await;
        all_run(house, &engines, "v1");
        let [one, two, three] = &engines;
        let untouched = three.containers(house);

        // The second host cannot have what the first one got.
        one.load("v2", Fate::Well).await;
        three.load("v2", Fate::Well).await;
        deploys((&kai, &lea), "v2").await;
        lea.sees("Pull api on two").await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        all_run(house, &engines, "v1");
        assert_eq!(three.containers(house), untouched, "it was never its turn");

        // The next one all of them can have: one after the other they do.
        for engine in &engines {
            engine.load("v3", Fate::Well).await;
        }
        house
            .release("unlock motorsport production fixed")
            .await
            .succeeded();
        deploys((&kai, &lea), "v3").await;
        house.is_verified("v3").await;
        all_run(house, &engines, "v3");

        // On the way back the second is gone: the others do not wait for it.
        two.stop();
        kai.says("/release rollback motorsport production --why \"slow mail\"")
            .await;
        lea.sees("not brought back: two").await;
        one.runs(house, "v1");
        three.runs(house, "v1");
    })
    .await;
}

/// The example's environment on three hosts, with steps that soon give up.
fn settle(house: &House, engines: &[Engine]) {
    let hosts: Vec<String> = (engines.iter())
        .map(|it| format!("{} = \"{}\"", it.name, it.target().docker))
        .collect();
    house.rewrites(
        "docker   = \"unix:///var/run/docker.sock\"",
        &format!("hosts = {{ {} }}", hosts.join(", ")),
    );
    house.rewrites(
        "{ pull = \"api\" }",
        "{ pull = \"api\", timeout = \"10s\" }",
    );
    house.rewrites(
        "{ get = \"/api/health/\", status = 200, retry = 10, every = \"3s\" },",
        "",
    );
    house.rewrites("{ get = \"/api/docs/\", status = 200 },", "");
    let compose = house.folder().join("deploy/compose.production.yml");
    fs::write(compose, COMPOSE).unwrap();
}

async fn deploys((kai, lea): (&Guest, &Guest), version: &str) {
    kai.asks(&format!(
        "/release new motorsport {version} {}",
        House::images(version)
    ))
    .await;
    eventually("the ask is there", async || {
        let ask = format!("sign off {version} for production?");
        let signed = lea.sees(&ask).await;
        signed.text.contains("on two").then_some(())
    })
    .await;
    let ask = format!("sign off {version} for production?");
    lea.reacts("white_check_mark", &ask).await;
    lea.sees("Complete").await;
    kai.says(&format!("/release deploy motorsport production {version}"))
        .await;
}

#[track_caller]
fn all_run(house: &House, engines: &[Engine], version: &str) {
    for engine in engines {
        engine.runs(house, version);
    }
}
