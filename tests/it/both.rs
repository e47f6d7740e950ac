//! Slack and Discord at once: one release, a card in each channel, one quorum; either
//! may be away without holding up the other.

#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod stage;

use self::stage::{Copies, Stage};

/// Consent, as each platform has it.
const IN_SLACK: &str = "white_check_mark";
const IN_DISCORD: &str = "✅";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_release_has_a_card_in_each_channel_and_one_quorum() {
    let stage = Stage::open().await;
    let card = stage.opens_checked("1.0.0").await;
    stage.deploys_from_discord("staging", "1.0.0").await;
    let ask = stage.asks(&card, "good in staging?").await;
    // Chloé accepts in Slack; in Discord the same ask says so.
    stage.slack.person("chloe").react(&ask.slack, IN_SLACK);
    stage.says(&ask, "Chloé Martin,").await;

    let ask = stage.asks(&card, "for production?").await;
    let (here, there) = (stage.slack.person("chloe"), stage.discord.person("chloe"));
    here.react(&ask.slack, IN_SLACK);
    there.react(&ask.discord, IN_DISCORD);
    stage.says(&ask, "Chloé Martin,").await;
    // On both platforms she is one person still.
    let refused = "/release deploy rapid-audit production 1.0.0";
    stage.slack.person("bo").say("release", refused).await;
    stage.slack.person("bo").hears("sign").await;
    stage.says(&ask, "Waiting for 1 sign-off").await;
    stage.discord.person("dan").react(&ask.discord, IN_DISCORD);
    stage.says(&ask, "Dan Okoye,").await;
    // Taken off on one of the two, what stands on the other counts.
    there.unreact(&ask.discord, IN_DISCORD);
    stage.slack.person("bo").say("release", refused).await;
    stage.slack.person("bo").hears("starts in production").await;
    stage.slack.reply(&card.slack, "stable: watched").await;
    stage.discord.reply(&card.discord, "stable: watched").await;
    assert_eq!(stage.slack.transcript("release").len(), 1);
    assert_eq!(stage.discord.transcript(None).len(), 1);
    stage.closes().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_is_down_holds_nothing_up_and_catches_up() {
    let stage = Stage::open().await;
    let card = stage.opens_checked("1.0.0").await;
    stage.slack.outage(true);
    stage.deploys_from_discord("staging", "1.0.0").await;
    stage.discord.reply(&card.discord, "good in staging?").await;
    stage.slack.outage(false);
    stage.slack.reply(&card.slack, "good in staging?").await;

    stage.discord.outage(true);
    let chloe = stage.slack.person("chloe");
    let ask = stage.slack.reply(&card.slack, "good in staging?").await;
    chloe.press(&ask, "Accept staging").await;
    stage.discord.outage(false);
    let ask = stage.discord.reply(&card.discord, "good in staging?").await;
    stage.discord.says(&ask, "Chloé Martin,").await;
    stage.closes().await;
}

impl Stage {
    /// A release that is opened in Discord, with its checklist done half here, half there.
    async fn opens_checked(&self, version: &str) -> Copies {
        let ana = self.discord.person("ana");
        let options = [("app", "rapid-audit"), ("version", version)];
        ana.command("new", &options).await;
        ana.hears("is open as").await;
        let title = format!("Rapid Audit {version}");
        let card = Copies {
            slack: self.slack.message("release", &title).await,
            discord: self.discord.message(&title).await,
        };
        let words = format!("/release check {version} 1");
        let bo = self.slack.person("bo");
        bo.say("release", &words).await;
        bo.hears("1 item open").await;
        let options = [("release", version), ("item", "2")];
        ana.command("check", &options).await;
        ana.hears("every item is settled").await;
        self.says(&card, "2 of 2").await;
        card
    }

    async fn deploys_from_discord(&self, place: &str, version: &str) {
        let ana = self.discord.person("ana");
        let options = [
            ("app", "rapid-audit"),
            ("environment", place),
            ("version", version),
        ];
        ana.command("deploy", &options).await;
        ana.hears("on its way").await;
    }

    /// The same ask in both threads, once the bot has marked both and looked at them.
    async fn asks(&self, card: &Copies, words: &str) -> Copies {
        let slack = self.slack.reply(&card.slack, words).await;
        let discord = self.discord.reply(&card.discord, words).await;
        let looked = || self.slack.is_looked_at(&slack).then_some(());
        self.slack.until("a look in Slack", looked).await;
        let looked = || self.discord.is_looked_at(&discord).then_some(());
        self.discord.until("a look in Discord", looked).await;
        Copies { slack, discord }
    }

    /// Waits until a message says this on both.
    async fn says(&self, at: &Copies, words: &str) {
        let low = words.to_lowercase();
        let reads = || self.slack.reads(&at.slack).to_lowercase();
        let said = || reads().contains(&low).then_some(());
        self.slack.until(&format!("it says {words:?}"), said).await;
        self.discord.says(&at.discord, words).await;
    }
}
