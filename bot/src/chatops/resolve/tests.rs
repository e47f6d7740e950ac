//! Typed lines and what they mean, on the sample team's Friday.

mod suggestions;

use shipbell_domain::ask::{Source, Vote};
use shipbell_domain::attempt::Choice;
use shipbell_domain::calendar::Span;
use shipbell_domain::command::Wish;
use shipbell_domain::ids::{AppId, IncidentId, ReleaseId};
use shipbell_domain::policy::Severity;
use shipbell_domain::release::Mark;

use suggestions::said;

use super::{FormRequest, Question, Resolved, Scene, read};
use crate::chatops::vocabulary::Vocabulary;
use crate::chatops::vocabulary::sample::{
    Day, RELEASE, app, at, env, of_world, person, place, version, vocabulary,
};

fn ask(text: &str, vocabulary: &Vocabulary, by: &str) -> Resolved {
    read(
        text,
        Scene {
            vocabulary,
            by: &person(by),
            now: at("13:55"),
        },
    )
}

fn meant(text: &str) -> Resolved {
    ask(text, &vocabulary(), "chloe")
}

fn wish(text: &str) -> Wish {
    match meant(text) {
        Resolved::Wish(wish) => wish,
        other => panic!("{text}: {other:?}"),
    }
}

fn alone() -> Vocabulary {
    let mut vocabulary = vocabulary();
    vocabulary.apps.truncate(1);
    vocabulary
}

fn span(from: &str, to: &str) -> Span {
    Span::new(at(from), at(to)).unwrap()
}

#[test]
fn questions() {
    let status = |app, env, share| Resolved::Ask(Question::Status { app, env, share });
    for (text, question) in [
        ("", status(None, None, false)),
        ("/release", status(None, None, false)),
        (
            "status production --share",
            status(None, Some(env("production")), true),
        ),
        ("status rapid-audit", status(Some(app()), None, false)),
        (
            "STATUS",
            Resolved::Suggest(super::Suggestion {
                message: "There is no command \"STATUS\". Did you mean status?".to_owned(),
                corrected: vec!["status".to_owned()],
            }),
        ),
        (
            "can rapid-audit production",
            Resolved::Ask(Question::Can(place("production"))),
        ),
        (
            "can Staging",
            Resolved::Ask(Question::Can(place("staging"))),
        ),
        (
            "help deploy",
            Resolved::Ask(Question::Help(Some("deploy".to_owned()))),
        ),
        (
            "deploy --help",
            Resolved::Ask(Question::Help(Some("deploy".to_owned()))),
        ),
        ("show 2026.11.20-1", Resolved::Ask(Question::Show(RELEASE))),
        ("show r12", Resolved::Ask(Question::Show(ReleaseId(12)))),
        ("show", Resolved::Ask(Question::Show(RELEASE))),
        ("check", Resolved::Ask(Question::Checklist(RELEASE))),
        ("window", Resolved::Ask(Question::Windows)),
        ("incident list", Resolved::Ask(Question::Incidents)),
        ("whoami", Resolved::Ask(Question::WhoAmI)),
        ("open", Resolved::Ask(Question::Open)),
    ] {
        assert_eq!(meant(text), question, "{text}");
    }
}

#[test]
fn deploys() {
    let deploy = |name: &str, over: Option<&str>| Wish::Deploy {
        release: RELEASE,
        env: env(name),
        over: over.map(str::to_owned),
    };
    assert_eq!(wish("deploy staging"), deploy("staging", None));
    assert_eq!(
        wish("deploy rapid-audit production"),
        deploy("production", None)
    );
    assert_eq!(
        wish("deploy rapid-audit production 2026.11.20-1"),
        deploy("production", None)
    );
    assert_eq!(
        wish("deploy staging r142 —override “login is down”."),
        deploy("staging", Some("login is down."))
    );
    assert_eq!(wish("promote rapid-audit"), deploy("production", None));
    let dry_run = Wish::DryRun {
        release: RELEASE,
        env: env("production"),
    };
    assert_eq!(wish("deploy rapid-audit production --dry-run"), dry_run);
    assert_eq!(
        wish("deploy rapid-audit production 2026.11.20-1 —dry-run"),
        dry_run
    );
    let stop = Wish::Stop {
        environment: place("staging"),
        rollback: None,
    };
    assert_eq!(wish("stop staging"), stop);
    let again = Wish::Decide {
        environment: place("staging"),
        asked: None,
        choice: Choice::Again,
    };
    assert_eq!(wish("resume staging again"), again);
    let reason = "login is down".to_owned();
    let environment = place("staging");
    let target = Some(version("2026.11.20-1"));
    let back = Wish::Rollback {
        environment,
        version: target,
        reason,
        anyway: false,
    };
    assert_eq!(
        wish("rollback staging 2026.11.20-1 --why 'login is down'"),
        back
    );
}

