//! Help as it is shown, and its examples as they are read.

use super::*;
use crate::chatops::resolve::{Resolved, read};
use crate::chatops::vocabulary::Vocabulary;
use crate::chatops::vocabulary::sample::{Day, at, of_world, person, vocabulary};

fn with<T>(vocabulary: &Vocabulary, look: impl FnOnce(Scene<'_>) -> T) -> T {
    look(Scene {
        vocabulary,
        by: &person("chloe"),
        now: at("13:55"),
    })
}

#[test]
fn every_example_is_understood() {
    let mut burning = of_world(&Day::burning().world);
    burning.apps.truncate(1);
    for vocabulary in [vocabulary(), burning] {
        for verb in grammar::tree()
            .get_subcommands()
            .map(clap::Command::get_name)
        {
            let lines = with(&vocabulary, |scene| examples(verb, scene));
            assert!(!lines.is_empty(), "{verb} has no example");
            for line in lines {
                let meant = with(&vocabulary, |scene| read(&line, scene));
                let Resolved::Suggest(it) = meant else {
                    continue;
                };
                let nothing = [
                    "No incident",
                    "Nobody is asked",
                    "There is no freeze",
                    "Nothing earlier",
                ];
                assert!(
                    nothing.iter().any(|none| it.message.starts_with(none)),
                    "{line}: {it:?}"
                );
            }
        }
    }
}

#[test]
fn the_tree_explains_itself() {
    let shown = with(&vocabulary(), |scene| help(None, scene));
    let Help::All { commands, examples } = shown else {
        panic!("not all")
    };
    let mut lines: Vec<String> = commands
        .into_iter()
        .map(|(usage, about)| format!("{usage}\n    {about}"))
        .collect();
    lines.extend(examples);
    insta::assert_snapshot!(lines.join("\n"), @r"
    help [verb]
        Explain the commands, or one of them
    status [app] [environment] [--share]
        What runs where, and what waits for you
    can [app] <environment>
        May I deploy? Every gate, and who can open it
    new [app] <version> [--image NAME=REFERENCE] [--commit SHA] [--ticket TICKET] [--note NOTE]
        Open a release
    plan [app] <environment> <when> [--version VERSION] [--summary SUMMARY] [--owner PERSON]
        Announce when a release goes to an environment
    deploy [app] <environment> [version] [--override WHY] [--adopt WHY] [--dry-run]
        Deploy a release
    promote [app] [--override WHY]
        Deploy the newest release to its next environment
    signoff [release] [environment]
        Consent to what is asked
    decline [release] [environment] [why]
        Veto what is asked
    check [release] [item] [--na WHY] [--undo]
        List the checklist, or settle an item of it
    note [release] <text> [--link ADDRESS]
        Keep something with the record of a release
    rollback [app] <environment> [version] [--why WHY] [--anyway]
        Return an environment to a version that was verified there
    stop [app] <environment> [--rollback WHY]
        Stop what is being done to an environment
    resume [app] <environment> [answer]
        Say how a step went that was cut off, or that asks a person
    cancel [release] [why]
        Give a release up
    watch [app] <environment> [answer]
        Answer, extend or end a watch
    window list | add | cancel
        One-off windows
    freeze [app] <when> [--why WHY]
        No deploys for a time
    unfreeze [freeze]
        Lift a freeze
    unlock [app] <environment> [why]
        Release the lock of an environment
    incident list | open | ack | escalate | update | resolve
        Open and run incidents
    history [app] [environment]
        What was deployed lately
    show [release]
        Everything about one release
    open
        A link that signs you in to the dashboard
    whoami
        Your roles, and what they let you do
    status
    can rapid-audit production
    new rapid-audit 2026.11.20-2
    deploy rapid-audit staging
    rollback rapid-audit production
    help deploy
    ");
}

#[test]
fn one_command_is_explained() {
    let one = with(&vocabulary(), |scene| help(Some("deploy"), scene));
    insta::assert_debug_snapshot!(one, @r#"
    One {
        usage: [
            "deploy [app] <environment> [version] [--override WHY] [--adopt WHY] [--dry-run]",
        ],
        about: "Deploy a release",
        arguments: [
            (
                "app",
                "The application",
            ),
            (
                "environment",
                "The environment",
            ),
            (
                "version",
                "The version; the only open release if not said",
            ),
            (
                "--override WHY",
                "Set closed gates aside, and why: everybody is told",
            ),
            (
                "--dry-run",
                "Only say what would change; nothing is touched",
            ),
            (
                "--adopt WHY",
                "Take what somebody changed outside as it is, and why; nothing is touched",
            ),
        ],
        examples: [
            "deploy rapid-audit staging",
            "deploy rapid-audit production 2026.11.20-1",
            "deploy rapid-audit production --override \"login is broken\"",
        ],
    }
    "#);
    let none = with(&vocabulary(), |scene| help(Some("x"), scene));
    assert!(matches!(none, Help::Unknown { .. }));
}
