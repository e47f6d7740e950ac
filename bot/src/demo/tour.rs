//! The tour: four people release, are refused, change their minds, and are called at night.
//!
//! A scene is a conversation: somebody acts, and what should follow is waited for
//! in the channel. To add one, write its file and a line in [`Tour::play`].

mod bad;
mod first;
mod refused;
mod withdrawn;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bot::Bot;
use super::inspect::Inspector;
use super::people::page::{Message, Page};
use super::people::screen::Screen;
use super::people::{ANA, BO, CHLOE, DAN, Person};
use super::place::Place;
use super::terminal::Pace;
use super::world::World;
use crate::failure::Failure;

/// How long something may take to happen in the channel.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long what was cut off may take to come to its end.
const SETTLING: Duration = Duration::from_mins(3);

/// How often the channel is read.
const LOOK: Duration = Duration::from_millis(300);

/// The emoji of consent.
const YES: &str = "white_check_mark";

/// The people, the channel on the terminal, and the world they change.
pub(super) struct Tour<'a> {
    people: [Person; 4],
    screen: Screen,
    pace: Pace,
    world: &'a mut World,
    inspector: &'a Inspector,
}

/// Who acts.
#[derive(Clone, Copy)]
enum Who {
    Ana,
    Bo,
    Chloe,
    Dan,
}

/// A release of the tour: its number, and the message that is its card.
struct Release {
    number: String,
    version: &'static str,
    card: String,
}

/// What people are asked to consent to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Signoff,
    Accept,
}

impl<'a> Tour<'a> {
    /// Signs everybody in. What stands in the channel already is not shown again.
    pub(super) async fn enter(
        bot: &Bot,
        pace: Pace,
        world: &'a mut World,
        inspector: &'a Inspector,
        visit: &str,
    ) -> Result<Self, Failure> {
        let base = bot.base();
        let enter = async |(id, name): (&str, &'static str)| {
            Person::enter(&base, name, &bot.link(id)?, visit).await
        };
        let people = [
            enter(ANA).await?,
            enter(BO).await?,
            enter(CHLOE).await?,
            enter(DAN).await?,
        ];
        let mut screen = Screen::new(world.memory.simulated);
        screen.skip(&people[0].page().await?);
        Ok(Self {
            people,
            screen,
            pace,
            world,
            inspector,
        })
    }

    /// Plays all scenes.
    pub(super) async fn play(&mut self) -> Result<(), Failure> {
        let first = first::play(self).await?;
        refused::play(self).await?;
        let second = withdrawn::play(self, &first).await?;
        bad::play(self, &second).await?;
        self.world.memory.toured = true;
        self.remember()
    }

    /// Shows what happens in the channel until nothing is at work any more.
    pub(super) async fn settle(&mut self, bot: &Bot) -> Result<(), Failure> {
        let begun = Instant::now();
        loop {
            let idle = bot.is_idle().await;
            self.look().await?;
            if idle {
                return Ok(());
            }
            if begun.elapsed() >= SETTLING {
                let what = format!("something is at work since {} s", SETTLING.as_secs());
                return Err(Failure::user(what).hint("what stands above says what it is"));
            }
            sleep(LOOK).await;
        }
    }

    /// Shows what happens in the channel, for as long as nobody stops it.
    pub(super) async fn watch(&mut self) -> Result<(), Failure> {
        loop {
            self.look().await?;
            sleep(LOOK).await;
        }
    }

    // What people do.

    async fn say(&mut self, who: Who, text: &str) -> Result<Vec<Message>, Failure> {
        self.pause().await?;
        let person = &mut self.people[who as usize];
        self.screen.act(person.name, text);
        let answers = person.say(text).await?;
        self.heard(who, &answers);
        Ok(answers)
    }

    async fn react(&mut self, who: Who, on: &str, put: bool) -> Result<Vec<Message>, Failure> {
        self.pause().await?;
        let person = &mut self.people[who as usize];
        let what = if put {
            "puts ✅ on the ask"
        } else {
            "takes the ✅ off again"
        };
        self.screen.act(person.name, &format!("({what})"));
        let answers = person.react(on, YES, put).await?;
        self.heard(who, &answers);
        Ok(answers)
    }

    async fn press(&mut self, who: Who, on: &str, action: &str) -> Result<Vec<Message>, Failure> {
        self.pause().await?;
        let page = self.look().await?;
        let buttons = page
            .messages
            .iter()
            .find(|it| it.id == on)
            .map(|it| it.buttons.as_slice());
        let label = buttons
            .unwrap_or_default()
            .iter()
            .find(|(_, does)| does == action);
        let label = label.map_or("a button", |(label, _)| label.as_str());
        let person = &mut self.people[who as usize];
        self.screen
            .act(person.name, &format!("(presses [{label}])"));
        let answers = person.press(on, action).await?;
        self.heard(who, &answers);
        Ok(answers)
    }

    fn heard(&self, who: Who, answers: &[Message]) {
        let name = self.people[who as usize].name;
        for answer in answers {
            self.screen.show_private(name, answer);
        }
    }

    // What follows.

    /// Reads the channel, shows what is new, and gives it.
    async fn look(&mut self) -> Result<Page, Failure> {
        let page = self.people[Who::Ana as usize].page().await?;
        self.screen.show(&page);
        Ok(page)
    }

    /// Lets people read, while the channel goes on.
    async fn pause(&mut self) -> Result<(), Failure> {
        let until = Instant::now() + self.pace.pause();
        loop {
            self.look().await?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            sleep(left.min(LOOK)).await;
        }
    }

