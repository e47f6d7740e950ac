//! The files of a demo: compose projects and a configuration like any team's.

use std::fs;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use shipbell_adapters::containers::{Labels, Project};
use shipbell_domain::calendar::Zone;

use super::image::{self, PROGRAM};
use super::memory::Memory;
use super::payload::PORT;
use super::place::Place;
use super::versions::FIRST;
use super::world::{FOLDER, INSTANCE};
use crate::failure::Failure;

/// The configuration's name in the folder.
pub(super) const CONFIG: &str = "shipbell.toml";

/// The bot's own folder in it.
pub(super) const DATA: &str = "data";

/// The labels of everything a demo makes on an engine.
pub(super) fn labels(instance: &str, folder: &Path) -> Labels {
    Labels::from([
        (INSTANCE.to_owned(), instance.to_owned()),
        (FOLDER.to_owned(), folder.display().to_string()),
    ])
}

/// Writes all files; windows are made relative to `now`.
pub(super) fn write(folder: &Path, memory: &Memory, now: DateTime<Utc>) -> Result<(), Failure> {
    let unwritten = |error: std::io::Error| {
        Failure::user(format!(
            "the demo's files cannot be written to {}",
            folder.display()
        ))
        .because(error)
        .hint("set TMPDIR to a folder you may write to, or name one with --keep")
    };
    for place in Place::ALL {
        let below = folder.join(place.name());
        fs::create_dir_all(&below).map_err(unwritten)?;
        let text = compose(place, memory, &labels(&memory.instance, folder));
        fs::write(below.join("docker-compose.yml"), text).map_err(unwritten)?;
    }
    let own = fs::metadata(folder).map_err(unwritten)?;
    let unix = std::os::unix::fs::MetadataExt::uid(&own);
    let text = configuration(memory, &zone(), now, unix);
    fs::write(folder.join(CONFIG), text).map_err(unwritten)
}

/// A place's compose project, for those who ask an engine about it.
pub(super) fn compose_project(folder: &Path, memory: &Memory, place: Place) -> Project {
    let directory = folder.join(place.name());
    Project {
        name: place.project(&memory.instance),
        files: vec![directory.join("docker-compose.yml")],
        directory,
        env_file: None,
        vars: std::collections::BTreeMap::new(),
        flavour: None,
    }
}

fn compose(place: Place, memory: &Memory, labels: &Labels) -> String {
    let (image, port) = (image::tag(&memory.instance, FIRST.name), memory.port(place));
    let quoted = |(name, value): (&String, &String)| format!("{name:?}: {value:?}");
    let labels: Vec<String> = labels.iter().map(quoted).collect();
    let (name, labels) = (place.name(), labels.join(", "));
    format!(
        r#"# {name}, as a team would write it: shipbell pins the image, everything else stays.
services:
  web:
    image: "{image}"
    ports: ["127.0.0.1:{port}:{PORT}"]
    environment: {{ "PLACE": "{name}" }}
    labels: {{ {labels} }}
    healthcheck:
      test: ["CMD", "{PROGRAM}", "demo-app", "--check"]
      interval: 500ms
      timeout: 3s
      retries: 2
networks:
  default:
    labels: {{ {labels} }}
"#
    )
}

/// The zone of this machine, if it can be told; times in the demo are in it.
fn zone() -> Zone {
    let named = fs::read_link("/etc/localtime").ok().and_then(|link| {
        let link = link.to_string_lossy().into_owned();
        let (_, name) = link.split_once("zoneinfo/")?;
        Zone::parse(name).ok()
    });
    named.unwrap_or_else(Zone::utc)
}

