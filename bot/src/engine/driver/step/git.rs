//! What `git` does in a working copy on the host; all of it is safe to do twice.

use std::collections::BTreeMap;

use shipbell_adapters::containers::{ContainerError, Kind, Ran, Session};
use shipbell_adapters::hosts::Program;
use shipbell_domain::steps::{self, GitAction};

use super::super::fill;
use super::{Place, Proof, host};
use crate::engine::hub::Hub;

/// A working copy and the way to it.
struct Copy<'a> {
    hub: &'a Hub,
    place: &'a Place<'a>,
    session: &'a Session<'a>,
    step: &'a steps::Git,
}

pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    step: &steps::Git,
) -> Result<Proof, ContainerError> {
    let copy = Copy {
        hub,
        place,
        session,
        step,
    };
    let fill = |name: &str| fill::text(&place.attempt.manifest, name);
    let remote = step.remote.as_str();
    match &step.action {
        GitAction::Fetch => {
            let ran = copy.must(&["fetch", "--tags", "--", remote]).await?;
            Ok(proof(format!("fetched from {remote}"), &ran))
        }
        GitAction::Checkout { name } => {
            let name = fill(name)?;
            let ran = copy.must(&["checkout", &name, "--"]).await?;
            let commit = copy.commit("HEAD").await?.unwrap_or_default();
            Ok(proof(format!("{name} is checked out, {commit}"), &ran))
        }
        GitAction::Tag { name, message } => copy.tag(&fill(name)?, &fill(message)?).await,
        GitAction::Push { name } => {
            let name = fill(name)?;
            let ran = copy.must(&["push", "--", remote, &name]).await?;
            Ok(proof(format!("pushed {name} to {remote}"), &ran))
        }
    }
}

impl Copy<'_> {
    /// Makes a tag; one that is there already must mark the same commit.
    async fn tag(&self, name: &str, message: &str) -> Result<Proof, ContainerError> {
        let wanted = match &self.place.attempt.manifest.commit {
            Some(commit) => self.commit(commit).await?,
            None => self.commit("HEAD").await?,
        };
        let what = format!("tagging {name}");
        let Some(wanted) = wanted else {
            let why = "the working copy does not have the commit of this release";
            return Err(ContainerError::new(Kind::Preflight, what, why).hint("Fetch it first"));
        };
        match self.commit(&format!("refs/tags/{name}")).await? {
            Some(there) if there == wanted => {
                Ok(Proof::found(format!("{name} marks {wanted} already")))
            }
            Some(there) => {
                let why = format!("it marks {there} already, not {wanted}");
                Err(ContainerError::new(Kind::Refused, what, why)
                    .hint("A tag is never moved: choose another version"))
            }
            None => {
                let words = ["tag", "-a", "-m", message, "--", name, &wanted];
                let ran = self.must(&words).await?;
                Ok(proof(format!("{name} marks {wanted}"), &ran))
            }
        }
    }

    /// The commit a name stands for.
    async fn commit(&self, name: &str) -> Result<Option<String>, ContainerError> {
        let name = format!("{name}^{{commit}}");
        let ran = self
            .git(&["rev-parse", "--quiet", "--verify", &name])
            .await?;
        let found = ran.output.tail(1).pop().filter(|_| ran.code == 0);
        Ok(found.map(|it| it.trim().to_owned()))
    }

    async fn must(&self, words: &[&str]) -> Result<Ran, ContainerError> {
        let ran = self.git(words).await?;
        if ran.code == 0 {
            return Ok(ran);
        }
        let what = format!("calling git {}", words[0]);
        let why = ran.output.tail(1).pop().unwrap_or_default();
        Err(ContainerError::new(Kind::Runtime, what, why).output(ran.output.evidence()))
    }

    async fn git(&self, words: &[&str]) -> Result<Ran, ContainerError> {
        // Nobody is there to answer a question.
        let quiet = ("GIT_TERMINAL_PROMPT".to_owned(), "0".into());
        let program = Program {
            argv: std::iter::once("git")
                .chain(words.iter().copied())
                .map(str::to_owned)
                .collect(),
            directory: host::directory(self.place, self.step.directory.as_deref()),
            vars: BTreeMap::from([quiet]),
        };
        let (hosts, host) = (&self.hub.ports.hosts, &self.place.site.host);
        hosts.run(host, &program, self.session).await
    }
}

fn proof(finding: String, ran: &Ran) -> Proof {
    Proof {
        findings: vec![finding],
        lines: ran.output.tail(usize::MAX),
        code: None,
        snapshot: None,
    }
}
