//! The port `Forge`: each address by the forge it is on.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use super::client::Client;
use super::github::GitHub;
use super::gitlab::GitLab;
use super::{Account, Address, Checks, Forge, ForgeError, Kind, Repository, git};
use crate::hosts::Hosts;
use crate::redact::Redactor;

/// The longest an answer may take, all its pages together.
pub const WITHIN: Duration = Duration::from_secs(8);

/// Asks forges.
#[derive(Clone)]
pub struct Forges {
    client: Client,
    hosts: Arc<dyn Hosts>,
    ssh_config: Option<PathBuf>,
}

impl Forges {
    /// Nothing is connected to before it is needed. `git` is run through the hosts, and
    /// its `ssh` may be given a file of its own.
    pub fn new(hosts: Arc<dyn Hosts>, ssh_config: Option<PathBuf>, redactor: Redactor) -> Self {
        Self {
            client: Client::new(redactor),
            hosts,
            ssh_config,
        }
    }

    fn github<'a>(
        &'a self,
        repository: &'a Repository,
        (owner, name): (&'a str, &'a str),
    ) -> Result<GitHub<'a>, ForgeError> {
        Ok(GitHub {
            client: &self.client,
            account: account(repository)?,
            owner,
            name,
        })
    }

    fn gitlab<'a>(
        &'a self,
        repository: &'a Repository,
        path: &'a str,
    ) -> Result<GitLab<'a>, ForgeError> {
        Ok(GitLab {
            client: &self.client,
            account: account(repository)?,
            path,
        })
    }
}

#[async_trait]
impl Forge for Forges {
    async fn checks(&self, repository: &Repository, commit: &str) -> Result<Checks, ForgeError> {
        let asking = async {
            match &repository.address {
                Address::GitHub { owner, name } => {
                    self.github(repository, (owner, name))?.checks(commit).await
                }
                Address::GitLab { path } => self.gitlab(repository, path)?.checks(commit).await,
                Address::Git { url } => {
                    let what = format!("asking {url} for checks");
                    Err(ForgeError::new(Kind::NotFound, what, "`git` knows of none"))
                }
            }
        };
        in_time(repository, asking).await
    }

    async fn tip(&self, repository: &Repository, branch: &str) -> Result<String, ForgeError> {
        let asking = async {
            match &repository.address {
                Address::GitHub { owner, name } => {
                    self.github(repository, (owner, name))?.tip(branch).await
                }
                Address::GitLab { path } => self.gitlab(repository, path)?.tip(branch).await,
                Address::Git { url } => {
                    let hosts = self.hosts.as_ref();
                    git::tip(hosts, self.ssh_config.as_deref(), (url, branch)).await
                }
            }
        };
        in_time(repository, asking).await
    }
}

fn account(repository: &Repository) -> Result<&Account, ForgeError> {
    repository.account.as_ref().ok_or_else(|| {
        let what = format!("asking about {}", repository.address);
        ForgeError::new(Kind::Denied, what, "there is no token for it")
            .hint("Give the configuration one")
    })
}

async fn in_time<T>(
    repository: &Repository,
    asking: impl Future<Output = Result<T, ForgeError>>,
) -> Result<T, ForgeError> {
    timeout(WITHIN, asking).await.unwrap_or_else(|_| {
        let what = format!("asking about {}", repository.address);
        let why = format!("no answer within {} s", WITHIN.as_secs());
        Err(ForgeError::new(Kind::Unreachable, what, why).hint("It is asked again"))
    })
}
