//! One-off windows and freezes that people set by hand.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{Freeze, Span};
use crate::event::AgendaEvent;
use crate::ids::{AppId, EnvId, FreezeId, Person, WindowId};

/// What people have set by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    /// One-off windows.
    pub windows: BTreeMap<WindowId, OneOff>,
    /// Freezes.
    pub freezes: BTreeMap<FreezeId, Hold>,
    /// How many windows there ever were.
    pub windows_so_far: u32,
    /// How many freezes there ever were.
    pub freezes_so_far: u32,
}

/// A window for one occasion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneOff {
    /// Where.
    pub environment: EnvId,
    /// When.
    pub span: Span,
    /// Who added it.
    pub by: Person,
}

/// A freeze set by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Where; everywhere if not said.
    pub app: Option<AppId>,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; until somebody lifts it if not said.
    pub to: Option<DateTime<Utc>>,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub by: Person,
}

impl Agenda {
    /// Folds one event in.
    pub fn evolve(&mut self, event: &AgendaEvent, at: DateTime<Utc>) {
        self.forget_the_past(at);
        match event {
            AgendaEvent::WindowAdded {
                window,
                environment,
                span,
                by,
            } => {
                self.windows_so_far = self.windows_so_far.max(window.0);
                let (environment, span, by) = (environment.clone(), *span, by.clone());
                self.windows.insert(
                    *window,
                    OneOff {
                        environment,
                        span,
                        by,
                    },
                );
            }
            AgendaEvent::WindowCancelled { window, .. } => {
                self.windows.remove(window);
            }
            AgendaEvent::Frozen {
                freeze,
                app,
                from,
                to,
                reason,
                by,
            } => {
                self.freezes_so_far = self.freezes_so_far.max(freeze.0);
                let hold = Hold {
                    app: app.clone(),
                    from: *from,
                    to: *to,
                    reason: reason.clone(),
                    by: by.clone(),
                };
                self.freezes.insert(*freeze, hold);
            }
            AgendaEvent::Unfrozen { freeze, .. } => {
                self.freezes.remove(freeze);
            }
            // These are in the log for those who read that; nothing follows from them.
            AgendaEvent::LossAccepted { .. }
            | AgendaEvent::ClockJumped { .. }
            | AgendaEvent::DuplicatesFound { .. } => {}
        }
    }

    /// The one-off windows of an environment.
    pub fn windows_of(&self, environment: &EnvId) -> Vec<Span> {
        let of_it = |it: &&OneOff| it.environment == *environment;
        self.windows
            .values()
            .filter(of_it)
            .map(|it| it.span)
            .collect()
    }

    /// The freezes that hold an application.
    pub fn freezes_of(&self, app: &AppId) -> Vec<Freeze> {
        let of_it = |it: &&Hold| it.app.as_ref().is_none_or(|frozen| frozen == app);
        let plain = |it: &Hold| Freeze {
            from: it.from,
            to: it.to,
            reason: it.reason.clone(),
            by: it.by.to_string(),
        };
        self.freezes.values().filter(of_it).map(plain).collect()
    }

    fn forget_the_past(&mut self, now: DateTime<Utc>) {
        self.windows.retain(|_, it| it.span.to() > now);
        self.freezes.retain(|_, it| it.to.is_none_or(|to| to > now));
    }
}
