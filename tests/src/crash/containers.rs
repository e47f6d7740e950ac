//! Containers at which the program can end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use shipbell_adapters::containers::{
    Build, Change, Container, ContainerError, Containers, Exec, Exit, Found, Labels, LineSink,
    LogQuery, OneOff, Output, OutputLine, Pinned, Plan, Preflight, Project, Ran, Replaced, Running,
    Sealing, Session, Shelf, Sight, Snapshot, Tagged, Target, Up, UpReport, Wait,
};

use super::{Fuse, Point};

pub(super) struct Crashing {
    pub(super) fuse: Arc<Fuse>,
    pub(super) inner: Arc<dyn Containers>,
}

type Answer<T> = Result<T, ContainerError>;

/// Hears that something is being done.
struct Hearing<'a> {
    fuse: &'a Fuse,
    point: Point,
    inner: &'a dyn LineSink,
}

impl LineSink for Hearing<'_> {
    fn line(&self, line: OutputLine) {
        self.fuse.reach(self.point);
        self.inner.line(line);
    }
}

impl Crashing {
    fn hearing<'a>(&'a self, point: Point, session: &Session<'a>) -> Hearing<'a> {
        Hearing {
            fuse: &self.fuse,
            point,
            inner: session.lines,
        }
    }
}

#[async_trait]
impl Containers for Crashing {
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
        self.fuse.reach(Point::BeforeResolve);
        let resolved = self.inner.resolve(target, image).await;
        self.fuse.reach(Point::AfterResolve);
        resolved
    }

    async fn pull(&self, target: &Target, image: &Pinned, session: &Session<'_>) -> Answer<()> {
        self.fuse.reach(Point::BeforePull);
        let pulled = self.inner.pull(target, image, session).await;
        self.fuse.reach(Point::AfterPull);
        pulled
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
        self.fuse.reach(Point::BeforeUp);
        let lines = &self.hearing(Point::DuringUp, session);
        let session = Session { lines, ..*session };
        let converged = self.inner.up(target, up, &session).await;
        self.fuse.reach(Point::AfterUp);
        converged
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
        let stable = self.inner.wait_stable(target, wait, session).await;
        self.fuse.reach(Point::AfterStable);
        stable
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
        self.fuse.reach(Point::BeforeOnce);
        let lines = &self.hearing(Point::DuringOnce, session);
        let session = Session { lines, ..*session };
        let ended = self.inner.run_once(target, spec, &session).await;
        self.fuse.reach(Point::AfterOnce);
        ended
    }

    async fn find(&self, target: &Target, name: &str) -> Answer<Option<Found>> {
        self.inner.find(target, name).await
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
        self.fuse.reach(Point::BeforeExec);
        let ran = self.inner.exec(target, exec, session).await;
        self.fuse.reach(Point::AfterExec);
        ran
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
