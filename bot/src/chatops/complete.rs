//! How an unfinished command may go on.

#[cfg(test)]
mod tests;

use shipbell_adapters::chat::Completion;
use shipbell_domain::ids::{AppId, EnvId};

use super::grammar;
use super::normalise;
use super::resolve::{Scene, next_version};

/// The most ways that are offered.
const MOST: usize = 25;

/// Every way a command may go on, best first.
pub fn complete(text: &str, scene: Scene<'_>) -> Vec<Completion> {
    let Ok(mut done) = normalise::words(text) else {
        return Vec::new();
    };
    let begun = if text.ends_with(char::is_whitespace) {
        None
    } else {
        done.pop()
    };
    let begun = begun.unwrap_or_default();
    let tree = grammar::tree();
    let mut command = &tree;
    let mut depth = 0;
    while let Some(deeper) = done
        .get(depth)
        .and_then(|word| command.find_subcommand(word))
    {
        command = deeper;
        depth += 1;
    }
    let rest = &done[depth..];
    let offers = if command.has_subcommands() {
        if rest.is_empty() {
            verbs(command)
        } else {
            Vec::new()
        }
    } else {
        Line {
            command,
            rest,
            scene,
        }
        .offers(&begun)
    };
    let lower = begun.to_lowercase();
    let begins = |it: &&Offer| it.word.to_lowercase().starts_with(&lower);
    let fitting = offers.iter().filter(begins).take(MOST);
    fitting.map(|offer| offer.after(&done)).collect()
}

/// One way to go on.
struct Offer {
    word: String,
    about: String,
}

impl Offer {
    fn new(word: impl Into<String>, about: impl Into<String>) -> Self {
        Self {
            word: word.into(),
            about: about.into(),
        }
    }

    fn after(&self, done: &[String]) -> Completion {
        let words = done.iter().chain([&self.word]);
        Completion {
            text: normalise::joined(words),
            about: self.about.clone(),
        }
    }
}

/// A command with the words that follow it.
struct Line<'a> {
    command: &'a clap::Command,
    rest: &'a [String],
    scene: Scene<'a>,
}

