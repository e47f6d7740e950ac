//! What people and the world usually do, in a few words.

use std::collections::BTreeMap;

use super::{Said, Team, app, env_id, env_name, person, service, version};
use crate::ask::{AskId, Phase, Source, Standing, Vote};
use crate::attempt::FailureMode;
use crate::command::{New, Report, Wish};
use crate::event::{Evidence, Outcome};
use crate::ids::{Hash, ReleaseId, Surface};
use crate::manifest::Image;
use crate::reply::Reply;

impl Team {
    /// ana opens a release and its images are pinned.
    pub(crate) fn opens(&mut self, name: &str) -> ReleaseId {
        let said = self.says("ana", new(name));
        let Ok(Reply::Opened { release, .. }) = said else {
            panic!("{said:?}")
        };
        self.pins(release).unwrap();
        release
    }

    pub(crate) fn pins(&mut self, release: ReleaseId) -> Said {
        let name = self.release(release).version.clone();
        let images = BTreeMap::from([(service(), image(name.as_str()))]);
        self.world_says(Report::ImagesPinned { release, images })
    }

    /// A release that is verified on staging and accepted by chloe.
    pub(crate) fn stages(&mut self, name: &str) -> ReleaseId {
        let release = self.opens(name);
        self.starts("bo", release, "staging");
        self.works_well("staging");
        let ask = self.asked(release, "staging", Phase::Accept);
        self.ticks("chloe", &ask);
        release
    }

    /// A release everybody consents to bring to production.
    pub(crate) fn readies(&mut self, name: &str) -> ReleaseId {
        let release = self.stages(name);
        self.all_sign(release);
        release
    }

    /// chloe and dan sign off what is to go to production.
    pub(crate) fn all_sign(&mut self, release: ReleaseId) {
        let ask = self.asked(release, "production", Phase::Signoff);
        self.ticks("chloe", &ask);
        self.ticks("dan", &ask);
    }

    /// A release that runs in production, verified and watched.
    pub(crate) fn ships(&mut self, name: &str) -> ReleaseId {
        let release = self.brings(name);
        self.watches("production");
        release
    }

    /// A release that runs in production and has just been verified.
    pub(crate) fn brings(&mut self, name: &str) -> ReleaseId {
        let release = self.readies(name);
        self.starts("bo", release, "production");
        self.works_well("production");
        release
    }

    /// A release that runs in production, watched, and accepted there by chloe.
    pub(crate) fn ships_accepted(&mut self, name: &str) -> ReleaseId {
        let release = self.ships(name);
        let ask = self.asked(release, "production", Phase::Accept);
        self.ticks("chloe", &ask);
        release
    }

    pub(crate) fn deploys(&mut self, by: &str, release: ReleaseId, env: &str) -> Said {
        self.says(
            by,
            Wish::Deploy {
                release,
                env: env_name(env),
                over: None,
            },
        )
    }

    pub(crate) fn overrides(&mut self, by: &str, release: ReleaseId, env: &str) -> Said {
        let over = Some("the site is down".to_owned());
        self.says(
            by,
            Wish::Deploy {
                release,
                env: env_name(env),
                over,
            },
        )
    }

    /// Wants a deploy, and what stands on the asks is read at once.
    pub(crate) fn starts(&mut self, by: &str, release: ReleaseId, env: &str) {
        let said = self.deploys(by, release, env).expect("the gates are open");
        if let Reply::Starting { .. } = said {
            self.reads(release, Some(env)).expect("it was wanted");
        }
        assert!(self.is_busy(env), "{:?}", self.release(release).stages);
    }

    pub(crate) fn is_busy(&self, env: &str) -> bool {
        self.environment(env).active().is_some()
    }

    /// All asks of a release are read, as they stand now.
    pub(crate) fn reads(&mut self, release: ReleaseId, env: Option<&str>) -> Said {
        let report = self.reading(release, env);
        self.world_says(report)
    }

    /// A reading that begins now, whenever it is reported.
    pub(crate) fn reading(&self, release: ReleaseId, env: Option<&str>) -> Report {
        let open = self
            .release(release)
            .asks
            .values()
            .filter(|it| it.is_open());
        let standing = open.map(|ask| {
            let (yes, no) = self.marks.get(&ask.id).cloned().unwrap_or_default();
            Standing {
                ask: ask.id.clone(),
                surface: web(),
                yes,
                no,
            }
        });
        let standing = standing.collect();
        let read_at = self.now + chrono::TimeDelta::milliseconds(500);
        Report::StandingRead {
            release,
            env: env.map(env_name),
            read_at,
            standing,
            sighting: self.sighting.clone(),
        }
    }

    pub(crate) fn asked(&self, release: ReleaseId, env: &str, phase: Phase) -> AskId {
        self.ask(release, env, phase)
            .expect("somebody is asked")
            .id
            .clone()
    }

