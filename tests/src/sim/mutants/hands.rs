//! Mistakes in handling containers, locks and the clock.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell::engine::ports::{Clock, Held, Locks};
use shipbell_adapters::containers::{
    Build, Change, Container, ContainerError, Containers, Exec, Exit, Found, Labels, LogQuery,
    OneOff, Output, Phase, Pinned, Plan, Preflight, Project, Ran, Replaced, Running, Sealing,
    Session, Shelf, Sight, Snapshot, Tagged, Target, Up, UpReport, Wait,
};
use shipbell_domain::ids::EnvId;

use crate::sim::executor::Executor;

/// Locks that never lock.
pub(super) struct NoLocks;

#[async_trait]
impl Locks for NoLocks {
    async fn take(&self, _: &EnvId) -> Result<Option<Arc<File>>, Held> {
        Ok(None)
    }

    async fn end_holders(&self, _: &EnvId) {}
}

/// A clock by which time passes as it shows.
pub(super) struct Gullible(pub(super) Arc<dyn Clock>);

#[async_trait]
impl Clock for Gullible {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn until(&self, at: DateTime<Utc>) {
        self.0.until(at).await;
    }

    fn passed(&self) -> Duration {
        let shown = self.0.now() - DateTime::UNIX_EPOCH;
        shown.to_std().unwrap_or_default()
    }

    async fn sleep(&self, length: Duration) {
        self.0.sleep(length).await;
    }
}

/// Containers whose one-off commands seem to be there always, so that they are
/// made again where they are not; perhaps under another name on each try.
pub(super) struct Repeating {
    pub(super) inner: Arc<dyn Containers>,
    pub(super) executor: Executor,
    pub(super) renames: bool,
}

type Answer<T> = Result<T, ContainerError>;

#[async_trait]
impl Containers for Repeating {
    async fn preflight(
        &self,
        target: &Target,
        project: &Project,
        session: &Session<'_>,
    ) -> Answer<Preflight> {
        self.inner.preflight(target, project, session).await
    }

    async fn plan(&self, target: &Target, up: &Up, session: &Session<'_>) -> Answer<Plan> {
        self.inner.plan(target, up, session).await
    }

    async fn resolve(&self, target: &Target, image: &str) -> Answer<Pinned> {
        self.inner.resolve(target, image).await
    }

    async fn pull(&self, target: &Target, image: &Pinned, session: &Session<'_>) -> Answer<()> {
        self.inner.pull(target, image, session).await
    }

    async fn push(&self, target: &Target, image: &str, session: &Session<'_>) -> Answer<Pinned> {
        self.inner.push(target, image, session).await
    }

    async fn look_up(
        &self,
        target: &Target,
        image: (&str, Shelf),
        session: &Session<'_>,
    ) -> Answer<Option<Tagged>> {
        self.inner.look_up(target, image, session).await
    }

    async fn build(&self, target: &Target, build: &Build, session: &Session<'_>) -> Answer<Pinned> {
        self.inner.build(target, build, session).await
    }

    async fn retain(
        &self,
        target: &Target,
        project: &str,
        images: &[Pinned],
    ) -> Answer<Vec<Pinned>> {
        self.inner.retain(target, project, images).await
    }

    async fn promote(&self, image: &Pinned, tag: &str, session: &Session<'_>) -> Answer<()> {
        self.inner.promote(image, tag, session).await
    }

    async fn up(&self, target: &Target, up: &Up, session: &Session<'_>) -> Answer<UpReport> {
        self.inner.up(target, up, session).await
    }

    async fn keep(&self, target: &Target, up: &Up, kept: (&str, &UpReport)) -> Answer<Snapshot> {
        self.inner.keep(target, up, kept).await
    }

    async fn wait_stable(
        &self,
        target: &Target,
        wait: &Wait,
        session: &Session<'_>,
    ) -> Answer<Vec<Running>> {
        self.inner.wait_stable(target, wait, session).await
    }

    async fn foresee(&self, target: &Target, container: &Container) -> Answer<Change> {
        self.inner.foresee(target, container).await
    }

    async fn replace(
        &self,
        target: &Target,
        container: &Container,
        session: &Session<'_>,
    ) -> Answer<Replaced> {
        self.inner.replace(target, container, session).await
    }

    async fn run_once(
        &self,
        target: &Target,
        spec: &OneOff,
        session: &Session<'_>,
    ) -> Answer<Exit> {
        if !self.renames {
            return self.inner.run_once(target, spec, session).await;
        }
        let number = self.executor.draw(super::super::chance::Chance::draw);
        let spec = OneOff {
            name: format!("{}-{number:x}", spec.name),
            ..spec.clone()
        };
        self.inner.run_once(target, &spec, session).await
    }

    async fn find(&self, target: &Target, name: &str) -> Answer<Option<Found>> {
        let found = self.inner.find(target, name).await?;
        Ok(Some(found.unwrap_or_else(|| Found {
            container: name.to_owned(),
            labels: Labels::new(),
            phase: Phase::Running,
        })))
    }

    async fn tombstone(
        &self,
        target: &Target,
        name: &str,
        image: &Pinned,
        labels: &Labels,
    ) -> Answer<Sealing> {
        self.inner.tombstone(target, name, image, labels).await
    }

    async fn stop_once(
        &self,
        target: &Target,
        name: &str,
        grace: Duration,
    ) -> Answer<Option<Found>> {
        self.inner.stop_once(target, name, grace).await
    }

    async fn exec(&self, target: &Target, exec: &Exec, session: &Session<'_>) -> Answer<Ran> {
        self.inner.exec(target, exec, session).await
    }

    async fn logs(&self, target: &Target, query: &LogQuery) -> Answer<Output> {
        self.inner.logs(target, query).await
    }

    async fn running(&self, target: &Target, project: &str) -> Answer<Vec<Running>> {
        self.inner.running(target, project).await
    }

    async fn sight(
        &self,
        target: &Target,
        project: &Project,
        session: &Session<'_>,
    ) -> Answer<Vec<Sight>> {
        self.inner.sight(target, project, session).await
    }

    async fn remove(&self, target: &Target, labels: &Labels) -> Answer<()> {
        self.inner.remove(target, labels).await
    }

    async fn down(&self, target: &Target, project: &str) -> Answer<()> {
        self.inner.down(target, project).await
    }
}