impl Line<'_> {
    fn offers(&self, begun: &str) -> Vec<Offer> {
        let valued = self.rest.last().and_then(|last| self.flag(last));
        if let Some(flag) = valued.filter(|it| it.get_action().takes_values()) {
            return self.named(flag.get_id().as_str());
        }
        let mut offers = Vec::new();
        if !begun.starts_with('-') {
            offers.extend(self.slots().iter().flat_map(|slot| self.named(slot)));
        }
        let flags = self
            .command
            .get_arguments()
            .filter(|it| it.get_id() != "help");
        let unused = flags.filter(|it| !self.rest.iter().any(|word| self.flag(word) == Some(*it)));
        offers.extend(unused.filter_map(|it| {
            let about = it.get_help().map(ToString::to_string);
            Some(Offer::new(
                format!("--{}", it.get_long()?),
                about.unwrap_or_default(),
            ))
        }));
        offers
    }

    fn flag(&self, word: &str) -> Option<&clap::Arg> {
        let name = word.strip_prefix("--")?;
        self.command
            .get_arguments()
            .find(|it| it.get_long() == Some(name))
    }

    /// The names of the arguments that the next word may be.
    fn slots(&self) -> Vec<&str> {
        let words = self.words();
        let all: Vec<&str> = self
            .command
            .get_positionals()
            .map(|it| it.get_id().as_str())
            .collect();
        let has_env = words.iter().any(|word| self.is_env(word));
        let has_app = words.iter().any(|word| self.is_app(word));
        if !all.contains(&"environment") {
            return all.get(words.len()).map(|it| vec![*it]).unwrap_or_default();
        }
        if has_env {
            let after = all
                .iter()
                .position(|it| *it == "environment")
                .map_or(0, |it| it + 1);
            let used = words.len() - usize::from(has_app) - 1;
            return all
                .get(after + used)
                .map(|it| vec![*it])
                .unwrap_or_default();
        }
        let many = self.scene.vocabulary.apps.len() > 1;
        let first = all.first().copied().filter(|it| *it != "environment");
        match first {
            Some(first) if words.is_empty() && (first != "app" || many) => {
                vec![first, "environment"]
            }
            Some(_) | None => vec!["environment"],
        }
    }

    /// The words that are not flags or their values.
    fn words(&self) -> Vec<&String> {
        let mut words = Vec::new();
        let mut skip = false;
        for word in self.rest {
            let flag = self.flag(word);
            if flag.is_none() && !skip && !word.starts_with("--") {
                words.push(word);
            }
            skip = flag.is_some_and(|it| it.get_action().takes_values());
        }
        words
    }

    /// What there is of a kind of argument.
    fn named(&self, slot: &str) -> Vec<Offer> {
        let vocabulary = self.scene.vocabulary;
        let settings = &vocabulary.settings;
        match slot {
            "app" => {
                let apps = vocabulary.apps.iter().map(|it| &it.policy.app);
                apps.map(|it| Offer::new(it.as_str(), settings.title_of(it)))
                    .collect()
            }
            "environment" => self.environments(),
            "version" => self.versions(),
            "release" => {
                let open = vocabulary.all_open().rev();
                let about = |it: &AppId| settings.title_of(it);
                open.map(|it| {
                    Offer::new(
                        it.id.to_string(),
                        format!("{} {}", about(&it.app), it.version),
                    )
                })
                .collect()
            }
            "owner" => {
                let people = settings.people.iter();
                people
                    .map(|(id, it)| Offer::new(id.as_str(), it.name.clone()))
                    .collect()
            }
            "verb" => verbs(&grammar::tree()),
            "incident" => {
                let open = vocabulary.open_incidents();
                open.map(|it| Offer::new(it.id.to_string(), it.what.clone()))
                    .collect()
            }
            "severity" => ["P0", "P1", "P2", "P3"].map(|it| Offer::new(it, "")).into(),
            "window" => {
                let windows = vocabulary.agenda.windows.iter();
                let zone = &settings.zone;
                windows
                    .map(|(id, it)| Offer::new(id.to_string(), zone.day_and_hours(&it.span)))
                    .collect()
            }
            "freeze" => {
                let freezes = vocabulary.agenda.freezes.iter();
                freezes
                    .map(|(id, it)| Offer::new(id.to_string(), it.reason.clone()))
                    .collect()
            }
            "answer" => vec![
                Offer::new("good", "All is well"),
                Offer::new("bad", "Something is wrong"),
                Offer::new("+30m", "Watch 30 minutes longer"),
                Offer::new("stop", "End the watch"),
            ],
            _ => Vec::new(),
        }
    }

    fn environments(&self) -> Vec<Offer> {
        let app = self.app();
        let vocabulary = self.scene.vocabulary;
        let mut offers: Vec<Offer> = Vec::new();
        for id in vocabulary
            .places()
            .filter(|it| app.as_ref().is_none_or(|app| it.app == *app))
        {
            if offers.iter().all(|it| it.word != id.env.as_str()) {
                let runs = vocabulary.environment(&id).and_then(|it| it.current());
                let runs = runs.map(|it| format!("runs {}", it.manifest.version));
                offers.push(Offer::new(id.env.as_str(), runs.unwrap_or_default()));
            }
        }
        offers
    }

    fn versions(&self) -> Vec<Offer> {
        let (vocabulary, app) = (self.scene.vocabulary, self.app());
        let of_app = |it: &AppId| app.as_ref().is_none_or(|app| it == app);
        let mut offers: Vec<Offer> = Vec::new();
        let mut offer = |word: &str, about: &str| {
            if offers.iter().all(|it| it.word != word) {
                offers.push(Offer::new(word, about));
            }
        };
        match self.command.get_name() {
            "new" => {
                let apps = vocabulary.apps.iter().map(|it| &it.policy.app);
                for app in apps.filter(|it| of_app(it)) {
                    offer(&next_version(self.scene, app), "the next version");
                }
            }
            "rollback" => {
                let is_said = |it: &EnvId| {
                    of_app(&it.app)
                        && self
                            .words()
                            .iter()
                            .any(|word| it.env.as_str() == word.as_str())
                };
                let environments = vocabulary.environments.iter().filter(|it| is_said(&it.id));
                for it in environments.flat_map(|it| it.verified.iter().rev()) {
                    offer(it.manifest.version.as_str(), "was verified here");
                }
            }
            _ => {
                let open = vocabulary.releases.iter().rev();
                for it in open.filter(|it| it.is_open() && of_app(&it.app)) {
                    offer(it.version.as_str(), "open release");
                }
            }
        }
        offers
    }

    fn app(&self) -> Option<AppId> {
        let apps = &self.scene.vocabulary.apps;
        let mut said = apps.iter().filter(|it| {
            self.words()
                .iter()
                .any(|word| it.policy.app.as_str() == word.as_str())
        });
        let only = apps.first().filter(|_| apps.len() == 1);
        said.next().or(only).map(|it| it.policy.app.clone())
    }

    fn is_app(&self, word: &str) -> bool {
        self.scene
            .vocabulary
            .apps
            .iter()
            .any(|it| it.policy.app.as_str() == word)
    }

    fn is_env(&self, word: &str) -> bool {
        self.scene
            .vocabulary
            .places()
            .any(|it| it.env.as_str() == word)
    }
}

fn verbs(command: &clap::Command) -> Vec<Offer> {
    let about = |it: &clap::Command| it.get_about().map(ToString::to_string).unwrap_or_default();
    command
        .get_subcommands()
        .map(|it| Offer::new(it.get_name(), about(it)))
        .collect()
}
