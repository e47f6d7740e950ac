//! Closed gates, and who can open them.

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
    assert!(many.contains("And 7 more."), "{many}");
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

/// Every gate there is, closed.
fn every() -> Vec<Waiting> {
    vec![
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
    ]
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
