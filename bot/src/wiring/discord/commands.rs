//! The commands people type, as Discord registers them: from the one tree there is.

use shipbell_adapters::chat::discord::commands::{Commands, Slot, SlotKind, Verb};

use crate::chatops::grammar;
use crate::render::APP;

/// What there is something to choose from for.
const CHOSEN: [&str; 11] = [
    "app",
    "environment",
    "version",
    "release",
    "owner",
    "verb",
    "incident",
    "severity",
    "window",
    "freeze",
    "answer",
];

/// The whole tree.
pub(super) fn commands() -> Commands {
    Commands {
        name: APP.command.trim_start_matches('/').to_owned(),
        about: APP.description.to_owned(),
        verbs: verbs(&grammar::tree()),
        keep: APP.keep.to_owned(),
    }
}

fn verbs(command: &clap::Command) -> Vec<Verb> {
    let verb = |it: &clap::Command| Verb {
        name: it.get_name().to_owned(),
        about: about(it.get_about(), it.get_name()),
        slots: it.get_arguments().filter_map(slot).collect(),
        verbs: verbs(it),
    };
    command.get_subcommands().map(verb).collect()
}

fn slot(argument: &clap::Arg) -> Option<Slot> {
    let id = argument.get_id().as_str();
    if id == "help" {
        return None;
    }
    let name = argument.get_long().unwrap_or(id);
    let kind = if argument.is_positional() {
        SlotKind::Word
    } else if argument.get_action().takes_values() {
        SlotKind::Named
    } else {
        SlotKind::Switch
    };
    Some(Slot {
        name: name.to_owned(),
        about: about(argument.get_help(), name),
        kind,
        long: !CHOSEN.contains(&name),
    })
}

/// Discord asks for words about everything.
fn about(help: Option<&clap::builder::StyledStr>, name: &str) -> String {
    let help = help.map(ToString::to_string).filter(|it| !it.is_empty());
    help.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names as Discord takes them, and no more of anything than it takes.
    fn judge(verbs: &[Verb], depth: usize) {
        assert!(verbs.len() <= 25, "{} commands", verbs.len());
        assert!(verbs.is_empty() || depth <= 2, "commands stand too deep");
        for verb in verbs {
            let names = std::iter::once(&verb.name).chain(verb.slots.iter().map(|it| &it.name));
            for name in names {
                let plain = |it: char| it.is_ascii_lowercase() || it == '-';
                assert!(name.chars().all(plain) && name.len() <= 32, "{name}");
            }
            let words = std::iter::once(&verb.about).chain(verb.slots.iter().map(|it| &it.about));
            for words in words {
                assert!((1..=100).contains(&words.chars().count()), "{words}");
            }
            assert!(verb.slots.len() <= 25, "{}", verb.name);
            assert!(
                verb.slots.is_empty() || verb.verbs.is_empty(),
                "{}",
                verb.name
            );
            judge(&verb.verbs, depth + 1);
        }
    }

    #[test]
    fn every_command_can_be_registered() {
        let commands = commands();
        assert_eq!(commands.name, "release");
        judge(&commands.verbs, 1);
        let deploy = commands
            .verbs
            .iter()
            .find(|it| it.name == "deploy")
            .unwrap();
        let slots: Vec<(&str, SlotKind)> = deploy
            .slots
            .iter()
            .map(|it| (it.name.as_str(), it.kind))
            .collect();
        assert_eq!(
            slots,
            [
                ("app", SlotKind::Word),
                ("environment", SlotKind::Word),
                ("version", SlotKind::Word),
                ("override", SlotKind::Named),
                ("dry-run", SlotKind::Switch),
                ("adopt", SlotKind::Named),
            ]
        );
    }
}
