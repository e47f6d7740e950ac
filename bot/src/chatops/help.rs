//! What can be typed, told from the tree that reads it, with examples that work here.

#[cfg(test)]
mod tests;

use shipbell_domain::ids::EnvId;

use super::grammar;
use super::resolve::{Scene, next_version};

/// The commands, or one of them, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Help {
    /// All commands.
    All {
        /// How each is written, and what it does.
        commands: Vec<(String, String)>,
        /// Whole commands that work here.
        examples: Vec<String>,
    },
    /// One command.
    One {
        /// How it is written.
        usage: Vec<String>,
        /// What it does.
        about: String,
        /// Its words and flags, each with what it means.
        arguments: Vec<(String, String)>,
        /// Whole commands that work here.
        examples: Vec<String>,
    },
    /// There is no such command.
    Unknown {
        /// What was asked for.
        verb: String,
        /// What there is.
        verbs: Vec<String>,
    },
}

/// Explains the commands, or one of them.
pub fn help(verb: Option<&str>, scene: Scene<'_>) -> Help {
    let tree = grammar::tree();
    let Some(verb) = verb else {
        let commands = tree
            .get_subcommands()
            .map(|it| (usage(it), about(it)))
            .collect();
        let shown = ["status", "can", "new", "deploy", "rollback", "help"];
        let first = |verb: &&str| examples(verb, scene).into_iter().next();
        return Help::All {
            commands,
            examples: shown.iter().filter_map(first).collect(),
        };
    };
    let Some(command) = tree.find_subcommand(verb.to_lowercase()) else {
        let verbs = tree
            .get_subcommands()
            .map(|it| it.get_name().to_owned())
            .collect();
        return Help::Unknown {
            verb: verb.chars().take(40).collect(),
            verbs,
        };
    };
    let inner: Vec<&clap::Command> = command.get_subcommands().collect();
    let arguments = if inner.is_empty() {
        explained(command)
    } else {
        inner
            .iter()
            .map(|it| (it.get_name().to_owned(), about(it)))
            .collect()
    };
    let usage = if inner.is_empty() {
        vec![usage(command)]
    } else {
        inner
            .iter()
            .map(|it| format!("{} {}", command.get_name(), usage(it)))
            .collect()
    };
    let examples = examples(command.get_name(), scene);
    Help::One {
        usage,
        about: about(command),
        arguments,
        examples,
    }
}

/// How a command is written: what may be left out stands in brackets.
fn usage(command: &clap::Command) -> String {
    let mut words = vec![command.get_name().to_owned()];
    if command.has_subcommands() {
        let verbs: Vec<&str> = command
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        words.push(verbs.join(" | "));
    }
    let changes = !matches!(
        command.get_name(),
        "status" | "history" | "signoff" | "decline"
    );
    for argument in command.get_positionals() {
        let id = argument.get_id().as_str();
        // Which words must be there depends on what there is, so the tree cannot tell.
        let must = changes && matches!(id, "environment" | "when" | "text" | "severity" | "what")
            || (id == "version" && command.get_name() == "new");
        words.push(if must {
            format!("<{id}>")
        } else {
            format!("[{id}]")
        });
    }
    words.extend(command.get_opts().map(|it| format!("[{}]", written(it))));
    let flags = command
        .get_arguments()
        .filter(|it| !it.is_positional() && is_switch(it));
    words.extend(flags.map(|it| format!("[{}]", written(it))));
    words.join(" ")
}

fn explained(command: &clap::Command) -> Vec<(String, String)> {
    let shown = command.get_arguments().filter(|it| it.get_id() != "help");
    let words = |it: &clap::Arg| it.get_help().map(ToString::to_string).unwrap_or_default();
    shown.map(|it| (written(it), words(it))).collect()
}

fn written(argument: &clap::Arg) -> String {
    let Some(long) = argument.get_long() else {
        return argument.get_id().to_string();
    };
    let value = argument.get_value_names().and_then(|it| it.first());
    match value.filter(|_| argument.get_action().takes_values()) {
        Some(value) => format!("--{long} {value}"),
        None => format!("--{long}"),
    }
}

fn is_switch(argument: &clap::Arg) -> bool {
    argument.get_id() != "help" && !argument.get_action().takes_values()
}

