//! A move while it is being made: every event is folded in at once, so that what
//! comes later in the same move sees it.

use chrono::{DateTime, Utc};

use super::Turn;
use crate::attempt::CutOff;
use crate::effect::{Audience, CardId, Effect};
use crate::environment::Environment;
use crate::event::{AgendaEvent, EnvironmentEvent, Event, IncidentEvent, ReleaseEvent};
use crate::ids::{AppId, EnvId, EnvName, Hash, IncidentId, Key, Person, ReleaseId, Role};
use crate::incident::Incident;
use crate::notice::{News, Notice};
use crate::policy::{Action, EnvPolicy, Policy};
use crate::refusal::Refusal;
use crate::release::Release;
use crate::reply::Reply;
use crate::timer::{Timer, TimerChange};
use crate::world::{StreamId, World};

/// The longest text a person may leave in the record.
pub(super) const MAX_TEXT: usize = 1000;

pub(super) struct Draft {
    pub(super) world: World,
    pub(super) now: DateTime<Utc>,
    events: Vec<(StreamId, Event)>,
    effects: Vec<Effect>,
    timers: Vec<TimerChange>,
}

impl Draft {
    pub(super) fn new(world: World, now: DateTime<Utc>) -> Self {
        Self {
            world,
            now,
            events: Vec::new(),
            effects: Vec::new(),
            timers: Vec::new(),
        }
    }

    pub(super) fn finish(self, reply: Reply) -> Turn {
        let Self {
            world,
            now: _,
            events,
            effects,
            timers,
        } = self;
        Turn {
            world,
            events,
            effects,
            timers,
            reply,
        }
    }

    // What happened.

    pub(super) fn release_event(&mut self, release: ReleaseId, event: ReleaseEvent) {
        self.record(StreamId::Release(release), Event::Release(event));
        self.card(CardId::Release { release });
    }

    pub(super) fn environment_event(&mut self, environment: &EnvId, event: EnvironmentEvent) {
        self.record(
            StreamId::Environment(environment.clone()),
            Event::Environment(event),
        );
    }

    pub(super) fn incident_event(&mut self, incident: IncidentId, event: IncidentEvent) {
        self.record(StreamId::Incident(incident), Event::Incident(event));
        self.card(CardId::Incident { incident });
    }

    pub(super) fn agenda_event(&mut self, event: AgendaEvent) {
        self.record(StreamId::Agenda, Event::Agenda(event));
    }

    pub(super) fn record(&mut self, stream: StreamId, event: Event) {
        self.world.evolve(&stream, &event, self.now);
        self.events.push((stream, event));
    }

    /// Whether what happened opens or closes gates of releases it is not about.
    pub(super) fn moves_gates(&self) -> bool {
        self.events.iter().any(|(_, event)| match event {
            Event::Agenda(_) => true,
            Event::Application(_) | Event::Release(_) | Event::Incident(_) => false,
            Event::Environment(event) => match event {
                EnvironmentEvent::AttemptStarted { .. }
                | EnvironmentEvent::AttemptVerified { .. }
                | EnvironmentEvent::AttemptFailed { .. }
                | EnvironmentEvent::Locked { .. }
                | EnvironmentEvent::Unlocked { .. }
                | EnvironmentEvent::Adopted { .. } => true,
                EnvironmentEvent::FenceTaken { .. }
                | EnvironmentEvent::WorkStarted { .. }
                | EnvironmentEvent::WorkEnded { .. }
                | EnvironmentEvent::StopAsked { .. }
                | EnvironmentEvent::WorkHeld { .. }
                | EnvironmentEvent::Decided { .. }
                | EnvironmentEvent::WatchStarted { .. }
                | EnvironmentEvent::TickChecked { .. }
                | EnvironmentEvent::TickAnswered { .. }
                | EnvironmentEvent::TickMissed { .. }
                | EnvironmentEvent::WatchExtended { .. }
                | EnvironmentEvent::WatchEnded { .. }
                | EnvironmentEvent::DriftSeen { .. }
                | EnvironmentEvent::DriftGone { .. } => false,
            },
        })
    }

    // What is owed.

