//! Somebody of the team, at whichever platform they sit: they command, react, press and
//! read the same way everywhere.

use std::fmt::Write as _;

use shipbell::chatops::grammar;
use shipbell::demo::people;
use shipbell_tests::servers::{discord, slack};

use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::browser::{Browser, LOOK, PATIENCE, whole};
use super::{Message, Over, Room};

pub(crate) enum Someone {
    Web(Mutex<Visitor>),
    Slack(slack::Person),
    Discord(discord::Person),
}

/// The platforms there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seat {
    Web,
    Slack,
    Discord,
}

impl Seat {
    pub(crate) const ALL: [Self; 3] = [Self::Web, Self::Slack, Self::Discord];
}

/// Somebody at the browser channel, with what they were told and did not read yet.
pub(crate) struct Visitor {
    person: people::Person,
    unread: Vec<String>,
}

impl Room {
    /// Somebody by their short name, where they sit.
    pub(crate) async fn person(&self, name: &'static str) -> Someone {
        let seat = match self.over {
            Over::Web => Seat::Web,
            Over::Slack => Seat::Slack,
            Over::Both | Over::All if ["bo", "dan"].contains(&name) => Seat::Slack,
            Over::Discord | Over::Both | Over::All => Seat::Discord,
        };
        self.seated(seat, name).await
    }

    /// Somebody by their short name, at this platform.
    pub(crate) async fn seated(&self, seat: Seat, name: &'static str) -> Someone {
        match seat {
            Seat::Web => {
                let browser = self.browser.as_ref().expect("the bot runs");
                Someone::Web(Mutex::new(Visitor::enter(browser, name).await))
            }
            Seat::Slack => Someone::Slack(self.slack().person(name)),
            Seat::Discord => Someone::Discord(self.discord().person(name)),
        }
    }
}

impl Someone {
    /// Gives a command, as `plan` or `window add`, with its options.
    pub(crate) async fn commands(&self, path: &str, options: &[(&str, &str)]) {
        match self {
            Self::Web(visitor) => {
                let mut visitor = visitor.lock().await;
                let told = visitor.person.say(&line(path, options)).await;
                visitor.is_told(&told.unwrap());
            }
            Self::Slack(person) => person.say("release", &line(path, options)).await,
            Self::Discord(person) => {
                person.command(path, options).await;
            }
        }
    }

    /// Gives a command, and reads what they alone are answered.
    pub(crate) async fn asks(&self, room: &Room, path: &str, options: &[(&str, &str)]) -> String {
        match self {
            Self::Web(visitor) => {
                let mut visitor = visitor.lock().await;
                visitor.unread.clear();
                let told = visitor.person.say(&line(path, options)).await;
                visitor.is_told(&told.unwrap());
                visitor.hears("").await
            }
            Self::Slack(person) => {
                let before = person.heard().len();
                person.say("release", &line(path, options)).await;
                let answer = || person.heard().into_iter().nth(before);
                room.slack().until("an answer in Slack", answer).await
            }
            Self::Discord(person) => {
                let before = person.heard().len();
                let form = person.command(path, options).await;
                assert!(form.is_none(), "{path} opened a form");
                let answer = || person.heard().into_iter().nth(before);
                room.discord().until("an answer in Discord", answer).await
            }
        }
    }

    /// Waits until they alone were shown this.
    pub(crate) async fn hears(&self, words: &str) -> String {
        match self {
            Self::Web(visitor) => visitor.lock().await.hears(words).await,
            Self::Slack(person) => person.hears(words).await,
            Self::Discord(person) => person.hears(words).await,
        }
    }

    /// Waits until they alone were told what came of a reaction under that card: Slack
    /// says it, in Discord a line offers to.
    pub(crate) async fn is_told(&self, room: &Room, card: &Message, words: &str) {
        match self {
            Self::Web(visitor) => {
                visitor.lock().await.hears(words).await;
            }
            Self::Slack(person) => {
                person.hears(words).await;
            }
            Self::Discord(person) => {
                let line = "there is an answer for you";
                let line = room.discord().reply(card.discord(), line).await;
                person.press(&line, "Show it").await;
                person.hears(words).await;
            }
        }
    }

    /// Presses a button of a message.
    pub(crate) async fn presses(&self, on: &Message, label: &str) {
        match self {
            Self::Web(visitor) => visitor.lock().await.presses(on, label).await,
            Self::Slack(person) => person.press(on.slack(), label).await,
            Self::Discord(person) => {
                let form = person.press(on.discord(), label).await;
                assert!(form.is_none(), "{label} opened a form");
            }
        }
    }

