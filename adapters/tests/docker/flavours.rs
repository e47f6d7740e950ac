//! A project that one Compose made, on a machine that has the other.

use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::{ContainerError, Containers as _, Flavour, Kind, Pinned};
use shipbell_adapters::redact::Redactor;

use crate::composes;
use crate::rig::{self, Heard, Rig};

/// The same machine with these flavours and no other.
fn machine(flavours: &[Flavour]) -> (DockerEngines, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let settings = composes::settings(folder.path(), flavours);
    (DockerEngines::new(settings, Redactor::default()), folder)
}

fn other(flavour: Flavour) -> Flavour {
    match flavour {
        Flavour::V1 => Flavour::V2,
        Flavour::V2 => Flavour::V1,
    }
}

async fn up(rig: &Rig, engines: &DockerEngines, image: &Pinned) -> Result<Flavour, ContainerError> {
    let heard = Heard::default();
    let up = rig.up(rig.project(""), image);
    let done = engines.up(&rig.target, &up, &heard.session()).await;
    done.map(|report| report.flavour)
}

#[tokio::test]
async fn nobody_switches_by_accident() {
    rig::each("switch", async |rig, flavour| {
        if composes::all("switch").len() < 2 {
            return;
        }
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        assert_eq!(up(rig, &rig.engines, &one).await.unwrap(), flavour);

        let (other_one, _kept) = machine(&[other(flavour)]);
        let error = up(rig, &other_one, &two).await.unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        let name = &rig.name;
        let expected = format!(
            "choosing the Compose for project {name}: its containers were made by `{flavour}`, \
             which is not installed. Install it. To change to the other one, remove them \
             (`docker rm -f $(docker ps -aq --filter label=com.docker.compose.project={name})`) \
             and deploy; only named volumes stay"
        );
        assert_eq!(error.to_string(), expected);
        let running = rig.engines.running(&rig.target, name).await.unwrap();
        assert_eq!((running.len(), &running[0].image_id), (1, &one.reference));

        // With both the one that made it goes on.
        let (both, _kept) = machine(&[Flavour::V1, Flavour::V2]);
        assert_eq!(up(rig, &both, &two).await.unwrap(), flavour);

        // Whoever does what they were told can go on.
        rig.engines.down(&rig.target, name).await.unwrap();
        assert_eq!(up(rig, &other_one, &two).await.unwrap(), other(flavour));
    })
    .await;
}

#[tokio::test]
async fn two_that_had_their_turns_are_told_apart_by_a_person() {
    rig::each("both", async |rig, flavour| {
        if composes::all("both").len() < 2 {
            return;
        }
        let image = rig.image("one", "well").await;
        up(rig, &rig.engines, &image).await.unwrap();
        let mut docker = tokio::process::Command::new("docker");
        let project = format!("com.docker.compose.project={}", rig.name);
        let version = match flavour {
            Flavour::V1 => "com.docker.compose.version=2.26.1",
            Flavour::V2 => "com.docker.compose.version=1.29.2",
        };
        docker.args(["create", "--label", &project, "--label", version, "--label"]);
        docker.args(["com.docker.compose.service=old", &image.reference]);
        assert!(docker.output().await.unwrap().status.success());

        let error = up(rig, &rig.engines, &image).await.unwrap_err();
        let expected = format!(
            "choosing the Compose for project {}: both `docker-compose` and `docker compose` \
             made containers of it. Remove those of one, which `docker ps -a --filter \
             label={project} --format '{{{{.Names}}}} {{{{.Label \
             \"com.docker.compose.version\"}}}}'` tells apart",
            rig.name
        );
        assert_eq!(error.to_string(), expected);
    })
    .await;
}
