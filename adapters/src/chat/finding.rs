//! How the things a platform depends on stand, for those who set it up.

/// How one thing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How it stands.
    pub state: State,
}

/// How a thing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// As it must be.
    Good(String),
    /// Perhaps not as it was meant.
    Doubtful(String),
    /// Not as it must be.
    Bad {
        /// What is wrong.
        what: String,
        /// What to do.
        fix: String,
    },
}

pub(super) fn good(subject: &str, what: String) -> Finding {
    Finding {
        subject: subject.to_owned(),
        state: State::Good(what),
    }
}

pub(super) fn bad(subject: &str, what: String, fix: &str) -> Finding {
    Finding {
        subject: subject.to_owned(),
        state: State::Bad {
            what,
            fix: fix.to_owned(),
        },
    }
}
