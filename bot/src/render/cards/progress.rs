//! An attempt, step by step.

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, StepLine, StepState, Text, Tone};
use shipbell_domain::attempt::{Attempt, AttemptKind, AttemptState, Choice, Progress, Work};
use shipbell_domain::event::{Evidence, Outcome};
use shipbell_domain::ids::EnvId;
use shipbell_domain::steps::Then;

use super::{Subject, took};
use crate::chatops::buttons::Press;
use crate::render::SILENCE;
use crate::render::words::{TYPED, bound, button, capital, card, last_lines, pill, strong};

/// How many lines of a failed step are shown.
const TAIL: usize = 12;

pub(super) fn draw(subject: &Subject<'_>, id: &EnvId, attempt: &Attempt) -> Card {
    let voice = &subject.voice;
    let env = capital(id.env.as_str());
    let version = &attempt.manifest.version;
    let what = match &attempt.kind {
        AttemptKind::Deploy => format!("Deploy of {version}"),
        AttemptKind::Rollback {
            automatic: false, ..
        } => format!("Rollback to {version}"),
        AttemptKind::Rollback {
            automatic: true, ..
        } => format!("Automatic rollback to {version}"),
    };
    let (tone, state) = state(subject, attempt);
    let title = voice.title(&id.app);
    let mut card = card(format!("{title}, {}: {what}. {state}.", id.env));
    card.title = Some(strong(format!("{env}: {what}")));
    card.pill = Some(pill(tone, state));
    card.blocks.push(Block::Steps(steps(subject, attempt)));
    card.blocks.extend(failed(attempt));
    card.blocks.extend(waits(subject, attempt));
    card.blocks
        .push(Block::Context(Text::plain(about(subject, attempt))));
    buttons(&mut card, subject, id, attempt);
    card
}

fn state(subject: &Subject<'_>, attempt: &Attempt) -> (Tone, String) {
    let voice = &subject.voice;
    let all = attempt.work.len();
    match &attempt.state {
        AttemptState::Running if attempt.cut_off().is_some() => {
            (Tone::Bad, "Cut off, waits for a person".to_owned())
        }
        AttemptState::Running if attempt.asked().is_some() => {
            let (place, title) = current(attempt);
            let words = format!("Step {place} of {all} waits for a person: {title}");
            (Tone::Running, words)
        }
        AttemptState::Running => {
            let (place, title) = current(attempt);
            let stopping = attempt
                .stop
                .as_ref()
                .map(|it| format!(", {} asked to stop", voice.name(&it.by)));
            let stopping = stopping.unwrap_or_default();
            (
                Tone::Running,
                format!("Step {place} of {all}, {title}{stopping}"),
            )
        }
        AttemptState::Verified { at } => (
            Tone::Good,
            format!(
                "Done {}, {}",
                voice.time(*at),
                took(attempt.started_at, *at)
            ),
        ),
        AttemptState::Failed { at, mode, .. } => (
            Tone::Bad,
            format!("Failed {}, {}", voice.time(*at), mode.words()),
        ),
    }
}

/// The piece of work it is at, counted from one.
fn current(attempt: &Attempt) -> (usize, String) {
    let ended = |it: &&Progress| matches!(it, Progress::Ended { .. });
    let done = attempt.progress.iter().take_while(ended).count();
    let last = attempt.work.len().saturating_sub(1);
    let title = attempt
        .work
        .get(done.min(last))
        .map(|it| bound(&it.title(), 60));
    (
        (done + 1).min(attempt.work.len()),
        title.unwrap_or_default(),
    )
}

fn steps(subject: &Subject<'_>, attempt: &Attempt) -> Vec<StepLine> {
    const MOST: usize = 40;
    let work = (0u32..).zip(attempt.work.iter().zip(&attempt.progress));
    let mut steps: Vec<StepLine> = { work.take(MOST) }
        .map(|(index, (work, progress))| {
            let (state, detail) = step(subject, attempt, (index, progress));
            StepLine {
                state,
                title: bound(&work.title(), 80),
                detail,
            }
        })
        .collect();
    if let Some(more) = attempt.work.len().checked_sub(MOST).filter(|it| *it > 0) {
        let title = format!("and {more} more");
        steps.push(StepLine {
            state: StepState::Pending,
            title,
            detail: String::new(),
        });
    }
    steps
}

