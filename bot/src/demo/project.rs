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
    let quoted = |(name, value): (&String, &String)| format!("{}: {}", yaml(name), yaml(value));
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

/// A text as YAML reads it; Compose would fill in what follows a single `$`.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text.replace('$', "$$")).to_string()
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

/// The team's configuration; what is between two `@` is filled in.
const TEMPLATE: &str = include_str!("project/shipbell.toml");

fn configuration(memory: &Memory, zone: &Zone, now: DateTime<Utc>, unix: u32) -> String {
    let hour = |at: DateTime<Utc>| format!("{:02}:00", zone.local(at).hour());
    let day = zone.local(now + TimeDelta::days(3)).format("%a");
    let address = |place| format!("http://127.0.0.1:{}", memory.port(place));
    let open = format!("daily {}-{}", hour(now), hour(now + TimeDelta::hours(12)));
    let filled = [
        ("@zone@", zone.name().to_owned()),
        ("@unix@", unix.to_string()),
        ("@web@", memory.web.to_string()),
        ("@image@", image::tag(&memory.instance, "{version}")),
        ("@instance@", memory.instance.clone()),
        ("@staging@", address(Place::Staging)),
        ("@production@", address(Place::Production)),
        ("@motorsport@", address(Place::Motorsport)),
        ("@open@", open),
        ("@closed@", format!("{day} 10:00-12:00")),
    ];
    let fill = |text: String, (name, value): (&str, String)| text.replace(name, &value);
    filled.into_iter().fold(TEMPLATE.to_owned(), fill)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_folder_may_be_called_anything() {
        assert_eq!(yaml(r#"/tmp/a "b" $c"#), r#""/tmp/a \"b\" $$c""#);
    }

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
            assert!(!configuration(&memory, &Zone::utc(), now, 0).contains('@'));
            for (environment, hours) in &config.settings.hours {
                let open = environment.app.as_str() == "rapid-audit";
                assert_eq!(hours.is_open(now).is_some(), open, "{environment} at {now}");
            }
            assert_eq!(config.policies.len(), 2);
        }
    }
}
