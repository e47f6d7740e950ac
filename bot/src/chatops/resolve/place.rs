//! Which application and environment some words name: one may be left out, the other never.

use std::collections::VecDeque;

use shipbell_domain::ids::{AppId, EnvId, EnvName};

use super::{Reader, Suggestion};
use crate::chatops::normalise;

/// Words still to be read, first to last.
pub(super) struct Words(VecDeque<String>);

impl Words {
    pub(super) fn of<'a>(words: impl IntoIterator<Item = &'a String>) -> Self {
        Self(words.into_iter().cloned().collect())
    }

    pub(super) fn peek(&self) -> Option<&str> {
        self.0.front().map(String::as_str)
    }

    pub(super) fn take(&mut self) -> Option<String> {
        self.0.pop_front()
    }

    /// Everything that is left, as one text.
    pub(super) fn rest(&mut self) -> String {
        let words: Vec<String> = self.0.drain(..).collect();
        words.join(" ")
    }

    pub(super) fn after_first(&self) -> Self {
        Self(self.0.iter().skip(1).cloned().collect())
    }

    fn second(&self) -> Option<&str> {
        self.0.get(1).map(String::as_str)
    }
}

/// How far an environment could be found.
pub(super) enum Place {
    Here(EnvId),
    /// The environment was not said; the application may be known.
    Missing(Option<AppId>),
}

impl Reader<'_> {
    /// The environment that words begin with, if they name one.
    pub(super) fn place(&self, words: &mut Words) -> Result<Place, Suggestion> {
        let said_app = self.take_app(words);
        let app = said_app.clone().or_else(|| self.only_app());
        let Some(word) = words.peek().map(str::to_lowercase) else {
            return Ok(Place::Missing(app));
        };
        let mut having = self
            .vocabulary
            .places()
            .filter(|it| it.env.as_str() == word);
        let found = match &app {
            Some(app) => having.find(|it| it.app == *app),
            None => match (having.next(), having.next()) {
                (Some(only), None) => Some(only),
                (Some(_), Some(_)) => return Err(self.which_app(&word)),
                (None, _) => None,
            },
        };
        match found {
            Some(id) => {
                words.take();
                Ok(Place::Here(id))
            }
            None => Err(self.unknown_place(&word, said_app.as_ref())),
        }
    }

    /// The environment, which must be named.
    pub(super) fn environment(&self, words: &mut Words) -> Result<EnvId, Suggestion> {
        match self.place(words)? {
            Place::Here(id) => Ok(id),
            Place::Missing(app) => Err(self.which_environment(app.as_ref())),
        }
    }

    /// An application and an environment to narrow something down; either may be missing.
    pub(super) fn narrow(
        &self,
        words: &mut Words,
    ) -> Result<(Option<AppId>, Option<EnvName>), Suggestion> {
        let app = self.take_app(words);
        let Some(word) = words.take().map(|it| it.to_lowercase()) else {
            return Ok((app, None));
        };
        let of_app = |it: &EnvId| app.as_ref().is_none_or(|app| it.app == *app);
        let found = self
            .vocabulary
            .places()
            .find(|it| it.env.as_str() == word && of_app(it));
        match found {
            Some(id) => Ok((app, Some(id.env))),
            None => Err(self.unknown_place(&word, app.as_ref())),
        }
    }

    /// The application that words begin with.
    pub(super) fn take_app(&self, words: &mut Words) -> Option<AppId> {
        let word = words.peek()?.to_lowercase();
        let named = |app: &AppId| {
            app.as_str() == word || self.vocabulary.settings.title_of(app).to_lowercase() == word
        };
        let app = self
            .vocabulary
            .apps
            .iter()
            .map(|it| &it.policy.app)
            .find(|it| named(it))?;
        let is_environment = self.vocabulary.places().any(|it| it.env.as_str() == word);
        let followed = words.second().is_some_and(|next| {
            let next = next.to_lowercase();
            self.vocabulary
                .places()
                .any(|it| it.app == *app && it.env.as_str() == next)
        });
        if is_environment && !followed {
            return None;
        }
        words.take();
        Some(app.clone())
    }

    /// The application, where there is one alone.
    pub(super) fn only_app(&self) -> Option<AppId> {
        match self.vocabulary.apps.as_slice() {
            [only] => Some(only.policy.app.clone()),
            [] | [_, _, ..] => None,
        }
    }

    fn which_app(&self, env: &str) -> Suggestion {
        let having = self.vocabulary.places().filter(|it| it.env.as_str() == env);
        let corrected = having
            .map(|it| self.with_before(env, it.app.as_str()))
            .take(5)
            .collect();
        let message = format!("Several applications have {env}. Say which one.");
        Suggestion { message, corrected }
    }

    fn which_environment(&self, app: Option<&AppId>) -> Suggestion {
        let of_app = |it: &EnvId| app.is_none_or(|app| it.app == *app);
        let verb = self.said.first().map_or("", String::as_str);
        let alone = self.only_app().is_some();
        let line = |it: EnvId| {
            let app = (!alone).then(|| it.app.to_string());
            normalise::joined(
                [verb.to_owned()]
                    .into_iter()
                    .chain(app)
                    .chain([it.env.to_string()]),
            )
        };
        let corrected = self
            .vocabulary
            .places()
            .filter(of_app)
            .map(line)
            .take(5)
            .collect();
        let message = "Say which environment: it is never guessed.".to_owned();
        Suggestion { message, corrected }
    }

    /// The command as it was typed, with a word put before another.
    fn with_before(&self, word: &str, new: &str) -> String {
        let at = self
            .said
            .iter()
            .position(|it| it.eq_ignore_ascii_case(word));
        let mut words = self.said.to_vec();
        words.insert(at.unwrap_or(words.len()), new.to_owned());
        normalise::joined(words)
    }
}
