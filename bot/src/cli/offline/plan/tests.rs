//! What a person reads before it is done, at every turn.

use shipbell_domain::attempt::AttemptKind;
use shipbell_domain::event::{EnvironmentEvent, Evidence, Outcome};
use shipbell_domain::ids::{Key, ReleaseId};

use super::*;
use crate::chatops::vocabulary::sample::{Day, RELEASE, env, person, place, version};

const BEFORE: &str = "2026.11.17-1";
const GOOD: &str = "2026.11.18-2";

fn planned(day: &Day, spoken: &Spoken) -> Result<Plan, String> {
    let id = place("production");
    let name = "Rapid Audit Manage, production";
    let environment = day.world.environments.get(&id.env);
    plan(
        Place { id: &id, name },
        environment.map(AsRef::as_ref),
        spoken,
    )
}

fn back(wanted: Option<&str>) -> Spoken {
    Spoken::Back(WayBack {
        anyway: false,
        environment: place("production"),
        version: wanted.map(version),
        why: None,
    })
}

/// What a person reads: what will be done, or why nothing will.
fn told(day: &Day, wanted: Option<&str>) -> String {
    match planned(day, &back(wanted)) {
        Ok(plan) => plan.told("production", "Ana Ruiz").unwrap_or_default(),
        Err(why) => why,
    }
}

fn deploying() -> Day {
    let mut day = Day::ready();
    day.starts(RELEASE, "production", 8, "14:00");
    day
}

fn rolling_back() -> Day {
    let mut day = Day::begins();
    let verified = &day.world.environments[&env("production")].verified;
    let manifest = Box::new(verified[0].manifest.clone());
    let work = verified_work(&day);
    let started = EnvironmentEvent::AttemptStarted {
        attempt: 8,
        key: Key::join(&[&"rollback", &8]),
        fence: 2,
        kind: AttemptKind::Rollback {
            reason: "slow".to_owned(),
            automatic: false,
        },
        release: ReleaseId(140),
        target: ReleaseId(139),
        manifest,
        work,
        by: Some(person("ana")),
        over: None,
    };
    day.environment("production", started, "14:00");
    day
}

fn verified_work(day: &Day) -> Vec<shipbell_domain::attempt::Work> {
    let attempt = &day.world.environments[&env("production")].attempt;
    attempt.as_ref().unwrap().work.clone()
}

fn cut_off(day: &mut Day) {
    day.works("production", 0, None, "14:01");
    let seen = "its container is gone".to_owned();
    let evidence = Evidence::default();
    let outcome = Outcome::Interrupted { seen, evidence };
    day.works("production", 0, Some(outcome), "14:02");
}

#[test]
fn what_ran_before_is_named_before_anything_is_done() {
    let day = Day::begins();
    insta::assert_snapshot!(told(&day, None), @r"
    production goes back from 2026.11.18-2 to 2026.11.17-1.
    By Ana Ruiz, without the bot; people are told when it starts.
    ");
    assert_eq!(told(&day, Some(BEFORE)), told(&day, None));
    assert_eq!(
        planned(&day, &back(None)),
        Ok(Plan::Back {
            anyway: false,
            from: Some(version(GOOD)),
            to: Some(version(BEFORE)),
            named: None,
        })
    );
}

#[test]
fn where_nothing_was_verified_the_domain_has_the_word() {
    let mut nowhere = back(None);
    if let Spoken::Back(it) = &mut nowhere {
        it.environment = place("staging");
    }
    let plan = plan(
        Place {
            id: &place("staging"),
            name: "staging",
        },
        None,
        &nowhere,
    )
    .unwrap();
    assert_eq!(plan.told("staging", "Ana Ruiz"), None);
    assert!(plan.wish(&place("staging"), String::new()).is_some());
}

#[test]
fn a_deploy_the_bot_died_in_is_taken_back_to_what_was_verified() {
    let day = deploying();
    insta::assert_snapshot!(told(&day, None), @r"
    The bot was cut off in the deploy of 2026.11.20-1 to production, attempt 8.
    The piece of work it was at is ended first; then what it changed goes back to 2026.11.18-2.
    By Ana Ruiz, without the bot; people are told when it starts.
    ");
    assert_eq!(told(&day, Some(GOOD)), told(&day, None));
    insta::assert_snapshot!(told(&day, Some(BEFORE)), @r"
    Rapid Audit Manage, production: the deploy of 2026.11.20-1 is not over, and can be taken back to 2026.11.18-2 alone. Say it without a version first: `shipbell release rollback rapid-audit production --offline`
    ");
    let wish = planned(&day, &back(None)).unwrap();
    let wish = wish.wish(&place("production"), "slow".to_owned());
    let stop = Wish::Stop {
        environment: place("production"),
        rollback: Some("slow".to_owned()),
    };
    assert_eq!(wish, Some(stop));
}

#[test]
fn a_deploy_that_waits_for_a_person_needs_no_stopping() {
    let mut day = deploying();
    cut_off(&mut day);
    insta::assert_snapshot!(told(&day, None), @r"
    production goes back from 2026.11.20-1 to 2026.11.18-2.
    By Ana Ruiz, without the bot; people are told when it starts.
    ");
    let resume = Spoken::Resume(place("production"), Choice::Worked);
    insta::assert_snapshot!(planned(&day, &resume).unwrap_err(), @r"
    Rapid Audit Manage, production: attempt 8 is a deploy. Without a bot it can be taken back, and not go on: `shipbell release rollback rapid-audit production --offline`
    ");
}

#[test]
fn a_rollback_that_was_cut_off_is_brought_to_its_end_and_not_begun_again() {
    let mut day = rolling_back();
    insta::assert_snapshot!(told(&day, None), @r"
    The rollback of production to 2026.11.17-1, attempt 8, was cut off. It goes on to its end.
    By Ana Ruiz, without the bot; people are told when it starts.
    ");
    assert_eq!(told(&day, Some(BEFORE)), told(&day, None));
    insta::assert_snapshot!(told(&day, Some(GOOD)), @r"
    Rapid Audit Manage, production: a rollback to 2026.11.17-1 is not over, attempt 8. Bring it to its end first: `shipbell release rollback rapid-audit production --offline`
    ");
    cut_off(&mut day);
    insta::assert_snapshot!(told(&day, None), @r"
    Rapid Audit Manage, production: attempt 8 waits for a person.
    Pull php was cut off, and nobody knows how it ended: its container is gone. Look what it did, then say worked, again or failed: `shipbell release resume rapid-audit production worked --offline`
    ");
    let again = Spoken::Resume(place("production"), Choice::Again);
    let plan = planned(&day, &again).unwrap();
    insta::assert_snapshot!(plan.told("production", "Ana Ruiz").unwrap(), @r"
    The rollback of production, attempt 8, waits for a person. What was cut off is done once more.
    By Ana Ruiz, without the bot; people are told when it starts.
    ");
}

#[test]
fn a_rollback_said_twice_does_not_come_back_to_what_it_left() {
    let mut day = rolling_back();
    let verified = EnvironmentEvent::AttemptVerified { attempt: 8 };
    day.environment("production", verified, "14:05");
    insta::assert_snapshot!(told(&day, None), @r"
    Rapid Audit Manage, production was rolled back to 2026.11.17-1 in attempt 8, and is verified.
    To leave that version too, name another one: `shipbell release rollback rapid-audit production 2026.11.18-2 --offline`
    ");
    let named = told(&day, Some(GOOD));
    assert!(
        named.contains(&format!("from {BEFORE} to {GOOD}")),
        "{named}"
    );
}
