//! Commands about a release itself, and which release some words name.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use shipbell_domain::calendar::{self, Allowance, Hours, Moment, Span};
use shipbell_domain::command::{self, Wish};
use shipbell_domain::ids::{AppId, EnvId, Person, ReleaseId, ServiceName, Version};
use shipbell_domain::policy::VersionScheme;
use shipbell_domain::release::{Mark, Release};

use super::place::{Place, Words};
use super::{Answer, FormRequest, Question, Reader, Resolved, Scene, Suggestion};
use crate::chatops::grammar::{Cancel, Check, New, Note, Plan};

/// How long a planned deploy may take where no window says so.
const PLAN_LENGTH: TimeDelta = TimeDelta::hours(1);

impl<'a> Reader<'a> {
    pub(super) fn new_release(&self, it: &New) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.version));
        let said = self.take_app(&mut words);
        let version = words.take();
        if said.is_none() && words.peek().is_some() {
            let known: Vec<String> = self
                .vocabulary
                .apps
                .iter()
                .map(|it| it.policy.app.to_string())
                .collect();
            return Err(self.unknown_word("application", &version.unwrap_or_default(), &known));
        }
        self.no_more(words.take())?;
        let version = version.map(|it| version_of(&it)).transpose()?;
        let app = said.or_else(|| self.only_app());
        let (Some(app), Some(version)) = (app.clone(), version.clone()) else {
            return Ok(Resolved::Form(FormRequest::New { app, version }));
        };
        let images = it
            .image
            .iter()
            .map(|it| image_of(it))
            .collect::<Result<_, _>>()?;
        let images: BTreeMap<ServiceName, String> = images;
        let (commit, note, ticket) = (it.commit.clone(), it.note.clone(), it.ticket.clone());
        let new = command::New {
            app,
            version,
            images,
            commit,
            note,
            ticket,
        };
        Ok(Wish::New(new).into())
    }

    pub(super) fn plan(&self, it: &Plan) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment).chain(&it.when));
        let place = self.place(&mut words)?;
        let when = words.rest();
        let form = |app: Option<AppId>, env| {
            Ok(Resolved::Form(FormRequest::Plan {
                app,
                env,
                when: when.clone(),
            }))
        };
        let id = match place {
            Place::Here(id) if !when.is_empty() => id,
            Place::Here(id) => return form(Some(id.app), Some(id.env)),
            Place::Missing(app) => return form(app, None),
        };
        let release = match &it.version {
            Some(version) => self.open_release(&id.app, version)?,
            None => self.newest(&id.app)?,
        };
        let owner = it.owner.as_ref().map(|it| self.person(it)).transpose()?;
        let summary = it
            .summary
            .clone()
            .or_else(|| release.note.clone())
            .unwrap_or_else(|| {
                format!(
                    "{} {}",
                    self.vocabulary.settings.title_of(&id.app),
                    release.version
                )
            });
        let wish = Wish::Plan {
            release: release.id,
            span: self.planned_span(&id, &when)?,
            env: id.env,
            summary,
            owner: owner.unwrap_or_else(|| self.scene.by.clone()),
        };
        Ok(wish.into())
    }

    pub(super) fn check(&self, it: &Check) -> Answer {
        let mut words = Words::of(it.release.iter().chain(&it.item));
        let names_one = words.peek().is_some_and(|word| {
            let is_number = word.chars().all(|c| c.is_ascii_digit());
            it.item.is_some() || (!is_number && self.release(word).is_ok())
        });
        let release = if names_one {
            self.release(&words.take().unwrap_or_default())?
        } else {
            self.only_release("check")?
        };
        let Some(item) = words.take() else {
            return Ok(Resolved::Ask(Question::Checklist(release)));
        };
        let mark = match (&it.na, it.undo) {
            (_, true) => None,
            (Some(reason), false) => Some(Mark::NotApplicable {
                reason: reason.clone(),
            }),
            (None, false) => Some(Mark::Done),
        };
        Ok(Wish::Check {
            release,
            item: self.item(release, &item)?,
            mark,
        }
        .into())
    }

    pub(super) fn cancel(&self, it: &Cancel) -> Answer {
        let mut words = Words::of(it.release.iter().chain(&it.why));
        let named = words.peek().and_then(|word| self.release(word).ok());
        let release = match named {
            Some(release) => {
                words.take();
                release
            }
            None => self.only_release("cancel")?,
        };
        let why = words.rest();
        if why.is_empty() {
            return Ok(Resolved::Form(FormRequest::Cancel(release)));
        }
        Ok(Wish::Cancel { release, why }.into())
    }

    pub(super) fn note(&self, it: &Note) -> Resolved {
        let mut words = Words::of(it.release.iter().chain(&it.text));
        let named = words.peek().and_then(|word| self.release(word).ok());
        let release = match named {
            Some(release) => {
                words.take();
                Some(release)
            }
            None => self.only_release("note").ok(),
        };
        let (text, link) = (words.rest(), it.link.clone());
        match release {
            Some(release) if !text.is_empty() => Wish::Note {
                release,
                text,
                link,
            }
            .into(),
            release => Resolved::Form(FormRequest::Note {
                release,
                text,
                link,
            }),
        }
    }

    /// A release by its version or its number.
    pub(super) fn release(&self, word: &str) -> Result<ReleaseId, Suggestion> {
        let releases = &self.vocabulary.releases;
        let by_version = |open: bool| {
            let mut newest = releases.iter().rev();
            let found = newest.find(|it| it.version.as_str() == word && (it.is_open() || !open));
            found.map(|it| it.id)
        };
        let by_number =
            || ReleaseId::parse(word).filter(|id| self.vocabulary.release(*id).is_some());
        by_version(true)
            .or_else(by_number)
            .or_else(|| by_version(false))
            .ok_or_else(|| {
                let open = self.vocabulary.all_open().rev();
                let known: Vec<String> = open.map(|it| it.version.to_string()).collect();
                self.unknown_word("release", word, &known)
            })
    }

    /// An open release of an application by its version or its number.
    pub(super) fn open_release(&self, app: &AppId, word: &str) -> Result<&'a Release, Suggestion> {
        let id = ReleaseId::parse(word);
        let fits = |it: &&Release| it.version.as_str() == word || Some(it.id) == id;
        self.vocabulary
            .open_releases(app)
            .into_iter()
            .find(fits)
            .ok_or_else(|| {
                let open = self.vocabulary.open_releases(app);
                let known: Vec<String> = open.iter().map(|it| it.version.to_string()).collect();
                let what = format!("open release of {}", self.vocabulary.settings.title_of(app));
                self.unknown_word(&what, word, &known)
            })
    }

    /// The newest open release of an application.
    pub(super) fn newest(&self, app: &AppId) -> Result<&'a Release, Suggestion> {
        self.vocabulary
            .open_releases(app)
            .first()
            .copied()
            .ok_or_else(|| self.none_open(app))
    }

    pub(super) fn none_open(&self, app: &AppId) -> Suggestion {
        let title = self.vocabulary.settings.title_of(app);
        let message = format!("There is no open release of {title}. Open one first.");
        let version = next_version(self.scene, app);
        Suggestion {
            message,
            corrected: vec![format!("new {app} {version}")],
        }
    }

    /// The one open release there is.
    pub(super) fn only_release(&self, verb: &str) -> Result<ReleaseId, Suggestion> {
        let open: Vec<&Release> = self.vocabulary.all_open().rev().collect();
        match open.as_slice() {
            [only] => Ok(only.id),
            [] => Err(Suggestion::plain("There is no open release.")),
            [_, _, ..] => {
                let line = |it: &&Release| format!("{verb} {}", it.id);
                let corrected = open.iter().map(line).take(5).collect();
                let message = "Several releases are open. Say which one.".to_owned();
                Err(Suggestion { message, corrected })
            }
        }
    }

    /// A person by name, by first name or by a mention.
    fn person(&self, word: &str) -> Result<Person, Suggestion> {
        let settings = &self.vocabulary.settings;
        let name = word.trim_start_matches('@');
        if let Some(person) = self.vocabulary.accounts.get(name) {
            return Ok(person.clone());
        }
        let lower = name.to_lowercase();
        let full = |shown: &str| shown.to_lowercase() == lower;
        let first = |shown: &str| shown.to_lowercase().split(' ').next() == Some(&lower);
        let by_id = settings.people.keys().find(|it| it.as_str() == lower);
        let mut named = settings
            .people
            .iter()
            .filter(|(_, it)| full(&it.name) || first(&it.name));
        match (by_id, named.next(), named.next()) {
            (Some(person), _, _) | (None, Some((person, _)), None) => Ok(person.clone()),
            (None, _, _) => {
                let known: Vec<String> = settings.people.keys().map(ToString::to_string).collect();
                Err(self.unknown_word("person", name, &known))
            }
        }
    }

    /// A checklist item by its number or by words of its title.
    fn item(&self, release: ReleaseId, word: &str) -> Result<u32, Suggestion> {
        if let Ok(number) = word.parse() {
            return Ok(number);
        }
        let app = self.vocabulary.release(release).map(|it| &it.app);
        let items = app
            .and_then(|app| self.vocabulary.policy(app))
            .map(|it| &it.checklist);
        let lower = word.to_lowercase();
        let named = (1u32..).zip(items.into_iter().flatten());
        let mut named = named.filter(|(_, it)| it.title.to_lowercase().contains(&lower));
        if let (Some((number, _)), None) = (named.next(), named.next()) {
            return Ok(number);
        }
        let message = format!("There is no one checklist item \"{word}\". Use its number.");
        Err(Suggestion {
            message,
            corrected: vec![format!("check {release}")],
        })
    }

    /// A planned time: with only a beginning, it lasts as long as its window.
    fn planned_span(&self, id: &EnvId, when: &str) -> Result<Span, Suggestion> {
        let at = match self.moment(when)? {
            Moment::Span(span) => return Ok(span),
            Moment::At(at) => at,
        };
        let settings = &self.vocabulary.settings;
        let always = Hours {
            zone: settings.zone.clone(),
            windows: Vec::new(),
        };
        let hours = settings.hours.get(id).unwrap_or(&always);
        let one_offs = self.vocabulary.agenda.windows_of(id);
        let closes = match calendar::judge(hours, &one_offs, &[], at) {
            Allowance::Open { until } => until,
            Allowance::Unrestricted | Allowance::Closed { .. } | Allowance::Frozen { .. } => {
                at + PLAN_LENGTH
            }
        };
        Span::new(at, closes).ok_or_else(|| Suggestion::plain("That time is too far away."))
    }
}

