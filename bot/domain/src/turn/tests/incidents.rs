//! An incident calls people, level by level, until somebody is on it.

use super::team::{Team, env_id, person, role};
use crate::command::Wish;
use crate::effect::{Audience, CardId, Effect};
use crate::ids::{IncidentId, Person};
use crate::incident::MAX_PAGES;
use crate::notice::News;
use crate::policy::{Action, Severity};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::settings::Level;
use crate::timer::Timer;

const FIRST: IncidentId = IncidentId(1);

#[test]
fn it_calls_the_first_level_at_once_and_the_others_in_order() {
    let mut team = Team::new();
    assert_eq!(
        opens(&mut team, "bo"),
        Ok(Reply::IncidentOpened { incident: FIRST })
    );
    assert_eq!(team.did(), ["incident.opened", "incident.paged"]);
    assert_eq!(paged(&team), [vec![person("bo")]]);
    team.wait("9m");
    assert_eq!(paged(&team).len(), 1);
    team.wait("61s");
    assert_eq!(paged(&team)[1], ["ana", "dan", "fay"].map(person));
    team.wait("10m");
    assert_eq!(paged(&team)[2], ["chloe", "fay"].map(person));
}

#[test]
fn the_page_says_who_is_next_and_when() {
    let mut team = Team::new();
    opens(&mut team, "bo").unwrap();
    let Some(Effect::Say { to, notice, .. }) = team.effects().last() else {
        panic!("not told")
    };
    assert_eq!(*to, Audience::Thread(CardId::Incident { incident: FIRST }));
    let News::Page {
        next: Some((role_next, at)),
        level: 0,
        ..
    } = &notice.news
    else {
        panic!("{notice:?}")
    };
    let in_ten_minutes = team.now + chrono::TimeDelta::minutes(10);
    assert_eq!((role_next, *at), (&role("release-manager"), in_ten_minutes));
}

#[test]
fn the_last_level_is_called_again_up_to_a_limit() {
    let mut team = Team::new();
    opens(&mut team, "bo").unwrap();
    team.wait("2d");
    let it = team.incident(1);
    assert_eq!(it.paged.len(), usize::try_from(MAX_PAGES).unwrap());
    let levels: Vec<u32> = it.paged.iter().map(|it| it.level).collect();
    assert!(levels.is_sorted_by(|a, b| a < b), "each level once");
    assert!(!team.has_timer(|it| matches!(it, Timer::Escalate { .. })));
}

#[test]
fn after_a_time_away_nobody_is_called_in_a_burst() {
    let mut team = Team::new();
    opens(&mut team, "bo").unwrap();
    team.is_away_for("3h");
    team.wait("10s");
    let calls = paged(&team).len();
    assert_eq!(calls, 3, "every level once, at once");
    team.wait("9m");
    assert_eq!(paged(&team).len(), calls);
    team.wait("2m");
    assert_eq!(paged(&team).len(), calls + 1, "and then in its rhythm");
}

#[test]
fn all_levels_may_be_due_at_once() {
    let mut team = Team::new();
    let pages = team.settings.pages.get_mut(&Severity::P1).unwrap();
    let at_once = ["sre", "product-owner"].map(|it| Level {
        role: role(it),
        after: None,
    });
    pages.levels = at_once.to_vec();
    opens(&mut team, "bo").unwrap();
    team.wait("5s");
    assert_eq!(paged(&team).len(), 2);
}

#[test]
fn with_nobody_to_call_it_is_open_all_the_same() {
    let mut team = Team::new();
    team.settings.pages.clear();
    opens(&mut team, "bo").unwrap();
    assert_eq!(team.did(), ["incident.opened"]);
    assert!(matches!(
        escalates(&mut team, "bo"),
        Err(Refusal::Unknown { .. })
    ));
}

#[test]
fn whoever_is_on_it_ends_the_calls() {
    let mut team = Team::new();
    opens(&mut team, "bo").unwrap();
    assert_eq!(
        acknowledges(&mut team, "chloe"),
        Ok(Reply::Acknowledged { incident: FIRST })
    );
    assert_eq!(team.did(), ["incident.acknowledged"]);
    team.wait("1d");
    assert_eq!(paged(&team).len(), 1);
    let again = acknowledges(&mut team, "bo");
    let person = person("chloe");
    assert_eq!(
        again,
        Err(Refusal::AlreadyAcknowledged {
            incident: FIRST,
            person
        })
    );
    let late = team.timer(Timer::Escalate {
        incident: FIRST,
        level: 1,
    });
    assert!(matches!(late, Err(Refusal::Stale { .. })));
}

#[test]
fn the_next_level_can_be_called_at_once() {
    let mut team = Team::new();
    opens(&mut team, "bo").unwrap();
    assert!(matches!(
        escalates(&mut team, "dan"),
        Err(Refusal::NotAllowed { .. })
    ));
    assert_eq!(
        escalates(&mut team, "bo"),
        Ok(Reply::Escalated { incident: FIRST })
    );
    assert_eq!(team.did(), ["incident.escalated", "incident.paged"]);
    let again = team.timer(Timer::Escalate {
        incident: FIRST,
        level: 1,
    });
    assert!(matches!(again, Err(Refusal::Stale { .. })), "it was called");
    team.wait("11m");
    assert_eq!(paged(&team).len(), 2);
    team.wait("10m");
    assert_eq!(paged(&team).len(), 3);
    for _ in 3..MAX_PAGES {
        escalates(&mut team, "bo").unwrap();
    }
    assert!(
        matches!(escalates(&mut team, "bo"), Err(Refusal::Unknown { .. })),
        "a limit"
    );
}

