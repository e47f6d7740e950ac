//! Runs: what hosts did, against the attempts that were to be at work.

use chrono::TimeDelta;
use shipbell_domain::attempt::{AttemptKind, Choice, Work};
use shipbell_domain::event::EnvironmentEvent;
use shipbell_domain::ids::{EnvName, Hash};
use shipbell_domain::steps::StepKind;

use super::{Facts, Findings, Invariant, Start};
use crate::sim::team::{PRODUCTION, STAGING, environment, project_name};

pub(super) fn judge(facts: &Facts, found: &mut Findings) {
    for start in facts.starts() {
        alone(facts, found, &start);
        match start.kind {
            AttemptKind::Deploy if start.over.is_none() => staging_first(facts, found, &start),
            AttemptKind::Deploy => {}
            AttemptKind::Rollback { .. } => proven_there(facts, found, &start),
        }
        once(facts, found, &start);
    }
    one_at_a_time(facts, found);
    every_run_has_its_attempt(facts, found);
}

/// By the log: nothing else was at work.
fn alone(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let others = facts
        .starts()
        .filter(|it| it.environment == start.environment);
    for other in others.filter(|it| it.seq < start.seq) {
        let over = facts
            .end_of(&other)
            .is_some_and(|(row, _)| row.seq < start.seq);
        if !over {
            let what = format!(
                "attempt {} began while {} was at work",
                start.attempt, other.attempt
            );
            found.at(start, Invariant::OneRun, what);
        }
    }
}

/// By the host: its work on one project never overlaps.
fn one_at_a_time(facts: &Facts, found: &mut Findings) {
    let runs = &facts.host.converged;
    for (number, first) in runs.iter().enumerate() {
        let ended = first.ended.unwrap_or(facts.end);
        let later = runs[number + 1..]
            .iter()
            .filter(|it| it.project == first.project);
        for second in later.take_while(|it| it.began < ended) {
            let what = format!(
                "{}: brought to {:?} at {} and to {:?} at {} at once",
                first.project, first.images, first.began, second.images, second.began
            );
            found.add(Invariant::OneRun, what);
        }
    }
}

fn every_run_has_its_attempt(facts: &Facts, found: &mut Findings) {
    for env in [STAGING, PRODUCTION] {
        let (id, project) = (environment(env), project_name(env));
        for run in facts
            .host
            .converged
            .iter()
            .filter(|it| it.project == project)
        {
            let belongs = facts
                .starts()
                .filter(|it| *it.environment == id)
                .any(|start| {
                    let images = start.manifest.images.values().map(|it| it.pinned.as_str());
                    let same = images.eq(run.images.values().map(String::as_str));
                    // A child of a bot that died goes on for as long as it holds the lock.
                    let ended = facts.end_of(&start).map(|(row, _)| row.at);
                    let in_time = ended.is_none_or(|at| run.began <= at + TimeDelta::seconds(5));
                    same && start.at <= run.began
                        && in_time
                        && work_had_begun(facts, &start, run.began)
                });
            if !belongs {
                let what = format!(
                    "{project}: {:?} at {} for no attempt",
                    run.images, run.began
                );
                found.add(Invariant::RunHasAttempt, what).environment = Some(id.clone());
            }
        }
    }
}

fn work_had_begun(facts: &Facts, start: &Start<'_>, by: chrono::DateTime<chrono::Utc>) -> bool {
    facts
        .of_environments()
        .any(|(row, environment, event)| match event {
            EnvironmentEvent::WorkStarted { attempt, .. } => {
                environment == start.environment && *attempt == start.attempt && row.at <= by
            }
            _ => false,
        })
}

/// Production gets what staging runs and proved.
fn staging_first(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let policy = facts
        .team
        .policy(&start.manifest.policy, &start.environment.env);
    let Some(needed) = policy.and_then(|it| it.needs.as_ref()) else {
        return;
    };
    let last = last_verified(facts, needed, start.seq);
    let images = |it: &Start<'_>| it.manifest.images.clone();
    if last.as_ref().map(images) != Some(start.manifest.images.clone()) {
        found.at(
            start,
            Invariant::StagingFirst,
            format!("{needed} had not proven this"),
        );
    }
}

fn last_verified<'a>(facts: &'a Facts, env: &EnvName, before: u64) -> Option<Start<'a>> {
    let there = facts.starts().filter(|it| it.environment.env == *env);
    let proven = |it: &Start<'_>| {
        facts
            .end_of(it)
            .filter(|(row, good)| *good && row.seq < before)
            .map(|(row, _)| row.seq)
    };
    there
        .filter_map(|it| proven(&it).map(|seq| (seq, it)))
        .max_by_key(|it| it.0)
        .map(|it| it.1)
}

/// A way back leads to a manifest that was verified there before.
fn proven_there(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let hash: Hash = start.manifest.hash();
    let mut there = facts
        .starts()
        .filter(|it| it.environment == start.environment);
    let proven = there.any(|it| {
        it.manifest.hash() == hash
            && facts
                .end_of(&it)
                .is_some_and(|(row, good)| good && row.seq < start.seq)
    });
    if !proven {
        found.at(
            start,
            Invariant::RollbackProven,
            "the way back leads to nothing proven there",
        );
    }
}

/// One-off commands start as often as the attempt has steps for them, at most.
fn once(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let commands = facts
        .of_environments()
        .find_map(|(row, _, event)| match event {
            EnvironmentEvent::AttemptStarted { work, .. } if row.seq == start.seq => {
                let once = |it: &&Work| match it {
                    Work::Step(step) => matches!(step.kind, StepKind::Run(_)),
                    Work::Check(_) => false,
                };
                Some(work.iter().filter(once).count())
            }
            _ => None,
        });
    let project = project_name(start.environment.env.as_str());
    let end = facts.end_of(start).map_or(facts.end, |(row, _)| row.at);
    let begun = { facts.host.started.iter() }
        .filter(|(_, of_it, at)| of_it.as_ref() == Some(&project) && start.at <= *at && *at <= end)
        .count();
    // Whoever wants one run again has it run again.
    let again = { facts.of_environments() }
        .filter(|(_, environment, event)| match event {
            EnvironmentEvent::Decided {
                attempt,
                choice: Choice::Again,
                ..
            } => *environment == start.environment && *attempt == start.attempt,
            _ => false,
        })
        .count();
    if begun > commands.unwrap_or(0) + again {
        let what = format!("attempt {} started {begun} one-off commands", start.attempt);
        found.at(start, Invariant::OnceMeansOnce, what);
    }
}
