//! The machine the engine runs on, as somebody sees it who works there: the port `Hosts`.

use async_trait::async_trait;
use shipbell_adapters::containers::{ContainerError, Kind, Output, Ran, Session};
use shipbell_adapters::hosts::{EnvEdit, Host, Hosts, Program};

use super::Engine;
use crate::sim::weather::Fault;

#[async_trait]
impl Hosts for Engine {
    async fn run(&self, _: &Host, _: &Program, _: &Session<'_>) -> Result<Ran, ContainerError> {
        self.reach_host("running a program").await?;
        Ok(Ran {
            code: 0,
            output: Output::default(),
        })
    }

    async fn set_env(&self, _: &Host, edit: &EnvEdit) -> Result<Vec<String>, ContainerError> {
        self.reach_host("setting a variable").await?;
        let file = edit.file.display().to_string();
        let mut host = self.host();
        let lines = host.env_files.entry(file).or_default();
        let mut changed = Vec::new();
        for (name, value) in &edit.values {
            let old = lines.insert(name.clone(), value.expose().to_owned());
            if old.as_deref() != Some(value.expose()) {
                changed.push(name.clone());
            }
        }
        Ok(changed)
    }
}

impl Engine {
    async fn reach_host(&self, what: &str) -> Result<(), ContainerError> {
        self.0.executor.pause(50, 3_000).await;
        if self.0.weather.strikes(Fault::EngineAway) {
            let why = "nobody answers";
            return Err(ContainerError::new(Kind::Unreachable, what, why));
        }
        Ok(())
    }
}
