//! A model of the programs that were deployed, as somebody outside sees them: the port `Probes`.

use async_trait::async_trait;
use shipbell_adapters::probes::{Probe, Probes, Reading};

use std::sync::Arc;

use super::containers::Engine;
use super::executor::Executor;
use super::weather::{Fault, Weather};

/// Addresses whose host is the name of a project.
pub struct Addresses {
    executor: Executor,
    weather: Arc<Weather>,
    engine: Engine,
}

impl Addresses {
    /// The addresses of what an engine runs.
    pub fn new(executor: Executor, weather: Arc<Weather>, engine: Engine) -> Self {
        Self {
            executor,
            weather,
            engine,
        }
    }
}

#[async_trait]
impl Probes for Addresses {
    async fn ask(&self, probe: &Probe) -> Reading {
        self.executor.pause(20, 800).await;
        let lost = self.weather.strikes(Fault::ProbeLost);
        let rest = probe
            .url
            .split_once("://")
            .map_or(probe.url.as_str(), |(_, rest)| rest);
        let project = rest.split(['/', ':']).next().unwrap_or_default();
        let passed = !lost && self.engine.host().answers(project, self.executor.now());
        let status = passed.then_some(200);
        let findings = if passed {
            Vec::new()
        } else {
            vec!["no answer".to_owned()]
        };
        Reading {
            passed,
            findings,
            status,
            latency_ms: 20,
            body: String::new(),
        }
    }
}
