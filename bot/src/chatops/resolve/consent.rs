//! Commands that answer an ask: which ask some words name.

use shipbell_domain::ask::{Ask, AskId, Source, Vote};
use shipbell_domain::command::Wish;
use shipbell_domain::ids::{EnvName, ReleaseId};

use super::place::Words;
use super::{Answer, FormRequest, Reader, Resolved, Suggestion};
use crate::chatops::grammar::{Decline, Signoff};

impl Reader<'_> {
    pub(super) fn signoff(&self, it: &Signoff) -> Answer {
        let mut words = Words::of(it.release.iter().chain(&it.environment));
        let ask = self.ask("signoff", &mut words)?;
        if let Some(word) = words.take() {
            return Err(self.unknown_place(&word, None));
        }
        Ok(Wish::Vote {
            ask,
            source: Source::Word,
            vote: Vote::Yes,
        }
        .into())
    }

    pub(super) fn decline(&self, it: &Decline) -> Answer {
        let mut words = Words::of(it.release.iter().chain(&it.environment).chain(&it.why));
        let ask = self.ask("decline", &mut words)?;
        let why = words.rest();
        if why.is_empty() {
            return Ok(Resolved::Form(FormRequest::Decline(ask)));
        }
        let vote = Vote::No { reason: Some(why) };
        Ok(Wish::Vote {
            ask,
            source: Source::Word,
            vote,
        }
        .into())
    }

    /// The one open ask that fits the words, those to this person first.
    fn ask(&self, verb: &str, words: &mut Words) -> Result<AskId, Suggestion> {
        let release = words.peek().and_then(|word| self.release(word).ok());
        if release.is_some() {
            words.take();
        }
        let is_env = |word: &str| self.vocabulary.places().any(|it| it.env.as_str() == word);
        let env = words
            .peek()
            .map(str::to_lowercase)
            .filter(|word| is_env(word));
        if env.is_some() {
            words.take();
        }
        let env = env.and_then(|it| EnvName::new(it).ok());
        let fits = |it: &&Ask| {
            release.is_none_or(|release| it.id.release == release)
                && env.as_ref().is_none_or(|env| it.id.env == *env)
        };
        let theirs: Vec<&Ask> = self
            .vocabulary
            .asks_to(self.scene.by)
            .filter(fits)
            .collect();
        let open: Vec<&Ask> = self.open_asks().filter(fits).collect();
        // An answer by somebody who was not asked is told so by the one who decides.
        let found = if theirs.is_empty() { open } else { theirs };
        match found.as_slice() {
            [only] => Ok(only.id.clone()),
            [] => Err(nothing_asked(release)),
            [_, _, ..] => {
                let line = |it: &&Ask| format!("{verb} {} {}", it.id.release, it.id.env);
                let corrected = found.iter().map(line).take(5).collect();
                let message = "Several asks are open. Say which one.".to_owned();
                Err(Suggestion { message, corrected })
            }
        }
    }

    fn open_asks(&self) -> impl Iterator<Item = &Ask> {
        let open = self.vocabulary.all_open();
        open.flat_map(|it| it.asks.values())
            .filter(|it| it.is_open())
    }
}

fn nothing_asked(release: Option<ReleaseId>) -> Suggestion {
    let corrected = match release {
        Some(release) => format!("show {release}"),
        None => "status".to_owned(),
    };
    let message = "Nobody is asked for that now.".to_owned();
    Suggestion {
        message,
        corrected: vec![corrected],
    }
}
