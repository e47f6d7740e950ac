//! Commands about incidents.

use shipbell_domain::command::Wish;
use shipbell_domain::ids::{AppId, EnvId, IncidentId};
use shipbell_domain::policy::Severity;

use super::place::{Place, Words};
use super::{Answer, FormRequest, Question, Reader, Resolved, Suggestion};
use crate::chatops::grammar::{Incident, IncidentVerb};

impl Reader<'_> {
    pub(super) fn incident(&self, it: &Incident) -> Answer {
        match &it.verb {
            None | Some(IncidentVerb::List) => Ok(Resolved::Ask(Question::Incidents)),
            Some(IncidentVerb::Open {
                severity,
                what,
                app,
                environment,
            }) => {
                let named = app.iter().chain(environment);
                self.open_incident(severity.as_ref(), what, Words::of(named))
            }
            Some(IncidentVerb::Ack { incident }) => {
                let (incident, _) = self.which("incident ack", incident.as_ref(), &[])?;
                Ok(Wish::Acknowledge { incident }.into())
            }
            Some(IncidentVerb::Escalate { incident }) => {
                let (incident, _) = self.which("incident escalate", incident.as_ref(), &[])?;
                Ok(Wish::Escalate { incident }.into())
            }
            Some(IncidentVerb::Update { incident, text }) => {
                let (incident, text) = self.which("incident update", incident.as_ref(), text)?;
                if text.is_empty() {
                    let message = "Say what is known.".to_owned();
                    let corrected = vec![format!("incident update {incident} \"what is known\"")];
                    return Err(Suggestion { message, corrected });
                }
                Ok(Wish::Update { incident, text }.into())
            }
            Some(IncidentVerb::Resolve { incident, text }) => {
                let (incident, text) = self.which("incident resolve", incident.as_ref(), text)?;
                if text.is_empty() {
                    return Ok(Resolved::Form(FormRequest::Resolve(incident)));
                }
                Ok(Wish::Resolve { incident, text }.into())
            }
        }
    }

    /// The place stands behind what is wrong, or is named.
    fn open_incident(
        &self,
        severity: Option<&String>,
        said: &[String],
        mut named: Words,
    ) -> Answer {
        let mut words = Words::of(severity.into_iter().chain(said));
        let severity = words.peek().and_then(severity_of);
        if severity.is_some() {
            words.take();
        }
        // In quotes, or followed by nothing but a place, it is one word.
        let one = words.peek().is_some_and(|first| first.contains(' ')) || self.place_after(&words);
        let what = if one {
            words.take().unwrap_or_default()
        } else {
            words.rest()
        };
        let (app, environment) = match (named.peek(), words.peek()) {
            (Some(_), _) => self.whereabouts(&mut named)?,
            (None, Some(_)) => self.whereabouts(&mut words)?,
            (None, None) => self.mentioned(&what),
        };
        self.no_more(named.take().or_else(|| words.take()))?;
        match severity.filter(|_| !what.is_empty()) {
            Some(severity) => Ok(Wish::OpenIncident {
                severity,
                what,
                environment,
                app,
            }
            .into()),
            None => Ok(Resolved::Form(FormRequest::Incident { severity, what })),
        }
    }

    /// Whether all words but the first name an environment.
    fn place_after(&self, words: &Words) -> bool {
        let mut after = words.after_first();
        let found = matches!(self.place(&mut after), Ok(Place::Here(_)));
        found && after.peek().is_none()
    }

    fn whereabouts(&self, words: &mut Words) -> Result<(Option<AppId>, Option<EnvId>), Suggestion> {
        match self.place(words)? {
            Place::Here(id) => Ok((Some(id.app.clone()), Some(id))),
            Place::Missing(app) => Ok((app, None)),
        }
    }

    /// The environment that what is wrong speaks of, if it speaks of one alone.
    fn mentioned(&self, what: &str) -> (Option<AppId>, Option<EnvId>) {
        let lower = what.to_lowercase();
        let names = |name: &str| {
            lower
                .split(|c: char| c.is_whitespace() || c == ',')
                .any(|it| it == name)
        };
        let app = self
            .vocabulary
            .apps
            .iter()
            .map(|it| &it.policy.app)
            .find(|it| names(it.as_str()));
        let app = app.cloned().or_else(|| self.only_app());
        let of_app = |it: &EnvId| app.as_ref().is_none_or(|app| it.app == *app);
        let mut places = self
            .vocabulary
            .places()
            .filter(|it| names(it.env.as_str()) && of_app(it));
        match (places.next(), places.next()) {
            (Some(only), None) => (Some(only.app.clone()), Some(only)),
            (_, _) => (app, None),
        }
    }

    /// The incident that is named, or the only open one, and the words that follow.
    fn which(
        &self,
        command: &str,
        first: Option<&String>,
        rest: &[String],
    ) -> Result<(IncidentId, String), Suggestion> {
        let mut words = Words::of(first.into_iter().chain(rest));
        let known = |id: &IncidentId| self.vocabulary.incident(*id).is_some();
        if let Some(id) = words.peek().and_then(IncidentId::parse).filter(known) {
            words.take();
            return Ok((id, words.rest()));
        }
        let open: Vec<IncidentId> = self.vocabulary.open_incidents().map(|it| it.id).collect();
        match open.as_slice() {
            [only] => Ok((*only, words.rest())),
            [] => Err(Suggestion::plain("No incident is open.")),
            [_, _, ..] => {
                let corrected = open
                    .iter()
                    .map(|it| format!("{command} {it}"))
                    .take(5)
                    .collect();
                let message = "Several incidents are open. Say which one.".to_owned();
                Err(Suggestion { message, corrected })
            }
        }
    }
}

pub(in crate::chatops) fn severity_of(word: &str) -> Option<Severity> {
    match word.to_uppercase().as_str() {
        "P0" => Some(Severity::P0),
        "P1" => Some(Severity::P1),
        "P2" => Some(Severity::P2),
        "P3" => Some(Severity::P3),
        _ => None,
    }
}
