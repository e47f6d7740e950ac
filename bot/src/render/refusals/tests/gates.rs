//! Closed gates, and who can open them.

use shipbell_domain::gates::{Moved, NotGreen};
use shipbell_domain::origin::CheckState;

use super::*;

#[test]
fn one_closed_gate_says_who_can_open_it() {
    insta::assert_snapshot!(drawn(&not_yet(vec![consent()]), "ana"), @r"
    2026.11.20-1 cannot start in production yet: product owner has not signed off for production.
    Chloé Martin can. They answer with a button of the ask, with ✅, or with `/release signoff`
    ");
}

#[test]
fn the_way_round_is_only_shown_to_those_who_may_take_it() {
    let both = not_yet(vec![consent(), window()]);
    insta::assert_snapshot!(drawn(&both, "bo"), @r#"
    2026.11.20-1 cannot start in production yet: 2 gates closed.
    Product owner has not signed off for production. Chloé Martin can. They answer with a button of the ask, with ✅, or with `/release signoff`
    The window of production is closed. It opens Friday 20 November, 14:00 to 16:00 (Paris). Everybody with a role can add one: `/release window add rapid-audit production <when>`
    In an emergency: `/release deploy rapid-audit production --override "reason"` (sre). Everybody is told.
    "#);
    assert!(!drawn(&both, "ana").contains("--override"));
    let stuck = not_yet(vec![
        consent(),
        Waiting::Busy {
            attempt: 1,
            release: RELEASE,
        },
    ]);
    assert!(
        !drawn(&stuck, "bo").contains("--override"),
        "that cannot be set aside"
    );
}

#[test]
fn every_gate_has_words_and_somebody_who_can_open_it() {
    let gates: Vec<String> = every()
        .into_iter()
        .map(|it| drawn(&not_yet(vec![it]), "ana"))
        .collect();
    insta::assert_snapshot!(gates.join("\n\n"), @r"
    2026.11.20-1 cannot start in production yet: its images are being pinned.
    Nothing to do: this takes a moment.

    2026.11.20-1 cannot start in production yet: its images could not be pinned: not found.
    Push the images, then open the release again: `/release new rapid-audit <version>`

    2026.11.20-1 cannot start in production yet: 1 checklist item open: 2 Migrations reviewed.
    Bo Lindqvist can, with `/release check`

    2026.11.20-1 cannot start in production yet: nobody said by its hash which commit this is.
    Open the release again, with at least 7 digits of it: `/release new rapid-audit <version> --commit <hash>`

    2026.11.20-1 cannot start in production yet: the checks of commit 3f9c2ab are being read.
    Nothing to do: this takes a moment.

    2026.11.20-1 cannot start in production yet: the checks of commit 3f9c2ab could not be read: asking GitHub about acme/shop: the token is not accepted.
    They are read again every minute, and when somebody wants a deploy.

    2026.11.20-1 cannot start in production yet: CI is not green for commit 3f9c2ab: lint is missing and phpunit failed (timed_out).
    Whoever works on it makes them pass, for this commit or in another release. What is missing did not run for this commit, or has another name: shipbell doctor tells the names. They are read again within a minute.

    2026.11.20-1 cannot start in production yet: CI is not green for commit 3f9c2ab: lint has not ended (queued).
    Wait until they pass. They are read again within a minute.

    2026.11.20-1 cannot start in production yet: nobody said by its hash which commit this is.
    Open the release again, with at least 7 digits of it: `/release new rapid-audit <version> --commit <hash>`

    2026.11.20-1 cannot start in production yet: nobody looked whether main has new commits.
    It is looked at when somebody wants a deploy.

    2026.11.20-1 cannot start in production yet: where main ends could not be read: asking GitLab about acme/shop: no answer within 8 s.
    It is looked at when somebody wants a deploy.

    2026.11.20-1 cannot start in production yet: main has new commits: it ends with b1946ac, and this is 3f9c2ab.
    Open a release of what is there now, or take it off the branch: `/release new rapid-audit <version> --commit b1946ac`

    2026.11.20-1 cannot start in production yet: staging is not verified with the same images.
    Deploy it there first: `/release deploy rapid-audit staging`

    2026.11.20-1 cannot start in production yet: 2 of sre have not accepted staging.
    Nobody can, for only Bo Lindqvist holds the role sre. They answer with a button of the ask, with ✅, or with `/release signoff`

    2026.11.20-1 cannot start in production yet: declined by Chloé Martin (reason not given yet).
    Chloé Martin can take it back on the ask.

    2026.11.20-1 cannot start in production yet: the deploy to production was not announced.
    Everybody with a role can announce it: `/release plan rapid-audit production <when>`

    2026.11.20-1 cannot start in production yet: it is planned for Friday 20 November, 18:00 to 19:00 (Paris).
    Wait until then, or plan another time: `/release plan rapid-audit production <when>`

    2026.11.20-1 cannot start in production yet: the window of production is closed.
    None opens within 13 months. Everybody with a role can add one: `/release window add rapid-audit production <when>`

    2026.11.20-1 cannot start in production yet: deploys are frozen until Friday 20 November, 18:00 (Paris): Year end.
    Everybody with a role can lift it: `/release unfreeze`

    2026.11.20-1 cannot start in production yet: deploys are frozen: Heat wave.
    Everybody with a role can lift it: `/release unfreeze`

    2026.11.20-1 cannot start in production yet: production is locked since 13:40: GET /healthz answers 500.
    Everybody with a role can unlock it: `/release unlock rapid-audit production`

    2026.11.20-1 cannot start in production yet: attempt 8 is at work in production, for r142.
    Wait until it ends, or stop it: `/release stop rapid-audit production`
    ");
    let many = drawn(&not_yet(every()), "ana");
    assert!(many.contains("And 16 more."), "{many}");
}

pub(super) fn window() -> Waiting {
    Waiting::Window {
        next: Some(Span::new(at("14:00"), at("16:00")).unwrap()),
    }
}

fn consent() -> Waiting {
    let missing = [(role("product-owner"), 1)].into();
    Waiting::Consent {
        env: env("production"),
        phase: Phase::Signoff,
        missing,
    }
}

fn not_yet(waiting: Vec<Waiting>) -> Refusal {
    let override_roles = vec![role("sre")];
    Refusal::NotYet {
        release: RELEASE,
        env: env("production"),
        waiting,
        override_roles,
    }
}

fn ci(why: NotGreen) -> Waiting {
    let commit = Some("3f9c2ab8".to_owned());
    Waiting::Ci { commit, why }
}

fn moved(why: Moved) -> Waiting {
    Waiting::NewCommits {
        branch: "main".to_owned(),
        commit: Some("3f9c2ab8".to_owned()),
        why,
    }
}

/// What is demanded of the commit, in every way it can be wanting.
fn of_the_commit() -> Vec<Waiting> {
    vec![
        ci(NotGreen::NoCommit),
        ci(NotGreen::Unread),
        ci(NotGreen::Unreadable {
            why: "asking GitHub about acme/shop: the token is not accepted".to_owned(),
        }),
        ci(NotGreen::Red {
            checks: vec![
                ("lint".to_owned(), CheckState::Missing),
                (
                    "phpunit".to_owned(),
                    CheckState::Failed("timed_out".to_owned()),
                ),
            ],
        }),
        ci(NotGreen::Red {
            checks: vec![("lint".to_owned(), CheckState::Pending("queued".to_owned()))],
        }),
        moved(Moved::NoCommit),
        moved(Moved::Unread),
        moved(Moved::Unreadable {
            why: "asking GitLab about acme/shop: no answer within 8 s".to_owned(),
        }),
        moved(Moved::To {
            commit: "b1946ac92492d2347c6235b4d2611184b1946ac9".to_owned(),
        }),
    ]
}

/// Every gate there is, closed.
fn every() -> Vec<Waiting> {
    let mut all = vec![
        Waiting::Images { failed: None },
        Waiting::Images {
            failed: Some("not found".to_owned()),
        },
        Waiting::Checklist {
            open: vec![(2, "Migrations reviewed".to_owned(), role("sre"))],
        },
        Waiting::Verified {
            env: env("staging"),
        },
        Waiting::Consent {
            env: env("staging"),
            phase: Phase::Accept,
            missing: [(role("sre"), 2)].into(),
        },
        Waiting::Veto {
            env: env("production"),
            phase: Phase::Signoff,
            by: [(person("chloe"), None)].into(),
        },
        Waiting::Announcement,
        Waiting::Planned {
            span: Span::new(at("18:00"), at("19:00")).unwrap(),
        },
        Waiting::Window { next: None },
        Waiting::Freeze {
            until: Some(at("18:00")),
            reason: "Year end".to_owned(),
        },
        Waiting::Freeze {
            until: None,
            reason: "Heat wave".to_owned(),
        },
        Waiting::Lock {
            why: "GET /healthz answers 500".to_owned(),
            since: at("13:40"),
        },
        Waiting::Busy {
            attempt: 8,
            release: RELEASE,
        },
    ];
    // Where people read of them: behind the checklist.
    all.splice(3..3, of_the_commit());
    all
}

#[test]
fn a_gate_is_told_even_where_nothing_else_is_at_hand() {
    let world = shipbell_domain::World::empty(Day::waiting().world.settings);
    let no = not_yet(vec![consent(), window()]);
    let card = look(&world, "13:55", |view| refusal(&no, view, &person("bo")));
    sound(&card);
    let words = plain(&card);
    for part in [
        "r142",
        "Chloé Martin can",
        "--override",
        "14:00 to 16:00 (Paris)",
    ] {
        assert!(words.contains(part), "{part} is not in: {words}");
    }
}
