//! Every answer as it reads.

use shipbell_domain::ask::Phase;
use shipbell_domain::calendar::Span;
use shipbell_domain::gates::Waiting;
use shipbell_domain::ids::{FreezeId, IncidentId, WindowId};
use shipbell_domain::reply::Reply;

use crate::chatops::vocabulary::sample::{Day, RELEASE, at, env, place, role, version};
use crate::render::plain::plain;
use crate::render::reply;
use crate::render::sample::{look, sound};

fn all(replies: &[Reply]) -> String {
    let one = |it: &Reply| {
        let card = look(&Day::waiting().world, "13:55", |view| reply(it, view)).unwrap();
        sound(&card);
        plain(&card)
    };
    replies.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn answers_about_releases() {
    let ask = || Day::waiting().ask();
    let span = Span::new(at("14:00"), at("16:00")).unwrap();
    let missing = [(role("product-owner"), 1)].into();
    let waiting = Waiting::Consent {
        env: env("production"),
        phase: Phase::Signoff,
        missing,
    };
    let replies = [
        Reply::Opened {
            release: RELEASE,
            version: version("2026.11.20-1"),
        },
        Reply::Planned {
            release: RELEASE,
            env: env("production"),
            span,
        },
        Reply::Starting {
            release: RELEASE,
            env: env("production"),
        },
        Reply::LookingAhead {
            release: RELEASE,
            env: env("production"),
        },
        Reply::Asked {
            release: RELEASE,
            env: env("production"),
            waiting: vec![waiting],
        },
        Reply::Counted { ask: ask() },
        Reply::Vetoed {
            ask: ask(),
            reason_wanted: true,
        },
        Reply::Vetoed {
            ask: ask(),
            reason_wanted: false,
        },
        Reply::Withdrawn { ask: ask() },
        Reply::NotCounted {
            ask: ask(),
            why: "only product-owner is asked".to_owned(),
        },
        Reply::Ticked {
            release: RELEASE,
            item: 2,
            open: 1,
        },
        Reply::Ticked {
            release: RELEASE,
            item: 2,
            open: 0,
        },
        Reply::Noted { release: RELEASE },
        Reply::Cancelled { release: RELEASE },
    ];
    insta::assert_snapshot!(all(&replies), @r"
    2026.11.20-1 is open as r142. Its images are being pinned.
    2026.11.20-1 is planned for production: Friday 20 November, 14:00 to 16:00 (Paris), in 5 minutes.
    Reading what stands on the asks. 2026.11.20-1 starts in production if it is enough.
    Looking at what 2026.11.20-1 would change in production. It comes in the release's thread; nothing is touched.
    2026.11.20-1 waits before it can go to production: people were asked first.
    Product owner has not signed off for production. Chloé Martin can. They answer with a button of the ask, with ✅, or with `/release signoff`
    Your answer for 2026.11.20-1 in production counts.
    You declined 2026.11.20-1 for production: it goes no further until you take it back. Say why, so that the others know what to change.
    [Say why]
    You declined 2026.11.20-1 for production: it goes no further until you take it back.
    Your answer for 2026.11.20-1 in production is taken back.
    Thank you. For 2026.11.20-1 in production it does not count: only product-owner is asked.
    Item 2 of 2026.11.20-1 is saved. 1 item open.
    Item 2 of 2026.11.20-1 is saved. Every item is settled.
    Kept with the record of 2026.11.20-1.
    2026.11.20-1 is given up. What runs stays as it is.
    ");
}

#[test]
fn answers_about_everything_else() {
    let production = || place("production");
    let span = Span::new(at("18:00"), at("19:00")).unwrap();
    let incident = IncidentId(7);
    let replies = [
        Reply::Started {
            environment: production(),
            version: version("2026.11.20-1"),
        },
        Reply::Stopping {
            environment: production(),
        },
        Reply::Answered {
            environment: production(),
        },
        Reply::WatchExtended {
            environment: production(),
            until: at("14:40"),
        },
        Reply::WatchEnded {
            environment: production(),
        },
        Reply::WindowAdded {
            window: WindowId(3),
            environment: production(),
            span,
        },
        Reply::WindowCancelled {
            window: WindowId(3),
        },
        Reply::Frozen {
            freeze: FreezeId(2),
        },
        Reply::Unfrozen {
            freeze: FreezeId(2),
        },
        Reply::Unlocked {
            environment: production(),
        },
        Reply::IncidentOpened { incident },
        Reply::Acknowledged { incident },
        Reply::Escalated { incident },
        Reply::Updated { incident },
        Reply::Resolved { incident },
        Reply::PolicyAdopted { asks_voided: 0 },
        Reply::PolicyAdopted { asks_voided: 2 },
    ];
    insta::assert_snapshot!(all(&replies), @r"
    2026.11.20-1 is on its way to Rapid Audit Manage, production.
    Rapid Audit Manage, production stops after the current piece of work.
    Thank you. Your answer for Rapid Audit Manage, production is recorded.
    Rapid Audit Manage, production is watched until Friday 20 November, 14:40 (Paris).
    The watch of Rapid Audit Manage, production is over.
    Rapid Audit Manage, production has a window, w3: Friday 20 November, 18:00 to 19:00 (Paris), in 4 h 5 min.
    The window w3 is cancelled.
    Deploys are frozen, as f2. Rollbacks stay possible.
    The freeze f2 is lifted.
    Rapid Audit Manage, production is unlocked.
    i7 is open, and people are called.
    You are on i7. Nobody else is called by itself.
    The next people are called for i7.
    What you know about i7 is recorded.
    i7 is resolved.
    The policy is in force. No ask changed.
    The policy is in force. 2 asks must be answered again.
    ");
}

#[test]
fn where_the_cards_tell_it_all_nothing_is_said() {
    let world = Day::waiting().world;
    assert_eq!(
        look(&world, "13:55", |view| reply(&Reply::Nothing, view)),
        None
    );
}
