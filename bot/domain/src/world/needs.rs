//! What a decision must see, said purely, before anything is looked up.

use crate::agenda::Agenda;
use crate::command::{Command, Configure, Report, Wish};
use crate::ids::{AppId, FreezeId, IncidentId, ReleaseId, Version, WindowId};
use crate::timer::Timer;

/// What a decision must see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// This release, and the application it is of.
    pub release: Option<ReleaseId>,
    /// This incident, and the application it is about.
    pub incident: Option<IncidentId>,
    /// This application with all its environments, and the releases each of them concerns.
    pub app: Option<AppId>,
    /// Every open release of the application.
    pub open_releases: bool,
    /// The application this one-off window is for.
    pub window: Option<WindowId>,
    /// The application this freeze holds, if it holds only one.
    pub freeze: Option<FreezeId>,
    /// The release of the application with this version, whether open or not.
    pub version: Option<Version>,
}

/// Says, purely, what deciding about a command must see.
pub fn needs(command: &Command) -> Needs {
    match command {
        Command::Wish { wish, .. } => needs_of_wish(wish),
        Command::Report(report) => needs_of_report(report),
        Command::Due(timer) => needs_of_timer(timer),
        Command::Configure(Configure::Adopt(pinned)) => {
            let app = Some(pinned.policy.app.clone());
            Needs {
                app,
                open_releases: true,
                ..Needs::default()
            }
        }
        Command::Configure(Configure::Remove(app)) => Needs {
            app: Some(app.clone()),
            open_releases: true,
            ..Needs::default()
        },
        Command::AcceptLoss { .. } => Needs::default(),
    }
}

fn needs_of_wish(wish: &Wish) -> Needs {
    match wish {
        Wish::New(new) => {
            let (app, version) = (Some(new.app.clone()), Some(new.version.clone()));
            Needs {
                app,
                version,
                ..Needs::default()
            }
        }
        Wish::Plan { release, .. }
        | Wish::DryRun { release, .. }
        | Wish::Check { release, .. }
        | Wish::Note { release, .. }
        | Wish::Cancel { release, .. } => of_release(*release),
        Wish::Deploy { release, .. } => with_open_releases(of_release(*release)),
        Wish::Vote { ask, .. } | Wish::Withdraw { ask, .. } => of_release(ask.release),
        Wish::Answer { environment, .. }
        | Wish::Extend { environment, .. }
        | Wish::EndWatch { environment } => of_app(&environment.app),
        Wish::Rollback { environment, .. }
        | Wish::Stop { environment, .. }
        | Wish::Decide { environment, .. }
        | Wish::AddWindow { environment, .. }
        | Wish::Adopt { environment, .. }
        | Wish::Unlock { environment, .. } => with_open_releases(of_app(&environment.app)),
        Wish::Freeze { app, .. } => with_open_releases(Needs {
            app: app.clone(),
            ..Needs::default()
        }),
        Wish::CancelWindow { window, .. } => with_open_releases(Needs {
            window: Some(*window),
            ..Needs::default()
        }),
        Wish::Unfreeze { freeze } => with_open_releases(Needs {
            freeze: Some(*freeze),
            ..Needs::default()
        }),
        Wish::OpenIncident {
            environment, app, ..
        } => {
            let of_env = environment.as_ref().map(|it| it.app.clone());
            Needs {
                app: of_env.or_else(|| app.clone()),
                ..Needs::default()
            }
        }
        Wish::Acknowledge { incident }
        | Wish::Escalate { incident }
        | Wish::Update { incident, .. }
        | Wish::Resolve { incident, .. } => of_incident(*incident),
    }
}

fn needs_of_report(report: &Report) -> Needs {
    match report {
        Report::ImagesPinned { release, .. }
        | Report::ImagesUnresolved { release, .. }
        | Report::BuildFailed { release, .. }
        | Report::CheckpointSigned { release, .. }
        | Report::LookedAhead { release, .. }
        | Report::ChecksRead { release, .. }
        | Report::StandingRead {
            release, env: None, ..
        } => of_release(*release),
        Report::StandingRead {
            release,
            env: Some(_),
            ..
        } => with_open_releases(of_release(*release)),
        Report::FenceTaken { environment, .. }
        | Report::WorkHeld { environment, .. }
        | Report::Compared { environment, .. }
        | Report::TickChecked { environment, .. } => of_app(&environment.app),
        Report::WorkStarted { environment, .. } | Report::WorkEnded { environment, .. } => {
            with_open_releases(of_app(&environment.app))
        }
        Report::ClockJumped { .. } | Report::DuplicatesFound { .. } => Needs::default(),
    }
}

fn needs_of_timer(timer: &Timer) -> Needs {
    match timer {
        Timer::Plan { release, .. }
        | Timer::StartDeadline { release, .. }
        | Timer::Remind { release, .. } => of_release(*release),
        Timer::Tick { environment, .. } | Timer::Unanswered { environment, .. } => {
            of_app(&environment.app)
        }
        Timer::Escalate { incident, .. } => of_incident(*incident),
    }
}

fn of_release(release: ReleaseId) -> Needs {
    Needs {
        release: Some(release),
        ..Needs::default()
    }
}

fn of_incident(incident: IncidentId) -> Needs {
    Needs {
        incident: Some(incident),
        ..Needs::default()
    }
}

fn of_app(app: &AppId) -> Needs {
    Needs {
        app: Some(app.clone()),
        ..Needs::default()
    }
}

/// What opens or closes a gate shows on the cards of all that wait for it.
fn with_open_releases(needs: Needs) -> Needs {
    Needs {
        open_releases: true,
        ..needs
    }
}

impl Needs {
    /// The application that what people set by hand leads to.
    pub fn app_in(&self, agenda: &Agenda) -> Option<AppId> {
        let window = self.window.and_then(|it| agenda.windows.get(&it));
        let freeze = self.freeze.and_then(|it| agenda.freezes.get(&it));
        let of_window = window.map(|it| it.environment.app.clone());
        of_window.or_else(|| freeze?.app.clone())
    }
}