#[test]
fn a_rollback_without_a_reason_is_confirmed_first() {
    let request = FormRequest::Rollback {
        environment: place("production"),
        target: ReleaseId(139),
    };
    assert_eq!(
        meant("rollback rapid-audit production"),
        Resolved::Form(request)
    );
}

#[test]
fn several_open_releases_are_never_guessed_among() {
    let mut day = Day::waiting();
    day.opens(ReleaseId(143), "2026.11.20-2", "13:54");
    let vocabulary = of_world(&day.world);
    let request = FormRequest::Deploy {
        app: Some(app()),
        env: Some(env("staging")),
        release: None,
    };
    assert_eq!(
        ask("deploy staging", &vocabulary, "ana"),
        Resolved::Form(request)
    );
    insta::assert_snapshot!(said("cancel", &vocabulary), @r"
    Several releases are open. Say which one.
    > cancel r143
    > cancel r142
    ");
}

#[test]
fn consent() {
    let ask = Day::waiting().ask();
    let vote = |vote| Wish::Vote {
        ask: ask.clone(),
        source: Source::Word,
        vote,
    };
    assert_eq!(wish("signoff"), vote(Vote::Yes));
    assert_eq!(wish("signoff r142 production"), vote(Vote::Yes));
    assert_eq!(wish("signoff production"), vote(Vote::Yes));
    let no = vote(Vote::No {
        reason: Some("too risky today".to_owned()),
    });
    assert_eq!(wish("decline production too risky today"), no);
    assert_eq!(wish("decline \"too risky today\""), no);
    assert_eq!(meant("decline"), Resolved::Form(FormRequest::Decline(ask)));
    insta::assert_snapshot!(said("signoff staging", &vocabulary()), @r"
    Nobody is asked for that now.
    > status
    ");
}

#[test]
fn releases_and_checklists() {
    let check = |item, mark| Wish::Check {
        release: RELEASE,
        item,
        mark,
    };
    assert_eq!(wish("check 2"), check(2, Some(Mark::Done)));
    assert_eq!(wish("check r142 migrations"), check(2, Some(Mark::Done)));
    assert_eq!(wish("check r142 3 --undo"), check(3, None));
    let reason = "no migrations".to_owned();
    assert_eq!(
        wish("check 2 --na 'no migrations'"),
        check(2, Some(Mark::NotApplicable { reason }))
    );
    let Wish::New(new) = wish("new motorsport v7 --image api=registry.example/api:7 --ticket M-1")
    else {
        panic!("another wish");
    };
    assert_eq!(
        (new.app, new.version),
        (AppId::new("motorsport").unwrap(), version("v7"))
    );
    assert_eq!(
        new.images.values().collect::<Vec<_>>(),
        ["registry.example/api:7"]
    );
    let request = FormRequest::New {
        app: None,
        version: Some(version("2026.11.21-1")),
    };
    assert_eq!(meant("new 2026.11.21-1"), Resolved::Form(request));
    let cancel = Wish::Cancel {
        release: RELEASE,
        why: "superseded by r143".to_owned(),
    };
    assert_eq!(wish("cancel r142 superseded by r143"), cancel);
    assert_eq!(wish("cancel superseded by r143"), cancel);
}

#[test]
fn notes_name_a_release_or_mean_the_only_one() {
    let note = |text: &str, link: Option<&str>| Wish::Note {
        release: RELEASE,
        text: text.to_owned(),
        link: link.map(str::to_owned),
    };
    assert_eq!(
        wish("note r142 took four minutes"),
        note("took four minutes", None)
    );
    assert_eq!(
        wish("note 'took four minutes' --link https://x.example/1"),
        note("took four minutes", Some("https://x.example/1"))
    );
    let request = FormRequest::Note {
        release: Some(RELEASE),
        text: String::new(),
        link: None,
    };
    assert_eq!(meant("note"), Resolved::Form(request));
}

#[test]
fn plans_and_times() {
    let plan = |span, owner: &str, summary: &str| Wish::Plan {
        release: RELEASE,
        env: env("production"),
        span,
        summary: summary.to_owned(),
        owner: person(owner),
    };
    let whole = plan(
        span("14:30", "16:00"),
        "chloe",
        "Rapid Audit Manage 2026.11.20-1",
    );
    assert_eq!(wish("plan rapid-audit production today 14:30"), whole);
    let text = "plan rapid-audit production 14:30-15:00 --owner <@U1|ana> --summary 'New login'";
    assert_eq!(wish(text), plan(span("14:30", "15:00"), "ana", "New login"));
    assert_eq!(
        wish(&text.replace("<@U1|ana>", "Ana")),
        plan(span("14:30", "15:00"), "ana", "New login")
    );
    let freeze = |to| Wish::Freeze {
        app: None,
        from: at("18:00"),
        to,
        reason: "Year end".to_owned(),
    };
    assert_eq!(
        wish("freeze \"today 18:00 to 20:00\" \"Year end\""),
        freeze(Some(at("20:00")))
    );
    assert_eq!(
        wish("freeze today 18:00 to 20:00 Year end"),
        freeze(Some(at("20:00")))
    );
    assert_eq!(wish("freeze today 18:00 --why 'Year end'"), freeze(None));
    let Wish::Freeze { from, to, .. } = wish("freeze until today 20:00 heat wave") else {
        panic!("another wish");
    };
    assert_eq!((from, to), (at("13:55"), Some(at("20:00"))));
    let add = Wish::AddWindow {
        environment: place("staging"),
        span: span("18:00", "20:00"),
    };
    assert_eq!(wish("window add staging 18:00-20:00"), add);
}

#[test]
fn watches_and_incidents() {
    let vocabulary = of_world(&Day::watching().world);
    let production = place("production");
    let wish_now = |text: &str| {
        let by = person("bo");
        match read(
            text,
            Scene {
                vocabulary: &vocabulary,
                by: &by,
                now: at("14:09"),
            },
        ) {
            Resolved::Wish(wish) => wish,
            other => panic!("{text}: {other:?}"),
        }
    };
    let answer = Wish::Answer {
        environment: production.clone(),
        tick: 2,
        good: true,
    };
    assert_eq!(wish_now("watch rapid-audit production good"), answer);
    let extend = Wish::Extend {
        environment: production.clone(),
        until: at("14:40"),
    };
    assert_eq!(wish_now("watch rapid-audit production +30m"), extend);
    let open = Wish::OpenIncident {
        severity: Severity::P1,
        what: "login answers 500".to_owned(),
        environment: Some(production),
        app: Some(app()),
    };
    assert_eq!(
        wish_now("incident open p1 'login answers 500' rapid-audit production"),
        open
    );
    let Wish::OpenIncident {
        what, environment, ..
    } = wish_now("incident open P2 slow pages in staging")
    else {
        panic!("another wish");
    };
    assert_eq!(
        (what.as_str(), environment),
        ("slow pages in staging", Some(place("staging")))
    );
    let burning = of_world(&Day::burning().world);
    let ack = Resolved::Wish(Wish::Acknowledge {
        incident: IncidentId(7),
    });
    assert_eq!(ask("incident ack", &burning, "bo"), ack);
    let text = "it was the cache".to_owned();
    let resolve = Resolved::Wish(Wish::Resolve {
        incident: IncidentId(7),
        text,
    });
    assert_eq!(
        ask("incident resolve i7 it was the cache", &burning, "bo"),
        resolve
    );
}
