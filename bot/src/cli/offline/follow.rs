//! What is printed while an attempt is at work, and how it ended.

use std::time::Duration;

use shipbell_adapters::chat::card::{Block, Card, StepLine, StepState};
use shipbell_domain::attempt::{Attempt, AttemptState};
use shipbell_domain::environment::Environment;
use shipbell_domain::ids::EnvId;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::plan::{self, Place};
use crate::cli::printer;
use crate::engine::Alone;
use crate::failure::Failure;
use crate::render::plain;

/// How long nothing may change before it is looked at all the same.
const LOOK: Duration = Duration::from_secs(1);

/// Drives an environment until nothing is at work, or it waits for a person, and says
/// how it ended: well only if what was gone back to is verified.
pub(super) async fn to_the_end(alone: &Alone, place: Place<'_>) -> Result<(), Failure> {
    let id = place.id;
    let mut signals = Signals::listen()?;
    let mut follower = Follower {
        alone,
        id,
        attempt: 0,
        shown: Vec::new(),
    };
    tokio::select! {
        () = alone.drive(id) => {}
        () = follower.until_it_waits() => {}
        () = signals.end() => {
            return Err(Failure::user("stopped in the middle; what was begun stays begun")
                .hint("say the same again, or start the bot: either goes on from here"));
        }
    }
    let environment = follower.look().await;
    if let Some(why) = alone.hub().halted() {
        return Err(
            Failure::user("everything was stopped: the records cannot be trusted")
                .because(why)
                .hint("`shipbell verify` says what is wrong"),
        );
    }
    let environment = alone.environment(id).await.ok().flatten().or(environment);
    let ended = environment
        .as_deref()
        .and_then(|it| Some((it, it.attempt.as_ref()?)));
    let Some((environment, attempt)) = ended else {
        return Err(Failure::internal("what was done cannot be read"));
    };
    let judged = judge(place, environment, attempt);
    if judged.is_err()
        && let Some(card) = alone.card(id, attempt).await
    {
        // What can be pressed on it is for the channel.
        let (buttons, menu) = (Vec::new(), Vec::new());
        printer::line(&plain(&Card {
            buttons,
            menu,
            ..card
        }));
    }
    printer::line(&judged?);
    Ok(())
}

/// How it ended, and what to do next.
fn judge(
    place: Place<'_>,
    environment: &Environment,
    attempt: &Attempt,
) -> Result<String, Failure> {
    let (name, version) = (place.name, &attempt.manifest.version);
    match &attempt.state {
        AttemptState::Verified { .. } if attempt.is_rollback() => Ok(format!(
            "{name} is rolled back, runs {version} and is verified.\nIt is locked against deploys \
             until somebody has looked: `shipbell release unlock {} {} <why>`, once the bot \
             runs. The channel is told when the bot starts.",
            place.id.app, place.id.env
        )),
        AttemptState::Verified { .. } => Err(Failure::user(format!(
            "{name} runs {version}: the deploy came to its end"
        ))
        .hint(format!("to leave it: {}", place.command("rollback")))),
        AttemptState::Running => Err(Failure::user(plan::waits(place, attempt))),
        AttemptState::Failed { why, .. } if attempt.is_rollback() => Err(Failure::user(format!(
            "the rollback to {version} failed: {why}"
        ))
        .hint(format!(
            "{name} may run anything now, and takes no deploy. Mend what is wrong and go back \
                 again, to a version you name: {}",
            place.command(&format!("rollback … {version}"))
        ))),
        AttemptState::Failed { .. } => {
            let runs = environment.current().map(|it| &it.manifest.version);
            let runs = runs.map_or_else(String::new, |it| format!("; {name} runs {it} as before"));
            Err(Failure::user(format!(
                "nothing was rolled back: the deploy of {version} was stopped before it changed \
                 anything{runs}"
            )))
        }
    }
}

/// Prints what changed on the card of the attempt.
struct Follower<'a> {
    alone: &'a Alone,
    id: &'a EnvId,
    attempt: u32,
    /// What was printed, each line with its place on the card.
    shown: Vec<(usize, String)>,
}

impl Follower<'_> {
    async fn until_it_waits(&mut self) {
        let mut changes = self.alone.hub().changes();
        loop {
            changes.mark_unchanged();
            let environment = self.look().await;
            let active = environment.as_deref().and_then(Environment::active);
            if active.is_some_and(Attempt::waits) {
                return;
            }
            // Nothing depends on its being told at once.
            let _late = timeout(LOOK, changes.changed()).await;
        }
    }

    /// Prints what is new, and gives how the environment stands.
    async fn look(&mut self) -> Option<std::sync::Arc<Environment>> {
        let environment = self.alone.environment(self.id).await.ok()??;
        if let Some(attempt) = &environment.attempt
            && let Some(card) = self.alone.card(self.id, attempt).await
        {
            if self.attempt != attempt.number {
                self.attempt = attempt.number;
                self.shown.clear();
                printer::line(&headline(&card));
            }
            for line in lines(card, attempt.is_over()) {
                if !self.shown.contains(&line) {
                    printer::line(&line.1);
                    self.shown.push(line);
                }
            }
        }
        Some(environment)
    }
}

