//! What a simulated engine says before anything is touched.

use shipbell_adapters::containers::{
    Change, Container, ContainerError, Declared, Fate, Flavour, Kind, Pinned, Plan, Preflight,
    Snapshot, UpReport,
};

/// What is said instead of an engine's version.
const NAME: &str = "simulated";

/// The one service every project has.
const SERVICE: &str = "web";

pub(super) fn found() -> Preflight {
    Preflight {
        engine: NAME.to_owned(),
        api: NAME.to_owned(),
        flavour: Flavour::V2,
        compose: NAME.to_owned(),
        services: vec![Declared {
            name: SERVICE.to_owned(),
            image: None,
            builds: false,
            published: true,
            ports: Vec::new(),
        }],
        free: None,
        taken: Vec::new(),
    }
}

/// What becomes of the service when it is to run this image.
pub(super) fn plan(runs: Option<&Pinned>, wanted: Option<&Pinned>) -> Plan {
    let fate = match runs {
        None => Fate::Created,
        Some(_) if runs == wanted => Fate::Kept,
        Some(_) => Fate::Replaced,
    };
    let image = |it: &Pinned| it.reference.clone();
    Plan {
        found: found(),
        changes: vec![Change {
            service: SERVICE.to_owned(),
            fate,
            from: runs.map(image),
            to: wanted.map(image),
            published: true,
        }],
    }
}

/// There are no files to keep; the images are all there is.
pub(super) fn kept(report: &UpReport, name: &str) -> Snapshot {
    Snapshot {
        name: name.to_owned(),
        images: report.pins.clone(),
    }
}

/// The answer to whoever wants a container without a project.
pub(super) fn no_plain_ones(container: &Container) -> ContainerError {
    let why = "there are only compose projects in this world";
    ContainerError::new(Kind::Refused, &container.name, why)
}
