//! What is killed, and when.

use std::fmt;
use std::time::Duration;

use shipbell_tests::sim::chance::Chance;
use tokio::time::sleep;

use super::processes::{self, Process};

/// How often it is looked what is alive.
const LOOK: Duration = Duration::from_millis(20);

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Victim {
    /// The bot, at any time.
    Bot,
    /// The bot while Compose is at work, which goes on alone.
    BotOfCompose,
    /// The child that changes the project: Compose, or the `ssh` that called it.
    Compose,
    /// The bot, and a moment later the child it left at work.
    BotAndCompose,
    /// Compose on the other machine.
    ComposeThere,
    /// The forwarded socket.
    Tunnel,
    /// Both at once.
    BotAndTunnel,
}

impl Victim {
    /// Whether a new life begins afterwards.
    pub(super) fn is_the_bot(self) -> bool {
        match self {
            Self::Bot | Self::BotOfCompose | Self::BotAndCompose | Self::BotAndTunnel => true,
            Self::Compose | Self::ComposeThere | Self::Tunnel => false,
        }
    }

    /// The process that must be alive for it, among those of the bot with this number.
    fn finds(self, bot: u32, project: &str) -> Vec<Process> {
        let all = processes::all().into_iter();
        match self {
            Self::Bot => Vec::new(),
            Self::BotOfCompose | Self::Compose | Self::BotAndCompose => all
                .filter(|it| it.is_child_of(bot) && it.changes(project))
                .collect(),
            Self::ComposeThere => all
                .filter(|it| it.is_compose() && it.changes(project))
                .collect(),
            Self::Tunnel | Self::BotAndTunnel => all
                .filter(|it| it.is_child_of(bot) && it.is_tunnel())
                .collect(),
        }
    }
}

/// One kill to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blow {
    pub(super) victim: Victim,
    /// How long after its moment came.
    after: Duration,
    /// Between two deaths.
    between: Duration,
}

impl Blow {
    pub(super) fn draw(victims: &[Victim], chance: &mut Chance) -> Self {
        let victim = chance.pick(victims).copied().unwrap_or(Victim::Bot);
        let most = match victim {
            Victim::Bot | Victim::Tunnel | Victim::BotAndTunnel => 7_000,
            Victim::BotOfCompose
            | Victim::Compose
            | Victim::BotAndCompose
            | Victim::ComposeThere => 1_800,
        };
        Self {
            victim,
            after: Duration::from_millis(chance.between(0, most)),
            between: Duration::from_millis(chance.between(0, 400)),
        }
    }

    /// Waits for the moment. Answers with who dies beside the bot, if it comes while
    /// there is work.
    pub(super) async fn moment(
        self,
        (bot, project): (u32, &str),
        is_at_work: impl Fn() -> bool,
    ) -> Option<Vec<Process>> {
        if self.victim == Victim::Bot {
            sleep(self.after).await;
            return is_at_work().then(Vec::new);
        }
        let mut late = self.after;
        while is_at_work() {
            let found = self.victim.finds(bot, project);
            if found.is_empty() {
                sleep(LOOK).await;
                continue;
            }
            sleep(late).await;
            // One that is quicker than that: the next one is hit earlier.
            late /= 2;
            let alive = self.victim.finds(bot, project);
            if alive.is_empty() {
                continue;
            }
            return match self.victim {
                Victim::BotOfCompose => Some(Vec::new()),
                Victim::Bot
                | Victim::Compose
                | Victim::BotAndCompose
                | Victim::ComposeThere
                | Victim::Tunnel
                | Victim::BotAndTunnel => is_at_work().then_some(alive),
            };
        }
        None
    }

    /// How long after the bot the others die.
    pub(super) fn between(self) -> Duration {
        match self.victim {
            Victim::BotAndCompose => self.between,
            Victim::Bot
            | Victim::BotOfCompose
            | Victim::Compose
            | Victim::ComposeThere
            | Victim::Tunnel
            | Victim::BotAndTunnel => Duration::ZERO,
        }
    }
}

impl fmt::Display for Blow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (victim, after) = (self.victim, self.after);
        write!(f, "{victim:?}, {after:?} after its moment")
    }
}
