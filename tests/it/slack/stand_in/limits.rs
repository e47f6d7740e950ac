//! Lengths and counts of Block Kit, and how often a method may be called.

use std::time::Duration;

use serde_json::{Value, json};

use super::workspace;

#[tokio::test]
async fn holds_texts_to_slacks_lengths() {
    let header = |text: Value| json!([{ "type": "header", "text": text }]);
    hold(vec![
        ("a section of 3000", json!([section(3000)]), true),
        ("a section of 3001", json!([section(3001)]), false),
        ("an empty text", json!([section(0)]), false),
        ("a header of 150", header(plain(150)), true),
        ("a header of 151", header(plain(151)), false),
        ("a header of mrkdwn", header(mrkdwn(9)), false),
        ("fields of 2000", json!([fields(10, 2000)]), true),
        ("a field of 2001", json!([fields(1, 2001)]), false),
        (
            "a button of 75 and 2000",
            actions(&[button("a", 75, 2000)]),
            true,
        ),
        ("a button of 76", actions(&[button("a", 76, 1)]), false),
        ("a value of 2001", actions(&[button("a", 1, 2001)]), false),
        ("an option's value of 151", menu(&[option(1, 151)]), false),
        ("a block's name of 256", json!([named(&words(256))]), false),
    ])
    .await;
}

#[tokio::test]
async fn holds_blocks_to_slacks_counts_and_keys() {
    let context = json!([{ "type": "context", "elements": vec![mrkdwn(1); 11] }]);
    hold(vec![
        ("50 blocks", json!(vec![section(1); 50]), true),
        ("51 blocks", json!(vec![section(1); 51]), false),
        ("11 fields", json!([fields(11, 1)]), false),
        ("11 in a context", context, false),
        (
            "an action twice",
            actions(&[button("a", 1, 1), button("a", 1, 1)]),
            false,
        ),
        (
            "5 options behind a menu",
            menu(&[0; 5].map(|_| option(75, 150))),
            true,
        ),
        (
            "6 options behind a menu",
            menu(&[0; 6].map(|_| option(1, 1))),
            false,
        ),
        (
            "a block's name twice",
            json!([named("b"), named("b")]),
            false,
        ),
        (
            "an unknown key",
            json!([{ "type": "divider", "colour": "red" }]),
            false,
        ),
    ])
    .await;
}

/// What is taken, and what is refused as invalid.
async fn hold(cases: Vec<(&str, Value, bool)>) {
    let (slack, app) = workspace().await;
    slack.forgive("invalid_blocks");
    // Where the published types lie here, they see some of it too.
    slack.forgive("not as published");
    let ts = app.post("Card").await;
    for (what, blocks, good) in cases {
        let args = json!({ "channel": "C0RELEASE", "ts": ts, "text": "x", "blocks": blocks });
        let said = app.call("chat.update", args).await;
        assert_eq!(said["ok"], good, "{what}: {said}");
    }
}

fn words(length: usize) -> String {
    "x".repeat(length)
}

fn plain(length: usize) -> Value {
    json!({ "type": "plain_text", "text": words(length) })
}

fn mrkdwn(length: usize) -> Value {
    json!({ "type": "mrkdwn", "text": words(length) })
}

fn section(length: usize) -> Value {
    json!({ "type": "section", "text": mrkdwn(length) })
}

fn fields(many: usize, length: usize) -> Value {
    json!({ "type": "section", "fields": vec![mrkdwn(length); many] })
}

fn named(name: &str) -> Value {
    json!({ "type": "divider", "block_id": name })
}

fn button(id: &str, length: usize, value: usize) -> Value {
    json!({ "type": "button", "action_id": id, "text": plain(length), "value": words(value) })
}

fn actions(elements: &[Value]) -> Value {
    json!([{ "type": "actions", "elements": elements }])
}

fn option(length: usize, value: usize) -> Value {
    json!({ "text": plain(length), "value": words(value) })
}

fn menu(options: &[Value]) -> Value {
    actions(&[json!({ "type": "overflow", "action_id": "m", "options": options })])
}

#[tokio::test]
async fn newer_blocks_are_taken_or_by_a_switch_refused() {
    let (slack, app) = workspace().await;
    let ts = app.post("Card").await;
    let task = json!({ "task_id": "1", "title": "Pull", "status": "complete" });
    let inside = json!({ "type": "section", "text": { "type": "mrkdwn", "text": "200 in 84 ms" } });
    let cell = |text: &str| json!({ "type": "raw_text", "text": text });
    let blocks = json!([
        { "type": "plan", "title": "Step 2 of 3", "tasks": [task] },
        {
            "type": "container", "title": { "type": "plain_text", "text": "Evidence" },
            "is_collapsible": true, "default_collapsed": true, "child_blocks": [inside],
        },
        { "type": "data_table", "caption": "History", "rows": [[cell("#1")], [cell("#2")]] },
        { "type": "alert", "level": "warning", "text": { "type": "mrkdwn", "text": "Careful" } },
    ]);
    let args = json!({ "channel": "C0RELEASE", "ts": ts, "text": "x", "blocks": blocks });
    assert_eq!(app.call("chat.update", args.clone()).await["ok"], true);
    let read = "shipbell: Step 2 of 3\n(complete) Pull\nEvidence\n  200 in 84 ms\nHistory\n#1\n#2\nCareful";
    assert_eq!(slack.transcript("release"), [read]);
    slack.knows_native_blocks(false);
    let said = app.call("chat.update", args).await;
    assert_eq!(said["error"], "invalid_blocks");
    assert!(slack.violations().is_empty(), "trying them is no mistake");
}

#[tokio::test]
async fn one_post_a_second_and_whoever_does_not_wait_is_noticed() {
    let (slack, app) = workspace().await;
    app.post("One").await;
    let args = json!({ "channel": "C0RELEASE", "text": "Two" });
    slack.forgive("two posts within a second");
    let (status, wait, said) = app.answer("chat.postMessage", args.clone()).await;
    assert_eq!(
        (status, wait, &said["error"]),
        (429, Some(1), &json!("ratelimited"))
    );
    assert!(slack.violations().is_empty());
    let (status, ..) = app.answer("chat.postMessage", args).await;
    assert_eq!(status, 429);
    assert_eq!(
        slack.violations(),
        ["chat.postMessage in C0RELEASE: called 1 s before it may"]
    );
    slack.turn_clock_on(Duration::from_secs(1));
    app.post("Two").await;
    slack.forgive("before it may");
    assert_eq!(
        slack.transcript("release"),
        ["shipbell: One", "shipbell: Two"]
    );
    // It was noticed all the same.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(slack))).unwrap_err();
}
