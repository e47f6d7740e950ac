//! From words to what is meant: a question, a wish, a form, or what to type instead.

mod calendar;
mod consent;
mod deploys;
mod incidents;
mod looks;
mod place;
mod releases;
mod suggest;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use shipbell_domain::ask::AskId;
use shipbell_domain::command::Wish;
use shipbell_domain::ids::{AppId, EnvId, EnvName, IncidentId, Person, ReleaseId, Version};
use shipbell_domain::policy::Severity;

use super::grammar::{self, Line};
use super::normalise;
use super::vocabulary::Vocabulary;

pub(super) use releases::next_version;

/// Who speaks, when, and what their words can refer to.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// What there is.
    pub vocabulary: &'a Vocabulary,
    /// Who speaks.
    pub by: &'a Person,
    /// When.
    pub now: DateTime<Utc>,
}

/// What somebody meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// To know something.
    Ask(Question),
    /// To have something done.
    Wish(Wish),
    /// To have something done, and the rest is asked for.
    Form(FormRequest),
    /// Nobody can tell.
    Suggest(Suggestion),
}

/// What somebody wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// How commands are written: one of them, or all.
    Help(Option<String>),
    /// What runs where; for everybody to see if shared.
    Status {
        /// Only this application.
        app: Option<AppId>,
        /// Only environments of this name.
        env: Option<EnvName>,
        /// Whether everybody sees the answer.
        share: bool,
    },
    /// What waits for somebody, and how things stand: the bot's own page on a platform.
    Home,
    /// Whether a deploy may start.
    Can(EnvId),
    /// What was deployed lately.
    History {
        /// Only this application.
        app: Option<AppId>,
        /// Only environments of this name.
        env: Option<EnvName>,
    },
    /// Everything about a release.
    Show(ReleaseId),
    /// Who is asked to consent to a release.
    Asks(ReleaseId),
    /// What must be attested.
    Checklist(ReleaseId),
    /// Windows and freezes to come.
    Windows,
    /// Open incidents.
    Incidents,
    /// Who the bot takes somebody for.
    WhoAmI,
    /// A link that signs somebody in.
    Open,
}

/// What is still to be asked, with what is known already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormRequest {
    /// A release.
    New {
        /// The application, if known.
        app: Option<AppId>,
        /// The version, if known.
        version: Option<Version>,
    },
    /// A plan.
    Plan {
        /// The application, if known.
        app: Option<AppId>,
        /// The environment, if known.
        env: Option<EnvName>,
        /// What was typed of the time.
        when: String,
    },
    /// A deploy.
    Deploy {
        /// The application, if known.
        app: Option<AppId>,
        /// The environment, if known.
        env: Option<EnvName>,
        /// The release, if known.
        release: Option<ReleaseId>,
    },
    /// A rollback, to be confirmed.
    Rollback {
        /// Where.
        environment: EnvId,
        /// To what.
        target: ReleaseId,
    },
    /// To stop and go back, with the reason.
    Stop(EnvId),
    /// What to call what runs, and why it was changed.
    Adopt {
        /// Where.
        environment: EnvId,
        /// The version, if known.
        version: Option<Version>,
    },
    /// The reason of a veto.
    Decline(AskId),
    /// The reason to give a release up.
    Cancel(ReleaseId),
    /// The checklist, to be ticked.
    Checklist(ReleaseId),
    /// Something to keep with a release.
    Note {
        /// The release, if known.
        release: Option<ReleaseId>,
        /// What is to be kept, if known.
        text: String,
        /// Where it was said, if it was.
        link: Option<String>,
    },
    /// An incident.
    Incident {
        /// How bad it is, if known.
        severity: Option<Severity>,
        /// What is wrong, if known.
        what: String,
    },
    /// How an incident ended.
    Resolve(IncidentId),
    /// A freeze.
    Freeze {
        /// The application, if not all.
        app: Option<AppId>,
        /// What was typed of the time.
        when: String,
        /// Why, if known.
        why: String,
    },
}

/// A wish to go back, before anybody looked to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// Where.
    pub environment: EnvId,
    /// To what, if it was said.
    pub version: Option<Version>,
    /// Why, if it was said.
    pub why: Option<String>,
    /// Although something was done since that it does not undo.
    pub anyway: bool,
}

/// Words nobody can act on, and what to type instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestion {
    /// What is wrong with them.
    pub message: String,
    /// Whole commands that would do, best first.
    pub corrected: Vec<String>,
}

