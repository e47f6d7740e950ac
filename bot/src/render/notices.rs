//! News that rings a bell: drawn from what it carries alone, so that it never changes.

mod attempts;
mod drift;
mod freezes;
mod history;
mod incidents;
mod starts;
#[cfg(test)]
mod tests;
mod watches;

pub use drift::difference;
use shipbell_adapters::chat::card::{Block, Card, Span, Text};
use shipbell_domain::gates::Waiting;
use shipbell_domain::ids::{AppId, EnvName};
use shipbell_domain::notice::{News, Notice};

use super::View;
use super::gates::{Door, opened_by, what};
use super::words::{Voice, bound, card, said};

/// Draws a piece of news for those it is told to.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each piece of news"
)]
pub fn notice(notice: &Notice, view: &View<'_>) -> Card {
    let told = Told {
        voice: Voice::of(view),
        notice,
    };
    match &notice.news {
        News::RollbackOwner { env, version, span } => {
            starts::rollback_owner(&told, env, version, span)
        }
        News::ImagesUnresolved { version, why } => starts::images(&told, version, why),
        News::BuildFailed { version, why, tail } => starts::build(&told, version, (why, tail)),
        News::DryRun {
            env,
            version,
            preview,
        } => starts::dry_run(&told, (env, version), preview),
        News::StartRefused {
            env,
            version,
            waiting,
        } => starts::refused(&told, env, version, waiting),
        News::StartTimedOut { env, version } => starts::timed_out(&told, env, version),
        News::StillWaiting {
            env,
            version,
            roles,
        } => starts::still_waiting(&told, env, version, roles),
        News::Overridden {
            env,
            version,
            over,
            skipped,
        } => starts::overridden(&told, (env, version), over, skipped),
        News::AttemptFailed { .. } => attempts::failed(&told),
        News::CutOff { .. } => attempts::cut_off(&told),
        News::Asked { .. } => attempts::asked(&told),
        News::WorkHeld { env, version, why } => attempts::held(&told, (env, version), why),
        News::RollbackStarted {
            env,
            to,
            reason,
            by,
        } => attempts::rollback_started(&told, (env, to), reason, by.as_ref()),
        News::RolledBack { env, to } => attempts::rolled_back(&told, env, to),
        News::WithdrawnTooLate { env, version, by } => {
            starts::withdrawn_too_late(&told, env, version, by)
        }
        News::WatchFinding {
            env,
            version,
            findings,
            by,
        } => watches::finding(&told, (env, version), findings, by.as_ref()),
        News::WatchQuestion {
            env,
            version,
            tick,
            again,
        } => watches::question(&told, (env, version), *tick, *again),
        News::Page { .. } => incidents::page(&told),
        News::Resolved { .. } => incidents::resolved(&told),
        News::Frozen {
            freeze,
            reason,
            from,
            to,
            by,
        } => freezes::frozen(&told, *freeze, reason, (*from, *to, by)),
        News::Unfrozen { freeze, by } => freezes::unfrozen(&told, *freeze, by),
        News::Drifted {
            env,
            version,
            runs,
            differences,
        } => drift::seen(&told, (env, version), *runs, differences),
        News::Adopted {
            env,
            version,
            by,
            why,
        } => drift::adopted(&told, (env, version), by, why),
        News::ClockJumped { seconds } => history::clock_jumped(&told, *seconds),
        News::LossAccepted { loss, by } => history::loss_accepted(&told, loss, by.as_ref()),
        News::Checkpointed { checkpoint } => history::checkpointed(&told, checkpoint),
    }
}

/// A piece of news and the words for it.
struct Told<'a> {
    voice: Voice<'a>,
    notice: &'a Notice,
}

impl Told<'_> {
    /// `Rapid Audit Manage`, where the news is about an application.
    fn app(&self) -> String {
        self.notice
            .app
            .as_ref()
            .map_or_else(|| "Every application".to_owned(), |it| self.voice.title(it))
    }

    /// `rapid-audit production`, as it is typed.
    fn typed(&self, env: &EnvName) -> String {
        match &self.notice.app {
            Some(app) => super::words::typed(app, env),
            None => env.to_string(),
        }
    }

    /// One sentence, after the names of those who must act.
    fn card(&self, words: impl AsRef<str>) -> Card {
        let words = bound(words.as_ref(), 700);
        let called = &self.notice.mention;
        if called.is_empty() {
            let mut card = card(&words);
            card.blocks.push(Block::Text(Text::plain(words)));
            return card;
        }
        let mut card = card(format!("{}: {words}", self.voice.names(called)));
        let mut spans = self.voice.mentions(called);
        spans.push(said(": "));
        spans.push(said(words));
        card.blocks.push(Block::Text(Text(spans)));
        card
    }

    /// What each closed gate waits for, and who can open it.
    fn gates(&self, env: &EnvName, waiting: &[Waiting]) -> Vec<Block> {
        const MOST: usize = 6;
        let app = self.notice.app.as_ref();
        gate_lines(&self.voice, app, env, &waiting[..waiting.len().min(MOST)])
    }
}

/// A paragraph for each closed gate.
pub(super) fn gate_lines(
    voice: &Voice<'_>,
    app: Option<&AppId>,
    env: &EnvName,
    waiting: &[Waiting],
) -> Vec<Block> {
    let door = Door {
        app,
        env,
        requester: None,
    };
    let line = |it: &Waiting| {
        let missing = super::words::capital(&what(voice, &door, it));
        let mut spans = vec![Span::Strong(missing), said(". ")];
        spans.extend(opened_by(voice, &door, it));
        Block::Text(Text(spans))
    };
    waiting.iter().map(line).collect()
}
