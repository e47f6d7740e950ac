//! An application as its events made it.

use serde::{Deserialize, Serialize};

use crate::event::ApplicationEvent;
use crate::policy::Pinned;

/// What is known of one application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The policy in force; none once it was removed.
    pub pinned: Option<Pinned>,
}

impl Application {
    /// Folds one event in.
    pub fn evolve(&mut self, event: &ApplicationEvent) {
        match event {
            ApplicationEvent::PolicyAdopted { pinned } => self.pinned = Some((**pinned).clone()),
            ApplicationEvent::Removed => self.pinned = None,
        }
    }
}
