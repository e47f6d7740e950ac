//! Steps beside the containers: programs, git, env files and addresses of the host,
//! and what is looked at before any of them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::house::{House, eventually, run};
use crate::people::Guest;
use crate::releases::{open, roll_out};
use crate::world::{Fate, clear_commands, load};

/// Fails the first time it is called, and writes down what it was called with.
const NOTE: &str = "#!/bin/sh
if [ ! -e seen ]; then : > seen; echo 'not yet' >&2; exit 1; fi
echo \"$1 with $MODE\" > noted
";

/// What a deploy begins with, as the example says it.
const FIRST: &str = "deploy   = [{ pull = \"api\" },";

#[tokio::test]
async fn programs_git_files_and_addresses_of_the_host() {
    run("steps", async |house| {
        load("v1", Fate::Well).await;
        let copy = working_copy(house.folder());
        let hook = Hook::listens().await;
        house.rewrites(
            FIRST,
            &format!(
                r#"deploy = [
  {{ git = "fetch", dir = "copy" }},
  {{ git = "checkout", ref = "{{version}}", dir = "copy" }},
  {{ git = "tag", ref = "release-{{version}}", dir = "copy" }},
  {{ git = "push", ref = "release-{{version}}", dir = "copy" }},
  {{ host = ["./note.sh", "{{version}}"], dir = "copy", retry = 2, vars = {{ MODE = "all of {{version}}" }} }},
  {{ set_env = {{ APP_VERSION = "{{version}}" }}, file = "deploy/.env.production" }},
  {{ http = "{}/deployed", method = "POST", body = "{{version}} is coming", status = 202, once = true }},
  {{ pull = "api" }},"#,
                hook.address
            ),
        );
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        roll_out(house, (&kai, &lea), "v1").await;

        assert_eq!(git(&copy, &["describe", "--tags", "--exact-match"]), "release-v1");
        let there = git(&house.folder().join("origin.git"), &["tag", "--list"]);
        assert_eq!(there.lines().collect::<Vec<_>>(), ["release-v1", "v1"]);
        let noted = fs::read_to_string(copy.join("noted")).unwrap();
        assert_eq!(noted, "v1 with all of v1\n", "at the second try");
        let variables = house.folder().join("deploy/.env.production");
        let variables = fs::read_to_string(variables).unwrap();
        assert!(variables.ends_with("\nAPP_VERSION=v1\n"), "{variables}");
        assert!(variables.starts_with("API_PORT="), "{variables}");
        let heard = hook.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].starts_with("POST /deployed "), "{heard:?}");
        assert!(heard[0].ends_with("\r\n\r\nv1 is coming"), "{heard:?}");
    })
    .await;
}

#[tokio::test]
async fn a_command_runs_in_an_image_alone() {
    run("alone", async |house| {
        load("v1", Fate::Well).await;
        let tools = crate::world::repository("api");
        house.rewrites("images  = { ", &format!("images  = {{ tools = \"{tools}\", "));
        // One word for the shell that the image begins with.
        let there = "test$IFS$MODE$IFS=${IFS}alone";
        house.rewrites(
            FIRST,
            &format!(
                "deploy = [{{ run = [\"{there}\"], image = \"tools\", once = true, vars = {{ MODE = \"alone\" }} }}, {{ pull = \"api\" }},"
            ),
        );
        let (kai, lea) = enters(house).await;
        let images = House::images("v1");
        let version = crate::world::reference("api", "v1");
        let new = format!("/release new motorsport v1 {images} --image tools={version}");
        kai.asks(&new).await;
        lea.reacts("white_check_mark", "sign off v1 for production?")
            .await;
        lea.sees("Complete").await;
        kai.says("/release deploy motorsport production").await;
        lea.sees("Smoke tests of v1 on production").await;
        eventually("v1 runs", async || {
            let status = house.release("status").await.succeeded();
            status.contains("verified").then_some(())
        })
        .await;
        house.really_runs("v1").await;
        assert!(house.world().containers("tools").is_empty());
        assert_eq!(clear_commands("api", "v1"), 1, "it ran once");
    })
    .await;
}

