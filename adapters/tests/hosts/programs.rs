//! Programs: what they get to see, how they end, and what becomes of those that do not.

use std::time::Duration;

use shipbell_adapters::containers::Kind;
use shipbell_adapters::hosts::{Host, Hosts as _, Ssh};

use crate::rig::{self, LONG, lives, program, session, there};
use crate::server::{Server, until};

/// Words that any shell would make something else of.
const HOSTILE: [&str; 8] = [
    "$HOME", "`id`", "a b", "it's", "\"x\"", "; exit 3", "-n", "*",
];

#[tokio::test]
async fn here_it_sees_its_words_its_folder_and_its_variables_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let hosts = rig::hosts(None);
    let mut env = program(folder.path(), &["env"]);
    env.vars.insert("MODE".into(), "a b".into());
    let ran = hosts.run(&Host::Here, &env, &session(LONG)).await.unwrap();
    let mut lines = ran.output.tail(99);
    lines.sort();
    assert!(lines.contains(&"MODE=a b".to_owned()), "{lines:?}");
    assert!(lines.iter().all(|it| !it.starts_with("CARGO")), "{lines:?}");

    let words: Vec<&str> = ["printf", "%s\\n"].into_iter().chain(HOSTILE).collect();
    let printed = program(folder.path(), &words);
    let ran = hosts.run(&Host::Here, &printed, &session(LONG)).await;
    assert_eq!(ran.unwrap().output.tail(99), HOSTILE);

    // A name with a slash is looked for where it starts.
    let script = folder.path().join("check");
    std::fs::copy("/bin/pwd", &script).unwrap();
    let ran = hosts
        .run(
            &Host::Here,
            &program(folder.path(), &["./check"]),
            &session(LONG),
        )
        .await
        .unwrap();
    let real = folder.path().canonicalize().unwrap();
    assert_eq!(ran.output.tail(1), [real.to_string_lossy()]);
}

#[tokio::test]
async fn its_exit_code_and_its_words_come_back_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let hosts = rig::hosts(None);
    let say = |code: &str| {
        program(
            folder.path(),
            &["sh", "-c", &format!("echo swordfish; exit {code}")],
        )
    };
    let ran = hosts
        .run(&Host::Here, &say("7"), &session(LONG))
        .await
        .unwrap();
    assert_eq!(ran.code, 7);
    assert_eq!(ran.output.tail(9), ["[redacted]"]);
    let missing = program(folder.path(), &["surely-not-there"]);
    let error = hosts.run(&Host::Here, &missing, &session(LONG)).await;
    assert_eq!(error.unwrap_err().kind, Kind::Preflight);
}

#[tokio::test]
async fn there_every_word_arrives_as_it_is() {
    let Some(server) = Server::start("words").await else {
        return;
    };
    let hosts = rig::hosts(Some(server.client("client")));
    let folder = tempfile::tempdir().unwrap();
    let words: Vec<&str> = ["printf", "%s\\n"].into_iter().chain(HOSTILE).collect();
    let printed = program(folder.path(), &words);
    let ran = hosts.run(&there(&server), &printed, &session(LONG)).await;
    assert_eq!(ran.unwrap().output.tail(99), HOSTILE);

    let mut env = program(folder.path(), &["sh", "-c", "echo $MODE; pwd; exit 7"]);
    env.vars.insert("MODE".into(), "a 'b' $c".into());
    let ran = hosts
        .run(&there(&server), &env, &session(LONG))
        .await
        .unwrap();
    assert_eq!(ran.code, 7);
    let real = folder.path().canonicalize().unwrap();
    assert_eq!(ran.output.tail(9), ["a 'b' $c", &*real.to_string_lossy()]);
}

#[tokio::test]
async fn there_it_ends_when_its_time_is_up() {
    let Some(server) = Server::start("time").await else {
        return;
    };
    let hosts = rig::hosts(Some(server.client("client")));
    let folder = tempfile::tempdir().unwrap();
    let sleep = program(folder.path(), &["sleep", "61.4321"]);
    let ended = hosts
        .run(&there(&server), &sleep, &session(Duration::from_secs(1)))
        .await;
    assert_eq!(ended.unwrap_err().kind, Kind::Timeout);
    assert!(!lives("61.4321"), "it ended before that was said");
}

#[tokio::test]
async fn there_it_ends_by_itself_when_nobody_waits_any_more() {
    let Some(server) = Server::start("nobody").await else {
        return;
    };
    let hosts = rig::hosts(Some(server.client("client")));
    let folder = tempfile::tempdir().unwrap();
    let sleep = program(folder.path(), &["sleep", "62.4321"]);
    let host = there(&server);
    let session = session(Duration::from_secs(2));
    let running = hosts.run(&host, &sleep, &session);
    let gone = tokio::time::timeout(Duration::from_secs(1), running).await;
    assert!(gone.is_err(), "whoever waited is gone");
    assert!(lives("62.4321"), "it lives on");
    until("it ends by itself", || !lives("62.4321")).await;
}

#[tokio::test]
async fn who_is_there_is_checked_and_trouble_is_told_apart() {
    let Some(server) = Server::start("trouble").await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let pwd = program(folder.path(), &["pwd"]);
    for (client, why) in [
        ("unknown_client", "its key is not known"),
        ("stranger_client", "it does not let us in"),
    ] {
        let hosts = rig::hosts(Some(server.client(client)));
        let error = hosts.run(&there(&server), &pwd, &session(LONG)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        assert!(error.why.contains(why), "{error}");
    }
    let nowhere = Ssh {
        port: Some(1),
        ..server.address.clone()
    };
    let hosts = rig::hosts(Some(server.client("client")));
    let error = hosts.run(&Host::There(nowhere), &pwd, &session(LONG)).await;
    assert_eq!(error.unwrap_err().kind, Kind::Unreachable);
}
