//! Mistakes in deciding: the world is bent before the decision and bent back after it.

use std::sync::Arc;

use shipbell_domain::ask::AskState;
use shipbell_domain::attempt::AttemptState;
use shipbell_domain::command::{Report, Wish};
use shipbell_domain::ids::Person;
use shipbell_domain::policy::{Action, Pinned};
use shipbell_domain::settings::Settings;
use shipbell_domain::timer::{Timer, TimerChange};
use shipbell_domain::{Command, Turn, World};
use shipbell_storage::Decide;

use super::Mutant;

/// Decides as `right` does, but for one mistake.
pub(super) fn wrong(mutant: Mutant, right: Decide) -> Decide {
    Arc::new(move |world, command, now| {
        let before = world.clone();
        let mut bent = world;
        bend(mutant, &mut bent, command);
        let mut turn = right(bent, command, now)?;
        restore(&before, &mut turn, now);
        turn.timers.retain(|it| match (mutant, it) {
            (Mutant::TimersLost, TimerChange::Set(Timer::Tick { .. }, _))
            | (Mutant::EscalationGoesOn, TimerChange::Cancel(Timer::Escalate { .. })) => false,
            (_, TimerChange::Set(..) | TimerChange::Cancel(_)) => true,
        });
        Ok(turn)
    })
}

fn bend(mutant: Mutant, world: &mut World, command: &Command) {
    let starts = matches!(
        command,
        Command::Wish {
            wish: Wish::Deploy { .. },
            ..
        } | Command::Report(Report::StandingRead { .. })
    );
    match mutant {
        Mutant::RequesterCounts => {
            for release in world.releases.values_mut().map(Arc::make_mut) {
                release.requester = Person::new("nobody").expect("a word");
            }
        }
        Mutant::QuorumUnbound if starts => old_consent(world),
        Mutant::WindowIgnored => settings(world, |it| it.hours.clear()),
        Mutant::FreezeIgnored if starts => Arc::make_mut(&mut world.agenda).freezes.clear(),
        Mutant::LockOverlooked if starts => {
            for environment in world.environments.values_mut().map(Arc::make_mut) {
                environment.lock = None;
            }
        }
        Mutant::StagingSkipped if starts => {
            let pinned = pinned(world);
            for env in pinned
                .into_iter()
                .flat_map(|it| &mut it.policy.environments)
            {
                env.needs = None;
            }
        }
        Mutant::AnybodyOverrides => {
            let everybody = world
                .settings
                .people
                .values()
                .flat_map(|it| it.roles.clone());
            let everybody: Vec<_> = everybody.collect();
            if let Some(pinned) = pinned(world) {
                pinned.policy.allow.insert(Action::Override, everybody);
                pinned.policy.allow.remove(&Action::Deploy);
            }
        }
        Mutant::TwoAttempts
            if matches!(
                command,
                Command::Wish { .. } | Command::Report(Report::StandingRead { .. })
            ) =>
        {
            for environment in world.environments.values_mut().map(Arc::make_mut) {
                if environment.active().is_some() {
                    environment.attempt = None;
                }
            }
        }
        Mutant::RollbackUnproven => failed_is_proven(world),
        Mutant::EscalationGoesOn if matches!(command, Command::Due(_)) => {
            for incident in world.incidents.values_mut().map(Arc::make_mut) {
                incident.acknowledged = None;
            }
        }
        _ => {}
    }
}

/// Votes of asks that count no longer are put on the ask that does.
fn old_consent(world: &mut World) {
    for release in world.releases.values_mut().map(Arc::make_mut) {
        let old = release.asks.clone();
        for ask in release
            .asks
            .values_mut()
            .filter(|it| it.state == AskState::Open)
        {
            let same = old
                .values()
                .filter(|it| it.id.env == ask.id.env && it.id.phase == ask.id.phase);
            for (person, ballots) in same.flat_map(|it| it.votes.clone()) {
                ask.votes.entry(person).or_insert(ballots);
            }
        }
    }
}

/// Every version that was proven is mistaken for what just failed.
fn failed_is_proven(world: &mut World) {
    for environment in world.environments.values_mut().map(Arc::make_mut) {
        let Some(attempt) = &environment.attempt else {
            continue;
        };
        if let AttemptState::Failed { .. } = attempt.state {
            for proven in &mut environment.verified {
                let version = proven.manifest.version.clone();
                proven.manifest = attempt.manifest.clone();
                proven.manifest.version = version;
            }
        }
    }
}

fn settings(world: &mut World, change: impl FnOnce(&mut Settings)) {
    let mut settings = (*world.settings).clone();
    change(&mut settings);
    world.settings = Arc::new(settings);
}

/// Makes the world afterwards what the events say, so that only the decision was wrong.
fn restore(before: &World, turn: &mut Turn, now: chrono::DateTime<chrono::Utc>) {
    let mut world = before.clone();
    for (stream, event) in &turn.events {
        world.evolve(stream, event, now);
    }
    world.next_release = turn.world.next_release;
    world.next_incident = turn.world.next_incident;
    turn.world = world;
}

/// The policy in force, to be bent.
fn pinned(world: &mut World) -> Option<&mut Pinned> {
    let application = world.application.as_mut()?;
    Arc::make_mut(application).pinned.as_mut()
}
