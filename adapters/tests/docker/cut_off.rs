//! A Compose that is killed at its work, and the next call that finds what it left.

use std::process::Stdio;
use std::time::Duration;

use shipbell_adapters::containers::{Containers as _, Flavour, Kind, Pinned};

use crate::rig::{self, Rig};

/// How many times Compose is killed, and how many moments there are for it: a busy machine
/// shows fewer changes of a project's containers than there are.
const KILLS: usize = 8;
const MOMENTS: usize = 5;

#[tokio::test]
async fn killed_at_any_moment_the_next_call_ends_in_the_same_place() {
    rig::each("cut-off", async |rig, flavour| {
        let images = [
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        ];
        converge(rig, &images[0]).await;
        let (mut killed, mut reaped) = (0, 0);
        for moment in 0..KILLS {
            let image = &images[(moment + 1) % 2];
            killed += usize::from(cut_off(rig, image, moment % MOMENTS).await);
            reaped += converge(rig, image).await;
            assert_eq!(containers(rig).await.len(), 1, "kill {moment}");
        }
        assert!(killed > 3, "it was done before it was killed: {killed}");
        // 1.x goes on with what it finds half made; 2.x would fail for it.
        assert!(
            reaped > 0 || flavour == Flavour::V1,
            "nothing was left over"
        );
    })
    .await;
}

/// Brings the project to an image; how many half-made containers were in the way.
async fn converge(rig: &Rig, image: &Pinned) -> usize {
    let up = rig.up(rig.project(""), image);
    let report = rig.converges(&up).await;
    let report = report.unwrap();
    let wait = rig.stable(image);
    rig.settles(&wait).await.unwrap();
    let running = rig.engines.running(&rig.target, &rig.name).await.unwrap();
    assert_eq!((running.len(), &running[0].image_id), (1, &image.reference));
    report.reaped
}

/// Kills Compose once the project's containers have changed that often. Whether it
/// was at work still.
async fn cut_off(rig: &Rig, image: &Pinned, changes: usize) -> bool {
    let up = rig.up(rig.project(""), image);
    let work = rig.converges(&up);
    let murder = async {
        let mut seen = containers(rig).await;
        let mut left = changes;
        loop {
            let now = containers(rig).await;
            left = left.saturating_sub(usize::from(now != seen));
            seen = now;
            if left == 0 && kill(&rig.name) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::pin!(work);
    let done = tokio::select! {
        done = &mut work => done,
        () = murder => work.await,
    };
    match done {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind, Kind::Interrupted, "{error}");
            true
        }
    }
}

/// The project's containers with their names and states.
async fn containers(rig: &Rig) -> Vec<String> {
    let label = format!("label=com.docker.compose.project={}", rig.name);
    let format = "{{.ID}} {{.Names}} {{.State}}";
    let mut docker = tokio::process::Command::new("docker");
    docker.args(["ps", "-a", "--filter", &label, "--format", format]);
    let output = docker.output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Kills the Compose that converges a project; whether there was one.
fn kill(project: &str) -> bool {
    let is_it = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|it| *it == 0).collect();
        words.contains(&project.as_bytes()) && words.contains(&b"up".as_slice())
    };
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let mut found: Vec<u32> = all
        .filter_map(|it| it.file_name().to_str()?.parse().ok())
        .filter(is_it)
        .collect();
    // The program that is waited for first: the plugin is its child.
    found.sort_unstable();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    let mut kill = std::process::Command::new("kill");
    kill.arg("-KILL").args(&found).stderr(Stdio::null());
    !found.is_empty() && kill.status().unwrap().success()
}

#[tokio::test]
async fn what_an_interrupted_call_left_half_made_is_removed() {
    rig::each("reap", async |rig, _| {
        let image = rig.image("port", "well").await;
        let docker = bollard::Docker::connect_with_unix_defaults().unwrap();
        let labels = [
            ("com.docker.compose.project", rig.name.as_str()),
            ("com.docker.compose.service", "web"),
            ("com.docker.compose.replace", "an-older-one"),
            ("com.docker.compose.oneoff", "False"),
        ];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let half_made = bollard::models::ContainerCreateBody {
            image: Some(image.reference.clone()),
            labels: Some(labels.into()),
            ..bollard::models::ContainerCreateBody::default()
        };
        let options = None::<bollard::query_parameters::CreateContainerOptions>;
        docker.create_container(options, half_made).await.unwrap();
        let up = rig.up(rig.project(""), &image);
        let report = rig.converges(&up).await.unwrap();
        assert_eq!(report.reaped, 1);
        rig.settles(&rig.stable(&image)).await.unwrap();
    })
    .await;
}