#[tokio::test]
async fn what_a_step_says_is_read_while_it_goes_on() {
    run("talking", async |house| {
        load("v1", Fate::Well).await;
        house.rewrites(
            FIRST,
            "deploy = [{ host = [\"./talk\"], dir = \"deploy\" }, { pull = \"api\" },",
        );
        let program = house.folder().join("deploy/talk");
        // Who reads waits until somebody writes.
        let talk = "#!/bin/sh\nmkfifo gate\necho '1 of 2 tables'\nread word < gate\necho $word\n";
        fs::write(&program, talk).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let (kai, lea) = enters(house).await;
        begins((&kai, &lea)).await;
        let card = lea.sees("1 of 2 tables").await;
        assert!(
            card.text.contains("Production: Deploy of v1"),
            "{}",
            card.text
        );
        fs::write(house.folder().join("deploy/gate"), "enough\n").unwrap();
        lea.sees("Smoke tests of v1 on production").await;
        let over = eventually("the card says it is over", async || {
            let card = lea.sees("Production: Deploy of v1").await;
            card.text.contains("Done").then_some(card)
        })
        .await;
        assert_eq!(over.id, card.id, "it is the same message");
        assert!(!over.text.contains("1 of 2 tables"), "{}", over.text);
    })
    .await;
}

