//! Things a deploy does to the world: the closed list.
//!
//! To add one, write its file, then follow the compiler from the new variant.

mod ask;
mod container;
mod exec;
mod git;
mod host;
mod http;
mod irreversible;
mod pull;
mod push;
mod run;
mod set_env;
mod tag;
mod up;
mod value;
mod wait;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use ask::Ask;
pub use container::{Container, Mount, Port, Protocol, Restart, Settled};
pub use exec::Exec;
pub use git::{Git, GitAction};
pub use host::Host;
pub use http::{Http, Method};
pub use irreversible::Irreversible;
pub use pull::Pull;
pub use push::Push;
pub use run::{Alone, Run};
pub use set_env::SetEnv;
pub use tag::Tag;
pub use up::Up;
pub use value::Value;
pub use wait::Wait;

use crate::calendar::Length;
use crate::ids::{HostName, ServiceName};

/// One piece of work of a deploy or a rollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What people read, if the team named it.
    pub title: Option<String>,
    /// How long it may take, each time it is tried.
    pub timeout: Length,
    /// How often it is tried again before it has failed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub retries: u32,
    /// When it is done.
    #[serde(default, skip_serializing_if = "is_default")]
    pub when: When,
    /// What follows if it fails; as the environment says if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// That older versions cannot run once it was done; it is never done on the way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<Irreversible>,
    /// Variables for this step only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: BTreeMap<String, Value>,
    /// Where it is done, of several hosts; said when an attempt begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<HostName>,
    /// What it does.
    pub kind: StepKind,
}

/// On which of several hosts a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On each.
    EachHost,
    /// Once for each batch of them.
    EachBatch,
    /// Once for all of them.
    Once,
}

/// When a step is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// On the way forward and on the way back.
    #[default]
    Always,
    /// On the way forward only.
    Deploy,
    /// On the way back only.
    Rollback,
}

/// What follows a step that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The next step: this one was worth a try.
    GoOn,
    /// Nothing: it stays as it is, and somebody is called.
    Stop,
    /// The way back, if it was on the way forward.
    RollBack,
}

/// The kinds of work there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StepKind {
    /// Fetch an image.
    Pull(Pull),
    /// Bring the project to the pinned images and wait until it is healthy.
    Up(Up),
    /// Bring one plain container to an image and settings.
    Container(Container),
    /// Run a command once in a container of its own.
    Run(Run),
    /// Run a repeatable command inside a running container.
    Exec(Exec),
    /// Give the pinned image of a service one more tag.
    Tag(Tag),
    /// Push an image.
    Push(Push),
    /// Run a program on the host.
    Host(Host),
    /// Give variables of an env file new values.
    SetEnv(SetEnv),
    /// Bring a working copy to a commit, or mark one.
    Git(Git),
    /// Call an address.
    Http(Http),
    /// Let time pass.
    Wait(Wait),
    /// Have a person do something and say so.
    Ask(Ask),
}

impl Step {
    /// A step with nothing special about it.
    pub fn new(kind: StepKind, timeout: Length) -> Self {
        Self {
            title: None,
            timeout,
            retries: 0,
            when: When::Always,
            then: None,
            irreversible: None,
            vars: BTreeMap::new(),
            on: None,
            kind,
        }
    }

    /// The same step on one of several hosts.
    #[must_use]
    pub fn on(mut self, host: &HostName) -> Self {
        self.on = Some(host.clone());
        self
    }

    /// On which of several hosts it is done.
    pub fn reach(&self) -> Reach {
        match &self.kind {
            // Migrations, and what is told others, are not of a host.
            StepKind::Run(Run { once: true, .. })
            | StepKind::Http(Http { once: true, .. })
            | StepKind::Tag(_)
            | StepKind::Push(_)
            | StepKind::Ask(_) => Reach::Once,
            StepKind::Git(it) if !it.is_for_one_host() => Reach::Once,
            StepKind::Http(_) | StepKind::Wait(_) => Reach::EachBatch,
            StepKind::Pull(_)
            | StepKind::Up(_)
            | StepKind::Container(_)
            | StepKind::Run(_)
            | StepKind::Exec(_)
            | StepKind::Host(_)
            | StepKind::SetEnv(_)
            | StepKind::Git(_) => Reach::EachHost,
        }
    }

