//! Incidents from the first call to their end.

use super::*;

#[test]
fn an_incident_says_who_comes_next() {
    let incident = CardId::Incident {
        incident: IncidentId(7),
    };
    let open = drawn(&Day::burning(), &incident, "14:07");
    let mut day = Day::burning();
    day.incident(IncidentEvent::Acknowledged { by: person("bo") }, "14:08");
    let text = "rolling back".to_owned();
    day.incident(
        IncidentEvent::Updated {
            by: person("bo"),
            text,
        },
        "14:09",
    );
    let led = drawn(&day, &incident, "14:10");
    let text = "the cache was cold".to_owned();
    day.incident(
        IncidentEvent::Resolved {
            by: person("bo"),
            text,
        },
        "14:30",
    );
    let resolved = drawn(&day, &incident, "14:31");
    insta::assert_snapshot!([open, led, resolved].join("\n\n"), @r"
    P1 i7: Rapid Audit Manage, production. GET /healthz answers 500. It came with 2026.11.20-1. Nobody is on it yet.
    ---
    P1 i7: Rapid Audit Manage, production  [✕ Nobody is on it yet]
    GET /healthz answers 500. It came with 2026.11.20-1.
      Lead       nobody yet
      Paged      Bo Lindqvist at 14:06
                 Ana Ruiz next at 14:16
      Last good  2026.11.18-2
      Suggested  Rollback
    Opened 14:06 after a failed deploy. Times in Paris.
    [I am on it]  [Roll back to 2026.11.18-2]  [Resolve]  … Escalate now

    P1 i7: Rapid Audit Manage, production. GET /healthz answers 500. It came with 2026.11.20-1. Bo Lindqvist is on it since 14:08.
    ---
    P1 i7: Rapid Audit Manage, production  [▸ Bo Lindqvist is on it since 14:08]
    GET /healthz answers 500. It came with 2026.11.20-1.
      Lead         Bo Lindqvist
      Paged        Bo Lindqvist at 14:06
      Last good    2026.11.18-2
      Suggested    Rollback
      Last update  14:09, Bo Lindqvist: rolling back
    Opened 14:06 after a failed deploy. Times in Paris.
    [Roll back to 2026.11.18-2]  [Escalate now]  [Resolve]

    P1 i7: Rapid Audit Manage, production. GET /healthz answers 500. It came with 2026.11.20-1. Resolved 14:30 by Bo Lindqvist after 24 minutes: the cache was cold.
    ---
    P1 i7: Rapid Audit Manage, production  [✓ Resolved 14:30 by Bo Lindqvist after 24 minutes: the cache was cold]
    GET /healthz answers 500. It came with 2026.11.20-1.
    ");
}

#[test]
fn after_the_way_back_the_card_says_what_runs_again() {
    let incident = CardId::Incident {
        incident: IncidentId(7),
    };
    let mut day = Day::burning();
    day.starts(ReleaseId(140), "production", 9, "14:06");
    day.works("production", 1, None, "14:06");
    let going_back = drawn(&day, &incident, "14:06");
    assert!(
        going_back.contains("Last good  2026.11.18-2"),
        "{going_back}"
    );

    day.works_well("production", "14:07");
    day.verifies(ReleaseId(140), "production", 9, "14:08");
    let back = drawn(&day, &incident, "14:08");
    assert!(back.contains("Runs again  2026.11.18-2"), "{back}");
    assert!(
        !back.contains("Roll back to"),
        "it would lead past what is good: {back}"
    );
}
