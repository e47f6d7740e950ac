//! What reaches engines, hosts, addresses and forges, and what it must not let out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use shipbell_adapters::containers::docker::{self, DockerEngines};
use shipbell_adapters::containers::{Containers, Project, Target};
use shipbell_adapters::forge::forges::Forges;
use shipbell_adapters::forge::{Account, Forge, Repository};
use shipbell_adapters::hosts::Hosts;
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::probes::Probes;
use shipbell_adapters::probes::http::HttpProbes;
use shipbell_adapters::redact::Redactor;
use shipbell_adapters::secret::Secret;
use shipbell_domain::ids::{AppId, EnvId, HostName};
use shipbell_domain::steps::Value;

use super::{Options, make_folder};
use crate::config::{self, Config, Surroundings};
use crate::engine::{Post, Site};
use crate::failure::Failure;

/// What reaches out.
pub(super) struct Hands {
    pub(super) containers: Arc<dyn Containers>,
    pub(super) hosts: Arc<dyn Hosts>,
    pub(super) probes: Arc<dyn Probes>,
    pub(super) forge: Arc<dyn Forge>,
}

/// What reaches the hosts; no secret of the configuration leaves it.
pub(super) fn hands(config: &Config, options: &Options) -> Result<Hands, Failure> {
    let redactor = redactor(config)?;
    let settings = engine_settings(config.ssh.as_deref());
    let engines = || Arc::new(DockerEngines::new(settings.clone(), redactor.clone()));
    let containers = options.containers.clone().unwrap_or_else(|| engines());
    let hosts: Arc<dyn Hosts> = Arc::new(HostPrograms::new(settings.clone(), redactor.clone()));
    let forges = Forges::new(Arc::clone(&hosts), config.ssh.clone(), redactor.clone());
    Ok(Hands {
        containers,
        hosts,
        probes: Arc::new(HttpProbes::new(redactor)),
        forge: Arc::new(forges),
    })
}

/// Where the commits of applications are, with tokens that are read now.
pub(super) fn repositories(config: &Config) -> Result<BTreeMap<AppId, Repository>, Failure> {
    let account = |it: &config::Account| {
        let token = it.token.read();
        let token = token
            .map_err(|error| Failure::user("the token of a forge cannot be read").because(error))?;
        Ok(Account {
            api: it.api.clone(),
            token,
        })
    };
    let all = config.repositories.iter().map(|(app, it)| {
        let repository = Repository {
            address: it.address.clone(),
            account: it.account.as_ref().map(account).transpose()?,
        };
        Ok((app.clone(), repository))
    });
    all.collect()
}

pub(super) fn site(
    environment: &EnvId,
    target: &config::Target,
    (state_dir, secrets): (&Path, &BTreeMap<Value, Secret>),
) -> Result<Site, Failure> {
    let vars = target.variables().map_err(|error| {
        Failure::user(format!("a variable of {environment} cannot be read")).because(error)
    })?;
    let at = |docker: &str| {
        let engine = Target {
            docker: docker.to_owned(),
            certs: target.certs.clone(),
        };
        let host = engine.host().map_err(|error| {
            Failure::user(format!("the address of {environment} cannot be read")).because(error)
        })?;
        Ok::<_, Failure>((engine, host))
    };
    let post = |(name, docker): &(HostName, String)| {
        let (engine, host) = at(docker)?;
        make_folder(&state_dir.join(name.as_str()))?;
        Ok(Post {
            name: name.clone(),
            target: engine,
            host,
        })
    };
    let (engine, host) = at(&target.docker)?;
    let fleet = target.hosts.iter().map(post);
    Ok(Site {
        target: engine,
        host,
        fleet: fleet.collect::<Result<_, Failure>>()?,
        project: Project {
            name: target.project.clone(),
            files: target.files.clone(),
            directory: target.directory.clone(),
            env_file: target.env_file.clone(),
            vars,
            flavour: None,
        },
        state_dir: state_dir.to_path_buf(),
        secrets: secrets.clone(),
    })
}

/// What the steps name and do not say, read now.
pub(super) fn secrets(config: &Config) -> Result<BTreeMap<Value, Secret>, Failure> {
    let read = |named: &Value| {
        let value = config::Value::from(named).read();
        let value =
            value.map_err(|error| Failure::user("a value of a step cannot be read").because(error));
        Ok((named.clone(), value?))
    };
    config.named().into_iter().map(read).collect()
}

/// Knows every secret of the configuration, so that none leaves the adapters.
fn redactor(config: &Config) -> Result<Redactor, Failure> {
    let mut secrets: Vec<Secret> = Vec::new();
    for target in config.targets.values() {
        let vars = target.variables();
        let vars =
            vars.map_err(|error| Failure::user("a variable cannot be read").because(error))?;
        secrets.extend(vars.into_values());
    }
    secrets.extend(self::secrets(config)?.into_values());
    // A token that cannot be read is told where it is needed.
    let tokens = config.chat.secrets().chain(config.tokens());
    secrets.extend(tokens.filter_map(|it| it.read().ok()));
    Ok(Redactor::knowing(secrets.iter()))
}

/// What the programs the bot starts get to see; `ssh` may be given a file of its own.
pub fn engine_settings(ssh_config: Option<&Path>) -> docker::Settings {
    let Surroundings {
        path,
        home,
        docker_config,
        ssh_agent,
        log: _,
    } = Surroundings::read();
    docker::Settings {
        path,
        home,
        docker_config,
        ssh_config: ssh_config.map(Path::to_path_buf),
        ssh_agent,
    }
}