#[tokio::test]
async fn a_step_that_fails_at_every_try_ends_the_deploy() {
    run("steps-failing", async |house| {
        load("v1", Fate::Well).await;
        house.rewrites(
            FIRST,
            "deploy = [{ host = [\"./no\"], dir = \"deploy\", retry = 1 }, { pull = \"api\" },",
        );
        let program = house.folder().join("deploy/no");
        fs::write(&program, "#!/bin/sh\necho tried >> tries\nexit 3\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let (kai, lea) = enters(house).await;
        begins((&kai, &lea)).await;
        let news = lea.sees("the deploy of v1 in production failed").await;
        assert!(news.text.contains("exit code 3"), "{}", news.text);
        let tries = fs::read_to_string(house.folder().join("deploy/tries")).unwrap();
        assert_eq!(tries, "tried\ntried\n");
        assert!(house.world().containers("api").is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_will_not_do_is_refused_before_anything_is_touched() {
    let lacking = "    image: nothing/frontend:none";
    let cases = [
        (
            "missing",
            "  frontend:\n",
            "  site:\n",
            "no service frontend",
        ),
        (
            "built",
            lacking,
            &format!("{lacking}\n  tools:\n    build: ."),
            "service tools is built on the host",
        ),
        (
            "strange",
            lacking,
            &format!("{lacking}\n  proxy:\n    image: mallory/proxy:1"),
            "from no allowed repository",
        ),
    ];
    for (name, from, to, why) in cases {
        run(&format!("refused-{name}"), async |house| {
            load("v1", Fate::Well).await;
            let allowed = crate::world::repository("");
            house.rewrites(
                "version = \"any\"",
                &format!("version = \"any\"\nallow_images = [\"{allowed}\", \"nothing\"]"),
            );
            let files = house.folder().join("deploy/compose.production.yml");
            let text = fs::read_to_string(&files).unwrap();
            assert!(text.contains(from), "{text}");
            fs::write(&files, text.replace(from, to)).unwrap();
            let doctor = house.shipbell(&["doctor"]).await;
            assert_eq!(doctor.code, Some(1), "{doctor:?}");
            assert!(doctor.out.contains(why), "{doctor:?}");
            let (kai, lea) = enters(house).await;
            open(&kai, "v1").await;
            let seen = lea.sees("It would fail before anything is touched").await;
            assert!(seen.text.contains(why), "{}", seen.text);

            lea.reacts("white_check_mark", "sign off v1 for production?")
                .await;
            lea.sees("Complete").await;
            kai.says("/release deploy motorsport production").await;
            let news = lea.sees("the deploy of v1 in production failed").await;
            assert!(news.text.contains(why), "{}", news.text);
            assert!(house.world().containers("api").is_empty());
        })
        .await;
    }
}

#[tokio::test]
async fn a_dry_run_tells_what_changes_and_touches_nothing() {
    run("dry-run", async |house| {
        for version in ["v1", "v2"] {
            load(version, Fate::Well).await;
        }
        let (kai, lea) = enters(house).await;
        roll_out(house, (&kai, &lea), "v1").await;
        let began = house.world().containers("api");
        open(&kai, "v2").await;
        let dry_run = "deploy motorsport production --dry-run";
        let said = house.release(dry_run).await.succeeded();
        assert!(said.contains("nothing is touched"), "{said}");
        let told = lea.sees("v2 would change in production").await;
        assert!(told.thread.is_some(), "it belongs into the thread");
        for words in [
            "api is replaced",
            "frontend is replaced",
            "Back to v1: every image can be had",
        ] {
            assert!(told.text.contains(words), "{words}: {}", told.text);
        }
        eventually("the ask says what changes", async || {
            let ask = lea.sees("sign off v2 for production?").await;
            ask.text.contains("api is replaced").then_some(())
        })
        .await;
        assert_eq!(house.world().containers("api"), began);
        house.really_runs("v1").await;
    })
    .await;
}

async fn enters(house: &mut House) -> (Guest, Guest) {
    house.serves().await;
    (
        Guest::enter(house, "kai").await,
        Guest::enter(house, "lea").await,
    )
}

/// Opens v1, has it signed off, and begins to deploy it.
async fn begins((kai, lea): (&Guest, &Guest)) {
    open(kai, "v1").await;
    lea.reacts("white_check_mark", "sign off v1 for production?")
        .await;
    lea.sees("Complete").await;
    kai.says("/release deploy motorsport production").await;
}

/// A working copy with a remote of its own, a version behind its branch.
fn working_copy(folder: &Path) -> std::path::PathBuf {
    let (origin, copy) = (folder.join("origin.git"), folder.join("copy"));
    git(folder, &["init", "--quiet", "--bare", "origin.git"]);
    git(
        folder,
        &["clone", "--quiet", &origin.to_string_lossy(), "copy"],
    );
    fs::write(copy.join("note.sh"), NOTE).unwrap();
    let program = fs::Permissions::from_mode(0o755);
    fs::set_permissions(copy.join("note.sh"), program).unwrap();
    for (name, value) in [("user.name", "kai"), ("user.email", "kai@example.com")] {
        git(&copy, &["config", name, value]);
    }
    git(&copy, &["add", "note.sh"]);
    git(&copy, &["commit", "--quiet", "-m", "note"]);
    git(&copy, &["tag", "v1"]);
    git(&copy, &["push", "--quiet", "origin", "HEAD", "v1"]);
    git(&copy, &["tag", "--delete", "v1"]);
    git(
        &copy,
        &["commit", "--quiet", "--allow-empty", "-m", "later"],
    );
    copy
}

fn git(folder: &Path, words: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(words).current_dir(folder);
    git.env("HOME", folder).env("GIT_CONFIG_NOSYSTEM", "1");
    let output = git.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {words:?}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// An address that takes everything, and remembers it.
struct Hook {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Hook {
    #[expect(clippy::disallowed_methods, reason = "it listens beside the test")]
    async fn listens() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                // The body is short, and comes with the head or right behind it.
                while !String::from_utf8_lossy(&request).ends_with("is coming") {
                    let mut piece = [0; 4096];
                    match stream.read(&mut piece).await {
                        Ok(0) | Err(_) => break,
                        Ok(count) => request.extend_from_slice(&piece[..count]),
                    }
                }
                let request = String::from_utf8_lossy(&request).into_owned();
                all.lock().unwrap().push(request);
                let answer =
                    b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            }
        });
        Self { address, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}
