//! A deploy starts in two steps: what stands on the asks, and what is known of the
//! commit, is read first, then it starts if every gate is still open.

mod begin;

use chrono::{DateTime, TimeDelta, Utc};

use super::Decided;
use super::advance;
use super::draft::{Draft, text};
use super::origin;
use crate::ask::{Phase, Standing};
use crate::effect::Effect;
use crate::event::{Override, ReleaseEvent};
use crate::gates::{self, Scene, Waiting};
use crate::ids::{EnvName, Key, Person, ReleaseId, Role};
use crate::notice::News;
use crate::origin::Sighting;
use crate::policy::{Action, EnvPolicy, Policy};
use crate::refusal::Refusal;
use crate::release::{Release, Starting};
use crate::reply::Reply;
use crate::timer::Timer;
use begin::begin;

/// How old a reading may be at the start.
const FRESH: TimeDelta = TimeDelta::seconds(10);
/// How long the reading may take before the wish is given up.
const DEADLINE: TimeDelta = TimeDelta::seconds(60);

pub(super) fn request(
    draft: &mut Draft,
    by: &Person,
    release: ReleaseId,
    env: &EnvName,
    over: Option<&str>,
) -> Decided {
    let it = draft.require_open(release)?;
    let (app, version) = (it.app.clone(), it.version.clone());
    let policy = draft.require_env(&app, env)?.clone();
    draft.require(by, Action::Deploy)?;
    let over = match over {
        Some(reason) => {
            let reason = text("the reason for setting gates aside", reason)?;
            let role = draft.require(by, Action::Override)?;
            Some(Override {
                by: by.clone(),
                role,
                reason,
            })
        }
        None => None,
    };
    let it = draft.require_open(release)?;
    if let Some(starting) = it.stage(env).and_then(|stage| stage.starting.as_ref()) {
        let (env, by) = (env.clone(), starting.by.clone());
        return Err(Refusal::AlreadyStarting { release, env, by });
    }
    if runs_there(draft, it, env) {
        return Err(Refusal::AlreadyThere {
            environment: it.environment(env),
            version,
        });
    }
    let waiting = still_waiting(draft, release, env);
    if over.is_some() {
        return set_aside(draft, release, &policy, over, waiting);
    }
    if waiting.iter().all(Waiting::is_read_again) {
        return begin_or_read(draft, by, release, &policy);
    }
    if ask_again(draft, release, &policy, &waiting) {
        let waiting = still_waiting(draft, release, env);
        return Ok(Reply::Asked {
            release,
            env: env.clone(),
            waiting,
        });
    }
    let override_roles = override_roles(draft);
    Err(Refusal::NotYet {
        release,
        env: env.clone(),
        waiting,
        override_roles,
    })
}

/// Whether exactly this is what should run there, and does.
fn runs_there(draft: &Draft, release: &Release, env: &EnvName) -> bool {
    let Some(environment) = draft.environment(env) else {
        return false;
    };
    let current = environment.current().map(|it| (it.release, &it.manifest));
    let same = current
        == release
            .manifest
            .as_ref()
            .map(|manifest| (release.id, manifest));
    environment.active().is_none() && !environment.touched && same
}

fn begin_or_read(
    draft: &mut Draft,
    by: &Person,
    release: ReleaseId,
    policy: &EnvPolicy,
) -> Decided {
    let env = &policy.name;
    if !needs_consent(draft, policy) && !origin::is_demanded(draft, policy) {
        return begin(draft, by, release, policy, None);
    }
    let requested = ReleaseEvent::StartRequested {
        env: env.clone(),
        by: by.clone(),
        over: None,
    };
    draft.release_event(release, requested);
    draft.owe(Effect::ReadStanding {
        release,
        env: env.clone(),
    });
    draft.wake(
        Timer::StartDeadline {
            release,
            env: env.clone(),
        },
        draft.now + DEADLINE,
    );
    Ok(Reply::Starting {
        release,
        env: env.clone(),
    })
}

fn needs_consent(draft: &Draft, policy: &EnvPolicy) -> bool {
    let earlier = policy
        .needs
        .as_ref()
        .and_then(|needed| draft.policy()?.environment(needed));
    !policy.signoff.is_empty() || earlier.is_some_and(|it| !it.accept.is_empty())
}

/// Somebody with the right sets aside what holds the deploy back, in the open.
fn set_aside(
    draft: &mut Draft,
    release: ReleaseId,
    policy: &EnvPolicy,
    over: Option<Override>,
    waiting: Vec<Waiting>,
) -> Decided {
    let Some(over) = over else {
        return Err(Refusal::Stale {
            what: "no override",
        });
    };
    let (mut skipped, hard): (Vec<Waiting>, Vec<Waiting>) =
        waiting.into_iter().partition(Waiting::can_be_overridden);
    if !hard.is_empty() {
        return Err(Refusal::CannotOverride { waiting: hard });
    }
    if skipped.is_empty() {
        return begin_or_read(draft, &over.by, release, policy);
    }
    skipped.extend(origin::unseen(draft, release, policy));
    let env = policy.name.clone();
    let version = draft.require_release(release)?.version.clone();
    let event = ReleaseEvent::Overridden {
        env: env.clone(),
        over: over.clone(),
        skipped: skipped.clone(),
    };
    draft.release_event(release, event);
    let number = draft.environment(&env).map_or(0, |it| it.attempts) + 1;
    let key = Key::join(&[&release, &env, &"override", &number]);
    let news = News::Overridden {
        env,
        version,
        over: over.clone(),
        skipped,
    };
    draft.shout(Some(release), key, Vec::new(), news);
    let by = over.by.clone();
    begin(draft, &by, release, policy, Some(over))
}

