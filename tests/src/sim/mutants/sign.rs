//! Mistakes in signing where the log stands.

use std::sync::{Arc, Mutex};

use shipbell::engine::ports::Notary;
use shipbell_domain::history::{Checkpoint, LogEnd};

use crate::sim::locked;

/// Signs again what it signed first.
pub(super) struct Remembering {
    pub(super) inner: Arc<dyn Notary>,
    pub(super) first: Mutex<Option<LogEnd>>,
}

impl Notary for Remembering {
    fn sign(&self, end: &LogEnd) -> Checkpoint {
        let mut first = locked(&self.first);
        self.inner.sign(first.get_or_insert_with(|| end.clone()))
    }
}
