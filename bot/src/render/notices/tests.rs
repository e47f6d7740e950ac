//! Every kind of news as it reads.

mod cut_off;
mod history;

use shipbell_domain::ask::Phase;
use shipbell_domain::attempt::FailureMode;
use shipbell_domain::calendar::Span;
use shipbell_domain::event::Override;
use shipbell_domain::gates::Waiting;
use shipbell_domain::ids::{FreezeId, IncidentId, Person};
use shipbell_domain::notice::{AfterFailure, News, Notice};
use shipbell_domain::policy::Severity;
use shipbell_domain::preview::{Back, Change, Fate, Preview};

use crate::chatops::vocabulary::sample::{Day, RELEASE, app, at, env, person, role, version};
use crate::render::notice;
use crate::render::plain::plain;
use crate::render::sample::{look, sound};

fn drawn(news: News, mention: &[&str]) -> String {
    let mention: Vec<Person> = mention.iter().map(|it| person(it)).collect();
    let told = Notice {
        release: Some(RELEASE),
        app: Some(app()),
        mention,
        news,
    };
    let card = look(&Day::waiting().world, "13:55", |view| notice(&told, view));
    sound(&card);
    plain(&card)
}

fn failed(mode: FailureMode, rollback: bool, next: AfterFailure) -> News {
    News::AttemptFailed {
        env: env("production"),
        version: version("2026.11.20-1"),
        rollback,
        step: Some("GET /healthz".to_owned()),
        mode,
        why: "500 in 80 ms".to_owned(),
        tail: vec!["php: out of memory".to_owned()],
        next,
    }
}

