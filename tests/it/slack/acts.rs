//! What the team does in every conversation: open, check, deploy, consent.

use shipbell_tests::servers::slack::{Person, Seen};

use super::stage::Stage;

/// The emoji of consent.
pub(super) const YES: &str = "white_check_mark";

/// A release: what people call it, its version, and its card.
pub(super) struct Release {
    pub(super) number: String,
    pub(super) version: &'static str,
    pub(super) card: Seen,
}

/// The four of them.
pub(super) struct Team {
    pub(super) ana: Person,
    pub(super) bo: Person,
    pub(super) chloe: Person,
    pub(super) dan: Person,
}

impl Stage {
    pub(super) fn team(&self) -> Team {
        Team {
            ana: self.person("ana"),
            bo: self.person("bo"),
            chloe: self.person("chloe"),
            dan: self.person("dan"),
        }
    }

    /// Opens a release, and waits until its images are pinned.
    pub(super) async fn opens(
        &self,
        ana: &Person,
        (app, title): (&str, &str),
        version: &'static str,
    ) -> Release {
        ana.say("release", &format!("/release new {app} {version}"))
            .await;
        let told = ana.hears("is open as").await;
        let number = told.split_whitespace().map(|it| it.trim_end_matches('.'));
        let mut number = number.filter(|it| it.strip_prefix('r').is_some_and(all_digits));
        let number = number
            .next()
            .expect("the answer names the release")
            .to_owned();
        let card = self
            .slack
            .message("release", &format!("{title} {version}"))
            .await;
        let pinned = || (!self.slack.reads(&card).contains("Pinning images")).then_some(());
        self.slack.until("the images are pinned", pinned).await;
        Release {
            number,
            version,
            card,
        }
    }

    /// The team's main application, with its checklist done by form and by words.
    pub(super) async fn opens_checked(&self, team: &Team, version: &'static str) -> Release {
        let named = ("rapid-audit", "Rapid Audit");
        let release = self.opens(&team.ana, named, version).await;
        team.bo.press(&release.card, "Checklist").await;
        team.bo.sees_modal("Migrations reviewed and tested").await;
        team.bo.fill("Migrations reviewed and tested", "true");
        team.bo.submit().await;
        team.bo.hears("item 1").await;
        let words = format!("/release check {} 2", release.number);
        team.ana.say("release", &words).await;
        team.ana.hears("every item is settled").await;
        release
    }

    /// Has it deployed; the one who asked is told that it is on its way.
    pub(super) async fn deploys(&self, who: &Person, place: &str, release: &Release) {
        let words = format!("/release deploy rapid-audit {place} {}", release.version);
        who.say("release", &words).await;
        // A start that needs consent reads first what stands on the asks.
        let told = if place == "production" {
            "starts in production"
        } else {
            "on its way"
        };
        who.hears(told).await;
    }

    /// Waits for an ask with these words, which the bot has marked.
    pub(super) async fn asks(&self, release: &Release, words: &str) -> Seen {
        let ask = self.slack.reply(&release.card, words).await;
        let marked = || {
            let reactions = self.slack.reactions(&ask);
            let own = |(name, users): &(String, Vec<String>)| {
                name == YES && users.iter().any(|it| it == "U0SHIPBELL")
            };
            reactions.iter().any(own).then_some(())
        };
        self.slack.until("the bot's own mark", marked).await;
        // Then it knows where the ask is, and that people may answer there.
        let known = || self.slack.is_looked_at(&ask).then_some(());
        self.slack.until("the bot's first look", known).await;
        ask
    }

    /// To staging, and accepted there.
    pub(super) async fn passes_staging(&self, team: &Team, release: &Release) {
        self.deploys(&team.ana, "staging", release).await;
        let ask = self.asks(release, "good in staging?").await;
        team.chloe.react(&ask, YES);
    }

    /// Signed off for production, by a reaction and by the button.
    pub(super) async fn signs_off(&self, team: &Team, release: &Release) -> Seen {
        let ask = self.asks(release, "for production?").await;
        team.dan.react(&ask, YES);
        team.chloe.press(&ask, "Sign off for production").await;
        self.says(&ask, "Chloé Martin,").await;
        self.says(&ask, "Dan Okoye,").await;
        ask
    }

    /// Waits until a message says this.
    pub(super) async fn says(&self, at: &Seen, words: &str) {
        let low = words.to_lowercase();
        let read = || {
            self.slack
                .reads(at)
                .to_lowercase()
                .contains(&low)
                .then_some(())
        };
        self.slack.until(&format!("it says {words:?}"), read).await;
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}
