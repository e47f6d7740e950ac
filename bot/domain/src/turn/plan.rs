//! A deploy is planned, and the team is told: ahead, when it opens, when it is over.

use chrono::TimeDelta;

use super::Decided;
use super::draft::{Draft, text};
use crate::calendar::{self, Allowance, Hours, Span};
use crate::effect::CardId;
use crate::event::ReleaseEvent;
use crate::ids::{EnvId, EnvName, Key, Person, ReleaseId};
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::release::Moment;
use crate::reply::Reply;
use crate::timer::Timer;

/// How long before it opens a plan is told of again.
const AHEAD: TimeDelta = TimeDelta::minutes(30);

pub(super) struct Wanted<'a> {
    pub(super) span: &'a Span,
    pub(super) summary: &'a str,
    pub(super) owner: &'a Person,
}

pub(super) fn announce(
    draft: &mut Draft,
    by: &Person,
    release: ReleaseId,
    env: &EnvName,
    wanted: &Wanted<'_>,
) -> Decided {
    let it = draft.require_open(release)?;
    let (environment, version) = (it.environment(env), it.version.clone());
    draft.require_env(&environment.app, env)?;
    draft.require(by, Action::Plan)?;
    let summary = text("the summary of what changes", wanted.summary)?;
    if !draft.world.settings.people.contains_key(wanted.owner) {
        return Err(Refusal::UnknownPerson {
            person: wanted.owner.clone(),
        });
    }
    let span = *wanted.span;
    if span.to() <= draft.now {
        return Err(Refusal::InThePast { at: span.to() });
    }
    inside_windows(draft, &environment, span)?;
    let planned = ReleaseEvent::Planned {
        env: env.clone(),
        span,
        summary,
        owner: wanted.owner.clone(),
        by: by.clone(),
    };
    draft.release_event(release, planned);
    set_moments(draft, release, &environment, span);
    let key = Key::join(&[
        &release,
        env,
        &"owner",
        wanted.owner,
        &span.from().timestamp(),
    ]);
    let news = News::RollbackOwner {
        env: env.clone(),
        version,
        span,
    };
    draft.tell(release, key, vec![wanted.owner.clone()], news);
    Ok(Reply::Planned {
        release,
        env: env.clone(),
        span,
    })
}

/// A plan must begin in a window and outside every freeze, as far as is known today.
fn inside_windows(draft: &Draft, environment: &EnvId, span: Span) -> Result<(), Refusal> {
    let settings = &draft.world.settings;
    let always = Hours {
        zone: settings.zone.clone(),
        windows: Vec::new(),
    };
    let hours = settings.hours.get(environment).unwrap_or(&always);
    let one_offs = draft.world.agenda.windows_of(environment);
    let mut freezes = settings.freezes.clone();
    freezes.extend(draft.world.agenda.freezes_of(&environment.app));
    let at = span.from().max(draft.now);
    match calendar::judge(hours, &one_offs, &freezes, at) {
        Allowance::Unrestricted | Allowance::Open { .. } => Ok(()),
        Allowance::Closed { next } => Err(Refusal::OutsideWindows {
            environment: environment.clone(),
            next,
        }),
        Allowance::Frozen { until, .. } => {
            let next = until.and_then(|until| hours.next_opening(until));
            Err(Refusal::OutsideWindows {
                environment: environment.clone(),
                next,
            })
        }
    }
}

fn set_moments(draft: &mut Draft, release: ReleaseId, environment: &EnvId, span: Span) {
    let (env, now) = (&environment.env, draft.now);
    let lead = draft.world.settings.announce.get(environment);
    let announced = lead.map_or(now, |lead| span.from() - lead.delta());
    let at = [
        (Moment::Announced, announced),
        (Moment::Ahead, span.from() - AHEAD),
        (Moment::Open, span.from()),
        (Moment::Closed, span.to()),
    ];
    for (moment, at) in at {
        let timer = Timer::Plan {
            release,
            env: env.clone(),
            moment,
        };
        // Nobody is told that it comes soon before they are told of it at all.
        let too_early = moment == Moment::Ahead && at <= announced;
        if at > now && !too_early {
            draft.wake(timer, at);
        } else {
            draft.let_sleep(timer);
        }
    }
    let reached = at
        .into_iter()
        .filter(|(_, at)| *at <= now && announced <= now);
    if let Some(moment) = reached.map(|(moment, _)| moment).max() {
        tell(draft, release, env, moment);
    }
}

pub(super) fn moment(
    draft: &mut Draft,
    release: ReleaseId,
    env: &EnvName,
    moment: Moment,
) -> Decided {
    let it = draft.require_open(release)?;
    let Some(plan) = it.stage(env).and_then(|stage| stage.plan.as_ref()) else {
        return Err(Refusal::Stale {
            what: "the plan is gone",
        });
    };
    if plan.told.is_some_and(|told| told >= moment) {
        return Err(Refusal::Stale {
            what: "the team was told already",
        });
    }
    tell(draft, release, env, moment);
    Ok(Reply::Nothing)
}

fn tell(draft: &mut Draft, release: ReleaseId, env: &EnvName, moment: Moment) {
    draft.release_event(
        release,
        ReleaseEvent::Announced {
            env: env.clone(),
            moment,
        },
    );
    draft.card(CardId::Announcement {
        release,
        env: env.clone(),
    });
}

/// Nothing more is told of the plans of a release that was given up.
pub(super) fn forget(draft: &mut Draft, release: ReleaseId) {
    let Some(it) = draft.world.releases.get(&release) else {
        return;
    };
    let planned = it.stages.iter().filter(|(_, stage)| stage.plan.is_some());
    let envs: Vec<EnvName> = planned.map(|(env, _)| env.clone()).collect();
    for env in envs {
        for moment in [
            Moment::Announced,
            Moment::Ahead,
            Moment::Open,
            Moment::Closed,
        ] {
            draft.let_sleep(Timer::Plan {
                release,
                env: env.clone(),
                moment,
            });
        }
        draft.card(CardId::Announcement { release, env });
    }
}
