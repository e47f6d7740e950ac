//! The work of an attempt, piece by piece, and what people say of work that was cut off.

use super::{Said, Team, env_id, failed, succeeded};
use crate::attempt::{Choice, FailureMode, Next};
use crate::command::{Report, Wish};
use crate::event::Outcome;

impl Team {
    /// Does all work that is left, and all of it ends well.
    pub(crate) fn works_well(&mut self, env: &str) {
        while self.is_busy(env) {
            if self.is_cut_off(env) {
                self.decides("bo", env, Choice::Worked).unwrap();
                continue;
            }
            self.works(env, succeeded());
        }
    }

    /// Does the next piece of work.
    pub(crate) fn works(&mut self, env: &str, outcome: Outcome) {
        let Some(index) = self.begins_work(env) else {
            return;
        };
        self.ends_work(env, index, outcome).unwrap();
    }

    /// Whether work was cut off and waits for a person.
    pub(crate) fn is_cut_off(&self, env: &str) -> bool {
        let active = self.environment(env).active();
        active.is_some_and(|it| it.cut_off().is_some())
    }

    pub(crate) fn decides(&mut self, by: &str, env: &str, choice: Choice) -> Said {
        let environment = env_id(env);
        self.says(
            by,
            Wish::Decide {
                environment,
                asked: None,
                choice,
            },
        )
    }

    /// Begins the next piece of work; none if that ends the attempt.
    pub(crate) fn begins_work(&mut self, env: &str) -> Option<u32> {
        let next = self.environment(env).active()?.next();
        let (Next::Begin(index, _) | Next::Resume(index, _)) = next else {
            return None;
        };
        let (attempt, fence) = self.owner(env);
        let environment = env_id(env);
        self.world_says(Report::WorkStarted {
            environment,
            attempt,
            fence,
            index,
        })
        .unwrap();
        let active = self.environment(env).active();
        active.filter(|it| it.number == attempt).map(|_| index)
    }

    pub(crate) fn ends_work(&mut self, env: &str, index: u32, outcome: Outcome) -> Said {
        let (attempt, fence) = self.owner(env);
        let environment = env_id(env);
        self.world_says(Report::WorkEnded {
            environment,
            attempt,
            fence,
            index,
            outcome,
        })
    }

    /// Works until the environment is touched, and that fails.
    pub(crate) fn breaks(&mut self, env: &str) {
        self.works(env, succeeded());
        self.works(env, failed(FailureMode::Healthcheck));
    }

    /// The attempt at work and its fence.
    pub(crate) fn owner(&self, env: &str) -> (u32, u64) {
        let attempt = self
            .environment(env)
            .active()
            .expect("something is running");
        (attempt.number, attempt.fence)
    }
}
