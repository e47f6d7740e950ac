//! What goes wrong outside, each with the real thing: what people are told, what goes on
//! running meanwhile, and what `shipbell doctor` says before it happens.

mod disk;
mod doctor;
mod engine;
mod images;
mod port;
mod registry;
mod tidied;

use crate::engines::Engine;
use crate::house::House;
use crate::pages::Message;
use crate::people::Guest;

/// Nothing listens outside its container, for an engine whose networks lead nowhere.
const COMPOSE: &str = r#"version: "3.3"
services:
  api:
    image: nothing/api:none
    network_mode: none
  frontend:
    image: nothing/frontend:none
    network_mode: none
"#;

/// Both of the team, at their browsers.
async fn enter(house: &House) -> (Guest, Guest) {
    let kai = Guest::enter(house, "kai").await;
    (kai, Guest::enter(house, "lea").await)
}

/// Brings the environment to an engine of the tests' own.
fn settle(house: &House, engine: &Engine) {
    house.rewrites("unix:///var/run/docker.sock", &engine.target().docker);
    without_requests(house);
    house.compose_is(COMPOSE);
}

/// No check needs to get into a container.
fn without_requests(house: &House) {
    house.rewrites(
        "{ get = \"/api/health/\", status = 200, retry = 10, every = \"3s\" },",
        "",
    );
    house.rewrites("{ get = \"/api/docs/\", status = 200 },", "");
}

/// Opens a release and has it signed off.
async fn consents((kai, lea): (&Guest, &Guest), version: &str, images: &str) {
    let new = format!("/release new motorsport {version} {images}");
    let told = kai.asks(&new).await;
    assert!(told.contains(version), "{told}");
    signs_off(lea, version).await;
}

async fn signs_off(lea: &Guest, version: &str) {
    lea.sees(&format!("sign off {version} for production?"))
        .await;
    lea.presses("Sign off for production").await;
    lea.sees("Complete").await;
}

/// Deploys a version that failed before: its sign-off is used, and another one is asked for.
async fn deploys_again((kai, lea): (&Guest, &Guest), version: &str) {
    deploys(kai, version).await;
    signs_off(lea, version).await;
    deploys(kai, version).await;
}

/// Says that a version is to be deployed.
async fn deploys(kai: &Guest, version: &str) {
    kai.says(&format!("/release deploy motorsport production {version}"))
        .await;
}

/// What the channel learns of a deploy that failed.
async fn failed(lea: &Guest, version: &str) -> Message {
    lea.sees(&format!("the deploy of {version} in production failed"))
        .await
}

/// Fails unless a message says all of this.
#[track_caller]
fn says(message: &Message, all: &[&str]) {
    for words in all {
        assert!(message.text.contains(words), "{words}: {}", message.text);
    }
}

/// What `shipbell doctor` prints, whether it finds something bad or not.
async fn doctor(house: &House) -> String {
    let ended = house.shipbell(&["doctor"]).await;
    assert!(!ended.out.is_empty(), "{ended:?}");
    ended.out
}

/// Fails unless a line about this says that, and the line below it what to do.
#[track_caller]
fn names(told: &str, line: &[&str], fix: &str) {
    let mut lines = told.lines();
    let found = lines.find(|it| line.iter().all(|words| it.contains(words)));
    assert!(found.is_some(), "{line:?} is nowhere in:\n{told}");
    let below = lines.next().unwrap_or_default();
    assert!(
        below.contains("Fix: ") && below.contains(fix),
        "{fix} is not below {line:?}:\n{told}"
    );
}