fn preview() -> Preview {
    Preview {
        engine: "engine 29.0.0, docker compose 5.0.0".to_owned(),
        changes: vec![Change {
            service: "php".to_owned(),
            on: None,
            fate: Fate::Replaced,
            from: Some(format!("php@sha256:{}", "4c1e22aa".repeat(8))),
            to: Some(format!("php@sha256:{}", "9f3b11cc".repeat(8))),
            published: false,
            away: None,
        }],
        back: Some(Back {
            version: version("2026.11.18-2"),
            lost: None,
        }),
        ..Preview::default()
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

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn news_about_starts() {
    let (env, version) = (env("production"), version("2026.11.20-1"));
    let (e, v) = (|| env.clone(), || version.clone());
    let span = Span::new(at("14:00"), at("16:00")).unwrap();
    let over = Override {
        by: person("bo"),
        role: role("sre"),
        reason: "login is down".to_owned(),
    };
    let closed = Waiting::Window { next: Some(span) };
    let all = [
        drawn(
            News::RollbackOwner {
                env: e(),
                version: v(),
                span,
            },
            &["bo"],
        ),
        drawn(
            News::ImagesUnresolved {
                version: v(),
                why: "not found".to_owned(),
            },
            &["bo"],
        ),
        drawn(
            News::BuildFailed {
                version: v(),
                why: "building web:1: exit code 1".to_owned(),
                tail: vec!["RUN make".to_owned(), "make: not found".to_owned()],
            },
            &["bo"],
        ),
        drawn(
            News::DryRun {
                env: e(),
                version: v(),
                preview: Box::new(preview()),
            },
            &["bo"],
        ),
        drawn(
            News::StartRefused {
                env: e(),
                version: v(),
                waiting: vec![consent()],
            },
            &["ana"],
        ),
        drawn(
            News::StartTimedOut {
                env: e(),
                version: v(),
            },
            &["ana"],
        ),
        drawn(
            News::StillWaiting {
                env: e(),
                version: v(),
                roles: vec![role("product-owner")],
            },
            &["chloe"],
        ),
        drawn(
            News::Overridden {
                env: e(),
                version: v(),
                over,
                skipped: vec![consent(), closed],
            },
            &[],
        ),
        drawn(
            News::WithdrawnTooLate {
                env: e(),
                version: v(),
                by: person("chloe"),
            },
            &[],
        ),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r"
    @bo: you decide about going back when Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris).
    If it goes wrong: `/release rollback rapid-audit production`

    @bo: the images of Rapid Audit Manage 2026.11.20-1 could not be pinned: not found. Nothing can be deployed to any environment.
    Push the images and open the release again, or name others: `/release new rapid-audit <version> --image name=reference`

    @bo: an image of Rapid Audit Manage 2026.11.20-1 could not be built: building web:1: exit code 1. Nothing can be deployed to any environment.
    Last lines:
      | RUN make
      | make: not found
    Cancel the release, and when that is mended open it again: `/release new rapid-audit <version> --commit <commit>`

    @bo: this is what Rapid Audit Manage 2026.11.20-1 would change in production. Nothing was touched.
    Changes in production:
      php is replaced: 4c1e22aa → 9f3b11cc
      Back to 2026.11.18-2: every image can be had
    engine 29.0.0, docker compose 5.0.0

    @ana: Rapid Audit Manage 2026.11.20-1 did not start in production: what stands was read, and it is not enough.
    Product owner has not signed off for production. Chloé Martin can. They answer with a button of the ask, with ✅, or with `/release signoff`

    @ana: Rapid Audit Manage 2026.11.20-1 did not start in production: the asks could not be read in time. Nothing was changed.
    When chat answers again: `/release deploy rapid-audit production`

    @chloe: Rapid Audit Manage 2026.11.20-1 still waits for product owner to answer the ask for production.

    Bo Lindqvist (sre) set gates aside to deploy Rapid Audit Manage 2026.11.20-1 to production: login is down.
    Set aside: product owner has not signed off for production and the window of production is closed.

    Chloé Martin withdrew after the start of Rapid Audit Manage 2026.11.20-1 in production. Nothing stops by itself.
    To stop it: `/release stop rapid-audit production`
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn news_about_attempts() {
    let back = version("2026.11.18-2");
    let reason = "GET /healthz answers 500".to_owned();
    let by = Some(person("ana"));
    let all = [
        drawn(
            failed(
                FailureMode::Verification,
                false,
                AfterFailure::Stays(Some(back.clone())),
            ),
            &["ana", "bo"],
        ),
        drawn(
            failed(FailureMode::Preflight, false, AfterFailure::Untouched),
            &["ana"],
        ),
        drawn(
            failed(
                FailureMode::Stopped,
                false,
                AfterFailure::RollsBack(back.clone()),
            ),
            &["ana"],
        ),
        drawn(
            failed(FailureMode::Interrupted, true, AfterFailure::Stays(None)),
            &["ana"],
        ),
        drawn(
            News::RollbackStarted {
                env: env("production"),
                to: back.clone(),
                reason: reason.clone(),
                by: None,
            },
            &[],
        ),
        drawn(
            News::RollbackStarted {
                env: env("production"),
                to: back.clone(),
                reason,
                by,
            },
            &[],
        ),
        drawn(
            News::RolledBack {
                env: env("production"),
                to: back,
            },
            &[],
        ),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r"
    @ana @bo: Rapid Audit Manage: the deploy of 2026.11.20-1 in production failed at GET /healthz (verification). 500 in 80 ms.
    Last lines:
      | php: out of memory
    Production stays as it is, locked. To return to 2026.11.18-2: `/release rollback rapid-audit production`

    @ana: Rapid Audit Manage: the deploy of 2026.11.20-1 in production failed at GET /healthz (before anything was touched). 500 in 80 ms.
    Last lines:
      | php: out of memory
    Nothing was touched: production runs what it ran.

    @ana: Rapid Audit Manage: the deploy of 2026.11.20-1 in production was stopped at GET /healthz (stopped). 500 in 80 ms.
    Last lines:
      | php: out of memory
    Production returns to 2026.11.18-2 by itself now.

    @ana: Rapid Audit Manage: the rollback to 2026.11.20-1 in production was cut off, and nobody knows how it ended at GET /healthz (interrupted). 500 in 80 ms.
    Last lines:
      | php: out of memory
    Production stays as it is, locked, and there is no earlier version. When it is repaired: `/release unlock rapid-audit production`

    Rapid Audit Manage: rollback of production to 2026.11.18-2 started by itself: GET /healthz answers 500.

    Rapid Audit Manage: rollback of production to 2026.11.18-2 started by Ana Ruiz: GET /healthz answers 500.

    Rapid Audit Manage: production is rolled back, runs 2026.11.18-2 and is verified.
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn news_about_watches_incidents_and_freezes() {
    let (env, version) = (env("production"), version("2026.11.20-1"));
    let (e, v) = (|| env.clone(), || version.clone());
    let findings = vec!["500 in 80 ms".to_owned(); 7];
    let page = |level, next| News::Page {
        incident: IncidentId(7),
        severity: Severity::P1,
        what: "login answers 500".to_owned(),
        level,
        next,
    };
    let resolved = News::Resolved {
        incident: IncidentId(7),
        what: "login answers 500".to_owned(),
        text: "the cache was cold".to_owned(),
        seconds: 24 * 60,
        by: person("bo"),
    };
    let frozen = |to| News::Frozen {
        freeze: FreezeId(2),
        reason: "Year-end closing".to_owned(),
        from: at("14:00"),
        to,
        by: person("ana"),
    };
    let all = [
        drawn(
            News::WatchFinding {
                env: e(),
                version: v(),
                findings,
                by: None,
            },
            &["bo"],
        ),
        drawn(
            News::WatchFinding {
                env: e(),
                version: v(),
                findings: vec![],
                by: Some(person("bo")),
            },
            &["ana"],
        ),
        drawn(
            News::WatchQuestion {
                env: e(),
                version: v(),
                tick: 2,
                again: false,
            },
            &["bo"],
        ),
        drawn(
            News::WatchQuestion {
                env: e(),
                version: v(),
                tick: 2,
                again: true,
            },
            &["bo"],
        ),
        drawn(
            page(0, Some((role("release-manager"), at("14:16")))),
            &["bo"],
        ),
        drawn(page(2, None), &["ana"]),
        drawn(resolved, &[]),
        drawn(frozen(Some(at("18:00"))), &[]),
        drawn(frozen(None), &[]),
        drawn(
            News::Unfrozen {
                freeze: FreezeId(2),
                by: person("ana"),
            },
            &[],
        ),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r#"
    @bo: Rapid Audit Manage: production looks wrong after 2026.11.20-1.
    Found:
      500 in 80 ms
      500 in 80 ms
      500 in 80 ms
      500 in 80 ms
      500 in 80 ms
      and 2 more
    To go back: `/release rollback rapid-audit production`. To call people: `/release incident open P1 "what is wrong" rapid-audit production`

    @ana: Rapid Audit Manage: production looks wrong after 2026.11.20-1, says Bo Lindqvist.
    To go back: `/release rollback rapid-audit production`. To call people: `/release incident open P1 "what is wrong" rapid-audit production`

    @bo: is everything normal in production after 2026.11.20-1? Rapid Audit Manage.
    [All good]  [Something is wrong]  [Watch 30 min longer]

    @bo: once more: is everything normal in production after 2026.11.20-1? Rapid Audit Manage.
    [All good]  [Something is wrong]  [Watch 30 min longer]

    @bo: P1 i7. Rapid Audit Manage: login answers 500. Nobody is on it yet.
    Unless somebody is on it, release manager is called Friday 20 November, 14:16 (Paris).
    [I am on it]  [Escalate now]

    @ana: P1 i7 (call 3). Rapid Audit Manage: login answers 500. Nobody is on it yet.
    [I am on it]  [Escalate now]

    i7 is resolved after 24 minutes by Bo Lindqvist: login answers 500. the cache was cold

    Rapid Audit Manage: deploys are frozen from Friday 20 November, 14:00 (Paris) until Friday 20 November, 18:00 (Paris), by Ana Ruiz: Year-end closing.
    Rollbacks stay possible. Everybody with a role can lift it: `/release unfreeze f2`

    Rapid Audit Manage: deploys are frozen from Friday 20 November, 14:00 (Paris) until somebody lifts it, by Ana Ruiz: Year-end closing.
    Rollbacks stay possible. Everybody with a role can lift it: `/release unfreeze f2`

    Rapid Audit Manage: the freeze f2 was lifted by Ana Ruiz. Deploys go on.
    "#);
}
