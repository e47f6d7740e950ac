//! What a button does: a closed list, written into a few characters and read back.

mod pressed;

use std::fmt;

use shipbell_domain::ask::{AskId, Phase};
use shipbell_domain::ids::{EnvName, IncidentId, ReleaseId};

use super::resolve;

pub use pressed::{find_ask, open_tick, pressed, watch_until};

/// The most bytes a platform lets a button carry.
pub const MAX_BYTES: usize = 100;

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
    /// To know what a deploy would change.
    DryRun(ReleaseId, EnvName),
    /// To stop what is done for a release.
    Stop(ReleaseId, EnvName),
    /// To stop it and go back.
    StopAndRollBack(ReleaseId, EnvName),
    /// To say that it is done: what was asked, or what was cut off; and which time it was asked.
    Worked(ReleaseId, EnvName, Asked),
    /// To say that it did not, or cannot be done.
    Failed(ReleaseId, EnvName, Asked),
    /// To have it done again.
    Again(ReleaseId, EnvName, Asked),
    /// To say that a look found all good.
    AllGood(ReleaseId, EnvName, u32),
    /// To say that a look found something wrong.
    SomethingWrong(ReleaseId, EnvName, u32),
    /// To watch longer.
    WatchLonger(ReleaseId, EnvName),
    /// To return an environment to what this release brought there.
    RollBack(ReleaseId, EnvName),
    /// To take what runs where this release ran as it is.
    Adopt(ReleaseId, EnvName),
    /// To be on an incident.
    OnIt(IncidentId),
    /// To call the next people.
    Escalate(IncidentId),
    /// To end an incident.
    Resolve(IncidentId),
    /// To say a corrected command; only one that looks.
    Say(String),
}

/// Which time people were asked: the attempt, and how many answers it had.
pub type Asked = (u32, usize);

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
            Self::DryRun(release, env) => format!("dry:{release}:{env}"),
            Self::Stop(release, env) => format!("stop:{release}:{env}"),
            Self::StopAndRollBack(release, env) => format!("undo:{release}:{env}"),
            Self::Worked(release, env, (attempt, answers)) => {
                format!("did:{release}:{attempt}.{answers}:{env}")
            }
            Self::Failed(release, env, (attempt, answers)) => {
                format!("failed:{release}:{attempt}.{answers}:{env}")
            }
            Self::Again(release, env, (attempt, answers)) => {
                format!("again:{release}:{attempt}.{answers}:{env}")
            }
            Self::AllGood(release, env, tick) => format!("good:{release}:{tick}:{env}"),
            Self::SomethingWrong(release, env, tick) => format!("bad:{release}:{tick}:{env}"),
            Self::WatchLonger(release, env) => format!("longer:{release}:{env}"),
            Self::RollBack(release, env) => format!("back:{release}:{env}"),
            Self::Adopt(release, env) => format!("adopt:{release}:{env}"),
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
            Some((
                ReleaseId::parse(release)?,
                EnvName::new(env).ok()?,
                tick.parse().ok()?,
            ))
        };
        let of_work = || {
            let (release, rest) = rest.split_once(':')?;
            let (asked, env) = rest.split_once(':')?;
            let (attempt, answers) = asked.split_once('.')?;
            let asked = (attempt.parse().ok()?, answers.parse().ok()?);
            Some((ReleaseId::parse(release)?, EnvName::new(env).ok()?, asked))
        };
        match name {
            "yes" => AskRef::decode(rest).map(Self::SignOff),
            "no" => AskRef::decode(rest).map(Self::Decline),
            "asks" => release().map(Self::Asks),
            "list" => release().map(Self::Checklist),
            "show" => release().map(Self::Show),
            "deploy" => of_env().map(|(release, env)| Self::Deploy(release, env)),
            "dry" => of_env().map(|(release, env)| Self::DryRun(release, env)),
            "stop" => of_env().map(|(release, env)| Self::Stop(release, env)),
            "undo" => of_env().map(|(release, env)| Self::StopAndRollBack(release, env)),
            "did" => of_work().map(|(release, env, asked)| Self::Worked(release, env, asked)),
            "failed" => of_work().map(|(release, env, asked)| Self::Failed(release, env, asked)),
            "again" => of_work().map(|(release, env, asked)| Self::Again(release, env, asked)),
            "good" => of_tick().map(|(release, env, tick)| Self::AllGood(release, env, tick)),
            "bad" => of_tick().map(|(release, env, tick)| Self::SomethingWrong(release, env, tick)),
            "longer" => of_env().map(|(release, env)| Self::WatchLonger(release, env)),
            "back" => of_env().map(|(release, env)| Self::RollBack(release, env)),
            "adopt" => of_env().map(|(release, env)| Self::Adopt(release, env)),
            "ack" => incident().map(Self::OnIt),
            "call" => incident().map(Self::Escalate),
            "over" => incident().map(Self::Resolve),
            "say" => Self::say(rest),
            _ => None,
        }
    }
}

impl AskRef {
    pub(super) fn decode(text: &str) -> Option<Self> {
        let (release, rest) = text.split_once(':')?;
        let (mark, env) = rest.split_once(':')?;
        let at = mark.find(['s', 'a'])?;
        let (round, rest) = mark.split_at(at);
        let phase = if rest.starts_with('s') {
            Phase::Signoff
        } else {
            Phase::Accept
        };
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
        let Self {
            release,
            env,
            phase,
            manifest,
            round,
        } = self;
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
        let ask = AskRef {
            release,
            env: env.clone(),
            phase,
            manifest: "9f2c1a2b".into(),
            round,
        };
        let incident = IncidentId(release.0);
        vec![
            Press::SignOff(ask.clone()),
            Press::Decline(ask),
            Press::Asks(release),
            Press::Checklist(release),
            Press::Show(release),
            Press::Deploy(release, env.clone()),
            Press::DryRun(release, env.clone()),
            Press::Stop(release, env.clone()),
            Press::StopAndRollBack(release, env.clone()),
            Press::Worked(release, env.clone(), (99_999, 0)),
            Press::Failed(release, env.clone(), (99_999, 0)),
            Press::Again(release, env.clone(), (8, 12)),
            Press::AllGood(release, env.clone(), 499),
            Press::SomethingWrong(release, env.clone(), 0),
            Press::WatchLonger(release, env.clone()),
            Press::RollBack(release, env.clone()),
            Press::Adopt(release, env.clone()),
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
                assert_eq!(
                    Press::decode(&press.encode()),
                    Some(press.clone()),
                    "{press:?}"
                );
            }
        }
    }

    #[test]
    fn the_longest_names_still_fit() {
        for press in every(
            ReleaseId(99_999_999),
            &env(&"p".repeat(64)),
            9_999,
            Phase::Accept,
        ) {
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
        for text in [
            "",
            "yes",
            "yes:",
            "yes:r1",
            "yes:r1:1z:production",
            "good:r1:x:production",
        ] {
            assert_eq!(Press::decode(text), None, "{text}");
        }
        assert_eq!(Press::decode("deploy:r1:../etc"), None);
        assert_eq!(Press::decode("vote:r1:production"), None);
    }
}
