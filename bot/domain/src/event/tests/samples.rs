//! One event of every kind.

mod environments;
mod origins;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use self::environments::{attempts, outside, watches};
use crate::ask::{AskId, Phase, Source, Standing, Vote};
use crate::calendar::Span;
use crate::event::{
    AgendaEvent, ApplicationEvent, Event, IncidentEvent, Override, ReleaseEvent, StageResult,
};
use crate::gates::Waiting;
use crate::history::{Checkpoint, LogEnd, Loss};
use crate::ids::{
    AppId, EnvId, EnvName, FreezeId, Hash, IncidentId, Key, Person, ReleaseId, Role, ServiceName,
    Surface, Version, WindowId,
};
use crate::manifest::{Image, Manifest};
use crate::policy::{Pinned, Policy, Repositories, Severity, VersionScheme};
use crate::preview::{Back, Change, Fate, Preview};
use crate::quorum::Quorum;
use crate::release::{Mark, Moment};
use crate::settings::Escalation;

pub(super) fn every() -> Vec<Event> {
    let mut all: Vec<Event> = applications().into_iter().map(Event::Application).collect();
    all.extend(releases().into_iter().map(Event::Release));
    all.extend(origins::readings().into_iter().map(Event::Release));
    all.extend(asks().into_iter().map(Event::Release));
    all.extend(stages().into_iter().map(Event::Release));
    all.extend(attempts().into_iter().map(Event::Environment));
    all.extend(watches().into_iter().map(Event::Environment));
    all.extend(outside().into_iter().map(Event::Environment));
    all.extend(incidents().into_iter().map(Event::Incident));
    all.extend(agenda().into_iter().map(Event::Agenda));
    all
}

fn applications() -> Vec<ApplicationEvent> {
    let policy = Policy {
        app: app(),
        scheme: VersionScheme::GitSha,
        images: BTreeMap::new(),
        builds: BTreeMap::from([(service(), origins::build())]),
        allow_images: Repositories::default(),
        origin: Some(origins::origin()),
        checklist: origins::checklist(),
        allow: BTreeMap::new(),
        environments: Vec::new(),
    };
    let pinned = Box::new(Pinned {
        hash: hash(),
        policy,
    });
    vec![
        ApplicationEvent::PolicyAdopted { pinned },
        ApplicationEvent::Removed,
    ]
}

fn releases() -> Vec<ReleaseEvent> {
    let (release, by, env) = (ReleaseId(1), bo(), env());
    let note = Some("faster".to_owned());
    let opened = ReleaseEvent::Opened {
        release,
        app: app(),
        version: version(),
        requester: by.clone(),
        references: BTreeMap::from([(service(), "web:1.4.0".to_owned())]),
        commit: None,
        note,
        ticket: None,
        policy: hash(),
        builds: BTreeMap::from([(service(), origins::build())]),
    };
    let mark = Some(Mark::NotApplicable {
        reason: "a fix".to_owned(),
    });
    let (summary, owner) = ("faster".to_owned(), by.clone());
    vec![
        opened,
        ReleaseEvent::ManifestFixed {
            manifest: Box::new(manifest()),
        },
        ReleaseEvent::ImagesUnresolved {
            why: "no such tag".to_owned(),
        },
        ReleaseEvent::PolicyChanged { policy: hash() },
        ReleaseEvent::Planned {
            env: env.clone(),
            span: span(),
            summary,
            owner,
            by: by.clone(),
        },
        ReleaseEvent::Announced {
            env,
            moment: Moment::Ahead,
        },
        ReleaseEvent::Ticked {
            item: 1,
            mark,
            by: by.clone(),
        },
        ReleaseEvent::Noted {
            by: by.clone(),
            text: "the disk is nearly full".to_owned(),
            link: Some("https://chat.example/1".to_owned()),
        },
        ReleaseEvent::Done,
        ReleaseEvent::Cancelled {
            by,
            why: "not ready".to_owned(),
        },
        ReleaseEvent::Checkpointed {
            checkpoint: Checkpoint {
                note: "where it stood".to_owned(),
                key: "whose".to_owned(),
            },
        },
    ]
}

fn asks() -> Vec<ReleaseEvent> {
    let (ask, by) = (ask(), bo());
    let source = Source::Reaction(Surface::new("web").unwrap());
    let vote = Vote::No {
        reason: Some("the demo".to_owned()),
    };
    let quorum = Quorum(BTreeMap::from([(Role::new("sre").unwrap(), 1)]));
    let why = "only sre can".to_owned();
    vec![
        ReleaseEvent::AskOpened {
            ask: ask.clone(),
            quorum,
        },
        ReleaseEvent::Voted {
            ask: ask.clone(),
            by: by.clone(),
            source,
            vote,
        },
        ReleaseEvent::VoteWithdrawn {
            ask: ask.clone(),
            by: by.clone(),
            source: Source::Word,
        },
        ReleaseEvent::VoteIgnored {
            ask: ask.clone(),
            by,
            why: why.clone(),
        },
        ReleaseEvent::AskVoided { ask, why },
    ]
}

