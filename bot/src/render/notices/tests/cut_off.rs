//! News about attempts that cannot go on by themselves.

use super::*;

#[test]
fn whoever_is_asked_reads_what_to_do_and_how_to_say_so() {
    let asked = News::Asked {
        env: env("production"),
        version: version("2026.11.20-1"),
        rollback: true,
        text: "Restore the last backup".to_owned(),
        role: role("sre"),
        until: at("15:02"),
    };
    insta::assert_snapshot!(drawn(asked, &["bo"]), @r"
    @bo: Rapid Audit Manage: the rollback to 2026.11.20-1 in production waits for sre: Restore the last backup.
    Say on the card or here. It is done: `/release resume rapid-audit production worked` It cannot be done, or looks wrong: `/release resume rapid-audit production failed` Without an answer it fails 15:02.
    ");
}

#[test]
fn news_about_what_was_cut_off_tells_the_three_ways_on() {
    let cut_off = |rollback, back| News::CutOff {
        env: env("production"),
        version: version("2026.11.20-1"),
        rollback,
        step: "run migrate in php".to_owned(),
        seen: "it had begun, and its container is gone".to_owned(),
        tail: Vec::new(),
        back,
    };
    let held = News::WorkHeld {
        env: env("production"),
        version: version("2026.11.20-1"),
        why: "process 12 (docker compose up) of an earlier start still holds a.lock; end it"
            .to_owned(),
    };
    let all = [
        drawn(cut_off(false, Some(version("2026.11.18-2"))), &["ana"]),
        drawn(cut_off(true, None), &[]),
        drawn(held, &["ana"]),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r"
    @ana: Rapid Audit Manage: the deploy of 2026.11.20-1 in production waits for a person. Run migrate in php was cut off, and nobody knows how it ended: it had begun, and its container is gone.
    Look what it did, then say on the card or here. It worked, go on: `/release resume rapid-audit production worked` Run it again: `/release resume rapid-audit production again` Go back to 2026.11.18-2: `/release rollback rapid-audit production`

    Rapid Audit Manage: the rollback to 2026.11.20-1 in production waits for a person. Run migrate in php was cut off, and nobody knows how it ended: it had begun, and its container is gone.
    Look what it did, then say on the card or here. It worked, go on: `/release resume rapid-audit production worked` Run it again: `/release resume rapid-audit production again` Leave it as it is, locked: `/release stop rapid-audit production`

    @ana: Rapid Audit Manage: 2026.11.20-1 in production cannot go on. Process 12 (docker compose up) of an earlier start still holds a.lock; end it. It goes on by itself when that is over.
    ");
}
