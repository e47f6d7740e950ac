//! Every gate, open and closed.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::team::{Team, app, at, env_id, env_name, new, person, role};
use crate::ask::Phase;
use crate::calendar::{Freeze, Span};
use crate::command::Wish;
use crate::gates::{self, Gate, Waiting};
use crate::ids::ReleaseId;
use crate::policy::{Item, Settler};
use crate::release::Mark;
use crate::world::Needs;

#[test]
fn images_pinned() {
    let mut team = Team::new();
    team.says("ana", new("1.4.0")).unwrap();
    let release = ReleaseId(1);
    assert_eq!(
        closed(&team, release, Gate::Images),
        [Waiting::Images { failed: None }]
    );
    team.pins(release).unwrap();
    assert!(closed(&team, release, Gate::Images).is_empty());
}

#[test]
fn checklist_settled() {
    let item = Item {
        by: Settler::Role(role("sre")),
        title: "backup taken".to_owned(),
    };
    let mut team = Team::with(|policy| policy.checklist = vec![item]);
    let release = team.opens("1.4.0");
    let open = vec![(1, "backup taken".to_owned(), role("sre"))];
    assert_eq!(
        closed(&team, release, Gate::Checklist),
        [Waiting::Checklist { open }]
    );
    team.says(
        "bo",
        Wish::Check {
            release,
            item: 1,
            mark: Some(Mark::Done),
        },
    )
    .unwrap();
    assert!(closed(&team, release, Gate::Checklist).is_empty());
}

#[test]
fn earlier_environment_verified_and_accepted() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let env = env_name("staging");
    assert_eq!(
        closed(&team, release, Gate::Earlier),
        [Waiting::Verified { env: env.clone() }]
    );
    team.starts("bo", release, "staging");
    team.works_well("staging");
    let missing = BTreeMap::from([(role("product-owner"), 1)]);
    let consent = Waiting::Consent {
        env: env.clone(),
        phase: Phase::Accept,
        missing,
    };
    assert_eq!(closed(&team, release, Gate::Earlier), [consent]);
    let ask = team.asked(release, "staging", Phase::Accept);
    team.crosses("chloe", &ask);
    let by = BTreeMap::from([(person("chloe"), None)]);
    assert_eq!(
        closed(&team, release, Gate::Earlier),
        [Waiting::Veto {
            env,
            phase: Phase::Accept,
            by
        }]
    );
    team.unmarks("chloe", &ask);
    team.ticks("chloe", &ask);
    assert!(closed(&team, release, Gate::Earlier).is_empty());
}

#[test]
fn announced_and_then() {
    let mut team = Team::with_production(|env| env.announced = true);
    let release = team.stages("1.4.0");
    assert_eq!(
        closed(&team, release, Gate::Announced),
        [Waiting::Announcement]
    );
    let span = in_an_hour(&team);
    plan(&mut team, release, span);
    assert_eq!(
        closed(&team, release, Gate::Announced),
        [Waiting::Planned { span }]
    );
    team.wait("61m");
    assert!(closed(&team, release, Gate::Announced).is_empty());
    team.wait("1h");
    assert_eq!(
        closed(&team, release, Gate::Announced),
        [Waiting::Announcement],
        "what was announced is past"
    );
}

#[test]
fn announced_only_counts_once_it_was_told() {
    let mut team = Team::with_production(|env| env.announced = true);
    team.settings
        .announce
        .insert(env_id("production"), super::team::length("30m"));
    let release = team.stages("1.4.0");
    let span = in_an_hour(&team);
    plan(&mut team, release, span);
    assert_eq!(
        closed(&team, release, Gate::Announced),
        [Waiting::Announcement]
    );
    team.wait("31m");
    assert_eq!(
        closed(&team, release, Gate::Announced),
        [Waiting::Planned { span }]
    );
}

#[test]
fn a_plan_nobody_demanded_is_kept_too_until_it_is_over() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    assert!(closed(&team, release, Gate::Announced).is_empty());
    let span = in_an_hour(&team);
    plan(&mut team, release, span);
    assert_eq!(
        closed(&team, release, Gate::Announced),
        [Waiting::Planned { span }]
    );
    team.wait("3h");
    assert!(closed(&team, release, Gate::Announced).is_empty());
}

#[test]
fn in_a_window() {
    let mut team = Team::new().with_office_hours();
    let release = team.stages("1.4.0");
    assert!(closed(&team, release, Gate::Window).is_empty());
    team.now = at("2026-11-24T20:00:00Z");
    let next = Span::new(at("2026-11-25T08:00:00Z"), at("2026-11-25T16:00:00Z"));
    assert_eq!(
        closed(&team, release, Gate::Window),
        [Waiting::Window { next }]
    );
    let span = Span::new(team.now, team.now + TimeDelta::hours(1)).unwrap();
    let environment = env_id("production");
    team.says("ana", Wish::AddWindow { environment, span })
        .unwrap();
    assert!(
        closed(&team, release, Gate::Window).is_empty(),
        "a window for once"
    );
}

