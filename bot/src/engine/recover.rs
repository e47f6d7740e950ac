//! At start: the policies of the configuration come into force, and attempts
//! that were at work are taken over under a new fence.

use std::sync::Arc;
use std::time::Duration;

use shipbell_domain::command::{Configure, Report};
use shipbell_domain::history::Loss;
use shipbell_domain::ids::{AppId, EnvId, Person};
use shipbell_domain::{Command, Fold, Refusal, Reply, StreamId};
use shipbell_storage::{Settles, StoreError, Verdict};

use super::hub::Hub;
use super::{Setup, retry};

pub(super) async fn take_over(hub: &Arc<Hub>) {
    adopt(hub).await;
    for (environment, attempt) in at_work(hub).await {
        take(hub, environment, attempt).await;
    }
}

/// The same for one environment; those that are left out go on to whoever starts next.
pub(super) async fn take_over_one(hub: &Hub, environment: &EnvId) {
    adopt(hub).await;
    let mut all = at_work(hub).await.into_iter();
    if let Some((_, attempt)) = all.find(|(at, _)| at == environment) {
        take(hub, environment.clone(), attempt).await;
    }
}

async fn take(hub: &Hub, environment: EnvId, attempt: u32) {
    tracing::info!(%environment, attempt, "taking over an attempt that was at work");
    let report = Command::Report(Report::FenceTaken {
        environment,
        attempt,
    });
    retry::report(hub, "recovery", report, Settles::Nothing).await;
}

/// The attempts that are at work: asked for until the database answers, because one
/// that is left out would go on under the fence of a bot that may not be dead.
async fn at_work(hub: &Hub) -> Vec<(EnvId, u32)> {
    loop {
        match read_at_work(hub).await {
            Ok(found) => return found,
            Err(error) => {
                tracing::warn!(%error, "cannot read what was at work; trying again");
                hub.pause(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn read_at_work(hub: &Hub) -> Result<Vec<(EnvId, u32)>, StoreError> {
    let mut found = Vec::new();
    for environment in hub.ports.store.active().await? {
        let stream = StreamId::Environment(environment.clone());
        if let Some(Fold::Environment(fold)) = hub.ports.store.fold(&stream).await?
            && let Some(attempt) = fold.active()
        {
            found.push((environment, attempt.number));
        }
    }
    Ok(found)
}

/// Records the policies in force. The same ones change nothing, so that nobody has to
/// look at every open release for what they would change.
async fn adopt(hub: &Hub) {
    for pinned in &hub.setup().policies {
        let stream = StreamId::Application(pinned.policy.app.clone());
        let fold = hub.ports.store.fold(&stream).await;
        if let Ok(Some(Fold::Application(it))) = fold
            && it.pinned.as_ref() == Some(pinned)
        {
            continue;
        }
        let adopt = Command::Configure(Configure::Adopt(Box::new(pinned.clone())));
        retry::report(hub, "configuration", adopt, Settles::Nothing).await;
    }
}

/// What a new configuration changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// How many asks must be answered again.
    pub asks_voided: u32,
}

impl Hub {
    /// Notes that a part of the log is gone and lets everything go on without it.
    ///
    /// # Errors
    ///
    /// Nothing is held back, or nothing could be recorded; the words say which.
    pub async fn accept_loss(&self, actor: &str, by: Option<Person>) -> Result<Loss, String> {
        let Some(loss) = self.held() else {
            return Err("nothing is held back: the running bot misses nothing".to_owned());
        };
        let accept = Command::AcceptLoss {
            loss: Box::new(loss.clone()),
            by,
        };
        match retry::report(self, actor, accept, Settles::Nothing).await {
            Some(Verdict::Recorded { .. }) => Ok(loss),
            Some(Verdict::Refused(refusal)) => Err(refusal.to_string()),
            Some(Verdict::Repeated) | None => Err("nothing was recorded; try again".to_owned()),
        }
    }

    /// Puts a new configuration in force, or leaves the old one.
    ///
    /// # Errors
    ///
    /// An application that is configured no longer has open releases.
    pub async fn reload(&self, setup: Setup) -> Result<Reloaded, String> {
        let keeps = |app: &AppId| setup.policies.iter().any(|it| it.policy.app == *app);
        let gone: Vec<AppId> = (self.setup().policies.iter())
            .map(|it| it.policy.app.clone())
            .filter(|app| !keeps(app))
            .collect();
        for app in gone {
            let remove = Command::Configure(Configure::Remove(app));
            match retry::report(self, "reload", remove, Settles::Nothing).await {
                Some(Verdict::Refused(refusal @ Refusal::OpenReleases { .. })) => {
                    return Err(refusal.to_string());
                }
                Some(Verdict::Recorded { .. } | Verdict::Refused(_) | Verdict::Repeated) => {}
                None => return Err("nothing is recorded any more".to_owned()),
            }
        }
        let policies = setup.policies.clone();
        self.replace_setup(setup);
        let mut reloaded = Reloaded::default();
        for pinned in policies {
            let adopt = Command::Configure(Configure::Adopt(Box::new(pinned)));
            let verdict = retry::report(self, "reload", adopt, Settles::Nothing).await;
            if let Some(Verdict::Recorded {
                reply: Reply::PolicyAdopted { asks_voided },
                ..
            }) = verdict
            {
                reloaded.asks_voided += asks_voided;
            }
        }
        Ok(reloaded)
    }
}
