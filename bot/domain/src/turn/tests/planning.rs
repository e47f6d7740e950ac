//! Deploys are planned and announced; windows and freezes are set by hand.

use chrono::{DateTime, TimeDelta, Utc};

use super::team::{Team, app, at, env_id, env_name, length, person, role};
use crate::calendar::Span;
use crate::command::Wish;
use crate::effect::{CardId, Effect};
use crate::event::{Event, ReleaseEvent};
use crate::ids::{FreezeId, ReleaseId, WindowId};
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::release::Moment;
use crate::reply::Reply;
use crate::timer::Timer;

#[test]
fn a_plan_is_announced_at_once_and_at_its_moments() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let span = hour(at("2026-11-25T13:00:00Z"));
    let env = env_name("production");
    let said = plans(&mut team, release, span);
    assert_eq!(
        said,
        Ok(Reply::Planned {
            release,
            env: env.clone(),
            span
        })
    );
    assert_eq!(team.did(), ["release.planned", "release.announced"]);
    assert!(team.effects().contains(&Effect::Card {
        card: CardId::Announcement { release, env }
    }));
    assert!(matches!(team.news()[..], [News::RollbackOwner { .. }]));
    team.wait("2d");
    let hours = [
        (Moment::Ahead, 12.5),
        (Moment::Open, 13.0),
        (Moment::Closed, 14.0),
    ];
    let told: Vec<_> = told(&team).into_iter().skip(1).collect();
    let day = at("2026-11-25T00:00:00Z");
    let expected = hours.map(|(moment, hour)| {
        #[expect(clippy::cast_possible_truncation, reason = "whole minutes")]
        let minutes = (hour * 60.0) as i64;
        (moment, day + TimeDelta::minutes(minutes))
    });
    assert_eq!(told, expected);
}

#[test]
fn a_plan_may_be_announced_some_time_before() {
    let mut team = Team::new();
    team.settings
        .announce
        .insert(env_id("production"), length("1h"));
    let release = team.opens("1.4.0");
    plans(&mut team, release, hour(at("2026-11-25T13:00:00Z"))).unwrap();
    assert_eq!(team.did(), ["release.planned"]);
    team.wait("2d");
    let moments: Vec<Moment> = told(&team).into_iter().map(|(moment, _)| moment).collect();
    assert_eq!(
        moments,
        [
            Moment::Announced,
            Moment::Ahead,
            Moment::Open,
            Moment::Closed
        ]
    );
}

#[test]
fn nobody_is_told_before_it_is_announced() {
    let mut team = Team::new();
    team.settings
        .announce
        .insert(env_id("production"), length("10m"));
    let release = team.opens("1.4.0");
    plans(&mut team, release, hour(at("2026-11-25T13:00:00Z"))).unwrap();
    team.now = at("2026-11-25T12:45:00Z");
    team.wait("1s");
    assert!(told(&team).is_empty());
    team.wait("6m");
    assert_eq!(told(&team).len(), 1);
}

#[test]
fn a_plan_made_late_skips_what_is_past() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let from = team.now + TimeDelta::minutes(10);
    plans(&mut team, release, hour(from)).unwrap();
    let moments: Vec<Moment> = told(&team).into_iter().map(|(moment, _)| moment).collect();
    assert_eq!(moments, [Moment::Ahead]);
    let env = env_name("production");
    let again = team.timer(Timer::Plan {
        release,
        env: env.clone(),
        moment: Moment::Announced,
    });
    assert!(matches!(again, Err(Refusal::Stale { .. })));
    let (staging, moment) = (env_name("staging"), Moment::Open);
    let gone = team.timer(Timer::Plan {
        release,
        env: staging,
        moment,
    });
    assert!(
        matches!(gone, Err(Refusal::Stale { .. })),
        "nothing was planned there"
    );
}

