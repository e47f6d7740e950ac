//! Why the store did not do it, by what the caller can do about it.

/// A failure of the store itself, never a refusal of the domain.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing was recorded; the same call may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// It may have been recorded, and nobody was told: ask again with the same input.
    #[error("the database did not answer: {0}")]
    Unknown(String),
    /// What is stored contradicts itself: stop all effects.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// It cannot be opened as it is, and this is what to do.
    #[error("{what}. {hint}")]
    Unusable {
        /// What is wrong.
        what: String,
        /// What to do.
        hint: String,
    },
}

impl StoreError {
    /// A later opening of the same store has taken over.
    pub(crate) fn replaced() -> Self {
        Self::Unusable {
            what: "another process has taken this database over".to_owned(),
            hint: "Stop one of the two: only one Shipbell may run on a database".to_owned(),
        }
    }
}
