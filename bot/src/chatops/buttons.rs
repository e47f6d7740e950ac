//! What a button does: a closed list, written into a few characters and read back.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::ask::{AskId, Phase, Source, Vote};
use shipbell_domain::command::Wish;
use shipbell_domain::environment::Environment;
use shipbell_domain::ids::{EnvId, EnvName, IncidentId, ReleaseId};
use shipbell_domain::watch::Watch;

use super::resolve::{self, FormRequest, Question, Resolved, Scene, Suggestion};

/// The most bytes a platform lets a button carry.
pub const MAX_BYTES: usize = 100;

/// How much longer one press watches.
const LONGER: TimeDelta = TimeDelta::minutes(30);

/// What somebody wants who presses a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// To consent to an ask.
    SignOff(AskRef),
    /// To veto an ask.
    Decline(AskRef),
    /// To see who is asked.
    Asks(ReleaseId),
    /// To see and settle the checklist.
    Checklist(ReleaseId),
    /// To see everything about a release.
    Show(ReleaseId),
    /// To deploy a release.
    Deploy(ReleaseId, EnvName),
    /// To stop what is done for a release.
    Stop(ReleaseId, EnvName),
    /// To stop it and go back.
    StopAndRollBack(ReleaseId, EnvName),
    /// To say that a look found all good.
    AllGood(ReleaseId, EnvName, u32),
    /// To say that a look found something wrong.
    SomethingWrong(ReleaseId, EnvName, u32),
    /// To watch longer.
    WatchLonger(ReleaseId, EnvName),
    /// To return an environment to what this release brought there.
    RollBack(ReleaseId, EnvName),
    /// To be on an incident.
    OnIt(IncidentId),
    /// To call the next people.
    Escalate(IncidentId),
    /// To end an incident.
    Resolve(IncidentId),
    /// To say a corrected command; only one that looks.
    Say(String),
}

/// An ask, as short as it can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskRef {
    /// The release.
    pub release: ReleaseId,
    /// The environment.
    pub env: EnvName,
    /// What for.
    pub phase: Phase,
    /// The first digits of the manifest's hash.
    pub manifest: String,
    /// The round.
    pub round: u32,
}

impl Press {
    /// Says a command that only looks, if a button can carry it.
    pub fn say(text: &str) -> Option<Self> {
        let press = Self::Say(text.to_owned());
        (resolve::only_looks(text) && press.encode().len() <= MAX_BYTES).then_some(press)
    }

    /// The few characters a button carries.
    pub fn encode(&self) -> String {
        match self {
            Self::SignOff(ask) => format!("yes:{ask}"),
            Self::Decline(ask) => format!("no:{ask}"),
            Self::Asks(release) => format!("asks:{release}"),
            Self::Checklist(release) => format!("list:{release}"),
            Self::Show(release) => format!("show:{release}"),
            Self::Deploy(release, env) => format!("deploy:{release}:{env}"),
            Self::Stop(release, env) => format!("stop:{release}:{env}"),
            Self::StopAndRollBack(release, env) => format!("undo:{release}:{env}"),
            Self::AllGood(release, env, tick) => format!("good:{release}:{tick}:{env}"),
            Self::SomethingWrong(release, env, tick) => format!("bad:{release}:{tick}:{env}"),
            Self::WatchLonger(release, env) => format!("longer:{release}:{env}"),
            Self::RollBack(release, env) => format!("back:{release}:{env}"),
            Self::OnIt(incident) => format!("ack:{incident}"),
            Self::Escalate(incident) => format!("call:{incident}"),
            Self::Resolve(incident) => format!("over:{incident}"),
            Self::Say(text) => format!("say:{text}"),
        }
    }

