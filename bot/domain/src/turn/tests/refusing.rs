//! Whoever has no part in it is refused, and told what there is.

use super::team::{Team, app, env_id, env_name, person, version};
use crate::command::{New, Wish};
use crate::ids::AppId;
use crate::refusal::Refusal;

#[test]
fn without_a_role_nobody_may_do_anything() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    for stranger in ["eve", "zoe"] {
        let person = person(stranger);
        let refused = team.deploys(stranger, release, "staging");
        assert_eq!(refused, Err(Refusal::Stranger { person }));
    }
}

#[test]
fn what_is_not_configured_is_not_there() {
    let mut team = Team::new();
    let new = New {
        app: AppId::new("shoop").unwrap(),
        version: version("1.4.0"),
        images: [].into(),
        commit: None,
        note: None,
        ticket: None,
    };
    let unknown = Refusal::UnknownApp {
        app: new.app.clone(),
        known: vec![app()],
    };
    assert_eq!(team.says("ana", Wish::New(new)), Err(unknown));
    let release = team.opens("1.4.0");
    let known = vec![env_name("staging"), env_name("production")];
    let unknown = Refusal::UnknownEnvironment {
        app: app(),
        env: env_name("prod"),
        known,
    };
    assert_eq!(team.deploys("bo", release, "prod"), Err(unknown));
}

#[test]
fn texts_have_a_limit_and_are_not_empty() {
    let mut team = Team::new();
    let environment = env_id("production");
    let rollback = |reason: &str| {
        let (environment, reason) = (environment.clone(), reason.to_owned());
        Wish::Rollback {
            environment,
            version: None,
            reason,
            anyway: false,
        }
    };
    let what = "the reason";
    assert_eq!(
        team.says("bo", rollback(" \n ")),
        Err(Refusal::Missing { what })
    );
    let limit = 1000;
    assert_eq!(
        team.says("bo", rollback(&"é".repeat(1001))),
        Err(Refusal::TooLong { what, limit })
    );
    let no_target = team.says("bo", rollback(&"é".repeat(1000)));
    assert!(matches!(no_target, Err(Refusal::NoTarget { .. })));
}

#[test]
fn a_policy_speaks_for_its_own_application_alone() {
    let mut team = Team::new();
    let mut other = team.policy().unwrap();
    other.app = AppId::new("blog").unwrap();
    team.adopts(super::team::pinned(other)).unwrap();
    let environment = Some(env_id("production"));
    let app = Some(AppId::new("blog").unwrap());
    let (severity, what) = (crate::policy::Severity::P1, "slow".to_owned());
    let wish = Wish::OpenIncident {
        severity,
        what,
        environment,
        app,
    };
    team.says("bo", wish).unwrap();
    assert_eq!(team.incident(1).environment, Some(env_id("production")));
    let notices = team.effects().iter().filter_map(|it| match it {
        crate::Effect::Say { notice, .. } => notice.app.clone(),
        _ => None,
    });
    assert_eq!(notices.collect::<Vec<_>>(), [super::team::app()]);
}