fn headline(card: &Card) -> String {
    plain(&Card {
        title: card.title.clone(),
        ..Card::default()
    })
}

/// The lines of a card that say how the work goes: what has begun, what has ended, and,
/// until it is over, what keeps it from going on.
fn lines(card: Card, is_over: bool) -> Vec<(usize, String)> {
    let begun = |it: &StepLine| match it.state {
        StepState::Pending | StepState::Skipped => false,
        StepState::Running | StepState::Done | StepState::Failed | StepState::Unknown => true,
    };
    let mut blocks = Vec::new();
    for block in card.blocks {
        match block {
            Block::Steps(steps) => blocks.extend(steps.into_iter().map(|it| {
                let begun = begun(&it);
                (begun, Block::Steps(vec![it]))
            })),
            Block::Text(_) => blocks.push((!is_over, block)),
            Block::Context(_)
            | Block::Fields(_)
            | Block::Code { .. }
            | Block::Evidence { .. }
            | Block::Table { .. } => {}
        }
    }
    let drawn = |(place, (begun, block)): (usize, (bool, Block))| {
        let blocks = vec![block];
        let line = || {
            plain(&Card {
                blocks,
                ..Card::default()
            })
        };
        begun.then(|| (place, line()))
    };
    blocks.into_iter().enumerate().filter_map(drawn).collect()
}

/// What ends it before its time. A terminal that goes away does not: what runs on a host
/// at night should come to its end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Heard, so that it is not the end.
    _hangup: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Failure::internal("signals cannot be heard").because(error))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            _hangup: listen(SignalKind::hangup())?,
        })
    }

    async fn end(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use shipbell_domain::effect::CardId;
    use shipbell_domain::event::{EnvironmentEvent, Evidence, Outcome};

    use super::*;
    use crate::chatops::vocabulary::sample::{Day, RELEASE, env, place};
    use crate::render::{self, Dialect, View};

    fn card(day: &Day) -> Card {
        let id = CardId::Progress {
            release: RELEASE,
            environment: place("production"),
            attempt: 8,
        };
        let dialect = Dialect {
            mention: Box::new(|it| shipbell_adapters::chat::card::Span::Plain(it.to_string())),
            command: "shipbell release".to_owned(),
        };
        let now = crate::chatops::vocabulary::sample::at("14:05");
        let world = &day.world;
        render::card(
            &id,
            &View {
                world,
                now,
                dialect: &dialect,
                said: None,
            },
        )
        .unwrap()
    }

    fn judged(day: &Day) -> Result<String, String> {
        let environment = &day.world.environments[&env("production")];
        let name = "Rapid Audit Manage, production";
        let id = place("production");
        let attempt = environment.attempt.as_ref().unwrap();
        judge(Place { id: &id, name }, environment, attempt).map_err(|it| it.report())
    }

    fn deploying() -> Day {
        let mut day = Day::ready();
        day.starts(RELEASE, "production", 8, "14:00");
        day
    }

    #[test]
    fn only_what_has_begun_is_printed() {
        let mut day = deploying();
        assert_eq!(lines(card(&day), false), []);
        day.works("production", 0, None, "14:01");
        let begun = lines(card(&day), false);
        let evidence = Evidence::default();
        day.works(
            "production",
            0,
            Some(Outcome::Succeeded { evidence }),
            "14:02",
        );
        let ended = lines(card(&day), false);
        let all: Vec<String> = begun.into_iter().chain(ended).map(|it| it.1).collect();
        insta::assert_snapshot!(all.join("\n"), @r"
        ▸ Pull php (4 min, nothing said yet)
        ✓ Pull php (60 s)
        ");
        insta::assert_snapshot!(headline(&card(&day)), @r"
        Production: Deploy of 2026.11.20-1
        ");
    }

    #[test]
    fn a_deploy_that_changed_nothing_is_no_rollback() {
        let mut day = deploying();
        let failed = EnvironmentEvent::AttemptFailed {
            attempt: 8,
            mode: shipbell_domain::attempt::FailureMode::Stopped,
            why: "stopped".to_owned(),
        };
        day.environment("production", failed, "14:03");
        insta::assert_snapshot!(judged(&day).unwrap_err(), @r"
        error: nothing was rolled back: the deploy of 2026.11.20-1 was stopped before it changed anything; Rapid Audit Manage, production runs 2026.11.18-2 as before
        ");
    }
}