    /// Waits until something can be seen in the channel.
    async fn until<T>(
        &mut self,
        what: &str,
        seen: impl Fn(&Page) -> Option<T>,
    ) -> Result<T, Failure> {
        let begun = Instant::now();
        loop {
            let page = self.look().await?;
            if let Some(found) = seen(&page) {
                return Ok(found);
            }
            if begun.elapsed() >= PATIENCE {
                let what = format!("the tour waited {} s in vain: {what}", PATIENCE.as_secs());
                return Err(Failure::user(what).hint("what stands above says how far it came"));
            }
            sleep(LOOK).await;
        }
    }

    /// Opens a release, and waits for its card.
    async fn open(
        &mut self,
        app: &str,
        title: &str,
        version: &'static str,
    ) -> Result<Release, Failure> {
        self.say(Who::Ana, &format!("/release new {app} {version}"))
            .await?;
        let title = title.to_lowercase();
        let (card, number) = self
            .until(&format!("the card of {version}"), |page| {
                page.messages.iter().rev().find_map(|it| {
                    let words = it.words();
                    let root = it.thread.is_none() && !it.private;
                    let about = words.contains(&title) && words.contains(version);
                    let number = it.buttons.iter().find_map(|(_, action)| number(action))?;
                    (root && about).then(|| (it.id.clone(), number))
                })
            })
            .await?;
        Ok(Release {
            number,
            version,
            card,
        })
    }

    /// Has every item of the checklist settled by those who can: in the form, and in words.
    async fn checklist(&mut self, release: &Release) -> Result<(), Failure> {
        let number = &release.number;
        let button = format!("list:{number}");
        self.press(Who::Bo, &release.card, &button).await?;
        let bo = &mut self.people[Who::Bo as usize];
        self.screen
            .act(bo.name, "(ticks the first item of the form)");
        let answers = bo.submit(&[("item1", "true")]).await?;
        self.heard(Who::Bo, &answers);
        self.say(Who::Ana, &format!("/release check {number} 2"))
            .await?;
        Ok(())
    }

    /// Asks for a deploy, again while the images are still being pinned.
    async fn deploy(&mut self, who: Who, place: Place, release: &Release) -> Result<(), Failure> {
        let name = place.name();
        let command = format!("/release deploy rapid-audit {name} {}", release.version);
        let begun = Instant::now();
        loop {
            let answers = self.say(who, &command).await?;
            let too_soon = answers.iter().any(|it| it.words().contains("image"));
            if !too_soon || begun.elapsed() >= PATIENCE {
                return Ok(());
            }
        }
    }

    /// Waits until people are asked, and gives the message and its button.
    async fn ask(
        &mut self,
        release: &Release,
        phase: Phase,
        place: Place,
    ) -> Result<(String, String), Failure> {
        let what = format!("an ask about {} in {}", release.version, place.name());
        let number = release.number.clone();
        self.until(&what, |page| {
            let fits = |action: &str| asks(action, &number, phase, place);
            page.button(fits)
                .map(|(message, action)| (message.id.clone(), action.to_owned()))
        })
        .await
    }

    /// Waits until a version answers in a place, and is well.
    async fn runs(&mut self, place: Place, version: &str) -> Result<(), Failure> {
        let (begun, port) = (Instant::now(), self.world.memory.port(place));
        loop {
            self.look().await?;
            let found = self.inspector.version(port).await;
            if found.is_ok_and(|it| it.as_deref() == Some(version)) {
                return Ok(());
            }
            if begun.elapsed() >= PATIENCE {
                let what = format!("{} does not come to run {version}", place.name());
                return Err(Failure::user(what));
            }
            sleep(LOOK).await;
        }
    }

    // What is remembered.

    /// Notes what may run in a place from now on, should this program be killed.
    fn may_run(&mut self, place: Place, versions: &[Option<&str>]) -> Result<(), Failure> {
        let versions = versions.iter().map(|it| it.map(str::to_owned)).collect();
        self.world.memory.may_run.insert(place, versions);
        self.remember()
    }

    fn remember(&self) -> Result<(), Failure> {
        self.world.memory.write(&self.world.folder)
    }
}

/// The release a button is about.
fn number(action: &str) -> Option<String> {
    let number = action.split(':').nth(1)?;
    let digits = number.strip_prefix('r')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| number.to_owned())
}

/// Whether a button consents to such an ask: `yes:r1:2s9f2c:production`.
fn asks(action: &str, number: &str, phase: Phase, place: Place) -> bool {
    let mut parts = action.split(':');
    let (verb, release, mark) = (parts.next(), parts.next(), parts.next());
    let mark = mark.map(|it| it.trim_start_matches(|c: char| c.is_ascii_digit()));
    let letter = match phase {
        Phase::Signoff => 's',
        Phase::Accept => 'a',
    };
    verb == Some("yes")
        && release == Some(number)
        && mark.is_some_and(|it| it.starts_with(letter))
        && parts.next() == Some(place.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_tell_what_they_are_about() {
        assert_eq!(number("list:r12").as_deref(), Some("r12"));
        assert_eq!(number("say:release"), None);
        let ask = "yes:r1:2s9f2c1a2b:production";
        assert!(asks(ask, "r1", Phase::Signoff, Place::Production));
        assert!(!asks(ask, "r1", Phase::Accept, Place::Production));
        assert!(!asks(ask, "r2", Phase::Signoff, Place::Production));
        assert!(!asks(ask, "r1", Phase::Signoff, Place::Staging));
        assert!(!asks(
            "no:r1:2s9f:production",
            "r1",
            Phase::Signoff,
            Place::Production
        ));
    }
}