fn stages() -> Vec<ReleaseEvent> {
    let (env, by) = (env(), bo());
    let surface = Surface::new("web").unwrap();
    let standing = Standing {
        ask: ask(),
        surface,
        yes: [by.clone()].into(),
        no: [].into(),
    };
    let waiting = vec![Waiting::Busy {
        attempt: 1,
        release: ReleaseId(1),
    }];
    let result = StageResult::RolledBack(ReleaseId(1));
    let over = Some(over());
    vec![
        ReleaseEvent::PreviewWanted {
            env: env.clone(),
            by: by.clone(),
        },
        ReleaseEvent::Previewed {
            env: env.clone(),
            preview: Box::new(preview()),
        },
        ReleaseEvent::StartRequested {
            env: env.clone(),
            by,
            over: over.clone(),
        },
        ReleaseEvent::StandingRead {
            env: env.clone(),
            read_at: at(),
            standing: vec![standing],
        },
        ReleaseEvent::StartRefused {
            env: env.clone(),
            waiting: waiting.clone(),
        },
        ReleaseEvent::Overridden {
            env: env.clone(),
            over: self::over(),
            skipped: waiting,
        },
        ReleaseEvent::StageStarted {
            env: env.clone(),
            attempt: 1,
            ask: Some(ask()),
        },
        ReleaseEvent::StageEnded {
            env: env.clone(),
            attempt: 1,
            result,
        },
        ReleaseEvent::StageWatched { env, findings: 2 },
    ]
}

fn preview() -> Preview {
    Preview {
        engine: "engine 29".to_owned(),
        changes: vec![Change {
            service: "web".to_owned(),
            on: None,
            fate: Fate::Replaced,
            from: None,
            to: Some("web:1.4.0".to_owned()),
            published: true,
            away: None,
        }],
        once: vec!["Migrate".to_owned()],
        irreversible: Vec::new(),
        trouble: None,
        back: Some(Back {
            version: version(),
            lost: Some("no such image".to_owned()),
        }),
    }
}

fn incidents() -> Vec<IncidentEvent> {
    let (by, text) = (bo(), "restarted".to_owned());
    let opened = IncidentEvent::Opened {
        incident: IncidentId(1),
        severity: Severity::P1,
        what: "500s".to_owned(),
        environment: Some(EnvId {
            app: app(),
            env: env(),
        }),
        release: None,
        by: None,
        escalation: Escalation::default(),
    };
    vec![
        opened,
        IncidentEvent::Paged {
            level: 0,
            people: vec![by.clone()],
        },
        IncidentEvent::Acknowledged { by: by.clone() },
        IncidentEvent::Escalated { by: by.clone() },
        IncidentEvent::Updated {
            by: by.clone(),
            text: text.clone(),
        },
        IncidentEvent::Resolved { by, text },
    ]
}

fn agenda() -> Vec<AgendaEvent> {
    let (by, environment) = (
        bo(),
        EnvId {
            app: app(),
            env: env(),
        },
    );
    let (window, freeze, from) = (WindowId(1), FreezeId(1), at());
    let reason = "sale".to_owned();
    vec![
        AgendaEvent::WindowAdded {
            window,
            environment,
            span: span(),
            by: by.clone(),
        },
        AgendaEvent::WindowCancelled {
            window,
            by: by.clone(),
            why: reason.clone(),
        },
        AgendaEvent::Frozen {
            freeze,
            app: None,
            from,
            to: None,
            reason,
            by: by.clone(),
        },
        AgendaEvent::Unfrozen {
            freeze,
            by: by.clone(),
        },
        AgendaEvent::LossAccepted {
            loss: loss(),
            by: Some(by),
        },
        AgendaEvent::ClockJumped { seconds: -3_600 },
        AgendaEvent::DuplicatesFound {
            surface: Surface::new("slack").unwrap(),
            key: Key::join(&[&"say", &7]),
            copies: vec!["1700000000.000200".to_owned()],
        },
    ]
}

fn loss() -> Loss {
    let end = |seq| LogEnd {
        instance: "07".repeat(16),
        seq,
        hash: hash(),
    };
    Loss {
        seen: end(142),
        found: end(121),
    }
}

fn ask() -> AskId {
    let (release, phase, round) = (ReleaseId(1), Phase::Signoff, 1);
    AskId {
        release,
        env: env(),
        phase,
        manifest: hash(),
        round,
    }
}

fn manifest() -> Manifest {
    let pinned = format!("web@sha256:{}", hash());
    let image = Image {
        reference: "web:1.4.0".to_owned(),
        pinned,
        local: false,
    };
    let images = BTreeMap::from([(service(), image)]);
    Manifest {
        app: app(),
        version: version(),
        commit: None,
        images,
        policy: hash(),
    }
}

fn over() -> Override {
    Override {
        by: bo(),
        role: role(),
        reason: "down".to_owned(),
    }
}

fn span() -> Span {
    Span::lasting(at(), TimeDelta::hours(1)).unwrap()
}

fn at() -> DateTime<Utc> {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

fn app() -> AppId {
    AppId::new("shop").unwrap()
}

fn env() -> EnvName {
    EnvName::new("production").unwrap()
}

fn version() -> Version {
    Version::new("1.4.0").unwrap()
}

fn service() -> ServiceName {
    ServiceName::new("web").unwrap()
}

fn role() -> Role {
    Role::new("sre").unwrap()
}

fn bo() -> Person {
    Person::new("bo").unwrap()
}

fn hash() -> Hash {
    Hash::new("a".repeat(64)).unwrap()
}
