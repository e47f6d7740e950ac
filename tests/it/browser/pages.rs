//! The page itself: how one gets in, what changes under one's eyes, what survives.

use shipbell_adapters::chat::card::{StepLine, StepState};
use shipbell_adapters::chat::{Act, Answer, Block, Card, UserId};

use super::stage::run;
use super::threads::card;

fn bot(_: &UserId, _: &Act) -> Answer {
    Answer::Done
}

fn progress(done: usize) -> Card {
    let mut card = card("Production: Deploy of 1.2", &format!("Step {done} of 3"));
    let step = |at: usize| StepLine {
        state: if at <= done {
            StepState::Done
        } else {
            StepState::Pending
        },
        title: format!("Step {at}"),
        detail: String::new(),
    };
    let text = "a line of the log that nobody could ever break anywhere ".repeat(4);
    let caption = "Last lines".to_owned();
    card.blocks = vec![
        Block::Steps((1..=3).map(step).collect()),
        Block::Code {
            caption,
            text: text.replace(' ', "_"),
        },
        Block::Table {
            head: ["Application", "Environment", "Runs", "State"]
                .map(str::to_owned)
                .to_vec(),
            rows: vec![
                ["shop", "production", "1.2", "verified since 14:05"]
                    .map(str::to_owned)
                    .to_vec(),
            ],
        },
    ];
    card
}

#[tokio::test]
async fn a_link_works_once_and_leaving_is_leaving() {
    run("links", bot, async |stage| {
        let ana = stage.enter("ana").await;
        let link = stage.link("bo");
        ana.goes_to(&link).await;
        ana.sees("Sign in as Bo Lindqvist?").await;
        // Looking at it uses nothing up, pressing does.
        ana.reloads().await;
        ana.presses("Sign in as Bo Lindqvist").await;
        ana.sees("Bo Lindqvist, developer").await;
        ana.goes_to(&link).await;
        ana.sees_no_more("Bo Lindqvist, developer").await;
        assert_eq!(
            ana.count("form[action='/enter']").await,
            0,
            "{}",
            ana.text().await
        );

        ana.goes_to(&format!("{}/channel/release", stage.base()))
            .await;
        ana.clicks("details.me > summary").await;
        ana.presses("Sign out").await;
        ana.goes_to(&format!("{}/channel/release", stage.base()))
            .await;
        assert_eq!(
            ana.count("#log").await,
            0,
            "signed out is out: {}",
            ana.text().await
        );
    })
    .await;
}

#[tokio::test]
async fn a_card_moves_in_place_while_it_is_read() {
    run("progress", bot, async |stage| {
        let root = stage.posts(&card("Shop 1.2", "Deploying")).await;
        let at = stage.posts_to(Some(&root), &progress(0)).await;
        let ana = stage.enter("ana").await;
        ana.clicks(&format!("#{}-summary", root.id)).await;
        for done in 1..=3 {
            stage.edits(&at, &progress(done)).await;
            ana.sees(&format!("Step {done} of 3")).await;
            assert_eq!(ana.count(&format!("#{}", at.id)).await, 1);
            let open = format!("document.getElementById('{}-thread').open", root.id);
            assert_eq!(ana.finds(&open).await, true, "the thread stays open");
        }
        // On a small telephone nothing is wider than the screen.
        ana.is(320, 700).await;
        let spills = "document.documentElement.scrollWidth > innerWidth";
        assert_eq!(ana.finds(spills).await, false);
    })
    .await;
}

#[tokio::test]
async fn a_page_finds_back_to_a_bot_that_was_away() {
    run("away", bot, async |stage| {
        let root = stage.posts(&card("Shop 1.2", "Deploying")).await;
        let ana = stage.enter("ana").await;
        ana.sees("Deploying").await;
        stage.restarts().await;
        stage.edits(&root, &card("Shop 1.2", "Done 14:05")).await;
        ana.sees("Done 14:05").await;
        assert_eq!(ana.count(&format!("#{}", root.id)).await, 1);
        ana.sees_no_more("Connection lost").await;
        ana.says("welcome back").await;
        ana.sees("welcome back").await;
    })
    .await;
}
