//! The release card through a day.

use super::*;

#[test]
fn a_release_waits_for_consent() {
    insta::assert_snapshot!(drawn(&Day::waiting(), &release(), "13:55"), @r"
    Rapid Audit Manage 2026.11.20-1: Waiting for 1 sign-off. staging: Deployed 13:38, smoke 3 of 3 passed; production: Runs 2026.11.18-2. Window 14:00 to 16:00.
    ---
    Rapid Audit Manage 2026.11.20-1  [○ Waiting for 1 sign-off]
      Staging                          Deployed 13:38, smoke 3 of 3 passed
      Production                       Runs 2026.11.18-2. Window 14:00 to 16:00
      Sign-off for production, 1 of 2  ✓ Ana Ruiz, release manager, 13:52
                                       ○ Product owner: Chloé Martin can
                                       Ignored: Kai Ito (not product-owner or release-manager)
      Checklist                        3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    [Open the ask]  [Checklist]  … Dry run for production, Show the release
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn a_release_goes_through_its_day() {
    let mut vetoed = Day::waiting();
    vetoed.votes("chloe", Vote::No { reason: None }, "13:57");
    let mut done = Day::watching();
    done.release(RELEASE, ReleaseEvent::Done, "14:20");
    let mut given_up = Day::waiting();
    let why = "superseded".to_owned();
    given_up.release(
        RELEASE,
        ReleaseEvent::Cancelled {
            by: person("bo"),
            why,
        },
        "13:59",
    );
    let days = [
        (vetoed, "13:58"),
        (Day::ready(), "13:58"),
        (Day::ready(), "14:01"),
        (Day::deploying(), "14:03"),
        (Day::failed(), "14:06"),
        (Day::watching(), "14:09"),
        (done, "14:21"),
        (given_up, "14:21"),
    ];
    let all: Vec<String> = days
        .iter()
        .map(|(day, time)| drawn(day, &release(), time))
        .collect();
    insta::assert_snapshot!(all.join("\n\n"), @r"
    Rapid Audit Manage 2026.11.20-1: Declined by Chloé Martin. staging: Deployed 13:38, smoke 3 of 3 passed; production: Runs 2026.11.18-2. Window 14:00 to 16:00.
    ---
    Rapid Audit Manage 2026.11.20-1  [✕ Declined by Chloé Martin]
      Staging                          Deployed 13:38, smoke 3 of 3 passed
      Production                       Runs 2026.11.18-2. Window 14:00 to 16:00
      Sign-off for production, 1 of 2  ✓ Ana Ruiz, release manager, 13:52
                                       ✕ Chloé Martin declined, 13:57: reason not given yet
                                       ○ Product owner: nobody can, for only Chloé Martin holds the role product-owner
                                       Ignored: Kai Ito (not product-owner or release-manager)
      Checklist                        3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    [Open the ask]  [Checklist]  … Dry run for production, Show the release

    Rapid Audit Manage 2026.11.20-1: Waiting for the window. staging: Deployed 13:38, smoke 3 of 3 passed; production: Runs 2026.11.18-2. Window 14:00 to 16:00.
    ---
    Rapid Audit Manage 2026.11.20-1  [○ Waiting for the window]
      Staging                          Deployed 13:38, smoke 3 of 3 passed
      Production                       Runs 2026.11.18-2. Window 14:00 to 16:00
      Sign-off for production, 2 of 2  ✓ Ana Ruiz, release manager, 13:52
                                       ✓ Chloé Martin, product owner, 13:58
                                       Ignored: Kai Ito (not product-owner or release-manager)
      Checklist                        3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    [Open the ask]  [Checklist]  … Dry run for production, Show the release

    Rapid Audit Manage 2026.11.20-1: Ready for production. staging: Deployed 13:38, smoke 3 of 3 passed; production: Runs 2026.11.18-2. Window open until 16:00.
    ---
    Rapid Audit Manage 2026.11.20-1  [✓ Ready for production]
      Staging                          Deployed 13:38, smoke 3 of 3 passed
      Production                       Runs 2026.11.18-2. Window open until 16:00
      Sign-off for production, 2 of 2  ✓ Ana Ruiz, release manager, 13:52
                                       ✓ Chloé Martin, product owner, 13:58
                                       Ignored: Kai Ito (not product-owner or release-manager)
      Checklist                        3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    [Deploy to production]  [Open the ask]  [Checklist]  … Dry run for production, Show the release

    Rapid Audit Manage 2026.11.20-1: Deploying to production. staging: Deployed 13:38, smoke 3 of 3 passed; production: Deploying since 14:02. Window open until 16:00.
    ---
    Rapid Audit Manage 2026.11.20-1  [▸ Deploying to production]
      Staging                  Deployed 13:38, smoke 3 of 3 passed
      Production               Deploying since 14:02. Window open until 16:00
      Sign-off for production  Given by Ana Ruiz and Chloé Martin
      Checklist                3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    [Checklist]  … Show the release

    Rapid Audit Manage 2026.11.20-1: Failed in production. staging: Deployed 13:38, smoke 3 of 3 passed; production: Failed 14:05: GET /healthz answers 500. Window open until 16:00. Locked since 14:05.
    ---
    Rapid Audit Manage 2026.11.20-1  [✕ Failed in production]
      Staging                  Deployed 13:38, smoke 3 of 3 passed
      Production               Failed 14:05: GET /healthz answers 500. Window open until 16:00. Locked since 14:05
      Sign-off for production  Given by Ana Ruiz and Chloé Martin
      Checklist                3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    [Checklist]  … Dry run for production, Show the release

    Rapid Audit Manage 2026.11.20-1: Watching production. staging: Deployed 13:38, smoke 3 of 3 passed; production: Deployed 14:05, smoke 3 of 3 passed.
    ---
    Rapid Audit Manage 2026.11.20-1  [▸ Watching production]
      Staging                  Deployed 13:38, smoke 3 of 3 passed
      Production               Deployed 14:05, smoke 3 of 3 passed
      Sign-off for production  Given by Ana Ruiz and Chloé Martin
      Checklist                3 of 3 done
    r142, asked for by Bo Lindqvist. Times in Paris.
    [Checklist]  … Show the release

    Rapid Audit Manage 2026.11.20-1: Done 14:20. Deployed to staging, production.
    ---
    Rapid Audit Manage 2026.11.20-1  [✓ Done 14:20]

    Rapid Audit Manage 2026.11.20-1: Given up 13:59 by Bo Lindqvist: superseded. Deployed to staging.
    ---
    Rapid Audit Manage 2026.11.20-1  [· Given up 13:59 by Bo Lindqvist: superseded]
    ");
}

#[test]
fn images_that_are_not_pinned_are_said_first() {
    let mut day = Day::begins();
    day.opens(RELEASE, "2026.11.20-1", "13:20");
    let release_of = |day: &mut Day, why: Option<&str>| {
        let it = Arc::make_mut(day.world.releases.get_mut(&RELEASE).unwrap());
        it.manifest = None;
        it.unresolved = why.map(str::to_owned);
    };
    release_of(&mut day, None);
    let pinning = drawn(&day, &release(), "13:20");
    assert!(pinning.contains("Pinning images"), "{pinning}");
    release_of(&mut day, Some("not found"));
    let failed = drawn(&day, &release(), "13:21");
    assert!(failed.contains("Images not found"), "{failed}");
}
