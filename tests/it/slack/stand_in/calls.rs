//! Calls: Slack's own error codes, scopes, arguments, and what each method does.

use serde_json::{Value, json};
use shipbell_tests::servers::slack::{APP_TOKEN, BOT_TOKEN, Fault, How};

use super::workspace;

const JSON: &str = "application/json";

#[tokio::test]
async fn refuses_messages_with_slacks_own_codes() {
    let (slack, app) = workspace().await;
    slack.forgive("refused with");
    // Where the published descriptions lie here, they see some of it too.
    slack.forgive("not as published");
    let ours = app.post("One").await;
    let theirs = slack.person("ana").reply(&seen(&ours), "Mine").await.stamp;
    let post = |to: &str| json!({ "channel": to, "text": "x" });
    let edit = |ts: &str, more: Value| {
        let mut args = json!({ "channel": "C0RELEASE", "ts": ts });
        args.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        args
    };
    let words = json!({ "text": "x" });
    let long = json!({ "text": "x".repeat(40_001) });
    let odd = json!({ "text": "x", "blocks": [{ "type": "nothing" }] });
    let stray = json!({ "text": "x", "as": 1 });
    let stranger = json!({ "channel": "C0RELEASE", "user": "U9", "text": "x" });
    let cases = [
        ("no.such", json!({}), "unknown_method"),
        ("chat.update", post("C0RELEASE"), "invalid_arguments"),
        ("chat.update", edit(&ours, stray), "invalid_arg_name"),
        ("chat.postMessage", post("C9"), "channel_not_found"),
        ("chat.postMessage", post("C0GENERAL"), "not_in_channel"),
        ("chat.postMessage", post("G0SECRET"), "channel_not_found"),
        (
            "chat.update",
            edit("1.0", words.clone()),
            "message_not_found",
        ),
        ("chat.update", edit(&theirs, words), "cant_update_message"),
        (
            "chat.delete",
            edit(&theirs, json!({})),
            "cant_delete_message",
        ),
        ("chat.update", edit(&ours, json!({})), "no_text"),
        ("chat.update", edit(&ours, long), "msg_too_long"),
        ("chat.update", edit(&ours, odd), "invalid_blocks"),
        ("chat.postEphemeral", stranger, "user_not_in_channel"),
    ];
    for (method, args, code) in cases {
        let said = app.call(method, args.clone()).await;
        assert_eq!(said["error"], code, "{method} {args}: {said}");
    }
}

#[tokio::test]
async fn refuses_the_rest_with_slacks_own_codes() {
    let (slack, app) = workspace().await;
    slack.forgive("refused with");
    let ours = app.post("One").await;
    let at = json!({ "channel": "C0RELEASE", "timestamp": ours });
    let named = |name: &str| json!({ "channel": "C0RELEASE", "timestamp": ours, "name": name });
    let cases = [
        (
            "users.info",
            json!({ "user": "U0ANA" }),
            "invalid_arguments",
        ),
        ("reactions.add", named("tick"), ""),
        ("reactions.add", named("tick"), "already_reacted"),
        ("reactions.remove", named("tick"), ""),
        ("reactions.remove", named("tick"), "no_reaction"),
        ("reactions.add", named(":x:"), "invalid_name"),
        ("pins.add", at.clone(), ""),
        ("pins.add", at.clone(), "already_pinned"),
        ("pins.remove", at.clone(), ""),
        ("pins.remove", at, "not_pinned"),
        (
            "views.open",
            json!({ "trigger_id": "1.2", "view": modal() }),
            "invalid_trigger_id",
        ),
        (
            "files.completeUploadExternal",
            json!({ "files": [{ "id": "F9" }] }),
            "file_not_found",
        ),
    ];
    for (method, args, code) in cases {
        let said = app.call(method, args.clone()).await;
        let error = said["error"].as_str().unwrap_or_default();
        assert_eq!(error, code, "{method} {args}: {said}");
        assert_eq!(said["ok"], code.is_empty());
    }
}

#[tokio::test]
async fn reads_queries_forms_and_json_and_knows_its_tokens() {
    let (slack, app) = workspace().await;
    slack.forgive("refused with");
    let form = "application/x-www-form-urlencoded";
    let blocks = "%5B%7B%22type%22%3A%22divider%22%7D%5D";
    let body = format!("channel=C0RELEASE&text=by+form&blocks={blocks}&unfurl_links=false");
    let said = app.raw("chat.postMessage", BOT_TOKEN, form, &body).await;
    assert_eq!(said["message"]["blocks"][0]["type"], "divider");
    let user = app.get("users.info", &[("user", "U0GIL")]).await;
    assert_eq!(user["user"]["is_restricted"], true);

    for (token, code) in [
        ("", "not_authed"),
        ("xoxb-other", "invalid_auth"),
        (APP_TOKEN, "not_allowed_token_type"),
    ] {
        assert_eq!(app.raw("auth.test", token, JSON, "{}").await["error"], code);
    }
    let said = app.raw("auth.test", BOT_TOKEN, JSON, "{").await;
    assert_eq!(said["error"], "invalid_json");
    slack.scope("pins:write", false);
    let said = app
        .call(
            "pins.add",
            json!({ "channel": "C0RELEASE", "timestamp": "1" }),
        )
        .await;
    assert_eq!(
        (&said["error"], &said["needed"]),
        (&json!("missing_scope"), &json!("pins:write"))
    );
    assert!(said["provided"].as_str().unwrap().contains("chat:write"));
    slack.revoke_token();
    assert_eq!(
        app.call("auth.test", json!({})).await["error"],
        "token_revoked"
    );
}