fn step(
    subject: &Subject<'_>,
    attempt: &Attempt,
    (index, progress): (u32, &Progress),
) -> (StepState, String) {
    match progress {
        Progress::Pending if attempt.is_over() => (StepState::Skipped, "not reached".to_owned()),
        Progress::Pending => (StepState::Pending, String::new()),
        Progress::Running { .. } if attempt.is_over() => (StepState::Unknown, "cut off".to_owned()),
        Progress::Running { since } => {
            let asked = attempt.asked().filter(|it| it.index == index);
            let detail = asked.map_or_else(
                || at_work(subject, index, *since),
                |it| format!("{} is asked", it.ask.role),
            );
            (StepState::Running, detail)
        }
        Progress::Ended { since, at, outcome } => {
            let length = took(*since, *at);
            match outcome {
                Outcome::Succeeded { .. } => match attempt.decision(index) {
                    Some(it) => {
                        let name = subject.voice.name(&it.by);
                        (StepState::Done, format!("{length}, done, says {name}"))
                    }
                    None => (StepState::Done, length),
                },
                Outcome::Failed { why, .. } => {
                    let then = attempt.work.get(index as usize).and_then(Work::then);
                    let went_on = match then {
                        Some(Then::GoOn) => "; it went on",
                        Some(Then::Stop | Then::RollBack) | None => "",
                    };
                    let why = bound(why, 120);
                    (StepState::Failed, format!("{length}, {why}{went_on}"))
                }
                Outcome::Interrupted { seen, .. } => match attempt.decision(index) {
                    Some(it) => {
                        let name = subject.voice.name(&it.by);
                        match it.choice {
                            Choice::Worked | Choice::Again => {
                                (StepState::Done, format!("cut off; it worked, says {name}"))
                            }
                            Choice::Failed => (
                                StepState::Failed,
                                format!("cut off; it failed, says {name}"),
                            ),
                        }
                    }
                    None => (StepState::Unknown, format!("cut off: {}", bound(seen, 120))),
                },
            }
        }
    }
}

/// What a piece of work said last, and for how long it has said nothing.
fn at_work(subject: &Subject<'_>, index: u32, since: DateTime<Utc>) -> String {
    let (view, now) = (subject.view, subject.view.now);
    let length = took(since, now);
    match view.said.filter(|it| it.index == index) {
        Some(it) if now - it.at >= SILENCE => {
            let silent = took(it.at, now);
            let last = bound(&it.text, 100);
            format!("{length}, silent for {silent}; last: {last}")
        }
        Some(it) => format!("{length}, {}", bound(&it.text, 100)),
        None if now - since >= SILENCE => format!("{length}, nothing said yet"),
        None => "at work".to_owned(),
    }
}

/// What went wrong, and the last lines of the step that did.
fn failed(attempt: &Attempt) -> Vec<Block> {
    let AttemptState::Failed { why, .. } = &attempt.state else {
        return Vec::new();
    };
    let mut blocks = vec![Block::Text(Text::plain(bound(why, TYPED)))];
    let mut ends = attempt
        .work
        .iter()
        .zip(&attempt.progress)
        .filter_map(|(work, it)| match it {
            Progress::Ended { outcome, .. } => tail_of(outcome).map(|it| (work.title(), it)),
            Progress::Pending | Progress::Running { .. } => None,
        });
    if let Some((title, evidence)) = ends.next_back().filter(|(_, it)| !it.tail.is_empty()) {
        let caption = format!("Last lines of {}", bound(&title, 60));
        blocks.push(Block::Code {
            caption,
            text: last_lines(&evidence.tail, TAIL),
        });
    }
    blocks
}

/// What was seen of work that was cut off, what somebody is asked, and what keeps
/// work from going on.
fn waits(subject: &Subject<'_>, attempt: &Attempt) -> Vec<Block> {
    let cut_off = attempt.cut_off().map(|it| {
        let (title, seen) = (bound(&it.work.title(), 60), bound(it.seen, TYPED));
        format!("Nobody knows how {title} ended: {seen}. Look what it did, then say how to go on.")
    });
    let asked = attempt.asked().map(|it| {
        let (text, role) = (bound(&it.ask.text, TYPED), &it.ask.role);
        let (since, until) = (subject.voice.time(it.since), subject.voice.time(it.until));
        format!("{role}: {text}. Asked {since}; without an answer it fails {until}.")
    });
    let held = attempt.held.as_ref().map(|why| {
        let why = bound(why, TYPED);
        format!("It cannot go on: {why}.")
    });
    let all = cut_off
        .into_iter()
        .chain(asked)
        .chain(held.filter(|_| !attempt.is_over()));
    all.map(|it| Block::Text(Text::plain(it))).collect()
}

