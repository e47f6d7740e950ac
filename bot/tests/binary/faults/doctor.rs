//! `shipbell doctor` on machines where a lot is wrong: all of it is named, with what to do,
//! and what is well is still told.

use std::net::TcpListener;
use std::process::Command;

use super::{doctor, names};
use crate::house::{House, run};
use crate::server::Server;
use crate::world::{Fate, load, reference};

/// What runs is at its end, in three ways.
const COMPOSE: &str = r#"version: "3.3"
services:
  api:
    image: $CRASHES
    restart: always
  frontend:
    image: $WELL
    healthcheck:
      test: ["CMD", "/bin/busybox", "false"]
      interval: 1s
      retries: 1
  worker:
    image: $WELL
    healthcheck:
      disable: true
"#;

#[tokio::test]
async fn one_bad_host_hides_no_other() {
    run("doctor-hosts", async |house| {
        let (Some(known), Some(stranger)) = (
            Server::start("doctor-hosts").await,
            Server::start("doctor-hosts").await,
        ) else {
            return;
        };
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let hosts = format!(
            "hosts = {{ one = \"{}\", two = \"ssh://{}\", three = \"{}\" }}",
            known.address,
            nobody.unwrap(),
            stranger.address
        );
        house.rewrites("docker   = \"unix:///var/run/docker.sock\"", &hosts);
        let zone = "timezone = \"UTC\"";
        let client = known.client("client").display().to_string();
        house.rewrites(zone, &format!("{zone}\nssh_config = \"{client}\""));
        let here = format!("\"{}/deploy/", house.folder().display());
        house.rewrites("\"deploy/", &here);

        let found = doctor(house).await;
        let two = [
            "Host motorsport/production on two",
            "FAIL",
            "nothing listens",
        ];
        names(&found, &two, "Start its ssh server");
        let three = ["on three", "FAIL", "its key is not known"];
        names(&found, &three, "add it to known_hosts");
        for what in ["Host", "Docker"] {
            let one = format!("{what} motorsport/production on one");
            let one = found.lines().find(|it| it.starts_with(&one)).unwrap();
            assert!(!one.contains("FAIL"), "{found}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_runs_and_is_not_well_is_named() {
    run("doctor-runs", async |house| {
        load("v1", Fate::Well).await;
        load("v0-crashes", Fate::Crashes).await;
        let text = COMPOSE
            .replace("$CRASHES", &reference("api", "v0-crashes"))
            .replace("$WELL", &reference("api", "v1"));
        house.compose_is(&text);
        comes_up(house);
        let found = crate::house::eventually("all of it is named", async || {
            let found = doctor(house).await;
            let all = ["crashes again and again", "its health check fails"];
            all.iter().all(|it| found.contains(it)).then_some(found)
        })
        .await;
        let api = ["Runs", "FAIL", "service api crashes again and again"];
        names(&found, &api, "docker logs");
        let frontend = ["Runs", "FAIL", "service frontend runs and its health check"];
        names(&found, &frontend, "docker logs");
        let worker = ["Runs", "warn", "no health check", "worker"];
        names(&found, &worker, "HEALTHCHECK");
    })
    .await;
}

#[tokio::test]
async fn a_port_of_another_container_is_named_with_it() {
    run("doctor-port", async |house| {
        load("v1", Fate::Well).await;
        let port = house.port_of("api");
        let other = format!("{}-other", house.world().project());
        let label = format!("io.shipbell.project={}", house.world().project());
        docker(&[
            "run",
            "-d",
            "--name",
            &other,
            "--label",
            &label,
            "-p",
            &format!("127.0.0.1:{port}:8000"),
            &reference("api", "v1"),
        ]);
        let why = format!("port 127.0.0.1:{port} of service api is taken by container {other}");
        let fix = format!("Stop {other}, or publish another port");
        names(&doctor(house).await, &["Ports", "FAIL", &why], &fix);
    })
    .await;
}

#[tokio::test]
async fn a_project_of_the_other_compose_is_named() {
    run("doctor-flavour", async |house| {
        load("v1", Fate::Well).await;
        let project = format!("com.docker.compose.project={}", house.world().project());
        let made = |version: &str| {
            let version = format!("com.docker.compose.version={version}");
            let labels = ["--label", &project, "--label", &version];
            let image = reference("api", "v1");
            docker(&[["create"].as_slice(), &labels, &[&image]].concat());
        };
        made("1.29.2");
        made("2.26.1");
        let found = doctor(house).await;
        let line = [
            "Docker",
            "FAIL",
            "both `docker-compose` and `docker compose`",
        ];
        names(&found, &line, "Remove those of one");
    })
    .await;
}

fn comes_up(house: &House) {
    let mut compose = Command::new("docker-compose");
    compose
        .args(["-p", house.world().project()])
        .args(["--env-file", ".env.production"])
        .args(["-f", "compose.production.yml", "up", "-d"])
        .current_dir(house.folder().join("deploy"));
    let done = compose.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}

fn docker(words: &[&str]) {
    let done = Command::new("docker").args(words).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{words:?}: {said}");
}
