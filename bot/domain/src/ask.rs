//! One question to the people who must consent, and what they answered.
//!
//! What counts is what stands, not what was ever clicked: a vote is kept per
//! person and source, and taking it back removes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{EnvName, Hash, Person, ReleaseId, Role, Surface};
use crate::quorum::Quorum;
use crate::settings::Settings;

/// Names one ask: change the manifest and it is another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AskId {
    /// The release.
    pub release: ReleaseId,
    /// The environment.
    pub env: EnvName,
    /// What for.
    pub phase: Phase,
    /// Exactly what is consented to.
    pub manifest: Hash,
    /// A failed attempt uses consent up; the next ask is another round.
    pub round: u32,
}

/// What consent is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// To deploy.
    Signoff,
    /// To call what was deployed and verified good.
    Accept,
}

/// Where a vote was given. A person may vote in several places and counts once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "on")]
pub enum Source {
    /// By an emoji on the ask as this platform shows it: read again before it counts.
    Reaction(Surface),
    /// By a button or a command: stands until it is taken back.
    Word,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "says")]
pub enum Vote {
    /// Consents.
    Yes,
    /// Vetoes.
    No {
        /// Why, once it has been given.
        reason: Option<String>,
    },
}

/// What stood on an ask on one platform when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The ask.
    pub ask: AskId,
    /// The platform.
    pub surface: Surface,
    /// Who consented there by emoji.
    pub yes: BTreeSet<Person>,
    /// Who vetoed there by emoji.
    pub no: BTreeSet<Person>,
}

/// An ask and everything that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Its name.
    pub id: AskId,
    /// Who must answer.
    pub quorum: Quorum,
    /// When it was asked.
    pub opened_at: DateTime<Utc>,
    /// What stands.
    pub votes: BTreeMap<Person, Vec<Ballot>>,
    /// People who answered without being asked, and why it does not count.
    pub ignored: BTreeMap<Person, String>,
    /// When an answer was last taken back, by person and place.
    #[serde(default)]
    pub withdrawn: BTreeMap<Person, Vec<(Source, DateTime<Utc>)>>,
    /// Who took consent back after an attempt had started on it, and when.
    #[serde(default)]
    pub late: BTreeMap<Person, DateTime<Utc>>,
    /// Whether it still counts.
    pub state: AskState,
}

/// One standing answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    /// Where it was given.
    pub source: Source,
    /// What it says.
    pub vote: Vote,
    /// Since when it stands.
    pub since: DateTime<Utc>,
}

/// Whether an ask still counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskState {
    /// It does.
    Open,
    /// An attempt was started on it; it cannot start another.
    Used(u32),
    /// It does not, and this is why.
    Void(String),
}

impl Ask {
    pub(crate) fn new(id: AskId, quorum: Quorum, opened_at: DateTime<Utc>) -> Self {
        Self {
            id,
            quorum,
            opened_at,
            votes: BTreeMap::new(),
            ignored: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            late: BTreeMap::new(),
            state: AskState::Open,
        }
    }

    /// Whether it still takes answers that can matter.
    pub fn is_open(&self) -> bool {
        self.state == AskState::Open
    }

    /// Who consents, each with the roles that were asked.
    ///
    /// The requester never counts, a veto outweighs the same person's consent,
    /// and roles are looked up now: who lost one counts no longer.
    pub fn consenting(
        &self,
        requester: &Person,
        settings: &Settings,
    ) -> BTreeMap<Person, BTreeSet<Role>> {
        let stands = |(person, ballots): (&Person, &Vec<Ballot>)| {
            let yes = ballots.iter().any(|it| it.vote == Vote::Yes);
            let no = ballots.iter().any(|it| it.vote != Vote::Yes);
            let roles = self.roles_asked(person, requester, settings);
            (yes && !no && !roles.is_empty()).then(|| (person.clone(), roles))
        };
        self.votes.iter().filter_map(stands).collect()
    }

    /// Who vetoes, each with the reason if they gave one.
    pub fn vetoing(
        &self,
        requester: &Person,
        settings: &Settings,
    ) -> BTreeMap<Person, Option<String>> {
        let stands = |(person, ballots): (&Person, &Vec<Ballot>)| {
            let mut reasons = ballots.iter().filter_map(|it| match &it.vote {
                Vote::Yes => None,
                Vote::No { reason } => Some(reason.clone()),
            });
            let first = reasons.next()?;
            let reason = reasons.flatten().next_back().or(first);
            let asked = !self.roles_asked(person, requester, settings).is_empty();
            asked.then(|| (person.clone(), reason))
        };
        self.votes.iter().filter_map(stands).collect()
    }

    /// Who still has to consent.
    pub fn missing(&self, requester: &Person, settings: &Settings) -> BTreeMap<Role, u32> {
        self.quorum.missing(&self.consenting(requester, settings))
    }

    /// The roles of this person that the ask is to; none if their answer cannot count.
    pub fn roles_asked(
        &self,
        person: &Person,
        requester: &Person,
        settings: &Settings,
    ) -> BTreeSet<Role> {
        if person == requester {
            return BTreeSet::new();
        }
        let mut roles = settings.roles_of(person);
        roles.retain(|role| self.quorum.0.get(role).is_some_and(|count| *count > 0));
        roles
    }

    /// What this person's answer is in one place.
    pub fn ballot(&self, person: &Person, source: &Source) -> Option<&Ballot> {
        self.votes
            .get(person)?
            .iter()
            .find(|it| it.source == *source)
    }

    /// When this person's answer in one place last changed.
    pub(crate) fn changed(&self, person: &Person, source: &Source) -> Option<DateTime<Utc>> {
        let given = self.ballot(person, source).map(|it| it.since);
        let places = self.withdrawn.get(person).into_iter().flatten();
        let taken = places.filter(|(of, _)| of == source).map(|(_, at)| *at);
        given.into_iter().chain(taken).max()
    }

    pub(crate) fn record_vote(
        &mut self,
        by: &Person,
        source: &Source,
        vote: &Vote,
        at: DateTime<Utc>,
    ) {
        let ballots = self.votes.entry(by.clone()).or_default();
        ballots.retain(|it| it.source != *source);
        ballots.push(Ballot {
            source: source.clone(),
            vote: vote.clone(),
            since: at,
        });
        self.ignored.remove(by);
    }

    /// What an attempt was started on stays on record, with a mark that it was taken back.
    pub(crate) fn withdraw_vote(&mut self, by: &Person, source: &Source, at: DateTime<Utc>) {
        if let AskState::Used(_) = self.state {
            self.late.insert(by.clone(), at);
            return;
        }
        if let Some(ballots) = self.votes.get_mut(by) {
            ballots.retain(|it| it.source != *source);
            if ballots.is_empty() {
                self.votes.remove(by);
            }
        }
        let places = self.withdrawn.entry(by.clone()).or_default();
        places.retain(|(of, _)| of != source);
        places.push((source.clone(), at));
    }
}

impl Phase {
    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Signoff => "sign off",
            Self::Accept => "accept",
        }
    }

    /// The word in keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Signoff => "signoff",
            Self::Accept => "accept",
        }
    }
}

impl fmt::Display for AskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            release,
            env,
            phase,
            manifest,
            round,
        } = self;
        write!(
            f,
            "{release}/{env}/{}/{}/{round}",
            phase.slug(),
            manifest.short()
        )
    }
}