/// What the next release of an application would be called.
pub(in crate::chatops) fn next_version(scene: Scene<'_>, app: &AppId) -> String {
    let vocabulary = scene.vocabulary;
    let scheme = vocabulary
        .policy(app)
        .map_or(VersionScheme::Any, |it| it.scheme);
    let versions = vocabulary.releases.iter().filter(|it| it.app == *app);
    let mut versions = versions.map(|it| it.version.as_str());
    match scheme {
        VersionScheme::Calver => {
            let today = vocabulary
                .settings
                .zone
                .local(scene.now)
                .format("%Y.%m.%d")
                .to_string();
            let of_today = |it: &str| it.strip_prefix(&today)?.strip_prefix('-')?.parse().ok();
            let last: u32 = versions.filter_map(of_today).max().unwrap_or(0);
            format!("{today}-{}", last.saturating_add(1))
        }
        VersionScheme::Semver => {
            let newest = versions.next_back().unwrap_or_default();
            let next = newest.rsplit_once('.').and_then(|(head, patch)| {
                Some(format!(
                    "{head}.{}",
                    patch.parse::<u32>().ok()?.checked_add(1)?
                ))
            });
            next.unwrap_or_else(|| scheme.example().to_owned())
        }
        VersionScheme::GitSha | VersionScheme::Any => scheme.example().to_owned(),
    }
}

pub(super) fn version_of(word: &str) -> Result<Version, Suggestion> {
    Version::new(word).map_err(|error| Suggestion::plain(format!("{error}.")))
}

fn image_of(word: &str) -> Result<(ServiceName, String), Suggestion> {
    let wrong = || {
        Suggestion::plain(
            "Write an image as name=reference, for example --image web=registry.example/web:1.2",
        )
    };
    let (name, reference) = word.split_once('=').ok_or_else(wrong)?;
    let name = ServiceName::new(name).map_err(|_| wrong())?;
    if reference.is_empty() {
        Err(wrong())
    } else {
        Ok((name, reference.to_owned()))
    }
}
