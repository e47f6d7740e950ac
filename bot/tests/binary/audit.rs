//! A bundle is handed to an outsider, who finds out whatever was done to it.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use shipbell::audit::judge::{Known, judge};

use crate::house::{Ended, House, eventually, run_alone};
use crate::integrity::vandal;
use crate::people::Guest;
use crate::tampering::{Case, Parts, cases};
use crate::world;

/// Two releases that ended, and something before, between and behind them.
async fn storied(house: &mut House) {
    house.serves().await;
    house.release("freeze now --why quarter").await.succeeded();
    for (release, version) in [("r1", "1.0.0"), ("r2", "1.1.0")] {
        let line = format!("new motorsport {version} {}", House::images(version));
        house.release(&line).await.succeeded();
        let line = format!("cancel {release} enough");
        house.release(&line).await.succeeded();
        signed(house, release).await;
    }
    house.release("unfreeze f1").await.succeeded();
}

/// Waits until the end of a release is signed and told.
async fn signed(house: &House, release: &str) {
    Guest::enter(house, "kai")
        .await
        .sees(&format!("{release} is over. My record is signed"))
        .await;
}

async fn export(house: &House, words: &[&str]) -> (PathBuf, String) {
    let file = house.folder().join(format!("bundle-{}.tar", words.len()));
    let mut all = vec!["audit", "export", "-o", file.to_str().unwrap()];
    all.extend(words);
    let said = house.shipbell(&all).await.succeeded();
    (file, said)
}

async fn verify(house: &House, bundle: &Path, words: &[&str]) -> Ended {
    let mut all = vec!["audit", "verify", bundle.to_str().unwrap()];
    all.extend(words);
    house.shipbell(&all).await
}

async fn key(house: &House) -> String {
    let said = house.shipbell(&["audit", "key"]).await.succeeded();
    said.lines().next().unwrap().to_owned()
}

/// Where `quarter` is told, counted from 0.
fn line_of_quarter(bundle: &[u8]) -> usize {
    let parts = Parts::of(bundle);
    let mut lines = parts.files[shipbell::audit::bundle::EVENTS].lines();
    lines.position(|it| it.contains("quarter")).unwrap()
}

#[tokio::test]
async fn a_bundle_is_written_beside_a_running_bot_and_checked_without_it() {
    run_alone("bundle", async |house| {
        storied(house).await;
        let key_file = house.data().join("audit.key");
        let mode = fs::metadata(&key_file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let (bundle, said) = export(house, &[]).await;
        assert!(
            said.contains("Whoever gets it: `shipbell audit verify"),
            "{said}"
        );
        let key = key(house).await;
        house.is_told("TERM").await;
        let secret = fs::read_to_string(&key_file).unwrap();
        fs::remove_dir_all(house.data()).unwrap();
        fs::remove_file(house.config()).unwrap();

        let told = verify(house, &bundle, &[]).await.succeeded();
        for part in [
            "period       the beginning to ",
            "checkpoints  2; the last says: event ",
            "releases     2",
            "policies     1",
            &format!("key          {key}"),
            "SHA-256 ",
            "compare the key",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        let told = verify(house, &bundle, &["--key", &key]).await.succeeded();
        assert!(told.contains("since the key you gave signed it"), "{told}");
        let other = shipbell::audit::note::Signer::new("shipbell/07", &[9; 32]);
        let other = other.verifier().to_string();
        let ended = verify(house, &bundle, &["--key", &other]).await;
        assert!(
            ended
                .out
                .contains("manifest.note: it is not signed with the key you gave"),
            "{ended:?}"
        );
        ended.failed(2);
        verify(house, &bundle, &["--key", "nonsense"])
            .await
            .failed(1);
        verify(house, &house.folder().join("none.tar"), &[])
            .await
            .failed(1);
        assert!(!house.log().contains(secret.trim()), "the key was logged");
        let whole = fs::read(&bundle).unwrap();
        assert!(
            !String::from_utf8_lossy(&whole).contains("PRIVATE"),
            "the key left"
        );
    })
    .await;
}

#[tokio::test]
async fn whatever_is_changed_is_noticed_and_named() {
    run_alone("tampered", async |house| {
        storied(house).await;
        house.is_told("TERM").await;
        // One event before the bundle is made is erased: that is no change of it.
        vandal(
            house,
            "UPDATE event SET payload = NULL, salt = NULL WHERE kind = 'agenda.unfrozen'",
        );
        let (bundle, said) = export(house, &[]).await;
        assert!(said.contains("1 erased: event "), "{said}");
        let whole = fs::read(&bundle).unwrap();
        verify(house, &bundle, &[]).await.succeeded();
        second(&bundle, "whole", true);

        let mut survived = Vec::new();
        for case in cases(&whole, line_of_quarter(&whole)) {
            let Case {
                name,
                bytes,
                code,
                says,
                both,
            } = case;
            let file = house.folder().join("tampered.tar");
            fs::write(&file, bytes).unwrap();
            let ended = verify(house, &file, &[]).await;
            if ended.code != Some(code) || !ended.out.contains(&says) {
                survived.push(format!("{name}: not {code} and {says:?} but {ended:?}"));
            }
            if both {
                second(&file, name, false);
            }
        }
        assert!(survived.is_empty(), "{}", survived.join("\n\n"));

        // Not only what somebody thought of: bits all over it.
        for at in (0..whole.len()).step_by(41) {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            let found = judge(changed.as_slice(), &Known::default()).unwrap();
            assert!(!found.is_whole(), "byte {at} of {}", whole.len());
        }
    })
    .await;
}

/// A second program, in another language, must find the same.
fn second(bundle: &Path, name: &str, whole: bool) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/audit-verify.py");
    let able = Command::new("python3")
        .args(["-c", "import json, tarfile"])
        .status();
    if !able.is_ok_and(|it| it.success()) {
        assert!(
            !world::required("python"),
            "python is required: there is no python3 with its library"
        );
        return world::skipped(name, "there is no python3 with its library");
    }
    let output = Command::new("python3")
        .arg(program)
        .arg(bundle)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.success(), whole, "{name}: {said}");
    assert!(
        said.starts_with(if whole { "whole: " } else { "NOT WHOLE: " }),
        "{name}: {said}"
    );
}