    /// Reads them back; nothing if they were never a button of ours.
    pub fn decode(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once(':')?;
        let release = || ReleaseId::parse(rest);
        let incident = || IncidentId::parse(rest);
        let of_env = || {
            let (release, env) = rest.split_once(':')?;
            Some((ReleaseId::parse(release)?, EnvName::new(env).ok()?))
        };
        let of_tick = || {
            let (release, rest) = rest.split_once(':')?;
            let (tick, env) = rest.split_once(':')?;
            Some((ReleaseId::parse(release)?, EnvName::new(env).ok()?, tick.parse().ok()?))
        };
        match name {
            "yes" => AskRef::decode(rest).map(Self::SignOff),
            "no" => AskRef::decode(rest).map(Self::Decline),
            "asks" => release().map(Self::Asks),
            "list" => release().map(Self::Checklist),
            "show" => release().map(Self::Show),
            "deploy" => of_env().map(|(release, env)| Self::Deploy(release, env)),
            "stop" => of_env().map(|(release, env)| Self::Stop(release, env)),
            "undo" => of_env().map(|(release, env)| Self::StopAndRollBack(release, env)),
            "good" => of_tick().map(|(release, env, tick)| Self::AllGood(release, env, tick)),
            "bad" => of_tick().map(|(release, env, tick)| Self::SomethingWrong(release, env, tick)),
            "longer" => of_env().map(|(release, env)| Self::WatchLonger(release, env)),
            "back" => of_env().map(|(release, env)| Self::RollBack(release, env)),
            "ack" => incident().map(Self::OnIt),
            "call" => incident().map(Self::Escalate),
            "over" => incident().map(Self::Resolve),
            "say" => Self::say(rest),
            _ => None,
        }
    }
}

/// What a press means, given what stands.
pub fn pressed(press: &Press, scene: Scene<'_>) -> Resolved {
    wanted(press, scene).unwrap_or_else(|| {
        let message = "What this button was for is over. Look at how things stand now.".to_owned();
        Suggestion { message, corrected: vec!["status".to_owned()] }.into()
    })
}

fn wanted(press: &Press, scene: Scene<'_>) -> Option<Resolved> {
    let ask = |ask: &AskRef| find_ask(ask, scene);
    let place = |release: &ReleaseId, env: &EnvName| find_place(*release, env, scene);
    Some(match press {
        Press::SignOff(it) => {
            Wish::Vote { ask: ask(it)?, source: Source::Word, vote: Vote::Yes }.into()
        }
        Press::Decline(it) => Resolved::Form(FormRequest::Decline(ask(it)?)),
        Press::Asks(release) => Resolved::Ask(Question::Asks(*release)),
        Press::Checklist(release) => Resolved::Form(FormRequest::Checklist(*release)),
        Press::Show(release) => Resolved::Ask(Question::Show(*release)),
        Press::Deploy(release, env) => {
            Wish::Deploy { release: *release, env: env.clone(), over: None }.into()
        }
        Press::Stop(release, env) => {
            Wish::Stop { environment: place(release, env)?, rollback: None }.into()
        }
        Press::StopAndRollBack(release, env) => {
            Resolved::Form(FormRequest::Stop(place(release, env)?))
        }
        Press::AllGood(release, env, tick) => {
            Wish::Answer { environment: place(release, env)?, tick: *tick, good: true }.into()
        }
        Press::SomethingWrong(release, env, tick) => {
            Wish::Answer { environment: place(release, env)?, tick: *tick, good: false }.into()
        }
        Press::WatchLonger(release, env) => {
            let environment = place(release, env)?;
            let watch = scene.vocabulary.environment(&environment).and_then(Environment::watching);
            let until = watch_until(watch, LONGER, scene.now);
            Wish::Extend { environment, until }.into()
        }
        Press::RollBack(target, env) => {
            let environment = place(target, env)?;
            Resolved::Form(FormRequest::Rollback { environment, target: *target })
        }
        Press::OnIt(incident) => Wish::Acknowledge { incident: *incident }.into(),
        Press::Escalate(incident) => Wish::Escalate { incident: *incident }.into(),
        Press::Resolve(incident) => Resolved::Form(FormRequest::Resolve(*incident)),
        Press::Say(text) => resolve::read(text, scene),
    })
}

/// The look somebody answers now: the first that is due and unanswered, or the last due.
pub fn open_tick(watch: &Watch, now: DateTime<Utc>) -> u32 {
    let due = || (0u32..).zip(&watch.ticks).filter(|(_, tick)| tick.due <= now);
    let unanswered = |(index, _): &(u32, &_)| {
        watch.ends.get(index).is_none_or(|end| end.answered.is_none() && !end.missed)
    };
    let asked = due().filter(|(_, tick)| tick.ask.is_some()).find(unanswered);
    asked.or_else(|| due().last()).map_or(0, |(index, _)| index)
}

/// When a watch ends that goes on for so long after what is planned.
pub fn watch_until(watch: Option<&Watch>, length: TimeDelta, now: DateTime<Utc>) -> DateTime<Utc> {
    let planned = watch.and_then(|it| it.ticks.iter().map(|tick| tick.due).max());
    planned.map_or(now, |planned| planned.max(now)) + length
}