#[tokio::test]
async fn finds_messages_by_their_metadata() {
    let (_slack, app) = workspace().await;
    let metadata = json!({ "event_type": "shipbell", "event_payload": { "key": "k1" } });
    let args = json!({ "channel": "C0RELEASE", "text": "x", "metadata": metadata });
    let thread = app.call("chat.postMessage", args).await["ts"].clone();
    let thread = thread.as_str().unwrap();
    let all = [
        ("channel", "C0RELEASE"),
        ("include_all_metadata", "true"),
        ("limit", "10"),
    ];
    let said = app.get("conversations.history", &all).await;
    assert_eq!(
        said["messages"][0]["metadata"]["event_payload"]["key"],
        "k1"
    );
    let bare = app
        .get("conversations.history", &[("channel", "C0RELEASE")])
        .await;
    assert_eq!(
        bare["messages"][0]["metadata"]["event_payload"],
        Value::Null
    );
    let oldest = [("channel", "C0RELEASE"), ("oldest", thread)];
    let said = app.get("conversations.history", &oldest).await;
    assert_eq!(
        said["messages"],
        json!([]),
        "the oldest itself is not meant"
    );
    let inside = [
        ("channel", "C0RELEASE"),
        ("ts", thread),
        ("include_all_metadata", "1"),
    ];
    let said = app.get("conversations.replies", &inside).await;
    assert_eq!(
        said["messages"][0]["metadata"]["event_payload"]["key"],
        "k1"
    );
}

#[tokio::test]
async fn takes_a_file_in_three_steps() {
    let (slack, app) = workspace().await;
    let place = [("filename", "log.txt"), ("length", "5")];
    let said = app.get("files.getUploadURLExternal", &place).await;
    let address = said["upload_url"].as_str().unwrap();
    assert_eq!(app.bring(address, "too long").await, 400);
    assert_eq!(app.bring(address, "hello").await, 200);
    let files = json!([{ "id": said["file_id"], "title": "The log" }]);
    let args = json!({ "files": files, "channel_id": "C0RELEASE" });
    assert_eq!(
        app.call("files.completeUploadExternal", args).await["ok"],
        true
    );
    assert_eq!(slack.files(), [("log.txt".to_owned(), "hello".to_owned())]);
    assert_eq!(slack.transcript("release"), ["shipbell: \n(file The log)"]);
}

#[tokio::test]
async fn what_goes_wrong_is_data() {
    let (slack, app) = workspace().await;
    let post = json!({ "channel": "C0RELEASE", "text": "Once" });
    slack.fault(Fault::once("chat.postMessage", How::ResetBefore));
    app.lost("chat.postMessage", post.clone()).await;
    assert!(slack.transcript("release").is_empty());
    slack.fault(Fault::once("chat.postMessage", How::ResetAfter));
    app.lost("chat.postMessage", post.clone()).await;
    assert_eq!(slack.transcript("release"), ["shipbell: Once"]);
    slack.fault(Fault::once("auth.test", How::Status(502)));
    assert_eq!(app.answer("auth.test", json!({})).await.0, 502);
    slack.fault(Fault::once("auth.test", How::Refused("fatal_error".to_owned())).after(1));
    assert_eq!(app.call("auth.test", json!({})).await["ok"], true);
    assert_eq!(
        app.call("auth.test", json!({})).await["error"],
        "fatal_error"
    );
    slack.fault(Fault::once("auth.test", How::RateLimited(2)));
    let (status, wait, _) = app.answer("auth.test", json!({})).await;
    assert_eq!((status, wait), (429, Some(2)));
}

#[tokio::test]
#[should_panic(expected = "against Slack's rules")]
async fn a_mistake_fails_the_test_at_the_end() {
    let (slack, app) = workspace().await;
    app.call("no.such", json!({})).await;
    slack.close();
}

fn modal() -> Value {
    json!({
        "type": "modal", "title": { "type": "plain_text", "text": "T" },
        "blocks": [{ "type": "divider" }],
    })
}

fn seen(stamp: &str) -> shipbell_tests::servers::slack::Seen {
    shipbell_tests::servers::slack::Seen {
        channel: "C0RELEASE".to_owned(),
        stamp: stamp.to_owned(),
    }
}
