//! Every answer to a question, on the sample Friday.

use shipbell_domain::event::AgendaEvent;
use shipbell_domain::ids::{FreezeId, WindowId};

use shipbell_domain::calendar::Span;

use super::{Sight, question};
use crate::chatops::resolve::{Question, Scene};
use crate::chatops::vocabulary::sample::{Day, RELEASE, app, at, env, of_world, person, place};
use crate::render::plain::plain;
use crate::render::sample::{dialect, sound};

fn answer(day: &Day, asked: &Question, by: &str, time: &str) -> String {
    let (vocabulary, by, dialect) = (of_world(&day.world), person(by), dialect());
    let scene = Scene {
        vocabulary: &vocabulary,
        by: &by,
        now: at(time),
    };
    let card = question(
        asked,
        &Sight {
            scene,
            dialect: &dialect,
        },
    )
    .unwrap();
    sound(&card);
    format!("{}\n---\n{}", card.summary, plain(&card))
}

fn status() -> Question {
    Question::Status {
        app: None,
        env: None,
        share: false,
    }
}

#[test]
fn how_things_stand() {
    insta::assert_snapshot!(answer(&Day::waiting(), &status(), "chloe", "13:55"), @r"
    rapid-audit staging: 2026.11.20-1, verified since 13:38, rapid-audit production: 2026.11.18-2, verified since 09:17 and motorsport production: nothing yet, never deployed.
    ---
    Application  Environment  Runs          State                 Window
    rapid-audit  staging      2026.11.20-1  verified since 13:38  always open
    rapid-audit  production   2026.11.18-2  verified since 09:17  Window 14:00 to 16:00
    motorsport   production   nothing yet   never deployed        always open
    Open releases:
      Rapid Audit Manage 2026.11.20-1 (r142): Waiting for 1 sign-off
    Waiting for you: your answer for r142 in production. `/release signoff`
    Incidents: none. Freezes: none. Times in Paris.
    ");
}

#[test]
fn how_things_stand_when_they_go_wrong() {
    let narrow = Question::Status {
        app: Some(app()),
        env: Some(env("production")),
        share: false,
    };
    insta::assert_snapshot!(answer(&Day::burning(), &narrow, "ana", "14:07"), @r"
    rapid-audit production: 2026.11.18-2, locked since 14:05: GET /healthz answers 500.
    ---
    Application  Environment  Runs          State                                         Window
    rapid-audit  production   2026.11.18-2  locked since 14:05: GET /healthz answers 500  Window open until 16:00
    Open releases:
      Rapid Audit Manage 2026.11.20-1 (r142): Failed in production
    Nothing waits for you.
    Incidents: i7 P1 GET /healthz answers 500. Freezes: none. Times in Paris.
    ");
}

#[test]
fn may_i_deploy() {
    let production = Question::Can(place("production"));
    let all = [
        answer(&Day::waiting(), &production, "bo", "13:55"),
        answer(&Day::ready(), &production, "ana", "14:01"),
        answer(&Day::begins(), &production, "ana", "14:01"),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r#"
    Can 2026.11.20-1 to Rapid Audit Manage, production? Not yet, 2 gates closed.
    ---
    2026.11.20-1 to Rapid Audit Manage, production  [○ Not yet, 2 gates closed]
      ✓ Images pinned (yes)
      ✓ Checklist (yes)
      ✓ Earlier environment (yes)
      ✓ Announced (yes)
      ○ Window (no)
      ✓ Lock (yes)
      ✓ Nothing else running (yes)
      ○ Sign-off (no)
    The window of production is closed. It opens Friday 20 November, 14:00 to 16:00 (Paris). Everybody with a role can add one: `/release window add rapid-audit production <when>`
    Product owner has not signed off for production. Chloé Martin can. They answer with a button of the ask, with ✅, or with `/release signoff`
    In an emergency: `/release deploy rapid-audit production --override "reason"`

    Can 2026.11.20-1 to Rapid Audit Manage, production? Yes, every gate is open.
    ---
    2026.11.20-1 to Rapid Audit Manage, production  [✓ Yes, every gate is open]
      ✓ Images pinned (yes)
      ✓ Checklist (yes)
      ✓ Earlier environment (yes)
      ✓ Announced (yes)
      ✓ Window (yes)
      ✓ Lock (yes)
      ✓ Nothing else running (yes)
      ✓ Sign-off (yes)
    You may: `/release deploy rapid-audit production`

    Nothing can go to Rapid Audit Manage, production: there is no open release.
    ---
    Nothing can go to Rapid Audit Manage, production: there is no open release.
    "#);
}

#[test]
fn what_was_deployed_lately() {
    let history = Question::History {
        app: None,
        env: None,
    };
    insta::assert_snapshot!(answer(&Day::failed(), &history, "ana", "14:07"), @r"
    4 attempts known. The last: r142, 20 Nov 14:02, rapid-audit, production, 2026.11.20-1, 3 min, failed: GET /healthz answers 500, Bo Lindqvist.
    ---
    Release  When          Application  Environment  Version       Took   Result                            Asked for by
    r142     20 Nov 14:02  rapid-audit  production   2026.11.20-1  3 min  failed: GET /healthz answers 500  Bo Lindqvist
    r142     20 Nov 13:36  rapid-audit  staging      2026.11.20-1  2 min  deployed                          Bo Lindqvist
    r139     20 Nov 09:10  rapid-audit  production   2026.11.17-1  7 min  deployed                          Bo Lindqvist
    r140     20 Nov 09:10  rapid-audit  production   2026.11.18-2  7 min  deployed                          Bo Lindqvist
    Times in Paris.
    ");
}

#[test]
fn everything_about_one_release() {
    insta::assert_snapshot!(answer(&Day::failed(), &Question::Show(RELEASE), "ana", "14:07"), @r"
    Rapid Audit Manage 2026.11.20-1: Failed in production. staging: Deployed 13:38, smoke 3 of 3 passed; production: Failed 14:05: GET /healthz answers 500. Window open until 16:00. Locked since 14:05.
    ---
    Rapid Audit Manage 2026.11.20-1  [✕ Failed in production]
      Staging                  Deployed 13:38, smoke 3 of 3 passed
      Production               Failed 14:05: GET /healthz answers 500. Window open until 16:00. Locked since 14:05
      Sign-off for production  Given by Ana Ruiz and Chloé Martin
      Checklist                3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    Images:
      php: ghcr.io/acme/php:2026.11.20-1 (77e0dc83)
      manifest 6c3b1314
    Attempts:
      production, attempt 8: started 14:02, failed: GET /healthz answers 500 14:05
      staging, attempt 3: started 13:36, deployed 13:38
    [Checklist]
    ");
    let old = answer(
        &Day::failed(),
        &Question::Show(shipbell_domain::ids::ReleaseId(9)),
        "ana",
        "14:07",
    );
    assert!(old.contains("no release r9"), "{old}");
}

#[test]
fn the_ask_and_the_checklist() {
    let day = Day::waiting();
    let asks = Question::Asks(RELEASE);
    let for_chloe = answer(&day, &asks, "chloe", "13:55");
    assert!(
        for_chloe.contains("[Sign off for production]"),
        "{for_chloe}"
    );
    let for_kai = answer(&day, &asks, "kai", "13:55");
    assert!(!for_kai.contains("[Sign off"), "{for_kai}");
    insta::assert_snapshot!(answer(&day, &Question::Checklist(RELEASE), "bo", "13:55"), @r"
    Checklist of 2026.11.20-1: 3 of 3 done.
    ---
    Checklist of 2026.11.20-1: 3 of 3 done
      ✓ 1 CI is green (done by Bo Lindqvist, 13:25)
      ✓ 2 Migrations reviewed (done by Bo Lindqvist, 13:25)
      ✓ 3 Settings are up to date (done by Bo Lindqvist, 13:25)
    `/release check r142 <number>`
    [Tick items]
    ");
}

#[test]
fn windows_and_freezes_to_come() {
    let mut day = Day::waiting();
    let span = Span::new(at("18:00"), at("19:00")).unwrap();
    let (window, environment) = (WindowId(3), place("production"));
    let added = AgendaEvent::WindowAdded {
        window,
        environment,
        span,
        by: person("ana"),
    };
    day.agenda(added, "13:50");
    let frozen = AgendaEvent::Frozen {
        freeze: FreezeId(2),
        app: None,
        from: at("20:00"),
        to: None,
        reason: "Year-end closing".to_owned(),
        by: person("ana"),
    };
    day.agenda(frozen, "13:51");
    insta::assert_snapshot!(answer(&day, &Question::Windows, "ana", "13:55"), @r"
    1 one-off window and 1 freeze to come.
    ---
    Application  Environment  Now                    Windows
    rapid-audit  staging      always open            none configured
    rapid-audit  production   Window 14:00 to 16:00  Tue,Thu,Fri 14:00-16:00
    motorsport   production   always open            none configured
    rapid-audit  production   18:00 to 19:00         w3, once, by Ana Ruiz
    Freezes:
      f2, every application: Friday 20 November, 20:00 (Paris) until somebody lifts it, by Ana Ruiz: Year-end closing
    Times in Paris.
    ");
}

#[test]
fn incidents_and_who_i_am() {
    let all = [
        answer(&Day::burning(), &Question::Incidents, "ana", "14:07"),
        answer(&Day::waiting(), &Question::Incidents, "ana", "14:07"),
        answer(&Day::waiting(), &Question::WhoAmI, "ana", "14:07"),
        answer(&Day::waiting(), &Question::WhoAmI, "zoe", "14:07"),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r"
    1 incident open: i7, P1, rapid-audit/production, GET /healthz answers 500, 14:06, nobody yet.
    ---
    Incident  Severity  Where                   What                      Opened  Lead
    i7        P1        rapid-audit/production  GET /healthz answers 500  14:06   nobody yet
    Times in Paris.

    No incident is open.
    ---
    No incident is open.

    You are Ana Ruiz (ana), with release-manager.
    ---
    Ana Ruiz (ana)
      Roles               release-manager
      Rapid Audit Manage  may new, plan, deploy, rollback, cancel, window, freeze, unlock, watch, incident; may not override
      Motorsport API      may new, plan, deploy, rollback, cancel, window, freeze, unlock, watch, incident; may not override
    Roles come from [roles] in shipbell.toml; an action that [allow] does not name is open to everybody with a role.

    You are zoe (zoe), with no role: you can look, and not act.
    ---
    zoe (zoe)
      Roles               no role: you can look, and not act
      Rapid Audit Manage  may nothing; may not new, plan, deploy, rollback, override, cancel, window, freeze, unlock, watch, incident
      Motorsport API      may nothing; may not new, plan, deploy, rollback, override, cancel, window, freeze, unlock, watch, incident
    Roles come from [roles] in shipbell.toml; an action that [allow] does not name is open to everybody with a role.
    ");
}

#[test]
fn help_on_one_and_on_all() {
    let day = Day::waiting();
    let one = answer(
        &day,
        &Question::Help(Some("rollback".to_owned())),
        "ana",
        "13:55",
    );
    let noun = answer(
        &day,
        &Question::Help(Some("incident".to_owned())),
        "ana",
        "13:55",
    );
    insta::assert_snapshot!([one, noun].join("\n\n"), @r#"
    Return an environment to a version that was verified there: /release rollback [app] <environment> [version] [--why WHY] [--anyway]
    ---
    Return an environment to a version that was verified there
    Written as:
      | /release rollback [app] <environment> [version] [--why WHY] [--anyway]
      app          The application
      environment  The environment
      version      The version; the last good one if not said
      --why WHY    Why
      --anyway     Although what was done since cannot be undone by it: everybody is told
    For example: `/release rollback rapid-audit production`, `/release rollback rapid-audit production 2026.11.17-1 --why "login answers 500"`

    Open and run incidents: /release incident list
    ---
    Open and run incidents
    Written as:
      | /release incident list
      | /release incident open <severity> <what> [--app APP] [--environment ENVIRONMENT]
      | /release incident ack [incident]
      | /release incident escalate [incident]
      | /release incident update [incident] <text>
      | /release incident resolve [incident] <text>
      list      List the open incidents
      open      Open an incident and call people
      ack       Say that you are on it: nobody else is called
      escalate  Call the next people now
      update    Tell what is known
      resolve   Say that it is over, and what it was
    For example: `/release incident open P1 "login answers 500" rapid-audit production`, `/release incident ack`
    "#);
    let all = answer(&day, &Question::Help(None), "ana", "13:55");
    assert!(
        all.contains("deploy [app] <environment> [version] [--override WHY]"),
        "{all}"
    );
    let none = answer(&day, &Question::Help(Some("x".to_owned())), "ana", "13:55");
    assert!(none.contains("There is no command \"x\""), "{none}");
}