#[test]
fn a_new_plan_takes_the_place_of_the_old() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    plans(&mut team, release, hour(at("2026-11-25T13:00:00Z"))).unwrap();
    plans(&mut team, release, hour(at("2026-11-26T13:00:00Z"))).unwrap();
    team.wait("1d12h");
    assert_eq!(told(&team).len(), 2, "each announced, and nothing else yet");
    team.wait("1d");
    assert_eq!(told(&team).len(), 5);
}

#[test]
fn a_plan_must_be_possible() {
    let mut team = Team::new().with_office_hours();
    let release = team.opens("1.4.0");
    let past = at("2026-11-23T13:00:00Z");
    let refused = plans(&mut team, release, hour(past));
    assert_eq!(
        refused,
        Err(Refusal::InThePast {
            at: past + TimeDelta::hours(1)
        })
    );
    let night = hour(at("2026-11-25T23:00:00Z"));
    let next = Span::new(at("2026-11-26T08:00:00Z"), at("2026-11-26T16:00:00Z"));
    let outside = Refusal::OutsideWindows {
        environment: env_id("production"),
        next,
    };
    assert_eq!(plans(&mut team, release, night), Err(outside.clone()));
    let (from, to) = (at("2026-11-25T00:00:00Z"), Some(at("2026-11-26T00:00:00Z")));
    let reason = "sale".to_owned();
    team.says(
        "ana",
        Wish::Freeze {
            app: None,
            from,
            to,
            reason,
        },
    )
    .unwrap();
    let frozen = plans(&mut team, release, hour(at("2026-11-25T13:00:00Z")));
    assert_eq!(frozen, Err(outside));

    let (env, span) = (env_name("production"), hour(at("2026-11-26T13:00:00Z")));
    let (summary, owner) = ("faster".to_owned(), person("zoe"));
    let plan = Wish::Plan {
        release,
        env,
        span,
        summary,
        owner: owner.clone(),
    };
    assert_eq!(
        team.says("ana", plan),
        Err(Refusal::UnknownPerson { person: owner })
    );
}

#[test]
fn a_window_is_added_and_cancelled() {
    let mut team = Team::new();
    let (environment, span) = (env_id("production"), hour(at("2026-11-28T10:00:00Z")));
    let add = Wish::AddWindow {
        environment: environment.clone(),
        span,
    };
    let window = WindowId(1);
    assert_eq!(
        team.says("ana", add),
        Ok(Reply::WindowAdded {
            window,
            environment,
            span
        })
    );
    assert_eq!(team.did(), ["agenda.window_added"]);
    let cancel = Wish::CancelWindow {
        window,
        why: "not needed".to_owned(),
    };
    assert_eq!(
        team.says("ana", cancel.clone()),
        Ok(Reply::WindowCancelled { window })
    );
    assert_eq!(team.did(), ["agenda.window_cancelled"]);
    assert!(matches!(
        team.says("ana", cancel),
        Err(Refusal::Unknown { .. })
    ));
    let past = hour(at("2026-11-20T10:00:00Z"));
    let past = Wish::AddWindow {
        environment: env_id("production"),
        span: past,
    };
    assert!(matches!(
        team.says("ana", past),
        Err(Refusal::InThePast { .. })
    ));
    let nowhere = Wish::AddWindow {
        environment: env_id("nowhere"),
        span,
    };
    assert!(matches!(
        team.says("ana", nowhere),
        Err(Refusal::UnknownEnvironment { .. })
    ));
}

#[test]
fn a_freeze_is_told_and_lifted() {
    let mut team = Team::new();
    let freeze = FreezeId(1);
    assert!(matches!(
        freezes(&mut team, "bo", None),
        Err(Refusal::NotAllowed { .. })
    ));
    assert_eq!(
        freezes(&mut team, "ana", None),
        Ok(Reply::Frozen { freeze })
    );
    assert_eq!(team.did(), ["agenda.frozen"]);
    assert!(matches!(team.news()[..], [News::Frozen { .. }]));
    let lift = Wish::Unfreeze { freeze };
    assert_eq!(
        team.says("ana", lift.clone()),
        Ok(Reply::Unfrozen { freeze })
    );
    assert!(matches!(team.news()[..], [News::Unfrozen { .. }]));
    assert_eq!(team.did(), ["agenda.unfrozen"]);
    assert!(matches!(
        team.says("ana", lift),
        Err(Refusal::Unknown { .. })
    ));
    let past = Some(team.now - TimeDelta::hours(1));
    assert!(matches!(
        freezes(&mut team, "ana", past),
        Err(Refusal::InThePast { .. })
    ));
}

