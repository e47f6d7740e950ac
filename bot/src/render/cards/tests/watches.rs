//! Watches and their looks.

use super::*;

#[test]
fn a_watch_shows_every_look() {
    use shipbell_domain::event::EnvironmentEvent;

    let watch = CardId::Watch {
        release: RELEASE,
        environment: place("production"),
        attempt: 8,
    };
    let now = drawn(&Day::watching(), &watch, "14:09");
    let mut wrong = Day::watching();
    let findings = vec!["500 in 80 ms, expected 200".to_owned()];
    let checked = EnvironmentEvent::TickChecked {
        attempt: 8,
        tick: 3,
        passed: false,
        findings,
    };
    wrong.environment("production", checked, "14:09");
    let wrong = drawn(&wrong, &watch, "14:09");
    let mut over = Day::watching();
    let ended = EnvironmentEvent::WatchEnded {
        attempt: 8,
        by: None,
        at: at("14:10"),
    };
    over.environment("production", ended, "14:10");
    let over = drawn(&over, &watch, "14:11");
    insta::assert_snapshot!([now, wrong, over].join("\n\n"), @r"
    Rapid Audit Manage: watching production after 2026.11.20-1, 2 of 5 looks, no findings.
    ---
    Watching production after 2026.11.20-1  [▸ 2 of 5 looks, no findings]
    14:06 good, 14:07 good, 14:08 waiting, 14:09 waiting, next 14:10
    Is everything normal? Bo Lindqvist can answer (sre).
    Watched until 14:10 (Paris).
    [All good]  [Something is wrong]  [Watch 30 min longer]

    Rapid Audit Manage: watching production after 2026.11.20-1, 3 of 5 looks, 1 finding.
    ---
    Watching production after 2026.11.20-1  [✕ 3 of 5 looks, 1 finding]
    14:06 good, 14:07 good, 14:08 waiting, 14:09 wrong, next 14:10
    Found: 500 in 80 ms, expected 200
    Is everything normal? Bo Lindqvist can answer (sre).
    Watched until 14:10 (Paris).
    [All good]  [Something is wrong]  [Watch 30 min longer]

    Rapid Audit Manage, production after 2026.11.20-1: Stable: watched 5 minutes, no findings.
    ---
    production after 2026.11.20-1  [✓ Stable: watched 5 minutes, no findings]
    ");
}