#[tokio::test]
async fn the_channel_proves_what_the_owner_of_the_database_changed() {
    run_alone("channel", async |house| {
        storied(house).await;
        // What an outsider keeps: the words in the channel.
        let kai = Guest::enter(house, "kai").await;
        let told = eventually("both are told", async || {
            let all = kai.messages().await;
            let told: Vec<String> = all
                .iter()
                .filter(|it| it.text.contains("is signed up to here"))
                .map(|it| it.text.clone())
                .collect();
            (told.len() == 2).then(|| told.join("\n"))
        })
        .await;
        let posted = house.folder().join("posted.txt");
        fs::File::create(&posted)
            .unwrap()
            .write_all(told.as_bytes())
            .unwrap();
        let words = ["--posted", posted.to_str().unwrap()];
        let (bundle, _) = export(house, &[]).await;
        let said = verify(house, &bundle, &words).await.succeeded();
        assert!(
            said.contains("2 of 2 checkpoints copied from it agree"),
            "{said}"
        );
        let verified = house.shipbell(&["verify"]).await.succeeded();
        assert!(
            verified.contains("signed    ok    2 checkpoints agree with the log"),
            "{verified}"
        );
        assert!(!verified.contains("another key"), "{verified}");
        house.is_told("TERM").await;

        // The owner of the database changes an old event and hashes everything after it anew.
        let whole = fs::read(&bundle).unwrap();
        vandal(house, &rewriting(&whole));
        let verified = house.shipbell(&["verify"]).await;
        assert!(verified.out.contains("log       ok"), "{verified:?}");
        assert!(
            verified.out.contains("signed    FAIL  event "),
            "{verified:?}"
        );
        assert!(
            verified.out.contains("something before it was changed"),
            "{verified:?}"
        );
        verified.failed(2);
        let file = house.folder().join("rewritten.tar");
        let ended = house
            .shipbell(&["audit", "export", "-o", file.to_str().unwrap()])
            .await;
        assert!(
            ended.out.contains("something before it was changed"),
            "{ended:?}"
        );
        ended.failed(2);
        let ended = verify(house, &file, &words).await;
        assert!(
            ended
                .out
                .contains("the channel: it was told that the log stood at"),
            "{ended:?}"
        );
        ended.failed(2);
    })
    .await;
}

/// What an owner of the database without the key says to it.
fn rewriting(whole: &[u8]) -> String {
    let line = line_of_quarter(whole);
    let events = Parts::of(whole).rewrite_tail(line, None).events();
    let hex = |it: &serde_json::Value, field: &str| format!("x'{}'", it[field].as_str().unwrap());
    let update = |it: &serde_json::Value| {
        let (commitment, hash) = (hex(it, "commitment"), hex(it, "hash"));
        let seq = &it["seq"];
        format!("UPDATE event SET commitment = {commitment}, hash = {hash} WHERE seq = {seq};")
    };
    let payload = "UPDATE event SET payload = replace(payload, 'quarter', 'nothing');";
    let head = hex(events.last().unwrap(), "hash");
    let updates: String = events[line..].iter().map(update).collect();
    format!("{payload} {updates} UPDATE log_head SET hash = {head}")
}
