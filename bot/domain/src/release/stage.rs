//! How a release's events move it through one environment.

use chrono::{DateTime, Utc};

use super::{Ahead, Plan, Release, Stage, StageAttempt, Starting};
use crate::ask::{AskId, AskState};
use crate::event::ReleaseEvent;
use crate::ids::{EnvName, Person};

impl Release {
    pub(super) fn evolve_stage(&mut self, event: &ReleaseEvent, at: DateTime<Utc>) {
        match event {
            ReleaseEvent::Planned {
                env,
                span,
                summary,
                owner,
                by,
            } => {
                self.at(env).plan = Some(Plan {
                    span: *span,
                    summary: summary.clone(),
                    owner: owner.clone(),
                    by: by.clone(),
                    told: None,
                });
            }
            ReleaseEvent::Announced { env, moment } => {
                if let Some(plan) = &mut self.at(env).plan {
                    plan.told = Some(*moment);
                }
            }
            ReleaseEvent::PreviewWanted { env, by } => self.is_curious(env, by),
            ReleaseEvent::Previewed { env, preview } => {
                let preview = (**preview).clone();
                self.look_ahead(env, Ahead { at, preview });
            }
            ReleaseEvent::StartRequested { env, by, over } => {
                let (by, over) = (by.clone(), over.clone());
                self.wait_for_asks(env, Starting { by, at, over });
            }
            ReleaseEvent::StartRefused { env, waiting } => {
                let stage = self.at(env);
                stage.starting = None;
                stage.refused.clone_from(waiting);
            }
            ReleaseEvent::StageStarted { env, attempt, ask } => {
                self.start_stage(env, *attempt, ask.as_ref(), at);
            }
            ReleaseEvent::StageEnded {
                env,
                attempt,
                result,
            } => {
                let of_it = |it: &&mut StageAttempt| it.number == *attempt;
                if let Some(it) = self.at(env).attempts.iter_mut().rfind(of_it) {
                    it.ended = Some((at, result.clone()));
                }
            }
            ReleaseEvent::StageWatched { env, findings } => {
                self.at(env).watched = Some(*findings);
            }
            ReleaseEvent::StandingRead { .. }
            | ReleaseEvent::Overridden { .. }
            | ReleaseEvent::Opened { .. }
            | ReleaseEvent::ManifestFixed { .. }
            | ReleaseEvent::ImagesUnresolved { .. }
            | ReleaseEvent::PolicyChanged { .. }
            | ReleaseEvent::Ticked { .. }
            | ReleaseEvent::Noted { .. }
            | ReleaseEvent::ChecksRead { .. }
            | ReleaseEvent::BranchRead { .. }
            | ReleaseEvent::AskOpened { .. }
            | ReleaseEvent::Voted { .. }
            | ReleaseEvent::VoteWithdrawn { .. }
            | ReleaseEvent::VoteIgnored { .. }
            | ReleaseEvent::AskVoided { .. }
            | ReleaseEvent::Done
            | ReleaseEvent::Cancelled { .. }
            | ReleaseEvent::Checkpointed { .. } => {}
        }
    }

    fn is_curious(&mut self, env: &EnvName, by: &Person) {
        let curious = &mut self.at(env).curious;
        if !curious.contains(by) {
            curious.push(by.clone());
        }
    }

    fn look_ahead(&mut self, env: &EnvName, ahead: Ahead) {
        let stage = self.at(env);
        stage.ahead = Some(ahead);
        stage.curious.clear();
    }

    fn wait_for_asks(&mut self, env: &EnvName, starting: Starting) {
        let stage = self.at(env);
        stage.starting = Some(starting);
        stage.refused.clear();
    }

    fn start_stage(&mut self, env: &EnvName, attempt: u32, ask: Option<&AskId>, at: DateTime<Utc>) {
        if let Some(ask) = ask.and_then(|it| self.asks.get_mut(it)) {
            ask.state = AskState::Used(attempt);
        }
        let stage = self.at(env);
        stage.starting = None;
        stage.refused.clear();
        stage.watched = None;
        stage.attempts.push(StageAttempt {
            number: attempt,
            at,
            ended: None,
        });
    }

    fn at(&mut self, env: &EnvName) -> &mut Stage {
        self.stages.entry(env.clone()).or_default()
    }
}