    /// What people read.
    pub fn title(&self) -> String {
        let own = self.title.clone().unwrap_or_else(|| self.kind.title());
        match &self.on {
            Some(host) => format!("{own} on {host}"),
            None => own,
        }
    }

    /// Whether a failure leaves the environment as it was.
    pub fn touches_nothing(&self) -> bool {
        match &self.kind {
            StepKind::Pull(_)
            | StepKind::Tag(_)
            | StepKind::Push(_)
            | StepKind::Wait(_)
            | StepKind::Ask(_) => true,
            StepKind::Http(it) => it.method.only_looks(),
            StepKind::Git(it) => it.touches_nothing(),
            StepKind::Up(_)
            | StepKind::Container(_)
            | StepKind::Run(_)
            | StepKind::Exec(_)
            | StepKind::Host(_)
            | StepKind::SetEnv(_) => false,
        }
    }

    /// Whether it is never repeated without a person.
    pub fn once(&self) -> bool {
        match &self.kind {
            StepKind::Run(it) => it.once,
            StepKind::Host(it) => it.once,
            StepKind::Http(it) => it.once,
            StepKind::Pull(_)
            | StepKind::Up(_)
            | StepKind::Container(_)
            | StepKind::Exec(_)
            | StepKind::Tag(_)
            | StepKind::Push(_)
            | StepKind::SetEnv(_)
            | StepKind::Git(_)
            | StepKind::Wait(_)
            | StepKind::Ask(_) => false,
        }
    }

    /// The image it uses without any service: the project's files need not name it.
    pub fn alone(&self) -> Option<&ServiceName> {
        match &self.kind {
            StepKind::Run(it) => it.alone.as_ref().map(|_| &it.service),
            StepKind::Container(it) => Some(&it.service),
            StepKind::Pull(_)
            | StepKind::Up(_)
            | StepKind::Exec(_)
            | StepKind::Tag(_)
            | StepKind::Push(_)
            | StepKind::Host(_)
            | StepKind::SetEnv(_)
            | StepKind::Git(_)
            | StepKind::Http(_)
            | StepKind::Wait(_)
            | StepKind::Ask(_) => None,
        }
    }

    /// The plain container it brings to an image, if it does that.
    pub fn container(&self) -> Option<&Container> {
        match &self.kind {
            StepKind::Container(it) => Some(it),
            StepKind::Pull(_)
            | StepKind::Up(_)
            | StepKind::Run(_)
            | StepKind::Exec(_)
            | StepKind::Tag(_)
            | StepKind::Push(_)
            | StepKind::Host(_)
            | StepKind::SetEnv(_)
            | StepKind::Git(_)
            | StepKind::Http(_)
            | StepKind::Wait(_)
            | StepKind::Ask(_) => None,
        }
    }

    /// Every value it uses.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let own = match &self.kind {
            StepKind::Http(it) => Some(&it.send),
            StepKind::SetEnv(it) => Some(&it.values),
            StepKind::Pull(_)
            | StepKind::Up(_)
            | StepKind::Container(_)
            | StepKind::Run(_)
            | StepKind::Exec(_)
            | StepKind::Tag(_)
            | StepKind::Push(_)
            | StepKind::Host(_)
            | StepKind::Git(_)
            | StepKind::Wait(_)
            | StepKind::Ask(_) => None,
        };
        self.vars
            .values()
            .chain(own.into_iter().flat_map(BTreeMap::values))
    }

    /// Whether it is done on the way forward, or on the way back.
    pub fn belongs(&self, rollback: bool) -> bool {
        if self.irreversible.is_some() {
            return !rollback;
        }
        match self.when {
            When::Always => true,
            When::Deploy => !rollback,
            When::Rollback => rollback,
        }
    }
}

impl StepKind {
    fn title(&self) -> String {
        match self {
            Self::Pull(it) => it.title(),
            Self::Up(it) => it.title(),
            Self::Container(it) => it.title(),
            Self::Run(it) => it.title(),
            Self::Exec(it) => it.title(),
            Self::Tag(it) => it.title(),
            Self::Push(it) => it.title(),
            Self::Host(it) => it.title(),
            Self::SetEnv(it) => it.title(),
            Self::Git(it) => it.title(),
            Self::Http(it) => it.title(),
            Self::Wait(it) => it.title(),
            Self::Ask(it) => it.title(),
        }
    }
}

/// Whether a field says nothing, so that policies without it keep their hash.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
