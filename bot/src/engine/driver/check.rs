//! Proving that an environment is well, try by try.

use std::collections::BTreeMap;
use std::time::Duration;

use regex::RegexBuilder;
use shipbell_adapters::containers::LogQuery;
use shipbell_adapters::probes::{Expect, Method, Probe};
use shipbell_domain::calendar::Length;
use shipbell_domain::checks::{Check, CheckKind, HttpCheck, LogCheck};
use shipbell_domain::manifest::Manifest;

use crate::engine::Site;
use crate::engine::hub::Hub;

/// The largest compiled pattern.
const PATTERN_LIMIT: usize = 1024 * 1024;

/// What a check saw.
pub(in crate::engine) struct Seen {
    pub(in crate::engine) passed: bool,
    pub(in crate::engine) findings: Vec<String>,
    pub(in crate::engine) lines: Vec<String>,
}

/// Tries a check as often as it says.
pub(in crate::engine) async fn run(
    hub: &Hub,
    site: &Site,
    manifest: &Manifest,
    check: &Check,
) -> Seen {
    let tries = check.tries.max(1);
    let mut count = 0;
    loop {
        count += 1;
        let mut seen = match &check.kind {
            CheckKind::Http(it) => ask(hub, manifest, &check.title(), it).await,
            CheckKind::Logs(it) => read(hub, site, it).await,
        };
        if seen.passed || count >= tries {
            if count > 1 {
                seen.findings
                    .push(format!("after {count} of {tries} tries"));
            }
            return seen;
        }
        hub.pause(check.every.duration()).await;
    }
}

async fn ask(hub: &Hub, manifest: &Manifest, title: &str, check: &HttpCheck) -> Seen {
    let fill = |text: &str| {
        let commit = manifest.commit.as_deref().unwrap_or_default();
        text.replace("{version}", manifest.version.as_str())
            .replace("{sha}", commit)
    };
    let json = check
        .json
        .iter()
        .map(|(at, value)| (at.clone(), serde_json::Value::String(fill(value))));
    let expect = Expect {
        status: check.status,
        headers: check
            .headers
            .iter()
            .map(|(k, v)| (k.clone(), fill(v)))
            .collect(),
        json: json.collect(),
        contains: check.contains.iter().map(|it| fill(it)).collect(),
        cookie: check.cookie.clone(),
        faster_than: check.within.map(Length::duration),
    };
    let probe = Probe {
        url: fill(&check.url),
        method: Method::Get,
        headers: BTreeMap::new(),
        login: None,
        expect,
        within: Duration::from_secs(10),
        attempts: 1,
        every: Duration::from_secs(1),
    };
    let reading = hub.ports.probes.ask(&probe).await;
    let status = reading
        .status
        .map_or("no answer".to_owned(), |it| it.to_string());
    let mut findings = vec![format!("{title}  {status} in {} ms", reading.latency_ms)];
    findings.extend(reading.findings);
    let lines = reading.body.lines().map(str::to_owned).collect();
    Seen {
        passed: reading.passed,
        findings,
        lines,
    }
}

async fn read(hub: &Hub, site: &Site, check: &LogCheck) -> Seen {
    let query = LogQuery {
        project: site.project.name.clone(),
        service: Some(check.service.to_string()),
        tail: check.tail,
        since: None,
    };
    let output = match hub.ports.containers.logs(&site.target, &query).await {
        Ok(output) => output,
        Err(error) => {
            let findings = vec![error.to_string()];
            return Seen {
                passed: false,
                findings,
                lines: error.output,
            };
        }
    };
    let lines: Vec<String> = output.tail(usize::MAX);
    judge(check, lines)
}

fn judge(check: &LogCheck, lines: Vec<String>) -> Seen {
    let (service, count) = (&check.service, lines.len());
    let Some(pattern) = &check.deny else {
        let findings = vec![format!("logs {service}  {count} lines kept")];
        return Seen {
            passed: true,
            findings,
            lines,
        };
    };
    let pattern = match RegexBuilder::new(pattern).size_limit(PATTERN_LIMIT).build() {
        Ok(pattern) => pattern,
        Err(error) => {
            let findings = vec![format!("the pattern for {service} cannot be read: {error}")];
            return Seen {
                passed: false,
                findings,
                lines,
            };
        }
    };
    let matches: Vec<&String> = lines.iter().filter(|line| pattern.is_match(line)).collect();
    let mut findings = match matches.len() {
        0 => vec![format!(
            "logs {service}  {count} lines, no match for {pattern}"
        )],
        found => vec![format!(
            "logs {service}  {count} lines, {found} match {pattern}"
        )],
    };
    findings.extend(
        matches
            .iter()
            .take(3)
            .map(|line| line.chars().take(200).collect()),
    );
    Seen {
        passed: matches.is_empty(),
        findings,
        lines,
    }
}
