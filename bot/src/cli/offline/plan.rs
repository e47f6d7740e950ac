//! What will be done, from how the environment stands: a person reads it before anything
//! is recorded.

#[cfg(test)]
mod tests;

use shipbell_domain::attempt::{Attempt, AttemptState, Choice};
use shipbell_domain::command::Wish;
use shipbell_domain::environment::Environment;
use shipbell_domain::ids::{EnvId, Version};

use super::desk::Spoken;
use crate::chatops::resolve::WayBack;

/// What will be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// A rollback, as somebody would begin it in the channel.
    Back {
        /// What is left.
        from: Option<Version>,
        /// What the domain will go back to; nothing if it will refuse.
        to: Option<Version>,
        /// What was named.
        named: Option<Version>,
        /// Although something was done since that it does not undo.
        anyway: bool,
    },
    /// A deploy that the bot died in is stopped behind its piece of work, and taken back.
    TakeBack {
        /// The attempt.
        number: u32,
        /// What it was bringing.
        from: Version,
        /// What was verified before it.
        to: Version,
    },
    /// A rollback that was cut off goes on to its end.
    GoOn {
        /// The attempt.
        number: u32,
        /// What it goes back to.
        to: Version,
    },
    /// The same, once somebody has said how a piece of work went.
    Resume {
        /// The attempt.
        number: u32,
        /// What they say.
        choice: Choice,
    },
}

/// An environment, as it is called here.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) id: &'a EnvId,
    /// What people read: `Rapid Audit Manage, production`.
    pub(super) name: &'a str,
}

/// Decides what will be done, or says why nothing will.
pub(super) fn plan(
    place: Place<'_>,
    environment: Option<&Environment>,
    spoken: &Spoken,
) -> Result<Plan, String> {
    let active = environment.and_then(Environment::active);
    match spoken {
        Spoken::Resume(_, choice) => resume(place, active, *choice),
        Spoken::Back(wanted) => match (environment, active) {
            (Some(_), Some(active)) if active.is_rollback() => on(place, active, wanted),
            (Some(known), Some(active)) => take_back(place, (known, active), wanted),
            (known, _) => back(place, known, wanted),
        },
    }
}

fn back(place: Place<'_>, known: Option<&Environment>, wanted: &WayBack) -> Result<Plan, String> {
    let to = match &wanted.version {
        Some(version) => Some(version),
        None => known.and_then(|it| it.previous().map(|it| &it.manifest.version)),
    };
    let current = known.and_then(Environment::current);
    if let (None, Some(known), Some(to)) = (&wanted.version, known, to)
        && let Some(last) = known.attempt.as_ref().filter(|it| it.is_rollback())
        && let AttemptState::Verified { .. } = last.state
        && !known.touched
    {
        // The same command said twice, by somebody whose terminal went away, must not
        // bring back what they went away from.
        return Err(format!(
            "{} was rolled back to {} in attempt {}, and is verified.\nTo leave that version \
             too, name another one: {}",
            place.name,
            last.manifest.version,
            last.number,
            place.command(&format!("rollback … {to}"))
        ));
    }
    let from = known.and_then(|it| it.attempt.as_ref().filter(|_| it.touched));
    let from = from.map(|it| &it.manifest);
    Ok(Plan::Back {
        from: from
            .or(current.map(|it| &it.manifest))
            .map(|it| it.version.clone()),
        to: to.cloned(),
        named: wanted.version.clone(),
        anyway: wanted.anyway,
    })
}

fn take_back(
    place: Place<'_>,
    (known, active): (&Environment, &Attempt),
    wanted: &WayBack,
) -> Result<Plan, String> {
    let (number, from) = (active.number, active.manifest.version.clone());
    let Some(current) = known.current() else {
        return Err(format!(
            "{}: nothing was verified there before the deploy of {from}, so there is nothing to \
             go back to. Attempt {number} stays as it is; the bot goes on with it when it starts.",
            place.name
        ));
    };
    let to = current.manifest.version.clone();
    if wanted.version.as_ref().is_some_and(|it| *it != to) {
        return Err(format!(
            "{}: the deploy of {from} is not over, and can be taken back to {to} alone. Say it \
             without a version first: {}",
            place.name,
            place.command("rollback")
        ));
    }
    if active.cut_off().is_some() {
        // The domain takes this for what it is: nothing is at work.
        return Ok(Plan::Back {
            from: Some(from),
            to: Some(to),
            named: wanted.version.clone(),
            anyway: wanted.anyway,
        });
    }
    Ok(Plan::TakeBack { number, from, to })
}

