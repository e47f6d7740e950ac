//! What the team does in every conversation: open, check, deploy, consent.

use shipbell_tests::servers::discord::{Person, Seen};

use super::stage::Stage;

/// The emoji of consent.
pub(super) const YES: &str = "✅";

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
            ana: self.discord.person("ana"),
            bo: self.discord.person("bo"),
            chloe: self.discord.person("chloe"),
            dan: self.discord.person("dan"),
        }
    }

    /// Opens a release, and waits until its images are pinned.
    pub(super) async fn opens(
        &self,
        ana: &Person,
        (app, title): (&str, &str),
        version: &'static str,
    ) -> Release {
        let options = [("app", app), ("version", version)];
        ana.command("new", &options).await;
        let told = ana.hears("is open as").await;
        let number = told
            .split_whitespace()
            .map(|it| it.trim_matches(|c: char| !c.is_alphanumeric()));
        let mut number = number.filter(|it| it.strip_prefix('r').is_some_and(all_digits));
        let number = number.next().expect("the answer names the release");
        let card = self.discord.message(&format!("{title} {version}")).await;
        let pinned = || (!self.discord.reads(&card).contains("Pinning images")).then_some(());
        self.discord.until("the images are pinned", pinned).await;
        Release {
            number: number.to_owned(),
            version,
            card,
        }
    }

    /// The team's main application, with its checklist done by form and by words.
    pub(super) async fn opens_checked(&self, team: &Team, version: &'static str) -> Release {
        let named = ("rapid-audit", "Rapid Audit");
        let release = self.opens(&team.ana, named, version).await;
        let modal = team.bo.press(&release.card, "Checklist").await;
        let modal = modal.expect("the checklist is a form");
        team.bo.submit(&modal, &[("~ticksitem1", "item1")]).await;
        team.bo.hears("item 1").await;
        let options = [("release", release.number.as_str()), ("item", "2")];
        team.ana.command("check", &options).await;
        team.ana.hears("every item is settled").await;
        release
    }

    /// Has it deployed; the one who asked is told that it is on its way.
    pub(super) async fn deploys(&self, who: &Person, place: &str, release: &Release) {
        let options = [
            ("app", "rapid-audit"),
            ("environment", place),
            ("version", release.version),
        ];
        who.command("deploy", &options).await;
        // A start that needs consent reads first what stands on the asks.
        let told = if place == "production" {
            "starts in production"
        } else {
            "on its way"
        };
        who.hears(told).await;
    }

    /// Waits for an ask with these words, which the bot has marked and looked at: then
    /// it knows where the ask is, and that people may answer there.
    pub(super) async fn asks(&self, release: &Release, words: &str) -> Seen {
        let ask = self.discord.reply(&release.card, words).await;
        let marked = || self.discord.is_looked_at(&ask).then_some(());
        self.discord.until("the bot's own mark", marked).await;
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
        self.discord.says(&ask, "Chloé Martin,").await;
        self.discord.says(&ask, "Dan Okoye,").await;
        ask
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}
