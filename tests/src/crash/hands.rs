//! Probes and locks at which the program can end.

use std::fs::File;
use std::sync::Arc;

use async_trait::async_trait;
use shipbell::engine::ports::{Held, Locks};
use shipbell_adapters::probes::{Probe, Probes, Reading};
use shipbell_domain::ids::EnvId;

use super::{Fuse, Point};

pub(super) struct Asking {
    pub(super) fuse: Arc<Fuse>,
    pub(super) inner: Arc<dyn Probes>,
}

#[async_trait]
impl Probes for Asking {
    async fn ask(&self, probe: &Probe) -> Reading {
        let reading = self.inner.ask(probe).await;
        self.fuse.reach(Point::AfterProbe);
        reading
    }
}

pub(super) struct Locking {
    pub(super) fuse: Arc<Fuse>,
    pub(super) inner: Arc<dyn Locks>,
}

#[async_trait]
impl Locks for Locking {
    async fn take(&self, environment: &EnvId) -> Result<Option<Arc<File>>, Held> {
        self.fuse.reach(Point::BeforeLock);
        let taken = self.inner.take(environment).await;
        self.fuse.reach(Point::AfterLock);
        taken
    }

    async fn end_holders(&self, environment: &EnvId) {
        self.inner.end_holders(environment).await;
    }
}