#[test]
fn calling_more_people_while_somebody_is_on_it_sets_no_alarm() {
    let mut team = Team::new();
    opens(&mut team, "bo").unwrap();
    acknowledges(&mut team, "bo").unwrap();
    escalates(&mut team, "bo").unwrap();
    assert!(matches!(team.news()[..], [News::Page { next: None, .. }]));
    assert!(!team.has_timer(|it| matches!(it, Timer::Escalate { .. })));
}

#[test]
fn it_is_told_and_resolved() {
    let mut team = Team::new();
    opens(&mut team, "bo").unwrap();
    let update = |text: &str| Wish::Update {
        incident: FIRST,
        text: text.to_owned(),
    };
    team.says("chloe", update("customers see errors")).unwrap();
    assert_eq!(team.did(), ["incident.updated"]);
    assert!(matches!(
        team.says("chloe", update("")),
        Err(Refusal::Missing { .. })
    ));
    team.wait("5m");
    let text = "restarted the queue".to_owned();
    let resolve = Wish::Resolve {
        incident: FIRST,
        text,
    };
    assert!(matches!(
        team.says("dan", resolve.clone()),
        Err(Refusal::NotAllowed { .. })
    ));
    assert_eq!(
        team.says("bo", resolve.clone()),
        Ok(Reply::Resolved { incident: FIRST })
    );
    assert_eq!(team.did(), ["incident.resolved"]);
    assert!(matches!(
        team.news()[..],
        [News::Resolved {
            seconds: 300..310,
            ..
        }]
    ));
    team.wait("1d");
    assert_eq!(paged(&team).len(), 1, "nobody is called any more");
    let over = Refusal::IncidentOver { incident: FIRST };
    assert_eq!(team.says("bo", resolve), Err(over.clone()));
    assert_eq!(acknowledges(&mut team, "bo"), Err(over));
}

#[test]
fn opening_one_may_be_limited_too() {
    let mut team = Team::new();
    let refused = opens(&mut team, "chloe");
    let Err(Refusal::NotAllowed {
        action: Action::Incident,
        ..
    }) = refused
    else {
        panic!("{refused:?}")
    };
    let incident = IncidentId(9);
    let unknown = team.says("bo", Wish::Acknowledge { incident });
    assert_eq!(unknown, Err(Refusal::UnknownIncident { incident }));
}

#[test]
fn one_about_no_environment_asks_for_the_same_roles() {
    let mut team = Team::new();
    let (severity, what) = (Severity::P1, "nobody can log in".to_owned());
    let open = Wish::OpenIncident {
        severity,
        what,
        environment: None,
        app: None,
    };
    let refused = team.says("chloe", open.clone());
    assert!(
        matches!(refused, Err(Refusal::NotAllowed { .. })),
        "{refused:?}"
    );
    let opened = team.says("bo", open);
    assert_eq!(opened, Ok(Reply::IncidentOpened { incident: FIRST }));
    let (incident, text) = (FIRST, "back".to_owned());
    let resolve = Wish::Resolve { incident, text };
    assert!(matches!(
        team.says("chloe", resolve.clone()),
        Err(Refusal::NotAllowed { .. })
    ));
    team.says("bo", resolve).unwrap();
}

#[test]
fn it_may_be_about_an_environment_and_what_runs_there() {
    let mut team = Team::new();
    let release = team.ships("1.4.0");
    let environment = Some(env_id("production"));
    let (severity, what) = (Severity::P1, "500s".to_owned());
    let open = Wish::OpenIncident {
        severity,
        what,
        environment: environment.clone(),
        app: None,
    };
    team.says("bo", open).unwrap();
    assert_eq!(team.incident(1).release, Some(release));
    let nowhere = Some(env_id("nowhere"));
    let (severity, what) = (Severity::P1, "500s".to_owned());
    let open = Wish::OpenIncident {
        severity,
        what,
        environment: nowhere,
        app: None,
    };
    assert!(matches!(
        team.says("bo", open),
        Err(Refusal::UnknownEnvironment { .. })
    ));
}

fn opens(team: &mut Team, by: &str) -> Result<Reply, Refusal> {
    let (severity, what) = (Severity::P1, "login answers 500".to_owned());
    let environment = Some(env_id("production"));
    team.says(
        by,
        Wish::OpenIncident {
            severity,
            what,
            environment,
            app: None,
        },
    )
}

fn acknowledges(team: &mut Team, by: &str) -> Result<Reply, Refusal> {
    team.says(by, Wish::Acknowledge { incident: FIRST })
}

fn escalates(team: &mut Team, by: &str) -> Result<Reply, Refusal> {
    team.says(by, Wish::Escalate { incident: FIRST })
}

fn paged(team: &Team) -> Vec<Vec<Person>> {
    team.incident(1)
        .paged
        .iter()
        .map(|it| it.people.clone())
        .collect()
}
