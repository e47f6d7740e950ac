//! People: what they press, pick and open, and what they read.

use serde_json::{Value, json};
use shipbell_tests::servers::slack::Seen;

use super::workspace;

#[tokio::test]
async fn people_press_pick_and_use_shortcuts() {
    let (slack, app) = workspace().await;
    let mut socket = app.connect().await;
    let blocks = json!([
        { "type": "section", "text": { "type": "mrkdwn", "text": "Runs on <@U0BO> &amp; waits" } },
        { "type": "actions", "elements": [
            { "type": "button", "action_id": "go", "value": "r1", "text": { "type": "plain_text", "text": "Go" } },
            { "type": "overflow", "action_id": "more", "options": [
                { "text": { "type": "plain_text", "text": "Cancel" }, "value": "cancel" },
            ] },
        ] },
    ]);
    let args = json!({ "channel": "C0RELEASE", "text": "Card", "blocks": blocks });
    let said = app.call("chat.postMessage", args).await;
    let card = Seen {
        channel: "C0RELEASE".to_owned(),
        stamp: said["ts"].as_str().unwrap().to_owned(),
    };
    assert_eq!(
        slack.reads(&card),
        "shipbell: Runs on @bo & waits\n[Go] [… Cancel]"
    );
    let bo = slack.person("bo");
    let (pressed, ()) = tokio::join!(socket.takes(), bo.press(&card, "Go"));
    let payload = &pressed["payload"];
    assert_eq!(payload["actions"][0]["value"], "r1");
    assert_eq!(payload["container"]["message_ts"], card.stamp.as_str());
    assert_eq!(payload["user"]["id"], "U0BO");
    let (picked, ()) = tokio::join!(socket.takes(), bo.pick(&card, "Cancel"));
    assert_eq!(
        picked["payload"]["actions"][0]["selected_option"]["value"],
        "cancel"
    );
    let (used, ()) = tokio::join!(socket.takes(), bo.shortcut(&card, "keep"));
    let used = &used["payload"];
    assert_eq!(
        (&used["type"], &used["callback_id"]),
        (&json!("message_action"), &json!("keep"))
    );
}

#[tokio::test]
async fn people_read_home_tabs_private_lines_and_pins() {
    let (slack, app) = workspace().await;
    let mut socket = app.connect().await;
    let dan = slack.person("dan");
    let (opened, ()) = tokio::join!(socket.takes(), dan.opens_home());
    assert_eq!(opened["payload"]["event"]["tab"], "home");
    let header =
        json!({ "type": "header", "text": { "type": "plain_text", "text": "Nothing waits" } });
    let view = json!({ "type": "home", "blocks": [header] });
    app.call("views.publish", json!({ "user_id": "U0DAN", "view": view }))
        .await;
    assert_eq!(dan.home().unwrap().trim(), "Nothing waits");

    let line = json!({ "channel": "C0RELEASE", "user": "U0DAN", "text": "Only you" });
    app.call("chat.postEphemeral", line).await;
    assert_eq!(dan.hears_something().await, "Only you");
    assert_eq!(slack.person("ana").heard(), Vec::<String>::new());

    let stamp = app.post("Keep this").await;
    let pin = json!({ "channel": "C0RELEASE", "timestamp": stamp });
    app.call("pins.add", pin).await;
    assert_eq!(slack.pins("release"), ["shipbell: Keep this"]);
    let kind = app.get("users.info", &[("user", "U0SAM")]).await;
    assert_eq!(kind["user"]["team_id"], Value::from("T0OTHER"));
}
