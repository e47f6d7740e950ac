//! The stand-in refuses what Slack refuses, delivers as Slack delivers, and notices what is wrong.

mod app;
mod calls;
mod delivers;
mod limits;
mod troubles;
mod wordy;

use shipbell_tests::servers::slack::{Setup, Slack};

use self::app::App;

/// A workspace, and a program that speaks its protocol by hand.
async fn workspace() -> (Slack, App) {
    workspace_with(Setup::default()).await
}

async fn workspace_with(setup: Setup) -> (Slack, App) {
    let slack = Slack::open(setup).await.unwrap();
    let app = App::new(&slack.api_url());
    (slack, app)
}
