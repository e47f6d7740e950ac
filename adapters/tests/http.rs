//! Probes against real servers on this machine.

#![cfg(feature = "http")]
#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

use std::time::Duration;

use shipbell_adapters::probes::http::HttpProbes;
use shipbell_adapters::probes::{Expect, Probe, Probes as _, Reading};
use shipbell_adapters::redact::Redactor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Answers one question after another with the given texts, then hangs up.
struct Server {
    url: String,
    asked: tokio::task::JoinHandle<Vec<String>>,
}

#[expect(clippy::disallowed_methods, reason = "the test joins it")]
async fn serve(answers: Vec<Vec<u8>>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 8192];
            let count = stream.read(&mut head).await.unwrap();
            asked.push(String::from_utf8_lossy(&head[..count]).into_owned());
            // The other side may have had enough.
            drop(stream.write_all(&answer).await);
            drop(stream.shutdown().await);
        }
        asked
    });
    Server { url, asked }
}

fn answer(head: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn ask(probe: &Probe) -> Reading {
    let redactor = Redactor::knowing([&"swordfish".into()]);
    HttpProbes::new(redactor).ask(probe).await
}

#[tokio::test]
async fn a_good_answer_passes_and_secrets_are_sent_but_not_shown() {
    let server = serve(vec![answer(
        "200 OK",
        r#"{"version":"1.2","key":"swordfish"}"#,
    )])
    .await;
    let probe = Probe {
        login: Some(("me".into(), "swordfish".into())),
        headers: [("X-Probe".into(), "yes".into())].into(),
        expect: Expect {
            json: [("/version".into(), "1.2".into())].into(),
            ..Expect::default()
        },
        ..Probe::get(&server.url)
    };
    let reading = ask(&probe).await;
    assert!(reading.passed, "{reading:?}");
    assert_eq!(reading.body, r#"{"version":"1.2","key":"[redacted]"}"#);
    let asked = server.asked.await.unwrap().concat().to_lowercase();
    assert!(
        asked.contains("authorization: basic bwu6c3dvcmrmaxno"),
        "{asked}"
    );
    assert!(asked.contains("x-probe: yes"), "{asked}");
}

#[tokio::test]
async fn a_bad_answer_says_what_is_wrong() {
    let server = serve(vec![answer("503 Down", "\x1b[31msorry\0")]).await;
    let reading = ask(&Probe::get(&server.url)).await;
    assert_eq!(reading.findings, ["status 503"]);
    assert_eq!(
        (reading.status, reading.body.as_str()),
        (Some(503), "sorry␀")
    );
}

#[tokio::test]
async fn redirects_stay_within_the_host() {
    let inside = vec![
        answer("302 Found\r\nLocation: /here", ""),
        answer("200 OK", "here"),
    ];
    let reading = ask(&Probe::get(serve(inside).await.url)).await;
    assert_eq!((reading.passed, reading.body.as_str()), (true, "here"));

    let other = serve(vec![answer("200 OK", "theirs")]).await;
    let away = answer(&format!("302 Found\r\nLocation: {}", other.url), "");
    let reading = ask(&Probe::get(serve(vec![away]).await.url)).await;
    assert_eq!(reading.findings, ["status 302"]);
    assert!(!other.asked.is_finished());
    other.asked.abort();
}

#[tokio::test]
async fn a_huge_body_is_cut() {
    let server = serve(vec![answer("200 OK", &"x".repeat(3 << 20))]).await;
    let expect = Expect {
        contains: vec!["y".into()],
        ..Expect::default()
    };
    let reading = ask(&Probe {
        expect,
        ..Probe::get(&server.url)
    })
    .await;
    assert_eq!(
        reading.findings,
        ["the first part of the body does not contain \"y\""]
    );
    assert!(reading.body.len() < 4096);
}

#[tokio::test]
async fn silence_and_absence_are_readings() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://me:secret123@{}/", listener.local_addr().unwrap());
    let silent = Probe {
        within: Duration::from_millis(200),
        ..Probe::get(&url)
    };
    assert_eq!(ask(&silent).await.findings, ["no answer within 200 ms"]);
    drop(listener);
    let reading = ask(&Probe::get(&url)).await;
    assert!(reading.findings[0].contains("refused"), "{reading:?}");
    assert!(!format!("{reading:?}").contains("secret123"));
}

#[tokio::test]
async fn nonsense_is_a_reading_too() {
    let reading = ask(&Probe::get("not a url")).await;
    assert!(!reading.passed && !reading.findings.is_empty());
}
