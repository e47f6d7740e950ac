//! Proving that an environment is well, try by try.

use std::time::Duration;

use regex::{Regex, RegexBuilder};
use shipbell_adapters::containers::{ContainerError, LineSink, LogQuery, OutputLine};
use shipbell_adapters::probes::{Expect, Probe};
use shipbell_domain::calendar::Length;
use shipbell_domain::checks::{Check, CheckKind, HttpCheck, LogCheck};
use shipbell_domain::manifest::Manifest;

use super::fill;
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

/// Tries a check as often as it says, and tells of each try that was not the last.
pub(in crate::engine) async fn run(
    hub: &Hub,
    site: &Site,
    manifest: &Manifest,
    (check, told): (&Check, &dyn LineSink),
) -> Seen {
    let tries = check.tries.max(1);
    let mut count = 0;
    loop {
        count += 1;
        let mut seen = match &check.kind {
            CheckKind::Http(it) => ask(hub, manifest, &check.title(), it).await,
            CheckKind::Logs(it) => read_all(hub, site, it).await,
            // The driver waits for that person; no program looks.
            CheckKind::Ask(it) => Seen {
                passed: false,
                findings: vec![format!("{} is asked", it.role)],
                lines: Vec::new(),
            },
        };
        if seen.passed || count >= tries {
            if count > 1 {
                seen.findings
                    .push(format!("after {count} of {tries} tries"));
            }
            return seen;
        }
        let last = seen.findings.last().map_or("", String::as_str);
        told.line(OutputLine::note(format!("try {count} of {tries}: {last}")));
        hub.pause(check.every.duration()).await;
    }
}

async fn ask(hub: &Hub, manifest: &Manifest, title: &str, check: &HttpCheck) -> Seen {
    let probe = match probe(manifest, check) {
        Ok(probe) => probe,
        Err(error) => {
            return Seen {
                passed: false,
                findings: vec![format!("{title}  {error}")],
                lines: Vec::new(),
            };
        }
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

fn probe(manifest: &Manifest, check: &HttpCheck) -> Result<Probe, ContainerError> {
    let json = check.json.iter().map(|(at, value)| {
        let value = fill::text(manifest, value)?;
        Ok((at.clone(), serde_json::Value::String(value)))
    });
    let headers = (check.headers.iter()).map(|(name, value)| {
        let value = fill::text(manifest, value)?;
        Ok((name.clone(), value))
    });
    let contains = check.contains.iter().map(|it| fill::text(manifest, it));
    Ok(Probe {
        expect: Expect {
            status: check.status,
            headers: headers.collect::<Result<_, ContainerError>>()?,
            json: json.collect::<Result<_, ContainerError>>()?,
            contains: contains.collect::<Result<_, ContainerError>>()?,
            cookie: check.cookie.clone(),
            faster_than: check.within.map(Length::duration),
        },
        within: Duration::from_secs(10),
        ..Probe::get(fill::text(manifest, &check.url)?)
    })
}

/// What a service wrote on every host: all of it must do.
async fn read_all(hub: &Hub, site: &Site, check: &LogCheck) -> Seen {
    let mut all = Seen {
        passed: true,
        findings: Vec::new(),
        lines: Vec::new(),
    };
    for (host, site) in site.each() {
        let seen = read(hub, &site, check).await;
        let on = |it: String| match &host {
            Some(host) => format!("{host}: {it}"),
            None => it,
        };
        all.passed &= seen.passed;
        all.findings.extend(seen.findings.into_iter().map(on));
        all.lines.extend(seen.lines.into_iter().map(on));
    }
    all
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

/// A pattern, if it is one and not too large.
pub(super) fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(PATTERN_LIMIT).build()
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
    let pattern = match self::pattern(pattern) {
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
