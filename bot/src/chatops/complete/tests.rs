//! Unfinished commands and what they are offered.

use super::*;
use crate::chatops::vocabulary::sample::{Day, at, of_world, person};

fn offered(text: &str) -> String {
    let mut vocabulary = of_world(&Day::burning().world);
    vocabulary.agenda = std::sync::Arc::default();
    let scene = Scene {
        vocabulary: &vocabulary,
        by: &person("bo"),
        now: at("14:07"),
    };
    let all = complete(text, scene);
    assert!(all.len() <= MOST);
    let shown = all.iter().map(|it| format!("{}  # {}", it.text, it.about));
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn the_next_word_is_offered() {
    let lines = [
        "de",
        "deploy ",
        "deploy rapid-audit ",
        "deploy rapid-audit staging ",
        "deploy staging 2026",
        "deploy staging --o",
        "rollback rapid-audit production ",
        "plan staging --owner c",
        "check ",
        "incident a",
        "incident ack ",
        "watch rapid-audit production ",
        "new motorsport ",
        "help unf",
        "unknown x",
    ];
    let all = lines.map(|text| format!("{text}|\n{}", offered(text)));
    insta::assert_snapshot!(all.join("\n"), @r"
    de|
    deploy  # Deploy a release
    decline  # Veto what is asked
    deploy |
    deploy rapid-audit  # Rapid Audit Manage
    deploy motorsport  # Motorsport API
    deploy staging  # runs 2026.11.20-1
    deploy production  # runs 2026.11.18-2
    deploy --override  # Set closed gates aside, and why: everybody is told
    deploy --dry-run  # Only say what would change; nothing is touched
    deploy --adopt  # Take what somebody changed outside as it is, and why; nothing is touched
    deploy rapid-audit |
    deploy rapid-audit staging  # runs 2026.11.20-1
    deploy rapid-audit production  # runs 2026.11.18-2
    deploy rapid-audit --override  # Set closed gates aside, and why: everybody is told
    deploy rapid-audit --dry-run  # Only say what would change; nothing is touched
    deploy rapid-audit --adopt  # Take what somebody changed outside as it is, and why; nothing is touched
    deploy rapid-audit staging |
    deploy rapid-audit staging 2026.11.20-1  # open release
    deploy rapid-audit staging --override  # Set closed gates aside, and why: everybody is told
    deploy rapid-audit staging --dry-run  # Only say what would change; nothing is touched
    deploy rapid-audit staging --adopt  # Take what somebody changed outside as it is, and why; nothing is touched
    deploy staging 2026|
    deploy staging 2026.11.20-1  # open release
    deploy staging --o|
    deploy staging --override  # Set closed gates aside, and why: everybody is told
    rollback rapid-audit production |
    rollback rapid-audit production 2026.11.18-2  # was verified here
    rollback rapid-audit production 2026.11.17-1  # was verified here
    rollback rapid-audit production --why  # Why
    rollback rapid-audit production --anyway  # Although what was done since cannot be undone by it: everybody is told
    plan staging --owner c|
    plan staging --owner chloe  # Chloé Martin
    check |
    check r142  # Rapid Audit Manage 2026.11.20-1
    check --na  # It does not apply, and why
    check --undo  # Open the item again
    incident a|
    incident ack  # Say that you are on it: nobody else is called
    incident ack |
    incident ack i7  # GET /healthz answers 500
    watch rapid-audit production |
    watch rapid-audit production good  # All is well
    watch rapid-audit production bad  # Something is wrong
    watch rapid-audit production +30m  # Watch 30 minutes longer
    watch rapid-audit production stop  # End the watch
    new motorsport |
    new motorsport 1.4.0  # the next version
    new motorsport --image  # An image of its own, as name=reference
    new motorsport --commit  # The commit it was built from
    new motorsport --ticket  # Its ticket
    new motorsport --note  # A remark
    help unf|
    help unfreeze  # Lift a freeze
    unknown x|
    ");
}
