//! A deploy is held by what is demanded of its commit, and told so where people talk.

use std::fs;
use std::path::Path;

use shipbell_tests::servers::forges::{Fault, Forge, TOKEN};
use shipbell_tests::servers::slack::Setup;

use super::git::Origin;
use super::{COMMIT, LATER};
use crate::room::{Over, Release, Room, Team};

const NAMED: (&str, &str) = ("rapid-audit", "Rapid Audit");

/// The demo's configuration, with another checklist and more of the application.
fn demanding(text: &str, app: &str, checklist: &str) -> String {
    let (before, rest) = text.split_once("checklist = [").unwrap();
    let (_, after) = rest.split_once("]\n").unwrap();
    format!("{before}{app}\nchecklist = [{checklist}]\n{after}")
}

fn token(folder: &Path) -> String {
    let file = folder.join("forge-token");
    fs::write(&file, TOKEN).unwrap();
    format!("{{ file = \"{}\" }}", file.display())
}

async fn opened(room: &Room, team: &Team, version: &'static str, commit: &str) -> Release {
    let more = [("commit", commit)];
    room.opens_with(&team.ana, NAMED, version, &more).await
}

/// Wants it deployed, and is told that it is being looked at.
async fn wants(team: &Team, place: &str, release: &Release) {
    team.bo.wants_it_deployed(place, release).await;
    team.bo.hears(&format!("starts in {place}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_waits_for_green_and_stops_at_new_commits() {
    let github = Forge::github().await.unwrap();
    github.pushed("main", COMMIT);
    github.ran(COMMIT, "lint", "success");
    github.ran(COMMIT, "test", "failure");
    let url = github.url();
    let mut room = Room::prepared(Over::Web, Setup::default(), |text, folder| {
        let section = format!(
            "[github]\napi_url = \"{url}\"\ntoken = {}\n\n",
            token(folder)
        );
        let text = text.replace("[people]", &format!("{section}[people]"));
        let text = text.replace("signoff  = {", "no_new_commits = true\nsignoff  = {");
        let app = "repo = \"github:acme/shop\"\nbranch = \"main\"";
        let item = "{ auto = \"ci\", checks = [\"lint\", \"test\"], title = \"CI is green\" }";
        demanding(&text, app, item)
    })
    .await;
    room.starts().await;
    let team = room.team().await;

    // Red: the gate is shut, with words.
    let release = opened(&room, &team, "1.0.0", &COMMIT[..7]).await;
    room.says(&release.card, "test failed (failure)").await;
    team.ana.wants_it_deployed("staging", &release).await;
    team.ana.hears("CI is not green for commit 3f9c2ab").await;
    let options = [("release", release.number.as_str()), ("item", "1")];
    team.bo.commands("check", &options).await;
    team.bo.hears("No person settles this item").await;

    // Green: it opens, unless the forge cannot be asked right before.
    github.ran(COMMIT, "test", "success");
    room.says(&release.card, "1 of 1 done").await;
    github.fault(Some(Fault::Status(401, vec![], "Bad credentials")));
    wants(&team, "staging", &release).await;
    room.reply(&release.card, "the token is not accepted").await;
    github.fault(None);
    wants(&team, "staging", &release).await;
    let ask = room.asks(&release, "good in staging?").await;
    team.chloe.consents(&ask).await;

    // A push after the sign-off shuts it.
    room.signs_off(&team, &release).await;
    github.pushed("main", LATER);
    wants(&team, "production", &release).await;
    let told = room.reply(&release.card, "main has new commits").await;
    room.says(&told, "it ends with b1946ac, and this is 3f9c2ab")
        .await;
    github.pushed("main", COMMIT);
    wants(&team, "production", &release).await;
    room.reply(&release.card, "stable: watched").await;
    room.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_commits_of_a_plain_repository_are_set_aside_in_the_open() {
    let origin = Origin::new();
    let (commit, url) = (origin.push("main"), origin.url());
    let mut room = Room::prepared(Over::Web, Setup::default(), |text, _| {
        let text = text.replace("accept     = {", "no_new_commits = true\naccept     = {");
        demanding(&text, &format!("repo = \"{url}\"\nbranch = \"main\""), "")
    })
    .await;
    room.starts().await;
    let team = room.team().await;
    let release = opened(&room, &team, "1.0.0", &commit).await;
    let later = origin.push("main");
    wants(&team, "staging", &release).await;
    let told = room.reply(&release.card, "main has new commits").await;
    room.says(&told, &later[..7]).await;

    let options = [
        ("app", "rapid-audit"),
        ("environment", "staging"),
        ("version", "1.0.0"),
        ("override", "The new commit is a typo in a comment"),
    ];
    team.bo.commands("deploy", &options).await;
    team.bo.hears("on its way").await;
    room.message("a typo in a comment").await;
    room.asks(&release, "good in staging?").await;
    room.closes().await;
}