fn tail_of(outcome: &Outcome) -> Option<&Evidence> {
    match outcome {
        Outcome::Succeeded { .. } => None,
        Outcome::Failed { evidence, .. } | Outcome::Interrupted { evidence, .. } => Some(evidence),
    }
}

fn about(subject: &Subject<'_>, attempt: &Attempt) -> String {
    let voice = &subject.voice;
    let by = attempt.by.as_ref().map_or_else(
        || "by itself after a failed deploy".to_owned(),
        |by| format!("by {}", voice.name(by)),
    );
    let started = voice.time(attempt.started_at);
    let mut parts = vec![format!(
        "Attempt {}, started {started} {by}.",
        attempt.number
    )];
    match &attempt.kind {
        AttemptKind::Deploy => {}
        AttemptKind::Rollback { reason, .. } => {
            parts.push(format!("Reason: {}.", bound(reason, 200)));
        }
    }
    if let Some(over) = &attempt.over {
        let (by, why) = (voice.name(&over.by), bound(&over.reason, 200));
        parts.push(format!("Gates set aside by {by}: {why}."));
    }
    parts.push(format!("Times in {}.", voice.zone()));
    parts.join(" ")
}

fn buttons(card: &mut Card, subject: &Subject<'_>, id: &EnvId, attempt: &Attempt) {
    let environment = subject.environment(&id.env);
    let release = subject.release.id;
    match &attempt.state {
        AttemptState::Running if attempt.stop.is_some() => {}
        AttemptState::Running if attempt.cut_off().is_some() => {
            let asked = (attempt.number, attempt.decisions.len());
            let env = || id.env.clone();
            let worked = Press::Worked(release, env(), asked);
            let again = Press::Again(release, env(), asked);
            card.buttons
                .push(button("It worked, go on", &worked, ButtonStyle::Plain));
            card.buttons
                .push(button("Run again", &again, ButtonStyle::Plain));
            if let Some(target) = environment.and_then(|it| it.current()) {
                let press = Press::StopAndRollBack(release, env());
                let label = format!("Roll back to {}", target.manifest.version);
                card.buttons
                    .push(button(label, &press, ButtonStyle::Danger));
            }
        }
        AttemptState::Running if attempt.asked().is_some() => {
            let asked = (attempt.number, attempt.decisions.len());
            let done = Press::Worked(release, id.env.clone(), asked);
            let failed = Press::Failed(release, id.env.clone(), asked);
            card.buttons.push(button("Done", &done, ButtonStyle::Plain));
            card.buttons
                .push(button("It failed", &failed, ButtonStyle::Danger));
            let stop = Press::Stop(release, id.env.clone());
            let label = format!("Stop {}", id.env);
            card.buttons.push(button(label, &stop, ButtonStyle::Plain));
        }
        AttemptState::Running => {
            let current = environment.and_then(|it| it.current());
            if current.is_some() && !attempt.is_rollback() {
                let press = Press::StopAndRollBack(release, id.env.clone());
                card.buttons
                    .push(button("Stop and roll back", &press, ButtonStyle::Danger));
            }
            let press = Press::Stop(release, id.env.clone());
            card.buttons.push(button(
                format!("Stop {}", id.env),
                &press,
                ButtonStyle::Plain,
            ));
        }
        AttemptState::Verified { .. } => {}
        AttemptState::Failed { .. } => {
            let target = environment
                .and_then(|it| it.previous())
                .filter(|_| attempt.has_touched());
            if let Some(target) = target {
                let press = Press::RollBack(target.release, id.env.clone());
                let label = format!("Roll back to {}", target.manifest.version);
                card.buttons
                    .push(button(label, &press, ButtonStyle::Danger));
            }
        }
    }
}