    pub(super) fn owe(&mut self, effect: Effect) {
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    pub(super) fn card(&mut self, card: CardId) {
        self.owe(Effect::Card { card });
    }

    /// Says something in a release's thread.
    pub(super) fn tell(&mut self, release: ReleaseId, key: Key, mention: Vec<Person>, news: News) {
        let to = Audience::Thread(CardId::Release { release });
        self.say(to, Some(release), key, (mention, news));
    }

    /// Says something in the channel.
    pub(super) fn shout(
        &mut self,
        release: Option<ReleaseId>,
        key: Key,
        mention: Vec<Person>,
        news: News,
    ) {
        self.say(Audience::Channel, release, key, (mention, news));
    }

    pub(super) fn say(
        &mut self,
        to: Audience,
        release: Option<ReleaseId>,
        key: Key,
        (mention, news): (Vec<Person>, News),
    ) {
        let app = self.world.app.clone();
        let notice = Box::new(Notice {
            release,
            app,
            mention,
            news,
        });
        self.owe(Effect::Say { key, to, notice });
    }

    pub(super) fn wake(&mut self, timer: Timer, at: DateTime<Utc>) {
        self.timers.push(TimerChange::Set(timer, at));
    }

    pub(super) fn let_sleep(&mut self, timer: Timer) {
        self.timers.push(TimerChange::Cancel(timer));
    }

    // What there is.

    pub(super) fn policy(&self) -> Option<&Policy> {
        Some(&self.world.application.as_ref()?.pinned.as_ref()?.policy)
    }

    pub(super) fn require_policy(&self, app: &AppId) -> Result<&Policy, Refusal> {
        let unknown = || {
            let known = self.world.settings.titles.keys().cloned().collect();
            Refusal::UnknownApp {
                app: app.clone(),
                known,
            }
        };
        self.policy()
            .filter(|it| it.app == *app)
            .ok_or_else(unknown)
    }

    /// The name of the policy in force, which what begins now goes by.
    pub(super) fn require_policy_hash(&self) -> Result<Hash, Refusal> {
        let pinned = self.world.application.as_ref();
        let pinned = pinned.and_then(|it| it.pinned.as_ref());
        pinned.map(|it| it.hash.clone()).ok_or(Refusal::Stale {
            what: "the application has no policy",
        })
    }

    pub(super) fn require_env(&self, app: &AppId, env: &EnvName) -> Result<&EnvPolicy, Refusal> {
        let policy = self.require_policy(app)?;
        policy
            .environment(env)
            .ok_or_else(|| Refusal::UnknownEnvironment {
                app: app.clone(),
                env: env.clone(),
                known: policy
                    .environments
                    .iter()
                    .map(|it| it.name.clone())
                    .collect(),
            })
    }

    pub(super) fn require_release(&self, release: ReleaseId) -> Result<&Release, Refusal> {
        let it = self.world.releases.get(&release);
        it.map(AsRef::as_ref)
            .ok_or(Refusal::UnknownRelease { release })
    }

    pub(super) fn require_open(&self, release: ReleaseId) -> Result<&Release, Refusal> {
        let it = self.require_release(release)?;
        let cancelled = matches!(it.end, Some(crate::release::End::Cancelled { .. }));
        if it.is_open() {
            Ok(it)
        } else {
            Err(Refusal::ReleaseOver { release, cancelled })
        }
    }

    pub(super) fn require_incident(&self, incident: IncidentId) -> Result<&Incident, Refusal> {
        let it = self.world.incidents.get(&incident);
        let it = it.ok_or(Refusal::UnknownIncident { incident })?;
        if it.is_open() {
            Ok(it)
        } else {
            Err(Refusal::IncidentOver { incident })
        }
    }

    pub(super) fn environment(&self, env: &EnvName) -> Option<&Environment> {
        self.world.environments.get(env).map(AsRef::as_ref)
    }

    /// The work of an environment that was cut off and waits for a person.
    pub(super) fn cut_off(&self, env: &EnvName) -> Option<CutOff<'_>> {
        self.environment(env)?.active()?.cut_off()
    }

    /// Checks that nothing is being done to an environment.
    pub(super) fn require_idle(&self, env: &EnvName) -> Result<(), Refusal> {
        let Some(known) = self.environment(env) else {
            return Ok(());
        };
        let Some(active) = known.active() else {
            return Ok(());
        };
        let (environment, attempt, release) = (known.id.clone(), active.number, active.release);
        Err(match active.cut_off() {
            Some(cut_off) => Refusal::Undecided {
                environment,
                attempt,
                release,
                work: cut_off.work.title(),
                people: self.may(Action::Deploy),
            },
            None => Refusal::Busy {
                environment,
                attempt,
                release,
                since: active.started_at,
            },
        })
    }

    // Who may.

    /// Everybody who may do something.
    pub(super) fn may(&self, action: Action) -> Vec<Person> {
        let settings = &self.world.settings;
        match self.policy().and_then(|it| it.allowed(action)) {
            Some(roles) => self.holders(roles),
            None => settings.people.keys().cloned().collect(),
        }
    }

    pub(super) fn require_a_role(&self, by: &Person) -> Result<(), Refusal> {
        if self.world.settings.roles_of(by).is_empty() {
            return Err(Refusal::Stranger { person: by.clone() });
        }
        Ok(())
    }

    /// The role in which somebody may do something.
    pub(super) fn require(&self, by: &Person, action: Action) -> Result<Role, Refusal> {
        let held = self.world.settings.roles_of(by);
        let allowed = match self.policy() {
            Some(policy) => policy.allowed(action),
            None => self.world.settings.allowed(action),
        };
        let role = match allowed {
            Some(roles) => roles.iter().find(|role| held.contains(*role)).cloned(),
            None => held.iter().next().cloned(),
        };
        role.ok_or_else(|| {
            let roles = allowed.map(<[Role]>::to_vec).unwrap_or_default();
            Refusal::NotAllowed {
                action,
                people: self.holders(&roles),
                roles,
            }
        })
    }

    /// Everybody who holds one of these roles.
    pub(super) fn holders<'a>(&self, roles: impl IntoIterator<Item = &'a Role>) -> Vec<Person> {
        let settings = &self.world.settings;
        let mut people: Vec<Person> = Vec::new();
        for person in roles.into_iter().flat_map(|role| settings.holders(role)) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }
}

/// Checks a text somebody wants in the record.
pub(super) fn text(what: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::Missing { what });
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Refusal::TooLong {
            what,
            limit: MAX_TEXT,
        });
    }
    Ok(text.to_owned())
}
