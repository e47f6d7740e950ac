//! Who gets in, and what is turned away.

use std::sync::Arc;

use chrono::TimeDelta;
use reqwest::StatusCode;
use shipbell_adapters::chat::web::{Person, WebError};
use shipbell_adapters::chat::{Answer, Card};
use tempfile::tempdir;
use tokio::sync::mpsc;

use crate::house::{House, opened, options, user};

#[tokio::test]
async fn an_enter_link_shows_its_button_often_and_works_once() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let link = house.link("ana");
    for _ in 0..2 {
        let shown = house.get(&link).await;
        assert_eq!(shown.status(), StatusCode::OK);
        assert!(!shown.headers().contains_key("set-cookie"));
        assert!(shown.text().await.unwrap().contains("Sign in as Ana Ruiz"));
    }
    let first = house.press_enter(&link).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    assert!(
        first.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .starts_with("shipbell_test=")
    );
    let second = house.press_enter(&link).await;
    assert_eq!(second.status(), StatusCode::GONE);
    assert!(!second.headers().contains_key("set-cookie"));
    assert_eq!(house.get(&link).await.status(), StatusCode::GONE);
}

#[tokio::test]
async fn an_enter_link_ends_after_a_minute_and_a_session_after_a_week() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let link = house.link("ana");
    house.later(TimeDelta::seconds(61));
    let late = house.press_enter(&link).await;
    assert_eq!(late.status(), StatusCode::GONE);
    assert!(late.text().await.unwrap().contains("Ask for a new one"));
    assert_eq!(house.channel.issue_link(&user("mallory")), None);

    let ana = house.guest("ana").await;
    house.later(TimeDelta::days(7));
    let answer = ana.get("/channel/release").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_leaves_or_is_taken_off_the_list_is_out_at_once() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let (ana, bo) = (house.guest("ana").await, house.guest("bo").await);
    ana.send("/leave", &[]).await;
    assert_eq!(ana.get("/channel").await.status(), StatusCode::UNAUTHORIZED);
    house.channel.set_people(vec![Person {
        user: user("ana"),
        name: "Ana Ruiz".to_owned(),
        role: String::new(),
    }]);
    assert_eq!(bo.get("/channel").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_reads_or_acts_without_a_session() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    for path in [
        "/channel/release",
        "/thread/1",
        "/events?channel=release",
        "/complete?text=x",
    ] {
        let answer = house.get(&format!("{}{path}", house.base())).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let page = house.get(&house.link("ana")).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"));
}

#[tokio::test]
async fn forms_from_elsewhere_and_other_names_are_refused() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let ana = house.guest("ana").await;
    let words = [
        ("channel", "release"),
        ("text", "hello"),
        ("request", "request-1"),
    ];
    let mut signed = words.to_vec();
    signed.push(("csrf", ana.csrf()));
    let port = house.channel.address().port();
    let rebound = format!("attacker.example:{port}");
    let refused = [
        (words.as_slice(), vec![], StatusCode::FORBIDDEN),
        (
            &signed,
            vec![("origin", "http://attacker.example")],
            StatusCode::FORBIDDEN,
        ),
        (&signed, vec![("origin", "null")], StatusCode::FORBIDDEN),
        (
            &signed,
            vec![("sec-fetch-site", "same-site")],
            StatusCode::FORBIDDEN,
        ),
        (
            &signed,
            vec![("host", rebound.as_str())],
            StatusCode::MISDIRECTED_REQUEST,
        ),
    ];
    for (fields, headers, status) in refused {
        let answer = ana.bare("/say", fields, &headers).await;
        assert_eq!(answer.status(), status, "{headers:?}");
    }
    assert!(!ana.page("/channel/release").await.contains("hello"));
    let own = house.base();
    let answer = ana.bare("/say", &signed, &[("origin", own.as_str())]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn acting_as_another_is_for_demos() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let ana = house.guest("ana").await;
    house.post("k", &Card::default()).await;
    let fields = [("text", "it is me"), ("request", "request-1"), ("as", "bo")];
    ana.send("/say", &fields).await;
    let page = ana.page("/channel/release?as=bo").await;
    assert!(page.contains("<span class=\"who\">Ana Ruiz</span>"));
    assert!(!page.contains("Be someone else"));

    let mut demo = options(dir.path().join("demo.db"));
    demo.demo = true;
    let house = House::open_as(demo, |_| Some(Answer::Done)).await;
    let ana = house.guest("ana").await;
    ana.send("/say", &fields).await;
    let page = ana.page("/channel/release?as=bo").await;
    assert!(page.contains("<span class=\"who\">Bo Lindqvist</span>"));
    assert!(page.contains("Be someone else"));
    assert!(page.contains("name=\"as\" value=\"bo\""));
    let stranger = ana.get("/channel/release?as=mallory").await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn it_stays_on_this_machine_and_says_which_port_is_taken() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let try_at = async |address: String| {
        let mut options = options(dir.path().join("other.db"));
        options.listen = address.parse().unwrap();
        let (inbound, _) = mpsc::channel(1);
        opened(options, &Arc::clone(&house.now), inbound)
            .await
            .err()
            .unwrap()
    };
    let open = try_at("0.0.0.0:0".to_owned()).await;
    assert!(matches!(open, WebError::NotLoopback(_)), "{open}");
    let taken = try_at(house.channel.address().to_string()).await;
    assert!(matches!(taken, WebError::Taken(_)), "{taken}");
    assert!(taken.to_string().contains("choose another port"));
}
