//! Every piece of news, for the channel.

use serde_json::{Value, json};
use shipbell_domain::ids::ReleaseId;
use shipbell_domain::notice::{News, Notice};

use super::id;

/// How many kinds of news there are.
const KINDS: usize = 26;

/// One of each kind, numbered as in [`place`].
pub(super) fn all() -> Vec<(usize, Notice)> {
    let all: Vec<(usize, Notice)> = table().iter().map(notice).enumerate().collect();
    let places: Vec<usize> = all.iter().map(|(_, it)| place(&it.news)).collect();
    let every: Vec<usize> = (0..KINDS).collect();
    assert_eq!(places, every, "a kind of news is not in the table");
    all
}

/// Where a kind stands in the table; a new kind must be named here, and added there.
fn place(news: &News) -> usize {
    match news {
        News::RollbackOwner { .. } => 0,
        News::ImagesUnresolved { .. } => 1,
        News::DryRun { .. } => 2,
        News::StartRefused { .. } => 3,
        News::StartTimedOut { .. } => 4,
        News::StillWaiting { .. } => 5,
        News::Overridden { .. } => 6,
        News::AttemptFailed { .. } => 7,
        News::CutOff { .. } => 8,
        News::Asked { .. } => 9,
        News::WorkHeld { .. } => 10,
        News::RollbackStarted { .. } => 11,
        News::RolledBack { .. } => 12,
        News::WithdrawnTooLate { .. } => 13,
        News::WatchFinding { .. } => 14,
        News::WatchQuestion { .. } => 15,
        News::Page { .. } => 16,
        News::Resolved { .. } => 17,
        News::Frozen { .. } => 18,
        News::Unfrozen { .. } => 19,
        News::LossAccepted { .. } => 20,
        News::ClockJumped { .. } => 21,
        News::Checkpointed { .. } => 22,
        News::Drifted { .. } => 23,
        News::Adopted { .. } => 24,
        News::BuildFailed { .. } => 25,
    }
}

fn notice(news: &Value) -> Notice {
    Notice {
        release: Some(ReleaseId(1)),
        app: Some(id("motorsport")),
        mention: vec![id("bo")],
        news: serde_json::from_value(news.clone()).unwrap_or_else(|why| panic!("{why}: {news}")),
    }
}

fn table() -> Vec<Value> {
    let mut table = before_a_deploy();
    table.extend(of_an_attempt());
    table.extend(after_it());
    table.extend(of_the_record());
    table.extend(of_others());
    table
}

fn before_a_deploy() -> Vec<Value> {
    let span = json!({ "from": "2026-11-20T14:00:00Z", "to": "2026-11-20T16:00:00Z" });
    let window = json!({ "for": "window", "next": span });
    let moved = json!({ "for": "new_commits", "branch": "main", "commit": "3f9c2ab8",
        "why": { "because": "to", "commit": "b1946ac9" } });
    vec![
        json!({ "news": "rollback_owner", "env": "production", "version": "1.0.0", "span": span }),
        json!({ "news": "images_unresolved", "version": "1.0.0", "why": "web:1.0.0: no such image" }),
        json!({ "news": "dry_run", "env": "production", "version": "1.0.0", "preview": {
            "engine": "Docker 20.10, Compose 1.29", "changes": [], "once": ["Migrate"],
            "trouble": null, "back": null } }),
        json!({ "news": "start_refused", "env": "production", "version": "1.0.0",
            "waiting": [window, moved] }),
        json!({ "news": "start_timed_out", "env": "production", "version": "1.0.0" }),
        json!({ "news": "still_waiting", "env": "production", "version": "1.0.0",
            "roles": ["sre"] }),
        json!({ "news": "overridden", "env": "production", "version": "1.0.0",
            "over": { "by": "bo", "role": "sre", "reason": "The shop is down" },
            "skipped": [window] }),
    ]
}

fn of_an_attempt() -> Vec<Value> {
    vec![
        json!({ "news": "attempt_failed", "env": "production", "version": "1.0.0",
            "rollback": false, "step": "Migrate", "mode": "runtime", "why": "it ended with 1",
            "tail": ["no *such* <table>", "`giving` _up_ @everyone"],
            "next": { "then": "rolls_back", "version": "0.9.0" } }),
        json!({ "news": "cut_off", "env": "production", "version": "1.0.0", "rollback": false,
            "step": "Migrate", "seen": "no container of it is there", "tail": ["one", "two"],
            "back": "0.9.0" }),
        json!({ "news": "asked", "env": "production", "version": "1.0.0", "rollback": false,
            "text": "Drain the queue", "role": "sre", "until": "2026-11-20T15:00:00Z" }),
        json!({ "news": "work_held", "env": "production", "version": "1.0.0",
            "why": "a child of an earlier bot holds the lock" }),
        json!({ "news": "rollback_started", "env": "production", "to": "0.9.0",
            "reason": "It fails", "by": "bo" }),
        json!({ "news": "rolled_back", "env": "production", "to": "0.9.0" }),
        json!({ "news": "withdrawn_too_late", "env": "production", "version": "1.0.0",
            "by": "chloe" }),
    ]
}

fn after_it() -> Vec<Value> {
    vec![
        json!({ "news": "watch_finding", "env": "production", "version": "1.0.0",
            "findings": ["GET /healthz 500"], "by": "bo" }),
        json!({ "news": "watch_question", "env": "production", "version": "1.0.0", "tick": 1,
            "again": true }),
        json!({ "news": "page", "incident": 1, "severity": "P1", "what": "The shop is down",
            "level": 1, "next": ["release-manager", "2026-11-20T14:10:00Z"] }),
        json!({ "news": "resolved", "incident": 1, "what": "The shop is down",
            "text": "Back on 0.9.0", "seconds": 660, "by": "bo" }),
        json!({ "news": "frozen", "freeze": 1, "reason": "the fair",
            "from": "2026-11-20T14:00:00Z", "to": "2026-11-21T09:00:00Z", "by": "bo" }),
        json!({ "news": "unfrozen", "freeze": 1, "by": "bo" }),
    ]
}

fn of_the_record() -> Vec<Value> {
    let log = |seq| json!({ "instance": "5e00", "seq": seq, "hash": "ab".repeat(32) });
    vec![
        json!({ "news": "loss_accepted", "loss": { "seen": log(9), "found": log(7) },
            "by": "bo" }),
        json!({ "news": "clock_jumped", "seconds": -90 }),
        json!({ "news": "checkpointed",
            "checkpoint": { "note": "shipbell/5e00\n9\nabc=\n", "key": "shipbell/5e00+1+A" } }),
    ]
}

fn of_others() -> Vec<Value> {
    let image = |digit: &str| format!("shop/web@sha256:{}", digit.repeat(64));
    vec![
        json!({ "news": "drifted", "env": "production", "version": "1.0.0", "runs": 1,
            "differences": [
                { "service": "web", "on": "web-1", "differs": "image",
                    "from": image("4"), "to": image("9") },
                { "service": "worker", "differs": "count", "from": 2, "to": 1 },
                { "service": "cache", "differs": "down" } ] }),
        json!({ "news": "adopted", "env": "production", "version": "1.0.1", "by": "bo",
            "why": "A fix by hand" }),
        json!({ "news": "build_failed", "version": "1.0.0", "why": "building web:1.0.0: exit code 1",
            "tail": ["RUN *make* <all>", "`make`: not _found_ @everyone"] }),
    ]
}
