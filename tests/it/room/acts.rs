//! What the team does in every conversation: open, check, deploy, consent.

use super::{Message, Room, Someone};

/// A release: what people call it, its version, and its card.
pub(crate) struct Release {
    pub(crate) number: String,
    pub(crate) version: &'static str,
    pub(crate) card: Message,
}

/// The four of them.
pub(crate) struct Team {
    pub(crate) ana: Someone,
    pub(crate) bo: Someone,
    pub(crate) chloe: Someone,
    pub(crate) dan: Someone,
}

impl Room {
    pub(crate) async fn team(&self) -> Team {
        Team {
            ana: self.person("ana").await,
            bo: self.person("bo").await,
            chloe: self.person("chloe").await,
            dan: self.person("dan").await,
        }
    }

    /// Opens a release, and waits until its images are pinned.
    pub(crate) async fn opens(
        &self,
        who: &Someone,
        named: (&str, &str),
        version: &'static str,
    ) -> Release {
        self.opens_with(who, named, version, &[]).await
    }

    /// The same, with more said about it.
    pub(crate) async fn opens_with(
        &self,
        who: &Someone,
        (app, title): (&str, &str),
        version: &'static str,
        more: &[(&str, &str)],
    ) -> Release {
        let options = [&[("app", app), ("version", version)], more].concat();
        who.commands("new", &options).await;
        let told = who.hears("is open as").await;
        let number = told
            .split_whitespace()
            .map(|it| it.trim_matches(|c: char| !c.is_alphanumeric()));
        let mut number = number.filter(|it| it.strip_prefix('r').is_some_and(all_digits));
        let number = number.next().expect("the answer names the release");
        let card = self.message(&format!("{title} {version}")).await;
        let pinned = |text: &str| !text.contains("Pinning images");
        self.shows(&card, "the images are pinned", pinned).await;
        Release {
            number: number.to_owned(),
            version,
            card,
        }
    }

    /// The team's main application, with its checklist done by form and by words.
    pub(crate) async fn opens_checked(&self, team: &Team, version: &'static str) -> Release {
        let named = ("rapid-audit", "Rapid Audit");
        let release = self.opens(&team.ana, named, version).await;
        team.bo.ticks_the_first(&release.card).await;
        let options = [("release", release.number.as_str()), ("item", "2")];
        team.ana.commands("check", &options).await;
        team.ana.hears("every item is settled").await;
        self.says(&release.card, "2 of 2").await;
        release
    }

    /// Has it deployed; the one who asked is told that it is on its way.
    pub(crate) async fn deploys(&self, who: &Someone, place: &str, release: &Release) {
        who.wants_it_deployed(place, release).await;
        // A start that needs consent reads first what stands on the asks.
        let told = if place == "production" {
            "starts in production"
        } else {
            "on its way"
        };
        who.hears(told).await;
    }

    /// Waits for an ask with these words, which the bot has marked and looked at: then it
    /// knows where the ask is, and that people may answer there.
    pub(crate) async fn asks(&self, release: &Release, words: &str) -> Message {
        let ask = self.reply(&release.card, words).await;
        if let Some(slack) = &self.slack {
            let marked = || {
                let reactions = slack.reactions(ask.slack());
                let own = |(name, users): &(String, Vec<String>)| {
                    name == "white_check_mark" && users.iter().any(|it| it == "U0SHIPBELL")
                };
                let marked = reactions.iter().any(own);
                (marked && slack.is_looked_at(ask.slack())).then_some(())
            };
            slack
                .until("the bot's mark and look in Slack", marked)
                .await;
        }
        if let Some(discord) = &self.discord {
            let looked = || discord.is_looked_at(ask.discord()).then_some(());
            let what = "the bot's mark and look in Discord";
            discord.until(what, looked).await;
        }
        ask
    }

    /// To staging, and accepted there.
    pub(crate) async fn passes_staging(&self, team: &Team, release: &Release) {
        self.deploys(&team.ana, "staging", release).await;
        let ask = self.asks(release, "good in staging?").await;
        team.chloe.consents(&ask).await;
    }

    /// Signed off for production, by a reaction and by the button.
    pub(crate) async fn signs_off(&self, team: &Team, release: &Release) -> Message {
        let ask = self.asks(release, "for production?").await;
        team.dan.consents(&ask).await;
        team.chloe.presses(&ask, "Sign off for production").await;
        self.says(&ask, "Chloé Martin,").await;
        self.says(&ask, "Dan Okoye,").await;
        ask
    }
}

impl Someone {
    /// Asks for a deploy of the main application, whatever the answer is.
    pub(crate) async fn wants_it_deployed(&self, place: &str, release: &Release) {
        let options = [
            ("app", "rapid-audit"),
            ("environment", place),
            ("version", release.version),
        ];
        self.commands("deploy", &options).await;
    }

    /// Ticks the first item of a checklist in its form.
    async fn ticks_the_first(&self, card: &Message) {
        match self {
            Self::Web(visitor) => {
                let mut visitor = visitor.lock().await;
                visitor.presses(card, "Checklist").await;
                visitor.submits(&[("item1", "true")]).await;
            }
            Self::Slack(person) => {
                let item = "Migrations reviewed and tested";
                person.press(card.slack(), "Checklist").await;
                person.sees_modal(item).await;
                person.fill(item, "true");
                person.submit().await;
            }
            Self::Discord(person) => {
                let form = person.press(card.discord(), "Checklist").await;
                let form = form.expect("the checklist is a form");
                person.submit(&form, &[("~ticksitem1", "item1")]).await;
            }
        }
        self.hears("item 1").await;
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}
