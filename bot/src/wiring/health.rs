//! Whether the platforms people talk on, and the places commits live in, are set up as
//! they must be.

#[cfg(any(feature = "discord", feature = "slack"))]
use shipbell_adapters::chat::finding;

use crate::config::Config;
use crate::failure::Failure;

/// How one thing stands.
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How it stands.
    pub state: State,
}

/// How a thing stands.
pub enum State {
    /// As it must be.
    Good(String),
    /// Perhaps not as it was meant.
    Doubtful(String),
    /// Not as it must be, and what to do.
    Bad {
        /// What is wrong.
        what: String,
        /// What to do.
        fix: String,
    },
}

/// Asks every platform and repository that is configured, and changes nothing.
pub async fn examine(config: &Config) -> Result<Vec<Finding>, Failure> {
    let mut findings = super::slack::examine(config).await?;
    findings.extend(super::discord::examine(config).await?);
    findings.extend(super::commits::examine(config).await?);
    Ok(findings)
}

/// What a platform's adapter found, with the platform named.
#[cfg(any(feature = "discord", feature = "slack"))]
pub(super) fn told(platform: &str, found: Vec<finding::Finding>) -> Vec<Finding> {
    let told = found.into_iter().map(|it| Finding {
        subject: format!("{platform} {}", it.subject),
        state: match it.state {
            finding::State::Good(what) => State::Good(what),
            finding::State::Doubtful(what) => State::Doubtful(what),
            finding::State::Bad { what, fix } => State::Bad { what, fix },
        },
    });
    told.collect()
}
