//! Messages that are edited in place: each is drawn from what stands.

mod announcement;
mod ask;
mod evidence;
mod incident;
mod progress;
mod release;
#[cfg(test)]
mod tests;
mod watch;

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::card::{Card, Field, Text};
use shipbell_domain::attempt::{Attempt, Progress, Work};
use shipbell_domain::effect::CardId;
use shipbell_domain::environment::Environment;
use shipbell_domain::event::Outcome;
use shipbell_domain::ids::{EnvId, EnvName};
use shipbell_domain::release::Release;

use super::View;
use super::words::Voice;

pub(super) use release::{stands, window_words};

/// Draws a card; none if what it shows is not there any more and it stays as it is.
pub fn card(card: &CardId, view: &View<'_>) -> Option<Card> {
    match card {
        CardId::Announcement { release, env } => {
            announcement::draw(&Subject::of(view, view.world.releases.get(release)?), env)
        }
        CardId::Release { release } => Some(release::draw(&Subject::of(
            view,
            view.world.releases.get(release)?,
        ))),
        CardId::Ask { ask } => {
            let subject = Subject::of(view, view.world.releases.get(&ask.release)?);
            Some(ask::draw(&subject, subject.release.asks.get(ask)?))
        }
        CardId::Progress {
            environment,
            attempt,
            release,
        } => {
            let subject = Subject::of(view, view.world.releases.get(release)?);
            Some(progress::draw(
                &subject,
                environment,
                subject.attempt(environment, *attempt)?,
            ))
        }
        CardId::Evidence {
            environment,
            attempt,
            release,
        } => {
            let subject = Subject::of(view, view.world.releases.get(release)?);
            evidence::draw(
                &subject,
                environment,
                subject.attempt(environment, *attempt)?,
            )
        }
        CardId::Watch {
            environment,
            attempt,
            release,
        } => {
            let subject = Subject::of(view, view.world.releases.get(release)?);
            let here = view.world.environments.get(&environment.env)?;
            let watch = here.watch.as_ref().filter(|it| it.attempt == *attempt)?;
            Some(watch::draw(&subject, environment, watch))
        }
        CardId::Incident { incident } => {
            Some(incident::draw(view, view.world.incidents.get(incident)?))
        }
    }
}

/// A release and everything words about it need.
pub(super) struct Subject<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) voice: Voice<'a>,
    pub(super) release: &'a Release,
}

impl<'a> Subject<'a> {
    pub(super) fn of(view: &'a View<'a>, release: &'a Release) -> Self {
        Self {
            view,
            voice: Voice::of(view),
            release,
        }
    }

    /// `Rapid Audit Manage 2026.11.20-1`
    pub(super) fn name(&self) -> String {
        format!(
            "{} {}",
            self.voice.title(&self.release.app),
            self.release.version
        )
    }

    fn environment(&self, env: &EnvName) -> Option<&'a Environment> {
        self.view.world.environments.get(env).map(AsRef::as_ref)
    }

    /// An attempt, while it is still the last one of its environment.
    fn attempt(&self, id: &EnvId, number: u32) -> Option<&'a Attempt> {
        let last = self.environment(&id.env)?.attempt.as_ref()?;
        (last.number == number).then_some(last)
    }
}

/// How the checks of an attempt ended.
struct Checks {
    passed: usize,
    failed: usize,
    all: usize,
}

impl Checks {
    fn of(attempt: &Attempt) -> Self {
        let work = attempt.work.iter().zip(&attempt.progress);
        let mut checks = Self {
            passed: 0,
            failed: 0,
            all: 0,
        };
        for (work, progress) in work {
            match work {
                Work::Step(_) => {}
                Work::Check(_) => checks.count(progress),
            }
        }
        checks
    }

    fn count(&mut self, progress: &Progress) {
        self.all += 1;
        match progress {
            Progress::Pending | Progress::Running { .. } => {}
            Progress::Ended { outcome, .. } => match outcome {
                Outcome::Succeeded { .. } => self.passed += 1,
                Outcome::Failed { .. } | Outcome::Interrupted { .. } => self.failed += 1,
            },
        }
    }
}

fn field(name: impl Into<String>, lines: Vec<Text>) -> Field {
    Field {
        name: name.into(),
        lines,
    }
}

fn line(words: impl Into<String>) -> Text {
    Text::plain(words)
}

/// `7 min`, `24 s`
fn took(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let seconds = (to - from).num_seconds().max(0);
    match seconds {
        0..=119 => format!("{seconds} s"),
        _ => format!("{} min", seconds / 60),
    }
}