    /// Presses a button that opens a form with this title, and fills one field in, which
    /// has a label where people see it and a name on the wire.
    pub(crate) async fn fills_in(
        &self,
        on: &Message,
        (button, title): (&str, &str),
        (label, name): (&str, &str),
        value: &str,
    ) {
        match self {
            Self::Web(visitor) => {
                let mut visitor = visitor.lock().await;
                visitor.presses(on, button).await;
                visitor.submits(&[(name, value)]).await;
            }
            Self::Slack(person) => {
                person.press(on.slack(), button).await;
                let modal = person.sees_modal(label).await;
                assert_eq!(modal.title, title);
                person.fill(label, value);
                person.submit().await;
            }
            Self::Discord(person) => {
                let modal = person.press(on.discord(), button).await;
                let modal = modal.expect("a form opens");
                assert_eq!(modal.data["title"], title);
                person.submit(&modal, &[(name, value)]).await;
            }
        }
    }

    /// Puts consent on a message.
    pub(crate) async fn consents(&self, on: &Message) {
        match self {
            Self::Web(visitor) => visitor.lock().await.reacts(on, true).await,
            Self::Slack(person) => person.react(on.slack(), "white_check_mark"),
            Self::Discord(person) => person.react(on.discord(), "✅"),
        }
    }

    /// Takes it off.
    pub(crate) async fn withdraws(&self, on: &Message) {
        match self {
            Self::Web(visitor) => visitor.lock().await.reacts(on, false).await,
            Self::Slack(person) => person.unreact(on.slack(), "white_check_mark"),
            Self::Discord(person) => person.unreact(on.discord(), "✅"),
        }
    }
}

impl Visitor {
    async fn enter(browser: &Browser, name: &'static str) -> Self {
        Self {
            person: browser.person(name).await,
            unread: Vec::new(),
        }
    }

    fn is_told(&mut self, told: &[people::page::Message]) {
        self.unread.extend(told.iter().map(whole));
    }

    async fn hears(&mut self, words: &str) -> String {
        let low = words.to_lowercase();
        let looking = async {
            loop {
                let mut unread = self.unread.iter();
                if let Some(place) = unread.position(|it| it.to_lowercase().contains(&low)) {
                    return self.unread.drain(..=place).next_back();
                }
                let told = self.person.new_answers().await.unwrap();
                self.is_told(&told);
                sleep(LOOK).await;
            }
        };
        match timeout(PATIENCE, looking).await {
            Ok(Some(told)) => told,
            Ok(None) | Err(_) => panic!("they are not told {words:?}"),
        }
    }

    pub(super) async fn presses(&mut self, on: &Message, label: &str) {
        let page = self.person.page().await.unwrap();
        let message = page.messages.iter().find(|it| it.id == on.web());
        let mut buttons = message.into_iter().flat_map(|it| &it.buttons);
        let found = buttons.find(|(it, _)| it == label);
        let (_, action) = found.unwrap_or_else(|| panic!("there is no {label:?} in {page:#?}"));
        let told = self.person.press(on.web(), action).await;
        self.is_told(&told.unwrap());
    }

    pub(super) async fn submits(&mut self, values: &[(&str, &str)]) {
        let told = self.person.submit(values).await;
        self.is_told(&told.unwrap());
    }

    async fn reacts(&mut self, on: &Message, put: bool) {
        let told = self.person.react(on.web(), "white_check_mark", put).await;
        self.is_told(&told.unwrap());
    }
}

/// The line somebody types who would otherwise fill these options in.
fn line(path: &str, options: &[(&str, &str)]) -> String {
    let tree = grammar::tree();
    let mut command = &tree;
    for name in path.split(' ') {
        command = command.find_subcommand(name).expect("there is the command");
    }
    let mut line = format!("/release {path}");
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        let named = argument.get_long().unwrap_or(id);
        let Some((_, value)) = options.iter().find(|(it, _)| *it == named) else {
            continue;
        };
        let many = argument
            .get_num_args()
            .is_some_and(|it| it.max_values() > 1);
        let quoted = value.contains(' ') && !(argument.is_positional() && many);
        let value = if quoted {
            format!("\"{value}\"")
        } else {
            (*value).to_owned()
        };
        let written = match argument.get_action() {
            clap::ArgAction::SetTrue => write!(line, " --{named}"),
            _ if argument.is_positional() => write!(line, " {value}"),
            _ => write!(line, " --{named} {value}"),
        };
        written.unwrap();
    }
    line
}
