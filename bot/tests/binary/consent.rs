//! Whose consent counts, and for how long.

use crate::house::{eventually, run};
use crate::people::Guest;
use crate::releases::open;
use crate::world::{Fate, load};

#[tokio::test]
async fn only_the_other_operator_can_sign_off() {
    run("consent", async |house| {
        load("v1", Fate::Well).await;
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        open(&kai, "v1").await;

        // The requester's own consent is seen, answered, and does not count.
        kai.reacts("white_check_mark", "sign off v1 for production?")
            .await;
        let told = kai.sees("it does not count").await;
        assert!(told.private, "{}", told.text);
        assert!(
            !lea.can_see("it does not count").await,
            "that was for kai alone"
        );
        let refused = kai.asks("/release deploy motorsport production").await;
        assert!(refused.contains("has not signed off"), "{refused}");
        assert!(refused.contains("Lea Roy"), "who can unblock it: {refused}");
        assert!(house.world().containers("api").is_empty());

        // The other one's does, until she takes it back.
        lea.reacts("white_check_mark", "sign off v1 for production?")
            .await;
        kai.sees("Complete").await;
        lea.reacts("white_check_mark", "sign off v1 for production?")
            .await;
        eventually("the sign-off is taken back", async || {
            (!kai.can_see("Complete").await).then_some(())
        })
        .await;
        let refused = kai.asks("/release deploy motorsport production").await;
        assert!(refused.contains("has not signed off"), "{refused}");
        assert!(
            house.world().containers("api").is_empty(),
            "nothing was started"
        );

        // Given again, the deploy starts, and the ask is over.
        lea.presses("Sign off for production").await;
        kai.sees("Complete").await;
        kai.presses("Deploy to production").await;
        let ask = lea.sees("used by attempt 1").await;
        assert!(ask.text.contains("Given by Lea Roy"), "{}", ask.text);
        kai.sees("Smoke tests of v1 on production").await;
        eventually("v1 answers", async || house.says("api", "/").await).await;
    })
    .await;
}

#[tokio::test]
async fn a_veto_holds_until_it_is_lifted() {
    run("veto", async |house| {
        load("v1", Fate::Well).await;
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        open(&kai, "v1").await;
        lea.presses("Sign off for production").await;
        kai.sees("Complete").await;
        lea.presses("Decline").await;
        assert!(lea.dialog().await.is_some(), "a veto asks why");
        let name = "why";
        lea.fills_in(&[(name, "the queue is full")]).await;
        kai.sees("Declined by Lea Roy").await;
        let refused = kai.asks("/release deploy motorsport production").await;
        assert!(refused.contains("declined by Lea Roy"), "{refused}");
        assert!(refused.contains("the queue is full"), "{refused}");
        assert!(house.world().containers("api").is_empty());
    })
    .await;
}
