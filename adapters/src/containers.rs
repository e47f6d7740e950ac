//! Containers and compose projects on one engine: the port `Containers`.
//!
//! The trait speaks plain data and futures only, so that a stand-in without any
//! runtime can take the engine's place. [`docker`] is the real one.

#[cfg(feature = "docker")]
mod digest;
#[cfg(feature = "docker")]
pub mod docker;
mod error;
pub mod image;
mod output;
mod plain;
mod spec;
mod state;

use std::fs::File;
use std::time::Duration;

use async_trait::async_trait;

pub use error::{ContainerError, FailureMode, Kind};
pub use output::{Collector, Discard, LineSink, Output, OutputLine, Stream};
pub use plain::{Container, PLAIN, Port, Replaced, Restart, Volume};
pub use spec::{
    Build, Exec, Flavour, Home, Labels, LogQuery, OneOff, Pinned, Project, RETAINED, Shelf,
    Snapshot, Tagged, Target, Up, Wait,
};
pub use state::{
    Change, Declared, Exit, Fate, Found, Health, Phase, Plan, Preflight, Published, Ran, Running,
    Sealing, Sight, TOMBSTONE, Taken, UpReport,
};

/// What the bot asks of container engines. Every call is safe to make twice.
///
/// Text that comes back has been cleaned ([`crate::redact`]) and redacted, and is
/// bounded. Nothing waits longer than [`Session::within`]; calls without a
/// session have a limit of their own. Dropping a future stops nothing outside:
/// a child process lives on and keeps the session's lock file open.
#[async_trait]
pub trait Containers: Send + Sync {
    /// Whether the engine answers, which Compose serves the project, and whether
    /// its files can be read. Touches nothing.
    async fn preflight(
        &self,
        target: &Target,
        project: &Project,
        session: &Session<'_>,
    ) -> Result<Preflight, ContainerError>;

    /// What [`up`](Self::up) would do now. Touches nothing; no image need be present.
    async fn plan(
        &self,
        target: &Target,
        up: &Up,
        session: &Session<'_>,
    ) -> Result<Plan, ContainerError>;

    /// Pins a reference with tag or digest to what it means now.
    ///
    /// An image that never saw a registry is pinned by its local id. A malformed
    /// reference and a missing image are both [`Kind::NotFound`].
    async fn resolve(&self, target: &Target, image: &str) -> Result<Pinned, ContainerError>;

    /// Makes a pinned image present. A local one is only looked for.
    async fn pull(
        &self,
        target: &Target,
        image: &Pinned,
        session: &Session<'_>,
    ) -> Result<(), ContainerError>;

    /// Pushes an image the engine has under this name, with a tag, and pins what
    /// the registry then has.
    async fn push(
        &self,
        target: &Target,
        image: &str,
        session: &Session<'_>,
    ) -> Result<Pinned, ContainerError>;

    /// What an image with a tag is, and the labels it carries; none if there is none.
    /// One of a registry is made present, because an engine reads its labels.
    async fn look_up(
        &self,
        target: &Target,
        image: (&str, Shelf),
        session: &Session<'_>,
    ) -> Result<Option<Tagged>, ContainerError>;

    /// Builds an image from a folder, with its tag and labels, and pins it by its id.
    ///
    /// It has its tag only when this has gone well. A build that goes on alone,
    /// because the future was dropped, ends by itself when its time is up, and
    /// gives no tag to anything.
    async fn build(
        &self,
        target: &Target,
        build: &Build,
        session: &Session<'_>,
    ) -> Result<Pinned, ContainerError>;

    /// Keeps these images on the engine for a project, whatever somebody tidies up, and
    /// lets go of those that were kept before: each has a tag in [`RETAINED`]. Gives those
    /// that are not there; see [`pull`](Self::pull).
    async fn retain(
        &self,
        target: &Target,
        project: &str,
        images: &[Pinned],
    ) -> Result<Vec<Pinned>, ContainerError>;

    /// Gives a pinned image one more tag in its own repository, without any
    /// engine: the registry keeps the same manifest under another name. A tag
    /// that was elsewhere is moved.
    async fn promote(
        &self,
        image: &Pinned,
        tag: &str,
        session: &Session<'_>,
    ) -> Result<(), ContainerError>;