#[test]
fn in_no_freeze() {
    let mut team = Team::new().with_office_hours();
    let release = team.stages("1.4.0");
    let (from, to) = (team.now, Some(team.now + TimeDelta::hours(1)));
    let reason = "sale".to_owned();
    team.says(
        "ana",
        Wish::Freeze {
            app: Some(app()),
            from,
            to,
            reason: reason.clone(),
        },
    )
    .unwrap();
    let frozen = [Waiting::Freeze {
        until: to,
        reason: reason.clone(),
    }];
    assert_eq!(
        closed(&team, release, Gate::Window),
        frozen,
        "a freeze wins over a window"
    );
    team.wait("61m");
    assert!(closed(&team, release, Gate::Window).is_empty());
    let by = "the configuration".to_owned();
    team.settings.freezes = vec![Freeze {
        from,
        to: None,
        reason: reason.clone(),
        by,
    }];
    let frozen = [Waiting::Freeze {
        until: None,
        reason,
    }];
    assert_eq!(closed(&team, release, Gate::Window), frozen);
}

#[test]
fn unlocked() {
    let mut team = Team::with_production(|env| env.on_failure = crate::policy::OnFailure::Stop);
    let release = team.readies("1.4.0");
    assert!(closed(&team, release, Gate::Lock).is_empty());
    team.starts("bo", release, "production");
    team.breaks("production");
    let why = "the deploy of 1.4.0 failed: unhealthy".to_owned();
    let since = team.now;
    assert_eq!(
        closed(&team, release, Gate::Lock),
        [Waiting::Lock { why, since }]
    );
    team.unlocks("production").unwrap();
    assert!(closed(&team, release, Gate::Lock).is_empty());
}

#[test]
fn nothing_else_running() {
    let mut team = Team::new();
    let first = team.readies("1.4.0");
    team.starts("bo", first, "production");
    let second = team.stages("1.5.0");
    let busy = [Waiting::Busy {
        attempt: 1,
        release: first,
    }];
    assert_eq!(closed(&team, second, Gate::Busy), busy);
    team.works_well("production");
    assert!(closed(&team, second, Gate::Busy).is_empty());
}

#[test]
fn signed_off() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    assert!(matches!(
        closed(&team, release, Gate::Signoff)[..],
        [Waiting::Consent { .. }]
    ));
    team.all_sign(release);
    assert!(closed(&team, release, Gate::Signoff).is_empty());
}

#[test]
fn a_gate_that_moves_shows_on_every_card_that_waits_for_it() {
    let mut team = Team::new();
    let first = team.readies("1.4.0");
    let second = team.readies("1.5.0");
    let card = crate::Effect::Card {
        card: crate::effect::CardId::Release { release: first },
    };
    team.starts("bo", second, "production");
    assert!(team.effects().contains(&card), "busy");
    team.breaks("production");
    assert!(team.effects().contains(&card), "locked");
    team.unlocks("production").unwrap();
    assert!(team.effects().contains(&card), "unlocked");
    let (from, reason) = (team.now, "sale".to_owned());
    team.says(
        "ana",
        Wish::Freeze {
            app: Some(app()),
            from,
            to: None,
            reason,
        },
    )
    .unwrap();
    assert!(team.effects().contains(&card), "frozen");
}

#[test]
fn every_gate_is_reported_by_name() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let world = team.load(&Needs {
        release: Some(release),
        ..Needs::default()
    });
    let it = &world.releases[&release];
    let report = gates::report(&world, it, &env_name("production"), team.now).unwrap();
    // Nothing is demanded of the commit: nobody is told of those two.
    assert_eq!(report.len(), Gate::ALL.len() - 2);
    assert!(
        report
            .iter()
            .all(|(gate, waiting)| waiting.is_empty() && !gate.title().is_empty())
    );
    assert!(gates::report(&world, it, &env_name("nowhere"), team.now).is_none());
}

/// What this gate of production waits for.
fn closed(team: &Team, release: ReleaseId, gate: Gate) -> Vec<Waiting> {
    let world = team.load(&Needs {
        release: Some(release),
        ..Needs::default()
    });
    let it = &world.releases[&release];
    let report = gates::report(&world, it, &env_name("production"), team.now).unwrap();
    let found = report.into_iter().find(|(it, _)| *it == gate);
    found.unwrap().1
}

fn in_an_hour(team: &Team) -> Span {
    let from = team.now + TimeDelta::hours(1);
    Span::new(from, from + TimeDelta::minutes(30)).unwrap()
}

fn plan(team: &mut Team, release: ReleaseId, span: Span) {
    let (env, summary, owner) = (env_name("production"), "faster".to_owned(), person("bo"));
    team.says(
        "ana",
        Wish::Plan {
            release,
            env,
            span,
            summary,
            owner,
        },
    )
    .unwrap();
}
