//! Commands that only look.

use shipbell_domain::ids::ReleaseId;

use super::place::Words;
use super::{Answer, Question, Reader, Resolved, Suggestion};
use crate::chatops::grammar::{Can, Help, History, Show, Status};

pub(super) fn help(it: &Help) -> Resolved {
    Resolved::Ask(Question::Help(it.verb.clone()))
}

impl Reader<'_> {
    pub(super) fn status(&self, it: &Status) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment));
        let (app, env) = self.narrow(&mut words)?;
        self.no_more(words.take())?;
        Ok(Resolved::Ask(Question::Status {
            app,
            env,
            share: it.share,
        }))
    }

    pub(super) fn can(&self, it: &Can) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment));
        let id = self.environment(&mut words)?;
        self.no_more(words.take())?;
        Ok(Resolved::Ask(Question::Can(id)))
    }

    pub(super) fn history(&self, it: &History) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment));
        let (app, env) = self.narrow(&mut words)?;
        self.no_more(words.take())?;
        Ok(Resolved::Ask(Question::History { app, env }))
    }

    pub(super) fn show(&self, it: &Show) -> Answer {
        let Some(word) = &it.release else {
            let newest = self.vocabulary.releases.last();
            let id = newest.map(|it| it.id).ok_or_else(|| {
                Suggestion::plain("There is no release yet. Open one with: new <version>")
            })?;
            return Ok(Resolved::Ask(Question::Show(id)));
        };
        // A release that is long over is known by its number alone.
        let known = self
            .release(word)
            .or_else(|wrong| ReleaseId::parse(word).ok_or(wrong))?;
        Ok(Resolved::Ask(Question::Show(known)))
    }
}