fn about(command: &clap::Command) -> String {
    command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Whole commands with the names of applications that are there.
fn examples(verb: &str, scene: Scene<'_>) -> Vec<String> {
    let Some(names) = Names::of(scene) else {
        return Vec::new();
    };
    let Names {
        first,
        last,
        version,
        earlier,
    } = &names;
    match verb {
        "help" => vec!["help deploy".to_owned()],
        "status" => vec!["status".to_owned(), format!("status {last}")],
        "can" => vec![format!("can {last}")],
        "new" => vec![names.new_release(scene)],
        "plan" => vec![format!(
            "plan {last} tomorrow 14:00 for 2h --summary \"New login page\""
        )],
        "deploy" => vec![
            format!("deploy {first}"),
            format!("deploy {last} {version}"),
            format!("deploy {last} --override \"login is broken\""),
        ],
        "promote" => vec![names.with_app("promote")],
        "signoff" => vec!["signoff".to_owned()],
        "decline" => vec!["decline \"the login page is slow\"".to_owned()],
        "check" => vec!["check".to_owned(), "check 2".to_owned()],
        "note" => vec!["note \"the migration took four minutes\"".to_owned()],
        "rollback" => vec![
            format!("rollback {last}"),
            format!("rollback {last} {earlier} --why \"login answers 500\""),
        ],
        "stop" => vec![format!("stop {last}")],
        "resume" => vec![
            format!("resume {last} worked"),
            format!("resume {last} again"),
        ],
        "cancel" => vec!["cancel \"superseded\"".to_owned()],
        "watch" => vec![format!("watch {last} +30m"), format!("watch {last} good")],
        "window" => vec![
            "window list".to_owned(),
            format!("window add {last} tomorrow 14:00-16:00"),
        ],
        "freeze" => vec!["freeze now until tomorrow 9:00 \"Year-end closing\"".to_owned()],
        "unfreeze" => vec!["unfreeze f2".to_owned()],
        "unlock" => vec![format!("unlock {last} \"checked by hand\"")],
        "incident" => vec![
            format!("incident open P1 \"login answers 500\" {last}"),
            "incident ack".to_owned(),
        ],
        "history" => vec!["history".to_owned(), format!("history {last}")],
        "show" => vec!["show".to_owned(), format!("show {version}")],
        "open" => vec!["open".to_owned()],
        "whoami" => vec!["whoami".to_owned()],
        _ => Vec::new(),
    }
}

/// Names that stand in examples.
struct Names {
    /// The first environment of the first application, as it is typed.
    first: String,
    /// Its last one.
    last: String,
    /// A version that is on its way.
    version: String,
    /// A version that was verified.
    earlier: String,
}

impl Names {
    fn of(scene: Scene<'_>) -> Option<Self> {
        let vocabulary = scene.vocabulary;
        let policy = &vocabulary.apps.first()?.policy;
        let app = &policy.app;
        let many = vocabulary.apps.len() > 1;
        let typed = |env: &shipbell_domain::policy::EnvPolicy| {
            if many {
                format!("{app} {}", env.name)
            } else {
                env.name.to_string()
            }
        };
        let last = policy.environments.last()?;
        let open = vocabulary
            .open_releases(app)
            .first()
            .map(|it| it.version.to_string());
        let id = EnvId {
            app: app.clone(),
            env: last.name.clone(),
        };
        let verified = vocabulary.environment(&id).and_then(|it| it.previous());
        let next = next_version(scene, app);
        Some(Self {
            first: typed(policy.environments.first()?),
            last: typed(last),
            version: open.unwrap_or_else(|| next.clone()),
            earlier: verified.map_or(next, |it| it.manifest.version.to_string()),
        })
    }

    /// A command that takes an application and no environment.
    fn with_app(&self, verb: &str) -> String {
        match self.last.split_once(' ') {
            Some((app, _)) => format!("{verb} {app}"),
            None => verb.to_owned(),
        }
    }

    fn new_release(&self, scene: Scene<'_>) -> String {
        let app = scene.vocabulary.apps.first().map(|it| &it.policy.app);
        let version = app.map(|app| next_version(scene, app)).unwrap_or_default();
        format!("{} {version}", self.with_app("new"))
    }
}
