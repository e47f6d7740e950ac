//! Mistakes a bot could make, each a wrapper round one port: the judges must catch them all.
//!
//! A mistake that is never caught means that a scenario is missing, or that
//! something else guards against it too: decide which.

mod chat;
mod decide;
mod hands;
mod sign;
mod store;

use std::sync::{Arc, Mutex};

use shipbell::engine::ports::Ports;

use super::executor::{Executor, Owner};
use super::oracle::{Invariant, Violation};

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutant {
    /// Whoever asked for a release consents to it.
    RequesterCounts,
    /// Consent to something else counts.
    QuorumUnbound,
    /// A veto is overlooked.
    VetoIgnored,
    /// Windows are overlooked.
    WindowIgnored,
    /// Freezes are overlooked.
    FreezeIgnored,
    /// The lock after a failure is overlooked.
    LockOverlooked,
    /// Production does not wait for staging.
    StagingSkipped,
    /// Everybody may set gates aside.
    AnybodyOverrides,
    /// A second attempt begins beside the first.
    TwoAttempts,
    /// The way back leads to what just failed.
    RollbackUnproven,
    /// People are called although somebody is on it.
    EscalationGoesOn,
    /// Wake-ups are forgotten.
    TimersLost,
    /// A repeated delivery is done again.
    DedupeOff,
    /// What people say is acknowledged before it is recorded.
    AckBeforeCommit,
    /// Things are said without a claim.
    ClaimSkipped,
    /// What is owed is forgotten when it is claimed.
    MarkedBeforeSent,
    /// Where a message is, is forgotten once it is posted.
    MessageForgotten,
    /// What stands on asks is told from memory.
    StandingRemembered,
    /// A program's emoji counts as a person's.
    ProgramCounts,
    /// Guests count like members.
    GuestCounts,
    /// What is said again is said under a new name.
    KeyRenewed,
    /// After an unclear answer nobody looks whether it was said.
    LookUpSkipped,
    /// Nobody waits until a late request has landed.
    SettleSkipped,
    /// A one-off command is started again under another name.
    CommandRepeated,
    /// A once command that had begun and cannot be found is made again.
    OnceForgotten,
    /// Nobody waits for what a dead bot left at work.
    LockSkipped,
    /// What is shown twice stays.
    CopiesLeft,
    /// Whatever the clock shows is believed.
    ClockBelieved,
    /// Where the log stood once is signed again and again.
    SignedFromMemory,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::RequesterCounts,
        Self::QuorumUnbound,
        Self::VetoIgnored,
        Self::WindowIgnored,
        Self::FreezeIgnored,
        Self::LockOverlooked,
        Self::StagingSkipped,
        Self::AnybodyOverrides,
        Self::TwoAttempts,
        Self::RollbackUnproven,
        Self::EscalationGoesOn,
        Self::TimersLost,
        Self::DedupeOff,
        Self::AckBeforeCommit,
        Self::ClaimSkipped,
        Self::MarkedBeforeSent,
        Self::MessageForgotten,
        Self::StandingRemembered,
        Self::ProgramCounts,
        Self::GuestCounts,
        Self::KeyRenewed,
        Self::LookUpSkipped,
        Self::SettleSkipped,
        Self::CommandRepeated,
        Self::OnceForgotten,
        Self::LockSkipped,
        Self::CopiesLeft,
        Self::ClockBelieved,
        Self::SignedFromMemory,
    ];

    /// The one of that name, as `Debug` writes it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| format!("{it:?}") == name)
    }

    /// What this mistake breaks: a judge must find one of these, not just anything.
    pub fn breaks(self) -> &'static [Invariant] {
        use Invariant as It;
        match self {
            // Whoever counts too much is recorded too much first.
            Self::RequesterCounts
            | Self::QuorumUnbound
            | Self::ProgramCounts
            | Self::GuestCounts => &[It::QuorumStood, It::NoSignoffLost],
            Self::StandingRemembered => &[It::QuorumStood, It::VetoHeeded, It::NoSignoffLost],
            Self::VetoIgnored => &[It::VetoHeeded],
            Self::WindowIgnored | Self::FreezeIgnored => &[It::InTime],
            Self::LockOverlooked => &[It::LockHeeded],
            Self::StagingSkipped => &[It::StagingFirst, It::QuorumStood],
            Self::AnybodyOverrides => &[It::OverrideAllowed],
            // The store refuses to record a second attempt and stops everything.
            Self::TwoAttempts => &[It::OneRun, It::NothingStuck],
            Self::RollbackUnproven => &[It::RollbackProven],
            Self::EscalationGoesOn => &[It::EscalationStops],
            Self::TimersLost => &[It::LooksEnd],
            Self::DedupeOff | Self::AckBeforeCommit => &[It::OneEffect],
            Self::ClaimSkipped | Self::KeyRenewed => &[It::SaidAfterClaim],
            Self::MarkedBeforeSent
            | Self::MessageForgotten
            | Self::LookUpSkipped
            | Self::SettleSkipped
            | Self::CopiesLeft => &[It::SaidOnce],
            Self::CommandRepeated | Self::OnceForgotten => &[It::OnceMeansOnce],
            Self::LockSkipped => &[It::OneRun, It::RunHasAttempt],
            Self::ClockBelieved => &[It::LooksEnd, It::InTime, It::LogWhole],
            Self::SignedFromMemory => &[It::Signed],
        }
    }

    /// Whether one of these is what this mistake breaks.
    pub fn is_caught(self, violations: &[Violation]) -> bool {
        let broken = |it: &Violation| self.breaks().contains(&it.invariant);
        violations.iter().any(broken)
    }

    /// Ports through which the bot makes this mistake.
    pub fn infect(self, ports: Ports, executor: &Executor, owner: Owner) -> Ports {
        match self {
            Self::RequesterCounts
            | Self::QuorumUnbound
            | Self::WindowIgnored
            | Self::FreezeIgnored
            | Self::LockOverlooked
            | Self::StagingSkipped
            | Self::AnybodyOverrides
            | Self::TwoAttempts
            | Self::RollbackUnproven
            | Self::EscalationGoesOn
            | Self::TimersLost => Ports {
                decide: decide::wrong(self, ports.decide),
                ..ports
            },
            Self::DedupeOff
            | Self::AckBeforeCommit
            | Self::ClaimSkipped
            | Self::MarkedBeforeSent
            | Self::MessageForgotten => {
                let (inner, executor) = (ports.store, executor.clone());
                let store = Arc::new(store::Wrong {
                    mutant: self,
                    inner,
                    executor,
                    owner,
                });
                Ports { store, ..ports }
            }
            Self::VetoIgnored
            | Self::StandingRemembered
            | Self::ProgramCounts
            | Self::GuestCounts
            | Self::KeyRenewed
            | Self::LookUpSkipped
            | Self::SettleSkipped
            | Self::CopiesLeft => Ports {
                chats: chat::wrong(self, ports.chats),
                ..ports
            },
            Self::CommandRepeated | Self::OnceForgotten => {
                let containers = Arc::new(hands::Repeating {
                    inner: ports.containers,
                    executor: executor.clone(),
                    renames: self == Self::CommandRepeated,
                });
                Ports {
                    containers,
                    ..ports
                }
            }
            Self::LockSkipped => Ports {
                locks: Arc::new(hands::NoLocks),
                ..ports
            },
            Self::ClockBelieved => Ports {
                clock: Arc::new(hands::Gullible(ports.clock)),
                ..ports
            },
            Self::SignedFromMemory => {
                let (inner, first) = (ports.notary, Mutex::default());
                Ports {
                    notary: Arc::new(sign::Remembering { inner, first }),
                    ..ports
                }
            }
        }
    }
}
