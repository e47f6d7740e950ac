//! Forms as they are shown.

use super::*;

#[test]
fn a_rollback_says_from_what_to_what() {
    insta::assert_snapshot!(show(&rollback(), &of_world(&Day::failed().world)), @r"
    Roll back production [rollback:bb15ef03:r140:8]
      Rapid Audit Manage: production goes from 2026.11.20-1 back to 2026.11.18-2.
      Windows, freezes, locks and sign-offs do not hold a rollback back.
      ask1*: I checked: Is the older code compatible with the current schema? [ ]
      why*: Why? __
      confirm*: Type production to confirm _
      > Roll back production
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn every_form_is_shown() {
    let vocabulary = of_world(&Day::burning().world);
    let (some_app, some_env) = (Some(app()), Some(env("production")));
    let incident = shipbell_domain::ids::IncidentId(7);
    let requests = [
        FormRequest::New {
            app: None,
            version: None,
        },
        FormRequest::New {
            app: some_app.clone(),
            version: None,
        },
        FormRequest::Plan {
            app: None,
            env: None,
            when: String::new(),
        },
        FormRequest::Deploy {
            app: None,
            env: None,
            release: None,
        },
        FormRequest::Deploy {
            app: some_app,
            env: some_env,
            release: Some(RELEASE),
        },
        FormRequest::Stop(place("production")),
        FormRequest::Decline(Day::waiting().ask()),
        FormRequest::Cancel(RELEASE),
        FormRequest::Note {
            release: Some(RELEASE),
            text: "it took long".to_owned(),
            link: Some("https://x.example/1".to_owned()),
        },
        FormRequest::Checklist(RELEASE),
        FormRequest::Incident {
            severity: Some(Severity::P1),
            what: String::new(),
        },
        FormRequest::Resolve(incident),
        FormRequest::Freeze {
            app: None,
            when: String::new(),
            why: String::new(),
        },
    ];
    let all: Vec<String> = requests.iter().map(|it| show(it, &vocabulary)).collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    Open a release [new:]
      app*: Application <Rapid Audit Manage | Motorsport API>
      version*: Version _
      ticket: Ticket _
      commit: Commit (the one it was built from) _
      images: Images of its own (name=reference, one a line) __
      note: Remark __
      > Open the release
    Open a release [new:rapid-audit]
      A release of Rapid Audit Manage.
      version*: Version _ 2026.11.20-2
      ticket: Ticket _
      commit: Commit (the one it was built from) _
      images: Images of its own (name=reference, one a line) __
      note: Remark __
      > Open the release
    Plan a deploy [plan:]
      Times are read in Paris. The team is told when it is planned.
      place*: Environment <Rapid Audit Manage, staging | Rapid Audit Manage, production | Motorsport API, production>
      release*: Release <Rapid Audit Manage 2026.11.20-1> r142
      when*: When (tue 14:00-16:00, or tomorrow 14:00 for 2h) _
      summary: Summary (what changes, in one sentence) _
      owner: Who decides about going back? <Ana Ruiz | Bo Lindqvist | Chloé Martin | Kai Ito> bo
      > Announce the deploy
    Deploy [deploy::]
      place*: Environment <Rapid Audit Manage, staging | Rapid Audit Manage, production | Motorsport API, production>
      release*: Release <Rapid Audit Manage 2026.11.20-1> r142
      over: Set closed gates aside? Say why (leave empty to deploy only if every gate is open) __
      > Deploy
    Deploy to production [deploy:bb15ef03:r142]
      2026.11.20-1 goes to production.
      over: Set closed gates aside? Say why (leave empty to deploy only if every gate is open) __
      > Deploy to production
    Stop and roll back production [stop:bb15ef03]
      The current piece of work ends first. Then production returns to 2026.11.18-2.
      why*: Why? __
      > Stop and roll back production
    Decline 2026.11.20-1 [decline:r142:1s6c3b1314:production]
      2026.11.20-1 does not go to production while you decline.
      why*: Why? __
      > Decline for production
    Give up 2026.11.20-1 [cancel:r142]
      2026.11.20-1 goes no further. What runs stays as it is.
      why*: Why? __
      > Give up 2026.11.20-1
    Add to release record [note:]
      release*: Release <Rapid Audit Manage 2026.11.20-1> r142
      text*: What is worth remembering? __ it took long
      link: Where it was said _ https://x.example/1
      > Add to the record
    Checklist of 2026.11.20-1 [check:r142]
      Tick what is done. An item that does not apply: check <number> --na with the reason.
      item1: CI is green (done by Bo Lindqvist) [ ] true
      item2: Migrations reviewed (done by Bo Lindqvist) [ ] true
      item3: Settings are up to date (done by Bo Lindqvist) [ ] true
      > Save the checklist
    Open an incident [incident:]
      People are called at once, by how bad it is.
      severity*: How bad is it? <P0: everything is down | P1: something important is broken | P2: something is broken, with a way round | P3: a small thing> P1
      what*: What is wrong? __
      place: Where? <Rapid Audit Manage, staging | Rapid Audit Manage, production | Motorsport API, production>
      > Open the incident
    Resolve i7 [resolve:i7]
      GET /healthz answers 500
      text*: What was it, and what helped? __
      > Resolve i7
    Freeze deploys [freeze:]
      Times are read in Paris. Rollbacks stay possible.
      app*: What? <all applications | Rapid Audit Manage | Motorsport API> *
      when*: When? (now, until tomorrow 9:00, or 18 Dec 12:00 to 4 Jan 9:00) _
      why*: Why? __
      > Freeze deploys
    ");
}
