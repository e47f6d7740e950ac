//! Announcements as they follow their windows.

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn an_announcement_follows_its_window() {
    use shipbell_domain::calendar::Span;

    let id = CardId::Announcement {
        release: RELEASE,
        env: env("production"),
    };
    let planned = |mut day: Day| {
        let span = Span::new(at("14:00"), at("16:00")).unwrap();
        let summary = "New login page".to_owned();
        let (owner, by, env) = (person("bo"), person("ana"), env("production"));
        day.release(
            RELEASE,
            ReleaseEvent::Planned {
                env,
                span,
                summary,
                owner,
                by,
            },
            "13:30",
        );
        day
    };
    let told = |mut day: Day, moment| {
        day.release(
            RELEASE,
            ReleaseEvent::Announced {
                env: env("production"),
                moment,
            },
            "13:30",
        );
        day
    };
    let waiting = || planned(Day::waiting());
    let all = [
        drawn(&told(waiting(), Moment::Announced), &id, "13:30"),
        drawn(&told(waiting(), Moment::Ahead), &id, "13:40"),
        drawn(&told(waiting(), Moment::Open), &id, "14:00"),
        drawn(&told(waiting(), Moment::Closed), &id, "16:00"),
        drawn(&told(planned(Day::deploying()), Moment::Open), &id, "14:03"),
        drawn(
            &told(planned(Day::watching()), Moment::Closed),
            &id,
            "16:03",
        ),
        drawn(&told(planned(Day::failed()), Moment::Closed), &id, "16:03"),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r"
    Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris): planned, opens 14:00.
    ---
    Rapid Audit Manage 2026.11.20-1 goes to production  [· Planned, opens 14:00]
    Friday 20 November, 14:00 to 16:00 (Paris)
    New login page
    Rollback owner: Bo Lindqvist. Planned by Ana Ruiz, r142.
    [Show the release]

    Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris): opens soon, 14:00.
    ---
    Rapid Audit Manage 2026.11.20-1 goes to production  [○ Opens soon, 14:00]
    Friday 20 November, 14:00 to 16:00 (Paris)
    New login page
    Rollback owner: Bo Lindqvist. Planned by Ana Ruiz, r142.
    [Show the release]

    Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris): open now, closes 16:00.
    ---
    Rapid Audit Manage 2026.11.20-1 goes to production  [▸ Open now, closes 16:00]
    Friday 20 November, 14:00 to 16:00 (Paris)
    New login page
    Rollback owner: Bo Lindqvist. Planned by Ana Ruiz, r142.
    [Show the release]

    Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris): closed: nothing was deployed.
    ---
    Rapid Audit Manage 2026.11.20-1 goes to production  [· Closed: nothing was deployed]
    Friday 20 November, 14:00 to 16:00 (Paris)

    Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris): deploying since 14:02.
    ---
    Rapid Audit Manage 2026.11.20-1 goes to production  [▸ Deploying since 14:02]
    Friday 20 November, 14:00 to 16:00 (Paris)
    New login page
    Rollback owner: Bo Lindqvist. Planned by Ana Ruiz, r142.
    [Show the release]

    Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris): deployed 14:05.
    ---
    Rapid Audit Manage 2026.11.20-1 goes to production  [✓ Deployed 14:05]
    Friday 20 November, 14:00 to 16:00 (Paris)

    Rapid Audit Manage 2026.11.20-1 goes to production, Friday 20 November, 14:00 to 16:00 (Paris): failed 14:05.
    ---
    Rapid Audit Manage 2026.11.20-1 goes to production  [✕ Failed 14:05]
    Friday 20 November, 14:00 to 16:00 (Paris)
    ");
    assert_eq!(
        look(&Day::waiting().world, "13:30", |view| card(&id, view)),
        None,
        "no plan"
    );
}
