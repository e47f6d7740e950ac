//! Answers to what somebody wants to know.

mod asks;
mod can;
mod help;
mod history;
mod home;
mod incidents;
mod show;
mod status;
#[cfg(test)]
mod tests;
mod whoami;
mod windows;

use shipbell_adapters::chat::card::{Block, Card};
use shipbell_domain::World;
use shipbell_domain::ids::{AppId, EnvName};

use super::words::{Voice, sentence};
use super::{Dialect, View};
use crate::chatops::resolve::{Question, Scene};

/// What an answer is drawn from: everything that stands, across all applications.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// Who asks, when, and what there is.
    pub scene: Scene<'a>,
    /// For which platform.
    pub dialect: &'a Dialect,
}

/// Draws the answer; none for the link that signs somebody in, which is not made of words.
pub fn question(question: &Question, sight: &Sight<'_>) -> Option<Card> {
    let card = match question {
        Question::Help(verb) => help::draw(verb.as_deref(), sight),
        Question::Status { app, env, share: _ } => status::draw(app.as_ref(), env.as_ref(), sight),
        Question::Home => home::draw(sight),
        Question::Can(id) => can::draw(id, sight),
        Question::History { app, env } => history::draw(app.as_ref(), env.as_ref(), sight),
        Question::Show(release) => show::draw(*release, sight),
        Question::Asks(release) => asks::draw(*release, sight),
        Question::Checklist(release) => show::checklist(*release, sight),
        Question::Windows => windows::draw(sight),
        Question::Incidents => incidents::draw(sight),
        Question::WhoAmI => whoami::draw(sight),
        Question::Open => return None,
    };
    Some(card)
}

impl<'a> Sight<'a> {
    fn voice(&self) -> Voice<'a> {
        Voice {
            settings: &self.scene.vocabulary.settings,
            policy: None,
            now: self.scene.now,
            dialect: self.dialect,
        }
    }

    /// Looks at one application.
    fn on<T>(&self, app: &AppId, look: impl FnOnce(&World, &View<'_>) -> T) -> T {
        let world = self.scene.vocabulary.world(app);
        look(
            &world,
            &View {
                world: &world,
                now: self.scene.now,
                dialect: self.dialect,
                said: None,
            },
        )
    }
}

/// Whether a place is among those somebody asked about.
fn wanted(app: Option<&AppId>, env: Option<&EnvName>, here: (&AppId, &EnvName)) -> bool {
    app.is_none_or(|it| it == here.0) && env.is_none_or(|it| it == here.1)
}

fn not_there(what: &str) -> Card {
    sentence(format!("There is no {what}."))
}

fn table(head: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        head: head.iter().map(|it| (*it).to_owned()).collect(),
        rows,
    }
}
