//! Anybody does anything in any order, and what must never happen never does.

mod acts;

use proptest::prelude::*;

use self::acts::anything;
use super::team::{Team, role};
use crate::attempt::AttemptKind;
use crate::event::{EnvironmentEvent, Event, ReleaseEvent};
use crate::ids::EnvName;
use crate::manifest::Manifest;

const PEOPLE: [&str; 5] = ["bo", "ana", "chloe", "dan", "fay"];
const ENVIRONMENTS: [&str; 2] = ["staging", "production"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64,
        failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_must_never_happen_happens(
        acts in prop::collection::vec((0u8..24, 0usize..5, 0usize..2, 0u32..6), 1..300)
    ) {
        let mut team = Team::with(|policy| {
            policy.environments[1].watch[0].ask = Some(role("sre"));
        });
        for act in acts {
            anything(&mut team, act);
            nobody_is_asked_twice_at_a_time(&team);
            what_was_started_may_start(&team);
        }
        team.wait("3d");
        prop_assert_eq!(&team.refolded(), team.folds());
    }
}

fn nobody_is_asked_twice_at_a_time(team: &Team) {
    for fold in team.folds().values() {
        let crate::Fold::Release(it) = fold else {
            continue;
        };
        let open = it.asks.values().filter(|ask| ask.is_open());
        let mut open: Vec<_> = open.map(|ask| (&ask.id.env, ask.id.phase)).collect();
        let asked = open.len();
        open.dedup();
        assert_eq!(open.len(), asked);
    }
}

fn what_was_started_may_start(team: &Team) {
    let started = team.events().iter().filter_map(|it| match it {
        Event::Environment(EnvironmentEvent::AttemptStarted { kind, over, .. }) => {
            Some(*kind == AttemptKind::Deploy && over.is_none())
        }
        _ => None,
    });
    let started: Vec<bool> = started.collect();
    assert!(started.len() <= 1, "two attempts in one move");
    for event in team.events().iter().filter(|_| started == [true]) {
        if let Event::Release(ReleaseEvent::StageStarted { env, ask, .. }) = event {
            let quorum = signoff(team, env);
            let Some(ask) = ask else {
                return assert!(quorum.is_empty(), "nobody was asked");
            };
            let release = team.release(ask.release);
            assert_eq!(
                Some(&ask.manifest),
                release.manifest.as_ref().map(Manifest::hash).as_ref()
            );
            let ask = &release.asks[ask];
            assert_eq!(ask.quorum, quorum);
            assert!(
                ask.missing(&release.requester, &team.settings).is_empty(),
                "too few"
            );
            assert!(
                ask.vetoing(&release.requester, &team.settings).is_empty(),
                "a veto"
            );
            assert!(
                team.did().contains(&"release.standing_read"),
                "without looking"
            );
        }
    }
}

fn signoff(team: &Team, env: &EnvName) -> crate::quorum::Quorum {
    team.policy()
        .unwrap()
        .environment(env)
        .unwrap()
        .signoff
        .clone()
}