    /// Puts a ✅ on an ask, and the bot hears of it.
    pub(crate) fn ticks(&mut self, by: &str, ask: &AskId) {
        self.marks
            .entry(ask.clone())
            .or_default()
            .0
            .insert(person(by));
        self.reads(ask.release, None).unwrap();
    }

    /// Puts a ✅ on an ask that may be over, of a release that may be, too.
    pub(crate) fn ticks_if_open(&mut self, by: &str, ask: &AskId) -> Said {
        self.marks
            .entry(ask.clone())
            .or_default()
            .0
            .insert(person(by));
        self.reads(ask.release, None)
    }

    /// Puts a ❌ on an ask, and the bot hears of it.
    pub(crate) fn crosses(&mut self, by: &str, ask: &AskId) {
        self.marks
            .entry(ask.clone())
            .or_default()
            .1
            .insert(person(by));
        self.reads(ask.release, None).unwrap();
    }

    /// Takes every emoji off an ask, and the bot hears of it.
    pub(crate) fn unmarks(&mut self, by: &str, ask: &AskId) {
        self.silently_unmarks(by, ask);
        self.reads(ask.release, None).unwrap();
    }

    /// Takes every emoji off an ask, and the bot has not heard of it.
    pub(crate) fn silently_unmarks(&mut self, by: &str, ask: &AskId) {
        let (yes, no) = self.marks.entry(ask.clone()).or_default();
        yes.remove(&person(by));
        no.remove(&person(by));
    }

    pub(crate) fn votes(&mut self, by: &str, ask: &AskId, vote: Vote) -> Said {
        self.says(
            by,
            Wish::Vote {
                ask: ask.clone(),
                source: Source::Word,
                vote,
            },
        )
    }

    pub(crate) fn withdraws(&mut self, by: &str, ask: &AskId, source: Source) -> Said {
        self.says(
            by,
            Wish::Withdraw {
                ask: ask.clone(),
                source,
            },
        )
    }

    /// Every look there is to take is taken, and all is well.
    pub(crate) fn watches(&mut self, env: &str) {
        while let Some(watch) = self.environment(env).watching() {
            let (attempt, tick) = (watch.attempt, u32::try_from(watch.ends.len()).unwrap());
            assert!(
                watch.ends.len() < watch.ticks.len(),
                "the watch does not end"
            );
            self.wait("5m");
            self.looks(env, attempt, tick, true).unwrap();
        }
    }

    pub(crate) fn looks(&mut self, env: &str, attempt: u32, tick: u32, passed: bool) -> Said {
        let environment = env_id(env);
        let findings = if passed {
            Vec::new()
        } else {
            vec!["500 on /health".to_owned()]
        };
        self.world_says(Report::TickChecked {
            environment,
            attempt,
            tick,
            passed,
            findings,
        })
    }

    pub(crate) fn rolls_back(&mut self, by: &str, to: Option<&str>) -> Said {
        let environment = env_id("production");
        let reason = "it is slow".to_owned();
        self.says(
            by,
            Wish::Rollback {
                environment,
                version: to.map(version),
                reason,
                anyway: false,
            },
        )
    }

    pub(crate) fn stops(&mut self, by: &str, rollback: Option<&str>) -> Said {
        let environment = env_id("production");
        self.says(
            by,
            Wish::Stop {
                environment,
                rollback: rollback.map(str::to_owned),
            },
        )
    }

    pub(crate) fn unlocks(&mut self, env: &str) -> Said {
        let why = "looked at it".to_owned();
        self.says(
            "bo",
            Wish::Unlock {
                environment: env_id(env),
                why,
            },
        )
    }
}

pub(crate) fn new(name: &str) -> Wish {
    Wish::New(New {
        app: app(),
        version: version(name),
        images: BTreeMap::new(),
        commit: None,
        note: None,
        ticket: None,
    })
}

/// An image whose digest follows from what it is called.
pub(crate) fn image(name: &str) -> Image {
    let digest = Hash::of([name.as_bytes()]);
    Image {
        reference: format!("registry.example/web:{name}"),
        pinned: format!("registry.example/web@sha256:{digest}"),
        local: false,
    }
}

pub(crate) fn web() -> Surface {
    Surface::new("web").unwrap()
}

pub(crate) fn reaction() -> Source {
    Source::Reaction(web())
}

pub(crate) fn succeeded() -> Outcome {
    Outcome::Succeeded {
        evidence: Evidence::default(),
    }
}

pub(crate) fn cut_off() -> Outcome {
    Outcome::Interrupted {
        seen: "its container is gone".to_owned(),
        evidence: Evidence::default(),
    }
}

pub(crate) fn failed(mode: FailureMode) -> Outcome {
    let why = "unhealthy".to_owned();
    Outcome::Failed {
        mode,
        why,
        evidence: Evidence::default(),
    }
}
