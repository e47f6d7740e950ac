//! What is stored today is read tomorrow: every event, by its stable name.

mod samples;

use std::collections::BTreeSet;

use super::Event;

/// The sources in which the names stand.
const SOURCES: [&str; 5] = [
    include_str!("application.rs"),
    include_str!("release.rs"),
    include_str!("environment.rs"),
    include_str!("incident.rs"),
    include_str!("agenda.rs"),
];

#[test]
fn every_event_is_stored_and_read_again() {
    for event in samples::every() {
        let stored = serde_json::to_string(&event).unwrap();
        let read: Event = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, event, "{stored}");
    }
}

#[test]
fn every_event_has_a_name_of_its_own_and_a_sample() {
    let all = samples::every();
    let sampled: BTreeSet<&str> = all.iter().map(Event::kind).collect();
    assert_eq!(sampled.len(), all.len(), "two events of one name");
    let named = SOURCES
        .iter()
        .flat_map(|source| source.split("=> \"").skip(1));
    let named: Vec<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(named.len(), sampled.len());
    assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), sampled);
}

#[test]
fn an_event_is_stored_under_its_name() {
    for event in samples::every() {
        let stored = serde_json::to_value(&event).unwrap();
        let (of, name) = (stored["of"].as_str(), stored["is"]["event"].as_str());
        let stored = format!("{}.{}", of.unwrap(), name.unwrap());
        assert_eq!(stored, event.kind());
    }
}

/// Renaming or removing any of these makes old databases unreadable.
#[test]
fn names_are_never_changed() {
    let kinds: Vec<&str> = samples::every().iter().map(Event::kind).collect();
    insta::assert_snapshot!(kinds.join("\n"), @r"
    application.policy_adopted
    application.removed
    release.opened
    release.manifest_fixed
    release.images_unresolved
    release.policy_changed
    release.planned
    release.announced
    release.ticked
    release.noted
    release.done
    release.cancelled
    release.checkpointed
    release.checks_read
    release.branch_read
    release.ask_opened
    release.voted
    release.vote_withdrawn
    release.vote_ignored
    release.ask_voided
    release.preview_wanted
    release.previewed
    release.start_requested
    release.standing_read
    release.start_refused
    release.overridden
    release.stage_started
    release.stage_ended
    release.stage_watched
    environment.attempt_started
    environment.fence_taken
    environment.work_started
    environment.work_ended
    environment.stop_asked
    environment.work_held
    environment.decided
    environment.attempt_verified
    environment.attempt_failed
    environment.locked
    environment.unlocked
    environment.watch_started
    environment.tick_checked
    environment.tick_answered
    environment.tick_missed
    environment.watch_extended
    environment.watch_ended
    environment.drift_seen
    environment.drift_gone
    environment.adopted
    incident.opened
    incident.paged
    incident.acknowledged
    incident.escalated
    incident.updated
    incident.resolved
    agenda.window_added
    agenda.window_cancelled
    agenda.frozen
    agenda.unfrozen
    agenda.loss_accepted
    agenda.clock_jumped
    agenda.duplicates_found
    ");
}

/// The form of the events that carry the most.
#[test]
fn forms_are_never_changed() {
    let stored = samples::every().into_iter().filter(|it| {
        let kinds = [
            "release.voted",
            "release.standing_read",
            "environment.work_ended",
        ];
        kinds.contains(&it.kind())
    });
    let stored: Vec<String> = stored
        .map(|it| serde_json::to_string(&it).unwrap())
        .collect();
    insta::assert_snapshot!(stored.join("\n"), @r#"
    {"of":"release","is":{"event":"voted","ask":{"release":1,"env":"production","phase":"signoff","manifest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","round":1},"by":"bo","source":{"by":"reaction","on":"web"},"vote":{"says":"no","reason":"the demo"}}}
    {"of":"release","is":{"event":"standing_read","env":"production","read_at":"2026-11-24T10:00:00Z","standing":[{"ask":{"release":1,"env":"production","phase":"signoff","manifest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","round":1},"surface":"web","yes":["bo"],"no":[]}]}}
    {"of":"environment","is":{"event":"work_ended","attempt":1,"index":0,"outcome":{"ended":"failed","mode":"healthcheck","why":"unhealthy","evidence":{"findings":[],"tail":["panic"],"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":5}}}}
    "#);
}

#[test]
fn folds_written_before_there_was_more_to_know_are_read() {
    let environment = r#"{"id":{"app":"shop","env":"production"},"fence":3,"attempts":2,
        "attempt":null,"verified":[],"lock":null,"watch":null}"#;
    let read: crate::environment::Environment = serde_json::from_str(environment).unwrap();
    assert!(!read.touched);
    let ask = r#"{"id":{"release":1,"env":"production","phase":"signoff","manifest":
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","round":1},
        "quorum":{"sre":1},"opened_at":"2026-11-24T10:00:00Z","votes":{},"ignored":{},
        "state":"open"}"#;
    let read: crate::ask::Ask = serde_json::from_str(ask).unwrap();
    assert!(read.late.is_empty() && read.withdrawn.is_empty());
}
