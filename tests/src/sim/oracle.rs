//! Who judges: every invariant, by what the world saw and what the log says.
//!
//! Nothing here asks the bot. To add an invariant, put it into the file of its
//! family and name it in [`Invariant`].

mod consent;
mod facts;
mod log;
mod rest;
mod runs;
mod signed;
mod time;
mod words;

use std::fmt;

use shipbell_domain::ids::{EnvId, ReleaseId};

pub use facts::{Facts, Start};

/// What must hold in every world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Enough of the right people stood on the ask for exactly this, read within ten seconds.
    QuorumStood,
    /// A veto that stood was heeded.
    VetoHeeded,
    /// Gates are set aside only by those who may.
    OverrideAllowed,
    /// What started was asked under the policy in force.
    PolicyInForce,
    /// Never two runs in one environment.
    OneRun,
    /// Everything a host did belongs to an attempt that was at work.
    RunHasAttempt,
    /// Consent is used once.
    ConsentUsedOnce,
    /// Never outside the windows or in a freeze.
    InTime,
    /// What is locked is not deployed to.
    LockHeeded,
    /// Production gets what staging proved.
    StagingFirst,
    /// The way back leads to what was proven there.
    RollbackProven,
    /// What must run once ran once.
    OnceMeansOnce,
    /// Everything said was claimed before.
    SaidAfterClaim,
    /// Everything owed is said exactly once.
    SaidOnce,
    /// Every look has an end, and not before its time.
    LooksEnd,
    /// An escalation calls each level once and stops when somebody is on it.
    EscalationStops,
    /// What stands on open asks is what is recorded.
    NoSignoffLost,
    /// A command has at most one effect, and one if it was acknowledged.
    OneEffect,
    /// The log has no gaps and never goes back.
    LogWhole,
    /// The tables are what the log adds up to.
    FoldsTrue,
    /// A release that ended is signed for once, truly, and every platform shows it.
    Signed,
    /// In the end nothing stays owed and nothing is stuck.
    NothingStuck,
    /// The bot does not panic and time goes on.
    Alive,
}

/// Something that must not be.
#[derive(Clone, Debug)]
pub struct Violation {
    /// What did not hold.
    pub invariant: Invariant,
    /// How.
    pub what: String,
    /// The release it is about, for the story.
    pub release: Option<ReleaseId>,
    /// The environment it is about.
    pub environment: Option<EnvId>,
}

/// Everything that did not hold.
pub fn judge(facts: &Facts) -> Vec<Violation> {
    let mut found = Findings::default();
    consent::judge(facts, &mut found);
    runs::judge(facts, &mut found);
    time::judge(facts, &mut found);
    words::judge(facts, &mut found);
    log::judge(facts, &mut found);
    signed::judge(facts, &mut found);
    rest::judge(facts, &mut found);
    found.0
}

/// What the judges found so far.
#[derive(Default)]
pub(crate) struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, invariant: Invariant, what: impl Into<String>) -> &mut Violation {
        let (release, environment) = (None, None);
        self.0.push(Violation {
            invariant,
            what: what.into(),
            release,
            environment,
        });
        self.0.last_mut().expect("it was just added")
    }

    fn at(&mut self, start: &Start<'_>, invariant: Invariant, what: impl Into<String>) {
        let found = self.add(invariant, what);
        found.release = Some(start.release);
        found.environment = Some(start.environment.clone());
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.invariant, self.what)?;
        match self.release {
            Some(release) => write!(f, " ({release})"),
            None => Ok(()),
        }
    }
}