fn on(place: Place<'_>, active: &Attempt, wanted: &WayBack) -> Result<Plan, String> {
    let (number, to) = (active.number, active.manifest.version.clone());
    if wanted.version.as_ref().is_some_and(|it| *it != to) {
        return Err(format!(
            "{}: a rollback to {to} is not over, attempt {number}. Bring it to its end first: {}",
            place.name,
            place.command("rollback")
        ));
    }
    if active.waits() {
        return Err(waits(place, active));
    }
    Ok(Plan::GoOn { number, to })
}

fn resume(place: Place<'_>, active: Option<&Attempt>, choice: Choice) -> Result<Plan, String> {
    match active {
        Some(active) if active.is_rollback() => Ok(Plan::Resume {
            number: active.number,
            choice,
        }),
        Some(active) => Err(format!(
            "{}: attempt {} is a deploy. Without a bot it can be taken back, and not go on: {}",
            place.name,
            active.number,
            place.command("rollback")
        )),
        None => Err(format!("{}: nothing there waits for that.", place.name)),
    }
}

/// What a rollback waits for, and what to say.
pub(super) fn waits(place: Place<'_>, attempt: &Attempt) -> String {
    let what = match (attempt.cut_off(), attempt.asked()) {
        (Some(it), _) => format!(
            "{} was cut off, and nobody knows how it ended: {}. Look what it did, then say \
             worked, again or failed",
            it.work.title(),
            it.seen
        ),
        (None, Some(it)) => format!(
            "{}: {}. Say worked when it is done, or failed",
            it.ask.role, it.ask.text
        ),
        (None, None) => "it waits".to_owned(),
    };
    let line = place.command("resume … worked");
    format!(
        "{}: attempt {} waits for a person.\n{what}: {line}",
        place.name, attempt.number
    )
}

impl Place<'_> {
    /// A command as it is typed here; `…` stands for the place, which else comes last.
    pub(super) fn command(self, words: &str) -> String {
        let place = format!("{} {}", self.id.app, self.id.env);
        let words = if words.contains('…') {
            words.replace('…', &place)
        } else {
            format!("{words} {place}")
        };
        format!("`shipbell release {words} --offline`")
    }
}

impl Plan {
    /// Whether it begins something, for which a reason is needed.
    pub(super) fn begins(&self) -> bool {
        match self {
            Self::Back { .. } | Self::TakeBack { .. } => true,
            Self::GoOn { .. } | Self::Resume { .. } => false,
        }
    }

    /// What a person reads before it is done; nothing if the domain will refuse it.
    pub(super) fn told(&self, place: &str, by: &str) -> Option<String> {
        let what = match self {
            Self::Back { to: None, .. } => return None,
            Self::Back {
                from: Some(from),
                to: Some(to),
                ..
            } => format!("{place} goes back from {from} to {to}."),
            Self::Back {
                from: None,
                to: Some(to),
                ..
            } => format!("{place} goes back to {to}."),
            Self::TakeBack { number, from, to } => format!(
                "The bot was cut off in the deploy of {from} to {place}, attempt {number}.\nThe \
                 piece of work it was at is ended first; then what it changed goes back to {to}."
            ),
            Self::GoOn { number, to } => format!(
                "The rollback of {place} to {to}, attempt {number}, was cut off. It goes on to \
                 its end."
            ),
            Self::Resume { number, choice } => {
                let said = match choice {
                    Choice::Worked => "It worked: it goes on.",
                    Choice::Again => "What was cut off is done once more.",
                    Choice::Failed => "It did not work.",
                };
                format!("The rollback of {place}, attempt {number}, waits for a person. {said}")
            }
        };
        Some(format!(
            "{what}\nBy {by}, without the bot; people are told when it starts."
        ))
    }

    /// What is wished for; none where what is at work only has to go on.
    pub(super) fn wish(&self, environment: &EnvId, reason: String) -> Option<Wish> {
        let environment = environment.clone();
        match self {
            Self::Back { named, anyway, .. } => Some(Wish::Rollback {
                environment,
                version: named.clone(),
                reason,
                anyway: *anyway,
            }),
            Self::TakeBack { .. } => Some(Wish::Stop {
                environment,
                rollback: Some(reason),
            }),
            Self::GoOn { .. } => None,
            Self::Resume { choice, .. } => Some(Wish::Decide {
                environment,
                asked: None,
                choice: *choice,
            }),
        }
    }
}
