//! Calling an address, or asking it until the answer fits.

use std::time::Duration;

use shipbell_adapters::containers::{ContainerError, Kind};
use shipbell_adapters::probes::{Expect, Method, Probe, Reading};
use shipbell_adapters::secret::Secret;
use shipbell_domain::calendar::Length;
use shipbell_domain::steps;

use super::super::fill;
use super::{Place, Proof};
use crate::engine::hub::Hub;

/// Calls once, or again and again until the answer fits or the time is up.
pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    step: &steps::Http,
    within: Duration,
) -> Result<Proof, ContainerError> {
    let probe = probe(place, step, within)?;
    let until = hub.ports.clock.passed() + within;
    let mut asked = 0u32;
    loop {
        asked += 1;
        let reading = hub.ports.probes.ask(&probe).await;
        let pause = step.poll.map(Length::duration);
        match pause {
            _ if reading.passed => return Ok(passed(step, &reading, asked)),
            Some(pause) if hub.ports.clock.passed() + pause < until => hub.pause(pause).await,
            Some(_) | None => return Err(failed(step, &reading, asked)),
        }
    }
}

fn probe(place: &Place<'_>, step: &steps::Http, within: Duration) -> Result<Probe, ContainerError> {
    let manifest = &place.attempt.manifest;
    let json = step.json.iter().map(|(at, value)| {
        let value = fill::text(manifest, value)?;
        Ok((at.clone(), serde_json::Value::String(value)))
    });
    let contains = step.contains.iter().map(|it| fill::text(manifest, it));
    let body = step.body.as_ref().map(|it| fill::text(manifest, it));
    let method = match step.method {
        steps::Method::Get => Method::Get,
        steps::Method::Head => Method::Head,
        steps::Method::Post => Method::Post,
        steps::Method::Put => Method::Put,
        steps::Method::Patch => Method::Patch,
        steps::Method::Delete => Method::Delete,
    };
    Ok(Probe {
        method,
        headers: fill::values(place, &step.send)?,
        body: body.transpose()?.map(Secret::new),
        expect: Expect {
            status: step.status,
            json: json.collect::<Result<_, ContainerError>>()?,
            contains: contains.collect::<Result<_, ContainerError>>()?,
            ..Expect::default()
        },
        within,
        ..Probe::get(fill::text(manifest, &step.url)?)
    })
}

fn passed(step: &steps::Http, reading: &Reading, asked: u32) -> Proof {
    let mut findings = vec![line(step, reading)];
    if asked > 1 {
        findings.push(format!("asked {asked} times"));
    }
    Proof {
        findings,
        lines: reading.body.lines().map(str::to_owned).collect(),
        code: None,
        snapshot: None,
    }
}

fn failed(step: &steps::Http, reading: &Reading, asked: u32) -> ContainerError {
    let why = match reading.findings.first() {
        Some(first) => first.clone(),
        None => "the answer does not fit".to_owned(),
    };
    // Without an answer nobody knows whether it was done.
    let kind = match (reading.status, step.poll) {
        (Some(_), None) => Kind::Runtime,
        (None, None) => Kind::Unreachable,
        (_, Some(_)) => Kind::Timeout,
    };
    let mut output = vec![line(step, reading)];
    output.extend(reading.findings.iter().skip(1).cloned());
    output.extend(reading.body.lines().map(str::to_owned));
    let times = if asked > 1 {
        format!(", {asked} times")
    } else {
        String::new()
    };
    ContainerError::new(kind, format!("calling {}{times}", step.url), why).output(output)
}

fn line(step: &steps::Http, reading: &Reading) -> String {
    let status = reading
        .status
        .map_or("no answer".to_owned(), |it| it.to_string());
    let (method, url) = (step.method.word(), &step.url);
    format!("{method} {url}  {status} in {} ms", reading.latency_ms)
}