/// The ask a button names, whether it still counts or not.
pub fn find_ask(named: &AskRef, scene: Scene<'_>) -> Option<AskId> {
    let release = scene.vocabulary.release(named.release)?;
    release.asks.keys().find(|it| AskRef::from(*it) == *named).cloned()
}

/// The environment of the application that a release is of.
pub(super) fn find_place(release: ReleaseId, env: &EnvName, scene: Scene<'_>) -> Option<EnvId> {
    if let Some(release) = scene.vocabulary.release(release) {
        return Some(release.environment(env));
    }
    // A release that is over may only be remembered by what it brought.
    let brought = |it: &&Environment| {
        it.id.env == *env && it.verified.iter().any(|it| it.release == release)
    };
    scene.vocabulary.environments.iter().find(brought).map(|it| it.id.clone())
}

impl AskRef {
    pub(super) fn decode(text: &str) -> Option<Self> {
        let (release, rest) = text.split_once(':')?;
        let (mark, env) = rest.split_once(':')?;
        let at = mark.find(['s', 'a'])?;
        let (round, rest) = mark.split_at(at);
        let phase = if rest.starts_with('s') { Phase::Signoff } else { Phase::Accept };
        Some(Self {
            release: ReleaseId::parse(release)?,
            env: EnvName::new(env).ok()?,
            phase,
            manifest: rest[1..].to_owned(),
            round: round.parse().ok()?,
        })
    }
}

impl From<&AskId> for AskRef {
    fn from(ask: &AskId) -> Self {
        Self {
            release: ask.release,
            env: ask.env.clone(),
            phase: ask.phase,
            manifest: ask.manifest.short().to_owned(),
            round: ask.round,
        }
    }
}

impl fmt::Display for AskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { release, env, phase, manifest, round } = self;
        let phase = match phase {
            Phase::Signoff => 's',
            Phase::Accept => 'a',
        };
        write!(f, "{release}:{round}{phase}{manifest}:{env}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str) -> EnvName {
        EnvName::new(name).unwrap()
    }

    fn every(release: ReleaseId, env: &EnvName, round: u32, phase: Phase) -> Vec<Press> {
        let ask = AskRef { release, env: env.clone(), phase, manifest: "9f2c1a2b".into(), round };
        let incident = IncidentId(release.0);
        vec![
            Press::SignOff(ask.clone()),
            Press::Decline(ask),
            Press::Asks(release),
            Press::Checklist(release),
            Press::Show(release),
            Press::Deploy(release, env.clone()),
            Press::Stop(release, env.clone()),
            Press::StopAndRollBack(release, env.clone()),
            Press::AllGood(release, env.clone(), 499),
            Press::SomethingWrong(release, env.clone(), 0),
            Press::WatchLonger(release, env.clone()),
            Press::RollBack(release, env.clone()),
            Press::OnIt(incident),
            Press::Escalate(incident),
            Press::Resolve(incident),
            Press::Say("status rapid-audit".to_owned()),
        ]
    }

    #[test]
    fn every_button_is_read_back() {
        for phase in [Phase::Signoff, Phase::Accept] {
            for press in every(ReleaseId(142), &env("production"), 3, phase) {
                assert_eq!(Press::decode(&press.encode()), Some(press.clone()), "{press:?}");
            }
        }
    }

    #[test]
    fn the_longest_names_still_fit() {
        for press in every(ReleaseId(99_999_999), &env(&"p".repeat(64)), 9_999, Phase::Accept) {
            assert!(press.encode().len() <= MAX_BYTES, "{}", press.encode());
        }
    }

    #[test]
    fn a_button_says_only_what_looks() {
        assert!(Press::say("status").is_some());
        assert_eq!(Press::say("deploy staging"), None);
        assert_eq!(Press::decode("say:deploy staging"), None);
        assert_eq!(Press::say(&format!("status {}", "x".repeat(100))), None);
    }

    #[test]
    fn foreign_values_are_nothing() {
        for text in ["", "yes", "yes:", "yes:r1", "yes:r1:1z:production", "good:r1:x:production"] {
            assert_eq!(Press::decode(text), None, "{text}");
        }
        assert_eq!(Press::decode("deploy:r1:../etc"), None);
        assert_eq!(Press::decode("vote:r1:production"), None);
    }
}