/// Consent was used up by an earlier attempt: the same people are asked again.
fn ask_again(
    draft: &mut Draft,
    release: ReleaseId,
    policy: &EnvPolicy,
    waiting: &[Waiting],
) -> bool {
    let env = &policy.name;
    let mut wanted = false;
    for it in waiting {
        match it {
            Waiting::Consent {
                env: of,
                phase: Phase::Signoff,
                ..
            } if of == env => wanted = true,
            // It is not their turn yet, or not any more.
            Waiting::Images { .. }
            | Waiting::Verified { .. }
            | Waiting::Consent { .. }
            | Waiting::Veto { .. }
            | Waiting::Busy { .. } => return false,
            Waiting::Checklist { .. }
            | Waiting::Ci { .. }
            | Waiting::NewCommits { .. }
            | Waiting::Announcement
            | Waiting::Planned { .. }
            | Waiting::Window { .. }
            | Waiting::Freeze { .. }
            | Waiting::Lock { .. } => {}
        }
    }
    let asked = draft
        .world
        .releases
        .get(&release)
        .and_then(|it| it.ask(env, Phase::Signoff));
    if wanted && asked.is_none() {
        advance::ask(draft, release, env, Phase::Signoff, &policy.signoff);
        return true;
    }
    false
}

/// What was read before a start, all of it at one time.
pub(super) struct Seen<'a> {
    pub(super) read_at: DateTime<Utc>,
    pub(super) standing: &'a [Standing],
    pub(super) sighting: &'a Sighting,
}

/// It was read: the deploy starts, or everybody learns why it does not.
pub(super) fn after_reading(
    draft: &mut Draft,
    release: ReleaseId,
    env: &EnvName,
    seen: &Seen<'_>,
) -> Decided {
    let read_at = seen.read_at;
    let it = draft.require_open(release)?;
    let app = it.app.clone();
    let Some(starting) = it.stage(env).and_then(|stage| stage.starting.clone()) else {
        // Too late for a start; what was seen to stand is recorded all the same.
        return Ok(Reply::Nothing);
    };
    let policy = draft.require_env(&app, env)?.clone();
    draft.let_sleep(Timer::StartDeadline {
        release,
        env: env.clone(),
    });
    let read = ReleaseEvent::StandingRead {
        env: env.clone(),
        read_at,
        standing: seen
            .standing
            .iter()
            .filter(|it| it.ask.release == release)
            .cloned()
            .collect(),
    };
    draft.release_event(release, read);
    let complete = origin::saw(draft, release, &policy, seen.sighting);
    if !complete || draft.now - read_at > FRESH || read_at > draft.now + FRESH {
        return give_up(draft, release, env, &starting);
    }
    let waiting = still_waiting(draft, release, env);
    if waiting.is_empty() {
        return begin(draft, &starting.by, release, &policy, starting.over);
    }
    refuse(draft, release, env, &starting, waiting)
}

/// The asks could not be read in time: nothing starts.
pub(super) fn deadline(draft: &mut Draft, release: ReleaseId, env: &EnvName) -> Decided {
    let it = draft.require_open(release)?;
    let Some(starting) = it.stage(env).and_then(|stage| stage.starting.clone()) else {
        return Err(Refusal::Stale {
            what: "nobody waits for the asks",
        });
    };
    give_up(draft, release, env, &starting)
}

fn give_up(draft: &mut Draft, release: ReleaseId, env: &EnvName, starting: &Starting) -> Decided {
    let version = draft.require_release(release)?.version.clone();
    let refused = ReleaseEvent::StartRefused {
        env: env.clone(),
        waiting: Vec::new(),
    };
    draft.release_event(release, refused);
    let key = Key::join(&[&release, env, &"unread", &starting.at.timestamp_millis()]);
    let news = News::StartTimedOut {
        env: env.clone(),
        version,
    };
    draft.tell(release, key, vec![starting.by.clone()], news);
    Ok(Reply::Nothing)
}

fn refuse(
    draft: &mut Draft,
    release: ReleaseId,
    env: &EnvName,
    starting: &Starting,
    waiting: Vec<Waiting>,
) -> Decided {
    let version = draft.require_release(release)?.version.clone();
    let refused = ReleaseEvent::StartRefused {
        env: env.clone(),
        waiting: waiting.clone(),
    };
    draft.release_event(release, refused);
    let key = Key::join(&[&release, env, &"refused", &starting.at.timestamp_millis()]);
    let news = News::StartRefused {
        env: env.clone(),
        version,
        waiting,
    };
    draft.tell(release, key, vec![starting.by.clone()], news);
    Ok(Reply::Nothing)
}

fn still_waiting(draft: &Draft, release: ReleaseId, env: &EnvName) -> Vec<Waiting> {
    let Some((policy, env)) = draft
        .policy()
        .and_then(|it| Some((it, it.environment(env)?)))
    else {
        return Vec::new();
    };
    let Some(release) = draft.world.releases.get(&release) else {
        return Vec::new();
    };
    gates::waiting(&Scene {
        world: &draft.world,
        release,
        policy,
        env,
        now: draft.now,
    })
}

fn override_roles(draft: &Draft) -> Vec<Role> {
    let allowed = |policy: &Policy| policy.allowed(Action::Override).map(<[Role]>::to_vec);
    draft.policy().and_then(allowed).unwrap_or_default()
}
