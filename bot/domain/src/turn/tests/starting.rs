//! A deploy starts in two steps: what stands is read, then it starts if it may.

use chrono::TimeDelta;

use super::team::{Team, at, env_id, env_name, person, reaction, version};
use crate::ask::Phase;
use crate::calendar::Span;
use crate::command::{Report, Wish};
use crate::effect::{CardId, Effect};
use crate::gates::Waiting;
use crate::ids::ReleaseId;
use crate::notice::News;
use crate::origin::Sighting;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;

#[test]
fn without_asks_it_starts_at_once() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let said = team.deploys("bo", release, "staging");
    let environment = env_id("staging");
    assert_eq!(
        said,
        Ok(Reply::Started {
            environment,
            version: version("1.4.0")
        })
    );
    assert_eq!(
        team.did(),
        ["environment.attempt_started", "release.stage_started"]
    );
    let environment = env_id("staging");
    let card = Effect::Card {
        card: CardId::Progress {
            release,
            environment,
            attempt: 1,
        },
    };
    assert!(team.effects().contains(&card));
    let attempt = team.environment("staging").active().unwrap();
    assert_eq!(
        (attempt.number, attempt.fence, attempt.by.clone()),
        (1, 1, Some(person("bo")))
    );
    assert_eq!(attempt.key.as_str(), "attempt/shop/staging/1");
}

#[test]
fn what_stands_is_read_first_and_kept_as_evidence() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    let env = env_name("production");
    let said = team.deploys("bo", release, "production");
    assert_eq!(
        said,
        Ok(Reply::Starting {
            release,
            env: env.clone()
        })
    );
    assert_eq!(team.did(), ["release.start_requested"]);
    assert!(team.effects().contains(&Effect::ReadStanding {
        release,
        env: env.clone()
    }));
    let deadline = Timer::StartDeadline {
        release,
        env: env.clone(),
    };
    assert!(team.has_timer(|it| *it == deadline));

    let by = person("bo");
    let twice = Err(Refusal::AlreadyStarting { release, env, by });
    assert_eq!(team.deploys("dan", release, "production"), twice);

    team.reads(release, Some("production")).unwrap();
    let did = [
        "release.standing_read",
        "environment.attempt_started",
        "release.stage_started",
    ];
    assert_eq!(team.did(), did);
    assert!(!team.has_timer(|it| *it == deadline));
    assert!(
        !team.release(release).asks[&ask].is_open(),
        "it cannot start another"
    );
    assert!(
        team.release(release).stages[&env_name("production")]
            .starting
            .is_none()
    );
}

#[test]
fn a_consent_that_no_longer_stands_is_seen_in_time() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.deploys("bo", release, "production").unwrap();
    team.silently_unmarks("dan", &ask);
    team.reads(release, Some("production")).unwrap();
    assert!(!team.did().contains(&"environment.attempt_started"));
    let [News::StartRefused { waiting, .. }] = &team.news()[..] else {
        panic!("not told")
    };
    assert!(matches!(waiting[..], [Waiting::Consent { .. }]));
    let stage = &team.release(release).stages[&env_name("production")];
    assert!(stage.starting.is_none() && stage.refused == *waiting);
}

#[test]
fn a_withdrawal_heard_of_after_the_reading_began_counts() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.deploys("bo", release, "production").unwrap();
    let reading = team.reading(release, Some("production"));
    team.withdraws("dan", &ask, reaction()).unwrap();
    team.world_says(reading).unwrap();
    assert!(
        !team.did().contains(&"environment.attempt_started"),
        "{:?}",
        team.did()
    );
}

#[test]
fn a_consent_heard_of_after_the_reading_began_does_not_count_for_it() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("chloe", &ask);
    team.ticks("dan", &ask);
    team.deploys("bo", release, "production").unwrap();
    team.silently_unmarks("dan", &ask);
    let reading = team.reading(release, Some("production"));
    team.withdraws("dan", &ask, reaction()).unwrap();
    let vote = Wish::Vote {
        ask,
        source: reaction(),
        vote: crate::ask::Vote::Yes,
    };
    team.says("dan", vote).unwrap();
    team.world_says(reading).unwrap();
    assert!(
        !team.did().contains(&"environment.attempt_started"),
        "nobody saw it stand"
    );
}

