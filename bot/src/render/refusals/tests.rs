//! Every refusal as it reads.

mod gates;

use shipbell_domain::Refusal;
use shipbell_domain::ask::Phase;
use shipbell_domain::calendar::Span;
use shipbell_domain::environment::Ahead;
use shipbell_domain::gates::Waiting;
use shipbell_domain::ids::{AppId, IncidentId, ReleaseId};
use shipbell_domain::policy::{Action, VersionScheme};

use gates::window;

use crate::chatops::vocabulary::sample::{
    Day, RELEASE, app, at, env, person, place, role, version,
};
use crate::render::plain::plain;
use crate::render::refusal;
use crate::render::sample::{look, sound};

fn drawn(no: &Refusal, by: &str) -> String {
    let card = look(&Day::waiting().world, "13:55", |view| {
        refusal(no, view, &person(by))
    });
    sound(&card);
    plain(&card)
}

fn all(refusals: &[Refusal]) -> String {
    refusals
        .iter()
        .map(|it| drawn(it, "ana"))
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[test]
fn refused_for_who_somebody_is() {
    let refusals = [
        Refusal::Stranger {
            person: person("zoe"),
        },
        Refusal::NotAllowed {
            action: Action::Rollback,
            roles: vec![role("sre")],
            people: vec![person("bo")],
        },
        Refusal::NotAllowed {
            action: Action::Override,
            roles: vec![],
            people: vec![],
        },
        Refusal::NotAllowed {
            action: Action::New,
            roles: vec![role("empty")],
            people: vec![],
        },
        Refusal::NotAsked {
            role: role("sre"),
            people: vec![person("bo")],
        },
        Refusal::NotYourItem {
            role: role("sre"),
            people: vec![person("bo")],
        },
        Refusal::CannotOverride {
            waiting: vec![window(), Waiting::Images { failed: None }],
        },
    ];
    insta::assert_snapshot!(all(&refusals), @r"
    You have no role here. Only people with a role in the configuration can act; everybody can look.
    Ask whoever keeps shipbell.toml to add you under [people] and [roles].

    You may not roll back. It is for sre.
    Bo Lindqvist can.

    You may not set gates aside. No role may: [allow] does not name override.
    Whoever keeps shipbell.toml can name one.

    You may not open a release. It is for empty.
    Nobody holds that role.

    You were not asked. It is for sre to say how that went.
    Bo Lindqvist can.

    You cannot settle this item. It is for sre.
    Bo Lindqvist can.

    This cannot be set aside. The images are not pinned: what is unknown or at work is never set aside.
    Wait until that is over, then try again.
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn refused_for_what_is_not_there_or_not_well_written() {
    let text = str::to_owned;
    let refusals = [
        Refusal::UnknownApp {
            app: AppId::new("x").unwrap(),
            known: vec![app()],
        },
        Refusal::UnknownEnvironment {
            app: app(),
            env: env("x"),
            known: vec![env("staging")],
        },
        Refusal::UnknownRelease {
            release: ReleaseId(9),
        },
        Refusal::UnknownIncident {
            incident: IncidentId(9),
        },
        Refusal::UnknownPerson {
            person: person("zoe"),
        },
        Refusal::UnknownImage {
            service: text("api"),
            known: vec![text("php")],
        },
        Refusal::UnknownItem { item: 7, count: 3 },
        Refusal::Unknown {
            what: text("window w9"),
            hint: text("See window list."),
        },
        Refusal::ImageMissing {
            service: text("api"),
        },
        Refusal::ImageNotAllowed {
            service: text("php"),
            reference: text("docker.io/mallory/php:1"),
            allowed: vec![text("ghcr.io/acme"), text("localhost:5000/acme")],
        },
        Refusal::CommitNeeded {
            service: text("php"),
            given: None,
        },
        Refusal::CommitNeeded {
            service: text("php"),
            given: Some(text("main")),
        },
        Refusal::BadVersion {
            version: version("v7"),
            scheme: VersionScheme::Calver,
        },
        Refusal::VersionTaken {
            version: version("2026.11.18-2"),
            release: ReleaseId(140),
        },
        Refusal::TooLong {
            what: "reason",
            limit: 1000,
        },
        Refusal::TooMany {
            what: "notes of this release",
            limit: 200,
        },
        Refusal::Missing { what: "reason" },
    ];
    insta::assert_snapshot!(all(&refusals), @r"
    There is no application x.
    Known: rapid-audit.

    Rapid Audit Manage has no environment x.
    Known: staging.

    There is no release r9.
    What there is: `/release history`

    There is no incident i9.
    What there is: `/release incident list`

    There is nobody called zoe.
    Known: ana, bo, chloe and kai.

    There is no image api. A release brings the images of its policy.
    Known: php.

    There is no checklist item 7. The checklist has 3 items.
    They are: `/release check`

    There is no window w9 here.
    See window list.

    The image api needs a reference. The configuration does not say where it is.
    Add: `/release new … --image api=registry/name:tag`

    php may not come from docker.io/mallory/php:1. Images come from ghcr.io/acme and localhost:5000/acme.
    Push it there, or have that repository added to `allow_images`.

    The image php is built from a commit, and none is named. Only what a commit holds is built, never what lies in a folder.
    Name it by its digits: `/release new … --commit 3f9c2ab8`

    main does not name a commit for good. Branches and tags can move.
    Name it by its digits: `/release new … --commit 3f9c2ab8`

    v7 is not a version here. Versions are written like 2026.11.20-1.
    Write it that way, or change the version scheme in the configuration.

    2026.11.18-2 is r140 already. A version is used once.
    Choose another, or look at it: `/release show r140`

    The reason is too long.
    Say it in at most 1000 characters.

    There are 200 notes of this release already.
    Keep it somewhere else.

    The reason is missing.
    Say it, then try again.
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn refused_for_how_things_stand() {
    let production = || place("production");
    let refusals = [
        Refusal::ReleaseOver {
            release: RELEASE,
            cancelled: true,
        },
        Refusal::AlreadyThere {
            environment: production(),
            version: version("2026.11.18-2"),
        },
        Refusal::AlreadyStarting {
            release: RELEASE,
            env: env("production"),
            by: person("bo"),
        },
        Refusal::AskOver {
            env: env("production"),
            phase: Phase::Signoff,
            why: "the images changed".to_owned(),
        },
        Refusal::OpenReleases {
            app: app(),
            releases: vec![RELEASE],
        },
        Refusal::Stale {
            what: "the attempt ended",
        },
        Refusal::Busy {
            environment: production(),
            attempt: 8,
            release: RELEASE,
            since: at("13:50"),
        },
        Refusal::Undecided {
            environment: production(),
            attempt: 8,
            release: RELEASE,
            work: "Run migrate in php".to_owned(),
            people: vec![person("bo")],
        },
        Refusal::NothingToRepeat {
            work: "Drain the queue".to_owned(),
        },
        Refusal::NothingToDecide {
            environment: production(),
        },
        Refusal::Decided {
            environment: production(),
            by: person("bo"),
        },
        Refusal::NothingRunning {
            environment: production(),
        },
        Refusal::NoTarget {
            environment: production(),
            wanted: None,
            known: vec![],
        },
        Refusal::NoTarget {
            environment: production(),
            wanted: Some(version("x")),
            known: vec![version("2026.11.17-1")],
        },
        Refusal::DataAhead {
            environment: production(),
            target: version("2026.11.17-1"),
            ahead: Box::new(Ahead {
                attempt: 8,
                index: 1,
                step: "Migrate".to_owned(),
                version: version("2026.11.20-1"),
                restore: "Restore the dump of before the deploy.".to_owned(),
            }),
        },
        Refusal::NotLocked {
            environment: production(),
        },
        Refusal::NotWatched {
            environment: production(),
        },
        Refusal::NoDrift {
            environment: production(),
        },
        Refusal::NotWhole {
            environment: production(),
            services: vec!["web".to_owned(), "worker".to_owned()],
        },
        Refusal::OutsideWindows {
            environment: production(),
            next: Span::new(at("14:00"), at("16:00")),
        },
        Refusal::OutsideWindows {
            environment: production(),
            next: None,
        },
        Refusal::InThePast { at: at("09:00") },
        Refusal::IncidentOver {
            incident: IncidentId(7),
        },
        Refusal::AlreadyAcknowledged {
            incident: IncidentId(7),
            person: person("bo"),
        },
    ];
    insta::assert_snapshot!(all(&refusals), @r#"
    2026.11.20-1 is over. It was given up.
    Open another release: `/release new`

    2026.11.18-2 runs in Rapid Audit Manage, production already. It was verified there.
    How it stands: `/release status`

    2026.11.20-1 is starting in production already. Bo Lindqvist asked for it, and what stands on the asks is being read.
    Wait a moment.

    The sign-off for production is over. The images changed.
    If people are asked again, the new ask counts. What waits: `/release status`

    Rapid Audit Manage cannot be removed. It has open releases: r142.
    Finish them, or give them up: `/release cancel <release> "why"`

    Nothing was changed. It is out of date: the attempt ended.
    How things stand: `/release status`

    Rapid Audit Manage, production is being changed already. Attempt 8 is at work since 13:50, for 2026.11.20-1.
    Wait until it ends, or stop it: `/release stop rapid-audit production`

    Rapid Audit Manage, production waits for a person. Run migrate in php was cut off in attempt 8, for 2026.11.20-1, and nobody knows how it ended. Bo Lindqvist can say how to go on.
    Look, then say: `/release resume rapid-audit production`

    There is nothing to run again. A person is asked: Drain the queue.
    Say worked when it is done, or failed when it cannot be.

    Nothing in Rapid Audit Manage, production waits for that. Only a step that was cut off, or that asks a person, waits for an answer.
    How it stands: `/release status`

    Bo Lindqvist has said how Rapid Audit Manage, production goes on. Your answer came after that.
    How it stands: `/release status`

    Nothing is being done to Rapid Audit Manage, production. There is nothing to stop.
    How it stands: `/release status`

    There is no version Rapid Audit Manage, production could return to. Nothing else was verified there.
    Deploy a version that works: `/release deploy rapid-audit production`

    x was never verified in Rapid Audit Manage, production. Verified there: 2026.11.17-1.
    Choose one: `/release rollback rapid-audit production <version>`

    2026.11.17-1 cannot run in Rapid Audit Manage, production any more. Migrate of 2026.11.20-1 was done since, and older images do not undo it. To get back: Restore the dump of before the deploy.
    Once that is done, or if it can run all the same: `/release rollback rapid-audit production 2026.11.17-1 --anyway --why "reason"`

    Rapid Audit Manage, production is not locked.
    How it stands: `/release status`

    Rapid Audit Manage, production is not watched now. A watch begins after a deploy and ends by itself.

    Rapid Audit Manage, production runs what was deployed there. Nothing was seen that somebody changed outside.
    How it stands: `/release status`

    What runs in Rapid Audit Manage, production cannot be adopted. It is not whole, or not the same on every host: web and worker.
    Bring it in order first, or go back: `/release rollback rapid-audit production`

    That time is outside every window of Rapid Audit Manage, production. The next one is Friday 20 November, 14:00 to 16:00 (Paris).
    Choose a time inside one, or add one: `/release window add rapid-audit production <when>`

    That time is outside every window of Rapid Audit Manage, production. None opens within 13 months.
    Choose a time inside one, or add one: `/release window add rapid-audit production <when>`

    Friday 20 November, 09:00 (Paris) is in the past.
    Say a time that is still to come.

    i7 is over. It was resolved.
    Open another if it is back: `/release incident open`

    Bo Lindqvist is on i7 already.
    To add what you know: `/release incident update i7 "what you know"`
    "#);
}