fn configuration(memory: &Memory, zone: &Zone, now: DateTime<Utc>, unix: u32) -> String {
    let hour = |at: DateTime<Utc>| format!("{:02}:00", zone.local(at).hour());
    let open = format!("daily {}-{}", hour(now), hour(now + TimeDelta::hours(12)));
    let day = zone.local(now + TimeDelta::days(3)).format("%a");
    let closed = format!("{day} 10:00-12:00");
    let image = image::tag(&memory.instance, "{version}");
    let instance = &memory.instance;
    let address = |place| format!("http://127.0.0.1:{}", memory.port(place));
    let (staging, production, motorsport) = (
        address(Place::Staging),
        address(Place::Production),
        address(Place::Motorsport),
    );
    let (zone, web) = (zone.name(), memory.web);
    format!(
        r#"# How the demo's team releases. `shipbell check --config` reads this file like any other.

timezone = "{zone}"
data = "{DATA}"

[chat.web]
listen = "127.0.0.1:{web}"

[people]
ana   = {{ name = "Ana Ruiz", unix = {unix} }}
bo    = {{ name = "Bo Lindqvist" }}
chloe = {{ name = "Chloé Martin" }}
dan   = {{ name = "Dan Okoye" }}

[roles]
release-manager = ["ana", "dan"]   # two, because nobody signs off a release they asked for
sre             = ["bo"]
product-owner   = ["chloe"]

[allow]
new      = ["release-manager"]
plan     = ["release-manager"]
deploy   = ["release-manager", "sre"]
rollback = ["release-manager", "sre"]
unlock   = ["sre"]
override = ["sre"]

[app.rapid-audit]
title   = "Rapid Audit"
version = "semver"
images  = {{ web = "{image}" }}

checklist = [
  {{ ask = "sre", title = "Migrations reviewed and tested" }},
  {{ ask = "release-manager", title = "Customers were told" }},
]

[app.rapid-audit.env.staging]
url     = "{staging}"
compose = "staging/docker-compose.yml"
project = "shipbell-demo-{instance}-staging"
deploy  = [
  {{ pull = "web" }},
  {{ run = ["{PROGRAM}", "demo-app", "--migrate"], in = "web", once = true, title = "Migrate" }},
  {{ up = true, stable_for = "2s", healthy_within = "45s" }},
]
rollback   = [{{ pull = "web" }}, {{ up = true, stable_for = "2s", healthy_within = "45s" }}]
smoke      = [
  {{ get = "/healthz", status = 200 }},
  {{ get = "/login", status = 200, within = "2s" }},
  {{ get = "/api/version", json = {{ "/version" = "{{version}}" }} }},
  {{ logs = "web", tail = 50 }},
]
accept     = {{ product-owner = 1 }}
on_failure = "rollback"

[app.rapid-audit.env.production]
like     = "staging"
needs    = "staging"
url      = "{production}"
compose  = "production/docker-compose.yml"
project  = "shipbell-demo-{instance}-production"
windows  = ["{open}"]
signoff  = {{ product-owner = 1, release-manager = 1 }}
accept   = {{}}
monitor  = [{{ for = "15s", every = "5s", get = "/healthz", logs = "web", deny = ' 5\d\d$' }}]
incident = "P1"

[app.motorsport]
title   = "Motorsport"
version = "semver"
images  = {{ web = "{image}" }}

[app.motorsport.env.production]
url     = "{motorsport}"
compose = "motorsport/docker-compose.yml"
project = "shipbell-demo-{instance}-motorsport"
windows = ["{closed}"]
deploy  = [{{ pull = "web" }}, {{ up = true, stable_for = "2s", healthy_within = "45s" }}]
smoke   = [{{ get = "/healthz", status = 200 }}]

[incident.P1]
suggest = "rollback"
page    = [
  {{ who = "sre" }},
  {{ who = "release-manager", after = "10s" }},
  {{ who = "product-owner", after = "45s" }},
]
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_configuration_is_one_that_the_program_takes() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::new("8f2c01ab".to_owned()).unwrap();
        for now in [
            "2026-11-20T23:40:00Z",
            "2026-03-29T00:30:00Z",
            "2026-11-20T11:00:00Z",
        ] {
            let now: DateTime<Utc> = now.parse().unwrap();
            write(folder.path(), &memory, now).unwrap();
            let config = Config::load(&folder.path().join(CONFIG), now);
            let config = config.unwrap_or_else(|report| panic!("{}", report.render(false)));
            for (environment, hours) in &config.settings.hours {
                let open = environment.app.as_str() == "rapid-audit";
                assert_eq!(hours.is_open(now).is_some(), open, "{environment} at {now}");
            }
            assert_eq!(config.policies.len(), 2);
        }
    }
}