    /// Converges a project to its files with the given images pinned. Says
    /// nothing about health: follow it with [`wait_stable`](Self::wait_stable).
    async fn up(
        &self,
        target: &Target,
        up: &Up,
        session: &Session<'_>,
    ) -> Result<UpReport, ContainerError>;

    /// Keeps what [`up`](Self::up) brought a project to under a name, beside its files: the
    /// files as Compose read them, and the image of each service. The latest ten are kept.
    /// What is kept has secrets in it; nobody but the bot's user can read it there.
    async fn keep(
        &self,
        target: &Target,
        up: &Up,
        (name, report): (&str, &UpReport),
    ) -> Result<Snapshot, ContainerError>;

    /// Waits until every container of the services runs the right image, is
    /// healthy, and has not restarted for a while. Fails at once on exit,
    /// restart, an unhealthy verdict, or a wrong image.
    async fn wait_stable(
        &self,
        target: &Target,
        wait: &Wait,
        session: &Session<'_>,
    ) -> Result<Vec<Running>, ContainerError>;

    /// What [`replace`](Self::replace) would do now. Touches nothing; the image need
    /// not be present. A container of that name that is not the project's is
    /// [`Kind::Refused`].
    async fn foresee(
        &self,
        target: &Target,
        container: &Container,
    ) -> Result<Change, ContainerError>;

    /// Brings one plain container to its image and settings, and waits until it is
    /// well as [`wait_stable`](Self::wait_stable) does.
    ///
    /// The image is made present and the new container is made before the one
    /// before is asked to end; if the new one cannot be started, the one before is
    /// put back. Cut off anywhere and called again, it ends in the same state.
    /// Volumes are never removed.
    async fn replace(
        &self,
        target: &Target,
        container: &Container,
        session: &Session<'_>,
    ) -> Result<Replaced, ContainerError>;

    /// Runs a command once in a container of its own, and collects how it ended.
    ///
    /// Called again with the same name and identity it adopts the container of
    /// the first call, in whatever state; one that has ended is never started
    /// again. Lines are then told again from the first.
    ///
    /// A time-out leaves the container running: see [`stop_once`](Self::stop_once).
    async fn run_once(
        &self,
        target: &Target,
        spec: &OneOff,
        session: &Session<'_>,
    ) -> Result<Exit, ContainerError>;

    /// Looks a one-off container up by name.
    async fn find(&self, target: &Target, name: &str) -> Result<Option<Found>, ContainerError>;

    /// Occupies the name of a one-off container, so that a late create of it is
    /// refused. The image must be present; it is never run.
    async fn tombstone(
        &self,
        target: &Target,
        name: &str,
        image: &Pinned,
        labels: &Labels,
    ) -> Result<Sealing, ContainerError>;

    /// Asks a one-off container to end, and ends it after `grace`.
    async fn stop_once(
        &self,
        target: &Target,
        name: &str,
        grace: Duration,
    ) -> Result<Option<Found>, ContainerError>;

    /// Runs a command inside a running container of a service. If the caller
    /// dies its exit code is lost, so this is for idempotent commands only.
    async fn exec(
        &self,
        target: &Target,
        exec: &Exec,
        session: &Session<'_>,
    ) -> Result<Ran, ContainerError>;

    /// The last lines a project's services wrote.
    async fn logs(&self, target: &Target, query: &LogQuery) -> Result<Output, ContainerError>;

    /// Every container of a project's services, running or not, by service.
    async fn running(&self, target: &Target, project: &str)
    -> Result<Vec<Running>, ContainerError>;

    /// What runs of a project, and what its files ask for: two looks tell whether
    /// somebody changed it between them. Touches nothing.
    async fn sight(
        &self,
        target: &Target,
        project: &Project,
        session: &Session<'_>,
    ) -> Result<Vec<Sight>, ContainerError>;

    /// Removes every container and network that carries all of `labels`.
    /// Volumes with a name are kept. Refuses an empty set.
    async fn remove(&self, target: &Target, labels: &Labels) -> Result<(), ContainerError>;

    /// Removes a compose project's containers and networks.
    async fn down(&self, target: &Target, project: &str) -> Result<(), ContainerError>;
}

/// What a call that takes time is given by its caller.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// Hears every line as it comes.
    pub lines: &'a dyn LineSink,
    /// Held open by every child process, so that the lock on it outlives the bot
    /// for as long as the child does.
    pub lock: Option<&'a File>,
    /// The longest it may take.
    pub within: Duration,
}
