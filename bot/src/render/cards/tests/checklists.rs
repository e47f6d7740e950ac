//! A checklist with an item that checks settle, as they stand.

use shipbell_domain::origin::CheckState;

use super::*;

#[test]
fn an_item_that_checks_settle_says_how_they_stand() {
    let passed = || ("lint", CheckState::Passed);
    let pending = CheckState::Pending("queued".to_owned());
    let failed = CheckState::Failed("timed_out".to_owned());
    let days = [
        Day::demanding(Ok(&[passed(), ("test", pending)])),
        Day::demanding(Ok(&[passed(), ("test", failed)])),
        Day::demanding(Ok(&[passed()])),
        Day::demanding(Err(
            "asking GitHub about acme/shop: the token is not accepted",
        )),
        Day::demanding(Ok(&[passed(), ("test", CheckState::Passed)])),
    ];
    let all = days.map(|day| {
        let card = drawn(&day, &release(), "13:55");
        let from = card.find("  Checklist").unwrap();
        let state = card.lines().find(|it| it.contains("  [")).unwrap();
        let to = card[from..].find("\nr142").unwrap();
        format!("{state}\n{}", &card[from..from + to])
    });
    insta::assert_snapshot!(all.join("\n"), @r"
    Rapid Audit Manage 2026.11.20-1  [○ Waiting for CI]
      Checklist                        2 of 3 done
                                       ○ CI is green: test has not ended (queued), read 13:40
    Rapid Audit Manage 2026.11.20-1  [○ Waiting for CI]
      Checklist                        2 of 3 done
                                       ✕ CI is green: test failed (timed_out), read 13:40
    Rapid Audit Manage 2026.11.20-1  [○ Waiting for CI]
      Checklist                        2 of 3 done
                                       ○ CI is green: test is missing, read 13:40
    Rapid Audit Manage 2026.11.20-1  [○ Waiting for CI]
      Checklist                        2 of 3 done
                                       ○ CI is green: the checks of commit 3f9c2ab could not be read: asking GitHub about acme/shop: the token is not accepted, read 13:40
    Rapid Audit Manage 2026.11.20-1  [○ Waiting for 1 sign-off]
      Checklist                        3 of 3 done
                                       ✓ CI is green: passed for 3f9c2ab, read 13:40
    ");
}
