//! Why the program stopped, for people and for scripts.

use std::error::Error;
use std::fmt::Write as _;

/// A failure of a subcommand.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    what: String,
    hint: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What went wrong, for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something a person can mend.
    User,
    /// The command line or the configuration.
    Usage,
    /// What was checked is not what it should be.
    Wrong,
    /// What was to be checked is not all there.
    Incomplete,
    /// The program itself.
    Internal,
}

impl Failure {
    /// Something a person can mend.
    pub fn user(what: impl Into<String>) -> Self {
        Self {
            kind: Kind::User,
            what: what.into(),
            hint: None,
            cause: None,
        }
    }

    /// A mistake in the command line or the configuration.
    pub fn usage(what: impl Into<String>) -> Self {
        Self {
            kind: Kind::Usage,
            what: what.into(),
            hint: None,
            cause: None,
        }
    }

    /// A check that found something wrong.
    pub fn wrong(what: impl Into<String>) -> Self {
        Self {
            kind: Kind::Wrong,
            ..Self::user(what)
        }
    }

    /// A check that lacked something to judge.
    pub fn incomplete(what: impl Into<String>) -> Self {
        Self {
            kind: Kind::Incomplete,
            ..Self::user(what)
        }
    }

    /// Something that should not happen.
    pub fn internal(what: impl Into<String>) -> Self {
        Self {
            kind: Kind::Internal,
            what: what.into(),
            hint: None,
            cause: None,
        }
    }

    /// The same, with what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with what it came from.
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same, of a command that checks: whatever kept it from checking is told
    /// apart from what a check found.
    pub fn unchecked(mut self) -> Self {
        self.kind = match self.kind {
            Kind::Usage | Kind::Internal | Kind::User => Kind::User,
            kind @ (Kind::Wrong | Kind::Incomplete) => kind,
        };
        self
    }

    /// The exit code: 1 for people, 2 for usage and for what a check found wrong,
    /// 3 for what is not all there, 70 for the program.
    pub fn code(&self) -> u8 {
        match self.kind {
            Kind::User => 1,
            Kind::Usage | Kind::Wrong => 2,
            Kind::Incomplete => 3,
            Kind::Internal => 70,
        }
    }

    /// Message, causes one by one, and the hint.
    pub fn report(&self) -> String {
        let mut report = format!("error: {}", self.what);
        let mut cause: Option<&dyn Error> = self.cause.as_deref().map(|it| it as &dyn Error);
        while let Some(error) = cause {
            write!(report, "\n  because: {error}").expect("writing to a string cannot fail");
            cause = error.source();
        }
        if let Some(hint) = &self.hint {
            write!(report, "\n  hint: {hint}").expect("writing to a string cannot fail");
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_why_and_what_to_do() {
        let failure = Failure::user("the port is taken")
            .because(std::io::Error::other("address in use"))
            .hint("stop the other program");
        assert_eq!(
            failure.report(),
            "error: the port is taken\n  because: address in use\n  hint: stop the other program"
        );
        assert_eq!(failure.code(), 1);
    }
}