#[test]
fn a_freeze_of_everything_asks_for_the_same_roles() {
    let mut team = Team::new();
    let (from, to, reason) = (team.now, None, "sale".to_owned());
    let everything = Wish::Freeze {
        app: None,
        from,
        to,
        reason,
    };
    let freeze = FreezeId(1);
    assert!(matches!(
        team.says("bo", everything.clone()),
        Err(Refusal::NotAllowed { .. })
    ));
    let frozen = team.says("ana", everything);
    assert_eq!(frozen, Ok(Reply::Frozen { freeze }));
    let lift = Wish::Unfreeze { freeze };
    assert!(matches!(
        team.says("bo", lift.clone()),
        Err(Refusal::NotAllowed { .. })
    ));
    assert_eq!(team.says("ana", lift), Ok(Reply::Unfrozen { freeze }));
}

#[test]
fn what_some_set_by_hand_others_may_not_undo() {
    let mut team = Team::with(|policy| {
        policy
            .allow
            .insert(Action::Window, vec![role("release-manager")]);
    });
    freezes(&mut team, "ana", None).unwrap();
    let refused = team.says(
        "bo",
        Wish::Unfreeze {
            freeze: FreezeId(1),
        },
    );
    assert!(
        matches!(refused, Err(Refusal::NotAllowed { .. })),
        "{refused:?}"
    );
    let span = hour(at("2026-11-28T10:00:00Z"));
    team.says(
        "ana",
        Wish::AddWindow {
            environment: env_id("production"),
            span,
        },
    )
    .unwrap();
    let cancel = Wish::CancelWindow {
        window: WindowId(1),
        why: "mine now".to_owned(),
    };
    let refused = team.says("bo", cancel);
    assert!(
        matches!(refused, Err(Refusal::NotAllowed { .. })),
        "{refused:?}"
    );
}

#[test]
fn what_people_set_by_hand_has_a_limit_and_is_forgotten_when_past() {
    let mut team = Team::new();
    let until = Some(team.now + TimeDelta::hours(2));
    while freezes(&mut team, "ana", until).is_ok() {}
    let full = freezes(&mut team, "ana", until);
    assert!(matches!(full, Err(Refusal::TooLong { .. })), "{full:?}");
    team.wait("3h");
    let later = freezes(&mut team, "ana", None);
    let Ok(Reply::Frozen { freeze }) = later else {
        panic!("{later:?}")
    };
    assert!(freeze.0 > 100, "a number is given once");
}

fn plans(team: &mut Team, release: ReleaseId, span: Span) -> Result<Reply, Refusal> {
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
}

fn freezes(team: &mut Team, by: &str, to: Option<DateTime<Utc>>) -> Result<Reply, Refusal> {
    let (from, reason) = (team.now - TimeDelta::hours(2), "sale".to_owned());
    team.says(
        by,
        Wish::Freeze {
            app: Some(app()),
            from,
            to,
            reason,
        },
    )
}

fn hour(from: DateTime<Utc>) -> Span {
    Span::new(from, from + TimeDelta::hours(1)).unwrap()
}

fn told(team: &Team) -> Vec<(Moment, DateTime<Utc>)> {
    let told = team.log.iter().filter_map(|it| match &it.event {
        Event::Release(ReleaseEvent::Announced { moment, .. }) => Some((*moment, it.at)),
        _ => None,
    });
    told.collect()
}