/// Reads typed text.
pub fn read(text: &str, scene: Scene<'_>) -> Resolved {
    match normalise::words(text) {
        Ok(words) => read_words(&words, scene),
        Err(too_much) => Suggestion::plain(too_much.to_string()).into(),
    }
}

/// Reads words that are split already, as a terminal has them.
pub fn read_words(words: &[String], scene: Scene<'_>) -> Resolved {
    match grammar::parse(words) {
        Ok(line) => resolve(&line, words, scene),
        Err(mistake) => suggest::instead_of(&mistake, words),
    }
}

/// Compares a command with what there is; `said` are the words it was read from.
pub fn resolve(line: &Line, said: &[String], scene: Scene<'_>) -> Resolved {
    let reader = Reader {
        scene,
        vocabulary: scene.vocabulary,
        said,
    };
    reader.line(line).unwrap_or_else(Resolved::Suggest)
}

/// Reads a rollback without asking whether there is anything to go back to.
///
/// # Errors
///
/// Nobody can tell where, or to which version; and what to type instead.
pub fn way_back(
    line: &grammar::Rollback,
    said: &[String],
    scene: Scene<'_>,
) -> Result<WayBack, Suggestion> {
    let reader = Reader {
        scene,
        vocabulary: scene.vocabulary,
        said,
    };
    reader.way_back(line)
}

/// Whether a command only looks, so that a correction may run at a press.
pub fn only_looks(text: &str) -> bool {
    let words = normalise::words(text).unwrap_or_default();
    let Ok(line) = grammar::parse(&words) else {
        return false;
    };
    match line {
        Line::Help(_)
        | Line::Status(_)
        | Line::Can(_)
        | Line::History(_)
        | Line::Show(_)
        | Line::Whoami => true,
        Line::Window(it) => it.verb.is_none_or(|it| it == grammar::WindowVerb::List),
        Line::Incident(it) => it.verb.is_none_or(|it| it == grammar::IncidentVerb::List),
        Line::New(_)
        | Line::Plan(_)
        | Line::Deploy(_)
        | Line::Promote(_)
        | Line::Signoff(_)
        | Line::Decline(_)
        | Line::Check(_)
        | Line::Rollback(_)
        | Line::Stop(_)
        | Line::Resume(_)
        | Line::Cancel(_)
        | Line::Note(_)
        | Line::Watch(_)
        | Line::Freeze(_)
        | Line::Unfreeze(_)
        | Line::Unlock(_)
        | Line::Open => false,
    }
}

type Answer = Result<Resolved, Suggestion>;

/// Compares the words of one command.
struct Reader<'a> {
    scene: Scene<'a>,
    vocabulary: &'a Vocabulary,
    said: &'a [String],
}

impl Reader<'_> {
    fn line(&self, line: &Line) -> Answer {
        match line {
            Line::Help(it) => Ok(looks::help(it)),
            Line::Status(it) => self.status(it),
            Line::Can(it) => self.can(it),
            Line::New(it) => self.new_release(it),
            Line::Plan(it) => self.plan(it),
            Line::Deploy(it) => self.deploy(it),
            Line::Promote(it) => self.promote(it),
            Line::Signoff(it) => self.signoff(it),
            Line::Decline(it) => self.decline(it),
            Line::Check(it) => self.check(it),
            Line::Rollback(it) => self.rollback(it),
            Line::Stop(it) => self.stop(it),
            Line::Resume(it) => self.resume(it),
            Line::Cancel(it) => self.cancel(it),
            Line::Note(it) => Ok(self.note(it)),
            Line::Watch(it) => self.watch(it),
            Line::Window(it) => self.window(it),
            Line::Freeze(it) => self.freeze(it),
            Line::Unfreeze(it) => self.unfreeze(it),
            Line::Unlock(it) => self.unlock(it),
            Line::Incident(it) => self.incident(it),
            Line::History(it) => self.history(it),
            Line::Show(it) => self.show(it),
            Line::Open => Ok(Resolved::Ask(Question::Open)),
            Line::Whoami => Ok(Resolved::Ask(Question::WhoAmI)),
        }
    }
}

impl Suggestion {
    /// Words about what is wrong, with nothing better to offer.
    pub fn plain(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            corrected: Vec::new(),
        }
    }
}

impl From<Suggestion> for Resolved {
    fn from(suggestion: Suggestion) -> Self {
        Self::Suggest(suggestion)
    }
}

impl From<Wish> for Resolved {
    fn from(wish: Wish) -> Self {
        Self::Wish(wish)
    }
}
