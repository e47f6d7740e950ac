//! Words nobody can act on, and what is said instead.

use super::*;

#[test]
fn an_environment_is_never_guessed() {
    insta::assert_snapshot!(said("stop", &vocabulary()), @r"
    Say which environment: it is never guessed.
    > stop rapid-audit staging
    > stop rapid-audit production
    > stop motorsport production
    ");
    insta::assert_snapshot!(said("stop rapid-audit", &vocabulary()), @r"
    Say which environment: it is never guessed.
    > stop rapid-audit staging
    > stop rapid-audit production
    ");
    insta::assert_snapshot!(said("stop", &alone()), @r"
    Say which environment: it is never guessed.
    > stop staging
    > stop production
    ");
    insta::assert_snapshot!(said("stop production", &vocabulary()), @r"
    Several applications have production. Say which one.
    > stop rapid-audit production
    > stop motorsport production
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn unknown_words_earn_a_suggestion() {
    let lines = [
        "depoly staging",
        "xyzzy",
        "deploy rapid-adit staging",
        "deploy prod",
        "deploy rapid-audit prod --override \"too late\"",
        "deploy elsewhere",
        "deploy staging 2026.11.20-2",
        "deploy staging --ovveride x",
        "deploy staging --override",
        "deploy rapid-audit staging r142 now",
        "rollback rapid-audit production 2026.11.17-2",
        "window ad staging 14:00",
        "incident",
        "check r9 1",
        "plan rapid-audit production 24/12 14:00",
        "plan rapid-audit production 14:30 --owner zoe",
        "freeze whenever",
        "window add staging tomorrow 14:00",
        "watch staging longer",
        "new rapid-audit v1;rm",
        "new motorsport v1 --image api",
        "incident ack",
        "unfreeze f9x",
    ];
    let answer = |text: &&str| match meant(text) {
        Resolved::Suggest(_) => format!("{text}\n  {}", said(text, &vocabulary())),
        other => format!("{text}\n  {other:?}"),
    };
    let all: Vec<String> = lines.iter().map(answer).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    depoly staging
      There is no command "depoly". Did you mean deploy?
    > deploy staging
    xyzzy
      There is no command "xyzzy". The commands are: help, status, can, new, plan, deploy, promote, signoff, decline, check, note, rollback, stop, resume, cancel, watch, window, freeze, unfreeze, unlock, incident, history, show, open, whoami.
    deploy rapid-adit staging
      There is no application or environment "rapid-adit". Did you mean rapid-audit?
    > deploy rapid-audit staging
    deploy prod
      There is no application or environment "prod". Did you mean production?
    > deploy production
    deploy rapid-audit prod --override "too late"
      There is no environment "prod". Did you mean production?
    > deploy rapid-audit production --override "too late"
    deploy elsewhere
      There is no application or environment "elsewhere". Known: motorsport, production, rapid-audit, staging.
    deploy staging 2026.11.20-2
      There is no open release of Rapid Audit Manage "2026.11.20-2". Did you mean 2026.11.20-1?
    > deploy staging 2026.11.20-1
    deploy staging --ovveride x
      There is no flag "--ovveride". Did you mean --override?
    > deploy staging --override x
    deploy staging --override
      Say something after --override, in quotes if it is several words.
    deploy rapid-audit staging r142 now
      I do not know what to do with "now" after deploy.
    > help deploy
    rollback rapid-audit production 2026.11.17-2
      There is no version verified in production "2026.11.17-2". Did you mean 2026.11.17-1?
    > rollback rapid-audit production 2026.11.17-1
    window ad staging 14:00
      There is no command "ad". Did you mean add?
    > window add staging 14:00
    incident
      Ask(Incidents)
    check r9 1
      There is no release "r9". Known: 2026.11.20-1.
    plan rapid-audit production 24/12 14:00
      24/12 can be read two ways. Write 24 Dec or 2026-12-24.
    plan rapid-audit production 14:30 --owner zoe
      There is no person "zoe". Known: ana, bo, chloe, kai.
    freeze whenever
      I did not understand a time in "whenever". Try: tomorrow 14:00, in 2h, tue 14:00-16:00.
    window add staging tomorrow 14:00
      Say until when, for example: tomorrow 14:00-16:00, or tomorrow 14:00 for 2h.
    watch staging longer
      `longer` is not a length of time. Say +30m, stop, good or bad.
    new rapid-audit v1;rm
      `v1;rm` is not a version: letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 128.
    new motorsport v1 --image api
      Write an image as name=reference, for example --image web=registry.example/web:1.2
    incident ack
      No incident is open.
    unfreeze f9x
      There is no freeze "f9x". None is known.
    "#);
}

/// What is said instead, and the corrections.
pub(super) fn said(text: &str, vocabulary: &Vocabulary) -> String {
    match ask(text, vocabulary, "chloe") {
        Resolved::Suggest(it) => {
            let lines = std::iter::once(it.message).chain(it.corrected);
            lines.collect::<Vec<_>>().join("\n> ")
        }
        other => panic!("{text}: {other:?}"),
    }
}
