//! Where a file is read: the mistakes found so far, and the names it may refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use shipbell_domain::calendar::{Length, Zone};
use shipbell_domain::ids::{BadName, Role};
use toml::de::DeTable;

use super::at::At;
use super::report::Problem;

/// What everybody who reads a section is given.
pub(super) struct Desk {
    /// The mistakes so far.
    pub(super) problems: Vec<Problem>,
    /// What was taken out of the file because something is wrong with it.
    pub(super) gone: Gone,
    /// Names that may be referred to.
    pub(super) names: Names,
    /// The zone times are written in.
    pub(super) zone: Zone,
    /// The present.
    pub(super) now: DateTime<Utc>,
    /// What relative paths start from.
    pub(super) base: PathBuf,
}

/// The names of the file, before anything was taken out of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) people: BTreeSet<String>,
    pub(super) roles: BTreeSet<String>,
    /// Roles with a member nobody can resolve: nothing is known about who holds them.
    pub(super) open_roles: BTreeSet<String>,
    /// The environments of every application.
    pub(super) apps: BTreeMap<String, BTreeSet<String>>,
}

/// Keys and list elements that were taken out, each by its path from the top.
#[derive(Clone, Debug, Default)]
pub(super) struct Gone(pub(super) Vec<Vec<String>>);

/// A mistake that was noted and can be explained further.
pub(super) struct Noted<'a>(&'a mut Problem);

impl Desk {
    pub(super) fn new(table: &DeTable<'_>, now: DateTime<Utc>, base: &Path) -> Self {
        Self {
            problems: Vec::new(),
            gone: Gone::default(),
            names: Names::of(table),
            zone: Zone::utc(),
            now,
            base: base.to_path_buf(),
        }
    }

    /// Notes a mistake.
    pub(super) fn note(&mut self, span: Range<usize>, message: impl Into<String>) -> Noted<'_> {
        self.problems.push(Problem {
            message: message.into(),
            span: Some(span),
            label: String::new(),
            help: None,
        });
        Noted(
            self.problems
                .last_mut()
                .expect("it was pushed a line above"),
        )
    }

    /// Notes a mistake of the file as a whole.
    pub(super) fn note_file(&mut self, message: &str, help: &str) {
        let (message, help) = (message.to_owned(), Some(help.to_owned()));
        self.problems.push(Problem {
            message,
            span: None,
            label: String::new(),
            help,
        });
    }

    /// Notes that a name is malformed, or hands it on.
    pub(super) fn name<T>(
        &mut self,
        written: &At<String>,
        new: impl FnOnce(String) -> Result<T, BadName>,
    ) -> Option<T> {
        match new((**written).clone()) {
            Ok(name) => Some(name),
            Err(bad) => {
                let message = format!("`{}` is not {}", bad.given, bad.what);
                self.note(written.span(), message).help(bad.rule);
                None
            }
        }
    }

    /// Reads a length of time of at most `longest`.
    pub(super) fn length(&mut self, written: &At<String>, longest: &str) -> Option<Length> {
        let limit = Length::parse(longest).expect("limits are written in this crate");
        match Length::parse(written) {
            Ok(length) if length <= limit => Some(length),
            Ok(length) => {
                let message = format!("{length} is too long here");
                self.note(written.span(), message)
                    .help(format!("write at most {longest}"));
                None
            }
            Err(error) => {
                self.note(written.span(), error.to_string())
                    .help(error.help());
                None
            }
        }
    }

    /// A length of time, or what holds if none is written.
    pub(super) fn length_or(
        &mut self,
        written: Option<&At<String>>,
        longest: &str,
        default: &str,
    ) -> Length {
        let default = Length::parse(default).expect("defaults are written in this crate");
        written
            .and_then(|it| self.length(it, longest))
            .unwrap_or(default)
    }

    /// One line for people: not empty, not endless, nothing invisible.
    pub(super) fn line(&mut self, written: &At<String>, most: usize) -> Option<String> {
        let text = written.trim();
        let wrong = if text.is_empty() {
            "this is empty".to_owned()
        } else if text.chars().any(char::is_control) {
            "this is more than one line".to_owned()
        } else if text.chars().count() > most {
            format!("this is longer than {most} characters")
        } else {
            return Some(text.to_owned());
        };
        self.note(written.span(), wrong)
            .help(format!("one line of 1 to {most} characters"));
        None
    }

    /// Notes a list with too many elements.
    pub(super) fn limit(&mut self, span: Option<Range<usize>>, count: usize, most: usize) -> bool {
        if count > most
            && let Some(span) = span
        {
            let message = format!("there are {count} here, and {most} is the most");
            self.note(span, message).help("split it, or leave some out");
        }
        count <= most
    }

    /// A role that exists.
    pub(super) fn role(&mut self, written: &At<String>) -> Option<Role> {
        if self.names.roles.contains(written.as_str()) {
            return Role::new(written.as_str()).ok();
        }
        if self.gone.contains(&["roles"]) {
            return None;
        }
        let known = comma(&self.names.roles);
        let help = match closest(written, self.names.roles.iter().map(String::as_str)) {
            Some(close) => format!("did you mean `{close}`? roles: {known}"),
            None if known.is_empty() => "write it under [roles]".to_owned(),
            None => format!("roles: {known}"),
        };
        let message = format!("there is no role `{}`", **written);
        self.note(written.span(), message)
            .label("used here")
            .help(help);
        None
    }
}

impl Noted<'_> {
    /// Says something at the place itself.
    pub(super) fn label(self, label: impl Into<String>) -> Self {
        self.0.label = label.into();
        self
    }

    /// Says what to do.
    pub(super) fn help(self, help: impl Into<String>) {
        self.0.help = Some(help.into());
    }
}

impl Gone {
    /// Whether something was taken out at this path, above it or below it.
    pub(super) fn touches(&self, path: &[&str]) -> bool {
        self.0
            .iter()
            .any(|gone| gone.iter().zip(path).all(|(one, other)| one == other))
    }

    /// Whether exactly this was taken out.
    pub(super) fn contains(&self, path: &[&str]) -> bool {
        self.0.iter().any(|gone| gone == path)
    }
}

impl Names {
    fn of(table: &DeTable<'_>) -> Self {
        let keys = |name: &str| -> BTreeSet<String> {
            table
                .get(name)
                .and_then(|it| it.get_ref().as_table())
                .map(keys_of)
                .unwrap_or_default()
        };
        let apps = table.get("app").and_then(|it| it.get_ref().as_table());
        let environments = |app: &DeTable<'_>| {
            app.get("env")
                .and_then(|it| it.get_ref().as_table())
                .map(keys_of)
                .unwrap_or_default()
        };
        let apps = apps.into_iter().flatten().map(|(name, app)| {
            let app = app.get_ref().as_table().map(environments);
            (name.get_ref().to_string(), app.unwrap_or_default())
        });
        Self {
            people: keys("people"),
            roles: keys("roles"),
            open_roles: BTreeSet::new(),
            apps: apps.collect(),
        }
    }
}

/// The name somebody probably meant.
pub(super) fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const CLOSE: f64 = 0.78;
    let scored = known.map(|name| (strsim::jaro_winkler(word, name), name));
    let best = scored
        .filter(|(score, _)| *score > CLOSE)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, name)| name)
}

/// Names in a row.
pub(super) fn comma<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|it| it.to_string()).collect();
    names.join(", ")
}

fn keys_of(table: &DeTable<'_>) -> BTreeSet<String> {
    table.keys().map(|key| key.get_ref().to_string()).collect()
}
