//! Commands about times for deploys and times without.

use shipbell_domain::calendar::{self, Moment, Span, TimeError};
use shipbell_domain::command::Wish;
use shipbell_domain::ids::{AppId, FreezeId, WindowId};

use super::place::Words;
use super::{Answer, FormRequest, Question, Reader, Resolved, Suggestion};
use crate::chatops::grammar::{Freeze, Unfreeze, Window, WindowVerb};

impl Reader<'_> {
    pub(super) fn window(&self, it: &Window) -> Answer {
        match &it.verb {
            None | Some(WindowVerb::List) => Ok(Resolved::Ask(Question::Windows)),
            Some(WindowVerb::Add {
                app,
                environment,
                when,
            }) => {
                let mut words = Words::of(app.iter().chain(environment).chain(when));
                let environment = self.environment(&mut words)?;
                let span = self.span(&words.rest())?;
                Ok(Wish::AddWindow { environment, span }.into())
            }
            Some(WindowVerb::Cancel { window, why }) => {
                let known = self
                    .vocabulary
                    .agenda
                    .windows
                    .keys()
                    .map(ToString::to_string);
                let known: Vec<String> = known.collect();
                let mut words = Words::of(window.iter().chain(why));
                let word = words.take().unwrap_or_default();
                let window = WindowId::parse(&word)
                    .ok_or_else(|| self.unknown_word("window", &word, &known))?;
                Ok(Wish::CancelWindow {
                    window,
                    why: words.rest(),
                }
                .into())
            }
        }
    }

    pub(super) fn freeze(&self, it: &Freeze) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.when));
        let app = self.take_app(&mut words);
        let mut left: Vec<String> = Vec::new();
        while let Some(word) = words.take() {
            left.push(word);
        }
        let Some((moment, used)) = self.longest_time(&left)? else {
            return Ok(freeze_form(app, it, &left));
        };
        let said = left[used..].join(" ");
        let reason = it.why.clone().unwrap_or(said);
        if reason.trim().is_empty() {
            return Ok(freeze_form(app, it, &left));
        }
        let (from, to) = match moment {
            Moment::At(at) => (at, None),
            Moment::Span(span) => (span.from(), Some(span.to())),
        };
        Ok(Wish::Freeze {
            app,
            from,
            to,
            reason,
        }
        .into())
    }

    pub(super) fn unfreeze(&self, it: &Unfreeze) -> Answer {
        let holds = &self.vocabulary.agenda.freezes;
        let known: Vec<String> = holds.keys().map(ToString::to_string).collect();
        let freeze = match (&it.freeze, known.as_slice()) {
            (Some(word), _) => {
                FreezeId::parse(word).ok_or_else(|| self.unknown_word("freeze", word, &known))?
            }
            (None, [_]) => *holds.keys().next().expect("there is one"),
            (None, []) => return Err(Suggestion::plain("No freeze was set by hand.")),
            (None, [_, _, ..]) => {
                let corrected = known
                    .iter()
                    .map(|it| format!("unfreeze {it}"))
                    .take(5)
                    .collect();
                let message = "Several freezes stand. Say which one.".to_owned();
                return Err(Suggestion { message, corrected });
            }
        };
        Ok(Wish::Unfreeze { freeze }.into())
    }

    /// A time somebody typed.
    pub(super) fn moment(&self, when: &str) -> Result<Moment, Suggestion> {
        self.time(when)
            .map_err(|error| Suggestion::plain(sentence(&error.to_string())))
    }

    fn time(&self, when: &str) -> Result<Moment, TimeError> {
        let until = when
            .strip_prefix("until ")
            .map(|rest| format!("now to {rest}"));
        let when = until.as_deref().unwrap_or(when);
        calendar::parse(when, self.scene.now, &self.vocabulary.settings.zone)
    }

    fn span(&self, when: &str) -> Result<Span, Suggestion> {
        match self.moment(when)? {
            Moment::Span(span) => Ok(span),
            Moment::At(_) => Err(Suggestion::plain(
                "Say until when, for example: tomorrow 14:00-16:00, or tomorrow 14:00 for 2h.",
            )),
        }
    }

    /// The longest beginning of the words that is a time, and how many words it takes.
    fn longest_time(&self, words: &[String]) -> Result<Option<(Moment, usize)>, Suggestion> {
        const LONGEST: usize = 12;
        let mut wrong = None;
        for used in (1..=words.len().min(LONGEST)).rev() {
            match self.time(&words[..used].join(" ")) {
                Ok(moment) => return Ok(Some((moment, used))),
                // Most of these failed for the reason that follows the time.
                Err(error @ TimeError::NotUnderstood(_)) => wrong = wrong.or(Some(error)),
                Err(error) => {
                    return Err(Suggestion::plain(sentence(&error.to_string())));
                }
            }
        }
        match wrong {
            Some(error) => Err(Suggestion::plain(sentence(&error.to_string()))),
            None => Ok(None),
        }
    }
}

fn freeze_form(app: Option<AppId>, it: &Freeze, words: &[String]) -> Resolved {
    let why = it.why.clone().unwrap_or_default();
    Resolved::Form(FormRequest::Freeze {
        app,
        when: words.join(" "),
        why,
    })
}

fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars
        .next()
        .map(|it| it.to_uppercase().to_string())
        .unwrap_or_default();
    let end = if words.ends_with(['.', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
