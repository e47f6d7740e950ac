//! Asks from the first call to their end.

use super::*;

#[test]
fn an_ask_calls_those_who_can_still_answer() {
    let ask = CardId::Ask {
        ask: Day::waiting().ask(),
    };
    insta::assert_snapshot!(drawn(&Day::waiting(), &ask, "13:55"), @r"
    Chloé Martin: sign off 2026.11.20-1 for production? Rapid Audit Manage, r142. Waiting for 1 sign-off.
    ---
    @chloe: sign off 2026.11.20-1 for production?  [○ Waiting for 1 sign-off]
    Consists of php 77e0dc83, the same as in staging.
      Answers  ✓ Ana Ruiz, release manager, 13:52
               ○ Product owner: Chloé Martin can
               Ignored: Kai Ito (not product-owner or release-manager)
    React with ✅ to consent, ❌ to decline, or use the buttons. Bo Lindqvist asked for the release and does not count.
    [Sign off for production]  [Decline]
    ");
}

#[test]
fn an_ask_that_is_over_shrinks() {
    let ask = Day::waiting().ask();
    let id = CardId::Ask { ask: ask.clone() };
    let complete = drawn(&Day::ready(), &id, "13:59");
    let mut vetoed = Day::waiting();
    vetoed.votes(
        "chloe",
        Vote::No {
            reason: Some("too slow".to_owned()),
        },
        "13:57",
    );
    let vetoed = drawn(&vetoed, &id, "13:58");
    let mut void = Day::waiting();
    let why = "the images changed".to_owned();
    void.release(
        RELEASE,
        ReleaseEvent::AskVoided {
            ask: ask.clone(),
            why,
        },
        "13:59",
    );
    let void = drawn(&void, &id, "14:00");
    let mut used = Day::ready();
    let release = used.world.releases.get_mut(&RELEASE).unwrap();
    let asks = &mut Arc::make_mut(release).asks;
    asks.get_mut(&ask).unwrap().state = AskState::Used(8);
    let used = drawn(&used, &id, "14:03");
    insta::assert_snapshot!([complete, vetoed, void, used].join("\n\n"), @r"
    sign off 2026.11.20-1 for production? Rapid Audit Manage, r142. Complete.
    ---
    sign off 2026.11.20-1 for production?  [✓ Complete]
    Consists of php 77e0dc83, the same as in staging.
      Answers  ✓ Ana Ruiz, release manager, 13:52
               ✓ Chloé Martin, product owner, 13:58
               Ignored: Kai Ito (not product-owner or release-manager)
    React with ✅ to consent, ❌ to decline, or use the buttons. Bo Lindqvist asked for the release and does not count.
    [Sign off for production]  [Decline]

    sign off 2026.11.20-1 for production? Rapid Audit Manage, r142. Declined by Chloé Martin.
    ---
    sign off 2026.11.20-1 for production?  [✕ Declined by Chloé Martin]
    Consists of php 77e0dc83, the same as in staging.
      Answers  ✓ Ana Ruiz, release manager, 13:52
               ✕ Chloé Martin declined, 13:57: too slow
               ○ Product owner: nobody can, for only Chloé Martin holds the role product-owner
               Ignored: Kai Ito (not product-owner or release-manager)
    React with ✅ to consent, ❌ to decline, or use the buttons. Bo Lindqvist asked for the release and does not count.
    [Sign off for production]  [Decline]

    Rapid Audit Manage 2026.11.20-1, sign-off for production: Void, ask again: the images changed.
    ---
    Rapid Audit Manage 2026.11.20-1, sign-off for production  [· Void, ask again: the images changed]

    Rapid Audit Manage 2026.11.20-1, sign-off for production: Given by Ana Ruiz and Chloé Martin, used by attempt 8.
    ---
    Rapid Audit Manage 2026.11.20-1, sign-off for production  [✓ Given by Ana Ruiz and Chloé Martin, used by attempt 8]
    ");
}

#[test]
fn acceptance_is_asked_in_its_own_words() {
    let mut day = Day::waiting();
    let mut ask = day.ask();
    (ask.env, ask.phase) = (env("staging"), Phase::Accept);
    let quorum = Quorum([(role("product-owner"), 1)].into());
    day.release(
        RELEASE,
        ReleaseEvent::AskOpened {
            ask: ask.clone(),
            quorum,
        },
        "13:42",
    );
    insta::assert_snapshot!(drawn(&day, &CardId::Ask { ask }, "13:43"), @r"
    Chloé Martin: is 2026.11.20-1 good in staging? Rapid Audit Manage, r142. Waiting for 1 acceptance.
    ---
    @chloe: is 2026.11.20-1 good in staging?  [○ Waiting for 1 acceptance]
    Consists of php 77e0dc83.
      Answers  ○ Product owner: Chloé Martin can
    React with ✅ to consent, ❌ to decline, or use the buttons. Bo Lindqvist asked for the release and does not count.
    [Accept staging]  [Decline]
    ");
}
