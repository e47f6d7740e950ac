//! Socket Mode: tickets, acknowledgements, and what comes again.

use std::time::Duration;

use serde_json::{Value, json};
use shipbell_tests::servers::slack::{Mishap, Setup, What};

use super::app::connect;
use super::{workspace, workspace_with};

#[tokio::test]
async fn a_ticket_is_good_once() {
    let (slack, app) = workspace().await;
    let ticket = app.ticket().await;
    let _open = connect(&ticket).await.unwrap();
    slack.forgive("without a ticket");
    let refused = connect(&ticket).await.err().unwrap();
    assert!(refused.contains("403"), "{refused}");
}

#[tokio::test]
async fn what_is_not_acknowledged_comes_again_over_another_socket() {
    let (slack, app) = workspace().await;
    slack.forgive("was not acknowledged in time");
    let (mut one, mut two) = (app.connect().await, app.connect().await);
    let ana = slack.person("ana");
    let asked = ana
        .reply(&slack_seen(&app.post("Ask").await), "@shipbell status")
        .await;
    let (first, is_one) = tokio::select! {
        it = one.next() => (it, true),
        it = two.next() => (it, false),
    };
    assert_eq!(
        (&first["retry_attempt"], &first["retry_reason"]),
        (&json!(0), &json!(""))
    );
    assert_eq!(first["payload"]["event"]["text"], "<@U0SHIPBELL> status");
    assert_eq!(first["payload"]["event"]["ts"], asked.stamp.as_str());
    slack.turn_clock_on(Duration::from_secs(3));
    let other = if is_one { &mut two } else { &mut one };
    let again = other.next().await;
    assert_eq!(
        (&again["retry_attempt"], &again["retry_reason"]),
        (&json!(1), &json!("timeout"))
    );
    assert_eq!(again["payload"]["event_id"], first["payload"]["event_id"]);
    other.acknowledge(&again, None).await;
    slack
        .until("the acknowledgement", || acknowledged(&slack))
        .await;
}

#[tokio::test]
async fn a_command_is_answered_along_with_its_acknowledgement_or_fails_visibly() {
    let (slack, app) = workspace().await;
    let mut socket = app.connect().await;
    let ana = slack.person("ana");
    let answers = async {
        let asked = socket.next().await;
        assert_eq!(asked["payload"]["command"], "/release");
        assert_eq!(
            asked["payload"]["text"],
            "page <@U0BO|bo> &amp; co <https://a.example>"
        );
        assert_eq!(asked["accepts_response_payload"], true);
        let address = asked["payload"]["response_url"]
            .as_str()
            .unwrap()
            .to_owned();
        let said = json!({ "response_type": "ephemeral", "text": "On it" });
        socket.acknowledge(&asked, Some(said)).await;
        address
    };
    let says = ana.say("release", "/release page @bo & co https://a.example");
    let (address, ()) = tokio::join!(answers, says);
    assert_eq!(ana.heard(), ["On it"]);
    assert!(slack.transcript("release").is_empty());

    for time in 1..=5 {
        let said = json!({ "text": format!("Answer {time}") }).to_string();
        assert_eq!(app.bring(&address, &said).await, 200);
    }
    slack.forgive("response_url");
    assert_eq!(
        app.bring(&address, "{\"text\":\"one too many\"}").await,
        404
    );
    assert_eq!(ana.heard().len(), 6);

    drop(socket);
    slack
        .until("nobody is connected", || {
            (slack.connected() == 0).then_some(())
        })
        .await;
    ana.say("release", "/release status").await;
    ana.hears("/release failed with the error \"operation_timeout\"")
        .await;
}

#[tokio::test]
async fn a_trigger_opens_one_modal_within_three_seconds() {
    let (slack, app) = workspace().await;
    slack.forgive("exchanged_trigger_id");
    let mut socket = app.connect().await;
    let chloe = slack.person("chloe");
    for (waits, again, code) in [
        (0, false, ""),
        (4, false, "expired_trigger_id"),
        (0, true, "exchanged_trigger_id"),
    ] {
        let opens = async {
            let asked = socket.takes().await;
            slack.quiet().await;
            slack.turn_clock_on(Duration::from_secs(waits));
            let args = json!({ "trigger_id": asked["payload"]["trigger_id"], "view": form() });
            if again {
                app.call("views.open", args.clone()).await;
            }
            app.call("views.open", args).await
        };
        let (said, ()) = tokio::join!(opens, chloe.say("release", "/release decline"));
        assert_eq!(said["error"].as_str().unwrap_or_default(), code);
    }
    assert_eq!(
        chloe.modal().unwrap().text,
        "Decline\nWhy? [___]\n[Decline]"
    );

    chloe.fill("Why?", "bad");
    let refuses = async {
        let sent = socket.next().await;
        let view = &sent["payload"]["view"];
        assert_eq!(view["state"]["values"]["why"]["words"]["value"], "bad");
        let errors = json!({ "response_action": "errors", "errors": { "why": "Say more" } });
        socket.acknowledge(&sent, Some(errors)).await;
    };
    tokio::join!(refuses, chloe.submit());
    assert_eq!(chloe.modal().unwrap().errors, ["Say more"]);
    tokio::join!(socket.takes(), chloe.submit());
    assert!(chloe.modal().is_none());
}

#[tokio::test]
async fn events_are_doubled_lost_late_and_overtaken_as_wanted() {
    let (slack, app) = workspace_with(Setup::default()).await;
    let mut socket = app.connect().await;
    let on = slack_seen(&app.post("Ask").await);
    let ana = slack.person("ana");
    let emoji = |it: &Value| {
        it["payload"]["event"]["reaction"]
            .as_str()
            .unwrap()
            .to_owned()
    };

    slack.mishap("reaction_added", Mishap::Duplicated(1));
    ana.react(&on, "one");
    let (first, second) = (socket.takes().await, socket.takes().await);
    assert_eq!(first["payload"]["event_id"], second["payload"]["event_id"]);

    slack.mishap("reaction_added", Mishap::Lost);
    ana.react(&on, "two");
    slack.mishap("reaction_added", Mishap::Behind(1));
    ana.react(&on, "three");
    ana.react(&on, "four");
    assert_eq!(emoji(&socket.takes().await), "four");
    assert_eq!(emoji(&socket.takes().await), "three");

    slack.mishap("reaction_removed", Mishap::Late(Duration::from_mins(1)));
    ana.unreact(&on, "one");
    ana.react(&on, "five");
    assert_eq!(emoji(&socket.takes().await), "five");
    slack.quiet().await;
    slack.turn_clock_on(Duration::from_mins(1));
    assert_eq!(
        socket.takes().await["payload"]["event"]["type"],
        "reaction_removed"
    );
}

fn acknowledged(slack: &shipbell_tests::servers::slack::Slack) -> Option<()> {
    let log = slack.log();
    let mut all = log.iter();
    all.any(|it| matches!(it.what, What::Acknowledged { .. }))
        .then_some(())
}

fn form() -> Value {
    json!({
        "type": "modal", "callback_id": "decline",
        "title": { "type": "plain_text", "text": "Decline" },
        "submit": { "type": "plain_text", "text": "Decline" },
        "blocks": [{
            "type": "input", "block_id": "why",
            "label": { "type": "plain_text", "text": "Why?" },
            "element": { "type": "plain_text_input", "action_id": "words" },
        }],
    })
}

fn slack_seen(stamp: &str) -> shipbell_tests::servers::slack::Seen {
    shipbell_tests::servers::slack::Seen {
        channel: "C0RELEASE".to_owned(),
        stamp: stamp.to_owned(),
    }
}
