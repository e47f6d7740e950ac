//! Attempts and their evidence.

use super::*;

#[test]
fn progress_names_the_step_it_is_at() {
    insta::assert_snapshot!(drawn(&Day::deploying(), &progress(), "14:03"), @r"
    Rapid Audit Manage, production: Deploy of 2026.11.20-1. Step 2 of 5, Recreate containers.
    ---
    Production: Deploy of 2026.11.20-1  [▸ Step 2 of 5, Recreate containers]
      ✓ Pull php (0 s)
      ▸ Recreate containers (at work)
      ○ GET /healthz
      ○ GET /login
      ○ GET /api/version
    Attempt 8, started 14:02 by Ana Ruiz. Times in Paris.
    [Stop and roll back]  [Stop production]
    ");
}

#[test]
fn work_that_goes_on_shows_what_it_said_last() {
    let (day, id) = (Day::deploying(), progress());
    let shown = |time: &str, said: Option<&Said>| {
        let card = look(&day.world, time, |view| card(&id, &View { said, ..*view }));
        let shown = plain(&card.unwrap());
        let line = shown
            .lines()
            .find(|it| it.contains("Recreate containers ("))
            .unwrap();
        line.trim().to_owned()
    };
    let said = |index| Said {
        index,
        text: "web-1: healthy".to_owned(),
        at: at("14:03"),
    };
    assert_eq!(
        shown("14:03", Some(&said(1))),
        "▸ Recreate containers (0 s, web-1: healthy)"
    );
    assert_eq!(
        shown("14:06", Some(&said(1))),
        "▸ Recreate containers (3 min, silent for 3 min; last: web-1: healthy)"
    );
    assert_eq!(
        shown("14:06", Some(&said(0))),
        "▸ Recreate containers (3 min, nothing said yet)",
        "another piece of work said that"
    );
}

#[test]
fn work_that_was_cut_off_shows_what_was_seen_and_the_three_ways_on() {
    insta::assert_snapshot!(drawn(&Day::cut_off(), &progress(), "14:06"), @r"
    Rapid Audit Manage, production: Deploy of 2026.11.20-1. Cut off, waits for a person.
    ---
    Production: Deploy of 2026.11.20-1  [✕ Cut off, waits for a person]
      ✓ Pull php (0 s)
      ? Recreate containers (cut off: its container is gone)
      ○ GET /healthz
      ○ GET /login
      ○ GET /api/version
    Nobody knows how Recreate containers ended: its container is gone. Look what it did, then say how to go on.
    Attempt 8, started 14:02 by Ana Ruiz. Times in Paris.
    [It worked, go on]  [Run again]  [Roll back to 2026.11.18-2]
    ");
}

#[test]
fn a_step_that_asks_somebody_shows_what_there_is_to_do() {
    insta::assert_snapshot!(drawn(&Day::asking(), &progress(), "14:06"), @r"
    Rapid Audit Manage, production: Deploy of 2026.11.20-1. Step 1 of 5 waits for a person: Drain the queue.
    ---
    Production: Deploy of 2026.11.20-1  [▸ Step 1 of 5 waits for a person: Drain the queue]
      ▸ Drain the queue (sre is asked)
      ○ Recreate containers
      ○ GET /healthz
      ○ GET /login
      ○ GET /api/version
    sre: Drain the queue. Asked 14:03; without an answer it fails 15:03.
    Attempt 8, started 14:02 by Ana Ruiz. Times in Paris.
    [Done]  [It failed]  [Stop production]
    ");
}

#[test]
fn a_failed_attempt_shows_its_last_lines_and_the_way_back() {
    insta::assert_snapshot!(drawn(&Day::failed(), &progress(), "14:06"), @r"
    Rapid Audit Manage, production: Deploy of 2026.11.20-1. Failed 14:05, verification.
    ---
    Production: Deploy of 2026.11.20-1  [✕ Failed 14:05, verification]
      ✓ Pull php (0 s)
      ✓ Recreate containers (60 s)
      ✕ GET /healthz (0 s, GET /healthz answers 500)
      – GET /login (not reached)
      – GET /api/version (not reached)
    GET /healthz answers 500
    Last lines of GET /healthz:
      | (2 lines before)
      | php: line 3
      | php: line 4
      | php: line 5
      | php: line 6
      | php: line 7
      | php: line 8
      | php: line 9
      | php: line 10
      | php: line 11
      | php: line 12
      | php: line 13
      | php: line 14
    Attempt 8, started 14:02 by Ana Ruiz. Times in Paris.
    [Roll back to 2026.11.18-2]
    ");
}

#[test]
fn a_verified_attempt_has_evidence() {
    let evidence = CardId::Evidence {
        release: RELEASE,
        environment: place("production"),
        attempt: 8,
    };
    let all = [
        drawn(&Day::watching(), &progress(), "14:06"),
        drawn(&Day::watching(), &evidence, "14:06"),
        drawn(&Day::failed(), &evidence, "14:06"),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r"
    Rapid Audit Manage, production: Deploy of 2026.11.20-1. Done 14:05, 3 min.
    ---
    Production: Deploy of 2026.11.20-1  [✓ Done 14:05, 3 min]
      ✓ Pull php (2 min)
      ✓ Recreate containers (2 min)
      ✓ GET /healthz (0 s)
      ✓ GET /login (0 s)
      ✓ GET /api/version (0 s)
    Attempt 8, started 14:02 by Ana Ruiz. Times in Paris.

    Rapid Audit Manage: Smoke tests of 2026.11.20-1 on production: 3 of 3 passed.
    ---
    Smoke tests of 2026.11.20-1 on production  [✓ 3 of 3 passed]
    Evidence, attempt 8:
      GET /healthz: passed. 200 in 84 ms, sha256 799118e0
      GET /login: passed. 200 in 84 ms, sha256 799118e0
      GET /api/version: passed. 200 in 84 ms, sha256 799118e0

    Rapid Audit Manage: Smoke tests of 2026.11.20-1 on production: 1 failed, 0 of 3 passed.
    ---
    Smoke tests of 2026.11.20-1 on production  [✕ 1 failed, 0 of 3 passed]
    Evidence, attempt 8:
      GET /healthz: failed. 500 in 80 ms, expected 200
    Last lines:
      | (2 lines before)
      | php: line 3
      | php: line 4
      | php: line 5
      | php: line 6
      | php: line 7
      | php: line 8
      | php: line 9
      | php: line 10
      | php: line 11
      | php: line 12
      | php: line 13
      | php: line 14
    ");
}

#[test]
fn a_card_of_an_attempt_that_was_overtaken_stays_as_it_is() {
    let old = CardId::Progress {
        release: RELEASE,
        environment: place("production"),
        attempt: 5,
    };
    assert_eq!(
        look(&Day::deploying().world, "14:03", |view| card(&old, view)),
        None
    );
}