#[test]
fn an_old_reading_undoes_nothing_newer() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    let before = team.reading(release, None);
    team.ticks("dan", &ask);
    let between = team.reading(release, None);
    team.unmarks("dan", &ask);
    team.world_says(between).unwrap();
    assert!(team.did().is_empty(), "what was taken back stays so");
    team.ticks("chloe", &ask);
    team.world_says(before).unwrap();
    assert!(team.did().is_empty(), "what was given stays so");
}

#[test]
fn a_stale_reading_starts_nothing() {
    for seconds in [-11, 12] {
        let mut team = Team::new();
        let release = team.readies("1.4.0");
        team.deploys("bo", release, "production").unwrap();
        let Report::StandingRead {
            release,
            env,
            read_at,
            standing,
            sighting,
        } = team.reading(release, Some("production"))
        else {
            panic!("a reading")
        };
        let read_at = read_at + TimeDelta::seconds(seconds);
        let stale = Report::StandingRead {
            release,
            env,
            read_at,
            standing,
            sighting,
        };
        team.world_says(stale).unwrap();
        assert!(
            matches!(team.news()[..], [News::StartTimedOut { .. }]),
            "{seconds}"
        );
        assert!(!team.has_timer(|it| matches!(it, Timer::StartDeadline { .. })));
        team.starts("bo", release, "production");
    }
}

#[test]
fn asks_that_cannot_be_read_in_time_start_nothing() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.deploys("bo", release, "production").unwrap();
    team.wait("61s");
    assert!(
        team.all_news()
            .iter()
            .any(|it| matches!(it, News::StartTimedOut { .. }))
    );
    let env = env_name("production");
    let again = team.timer(Timer::StartDeadline { release, env });
    assert!(matches!(again, Err(Refusal::Stale { .. })));

    // A reading that comes late starts nothing, but what it saw counts.
    team.silently_unmarks("dan", &ask);
    assert_eq!(team.reads(release, Some("production")), Ok(Reply::Nothing));
    assert_eq!(team.did(), ["release.vote_withdrawn"]);
}

#[test]
fn a_gate_that_closes_in_between_holds() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.deploys("bo", release, "production").unwrap();
    let (from, reason) = (team.now, "the night before the sale".to_owned());
    team.says(
        "ana",
        Wish::Freeze {
            app: None,
            from,
            to: None,
            reason,
        },
    )
    .unwrap();
    team.reads(release, Some("production")).unwrap();
    assert!(
        team.did()
            .ends_with(&["release.standing_read", "release.start_refused"])
    );
    assert!(matches!(team.news()[..], [News::StartRefused { .. }]));
}

#[test]
fn the_window_is_judged_when_it_starts() {
    let mut team = Team::new().with_office_hours();
    let release = team.readies("1.4.0");
    team.now = at("2026-11-24T15:59:58Z");
    team.deploys("bo", release, "production").unwrap();
    team.reads(release, Some("production")).unwrap();
    let [News::StartRefused { waiting, .. }] = &team.news()[..] else {
        panic!("not told")
    };
    let tomorrow = Span::new(at("2026-11-25T08:00:00Z"), at("2026-11-25T16:00:00Z"));
    assert_eq!(*waiting, [Waiting::Window { next: tomorrow }]);
}

#[test]
fn what_runs_there_is_not_deployed_again() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let refused = team.deploys("bo", release, "staging");
    let environment = env_id("staging");
    assert_eq!(
        refused,
        Err(Refusal::AlreadyThere {
            environment,
            version: version("1.4.0")
        })
    );
}

#[test]
fn the_earlier_environment_must_run_the_very_images() {
    let mut team = Team::new();
    let first = team.readies("1.4.0");
    let second = team.stages("1.5.0");
    let refused = team.deploys("bo", first, "production");
    let Err(Refusal::NotYet { waiting, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        waiting,
        [Waiting::Verified {
            env: env_name("staging")
        }]
    );
    team.all_sign(second);
    team.starts("bo", second, "production");
    let brought = |team: &Team, env| {
        team.environment(env)
            .attempt
            .as_ref()
            .unwrap()
            .manifest
            .clone()
    };
    assert_eq!(
        brought(&team, "production"),
        brought(&team, "staging"),
        "the same digests"
    );
}

#[test]
fn a_release_without_a_number_is_nobodys() {
    let mut team = Team::new();
    let read = team.world_says(Report::StandingRead {
        release: ReleaseId(4),
        env: None,
        read_at: team.now,
        standing: Vec::new(),
        sighting: Sighting::default(),
    });
    assert_eq!(
        read,
        Err(Refusal::UnknownRelease {
            release: ReleaseId(4)
        })
    );
}
