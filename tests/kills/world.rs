//! The machine the program works on, seen with other eyes: Docker's own client.

mod events;
mod images;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use shipbell_adapters::containers::RETAINED;

pub(crate) use events::{Event, Events};
pub(crate) use images::{Fate, load, reference};

const PROJECT: &str = "com.docker.compose.project";

/// How everything of this test begins to be called.
const OURS: &str = "shipbell-kills-";

/// How everything of this run begins to be called: two runs on one engine do not meet.
pub(crate) fn prefix() -> String {
    format!("{OURS}{}", std::process::id())
}

/// The compose project of an environment.
pub(crate) fn project(app: &str, env: &str) -> String {
    format!("{}-{app}-{env}", prefix())
}

/// Why this test cannot run here, if it cannot.
pub(crate) fn lacking() -> Option<String> {
    let works = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        let quiet = command
            .args(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        quiet.status().is_ok_and(|it| it.success())
    };
    if !works("docker", &["version"]) {
        return Some("no Docker engine answers".to_owned());
    }
    if !works("docker", &["compose", "version"]) && !works("docker-compose", &["version"]) {
        return Some("Compose is not installed".to_owned());
    }
    images::busybox()
        .is_none()
        .then(|| "busybox is not installed".to_owned())
}

/// Asks Docker's own client; what it prints, if it goes well.
pub(crate) async fn docker(words: &[&str]) -> Option<Vec<u8>> {
    let mut command = tokio::process::Command::new("docker");
    let output = command.args(words).kill_on_drop(true).output().await;
    let output = output.unwrap();
    output.status.success().then_some(output.stdout)
}

/// What an address answers; nothing if nobody answers well.
pub(crate) async fn answer(url: &str) -> Option<String> {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.timeout(Duration::from_secs(20)).build().unwrap();
    let answer = client.get(url).send().await.ok()?;
    let answer = answer.error_for_status().ok()?;
    Some(answer.text().await.ok()?.trim().to_owned())
}

async fn lines(words: &[&str]) -> Vec<String> {
    let said = docker(words).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&said);
    text.lines().map(str::to_owned).collect()
}

/// The image of every container of a project's service, and whether it runs.
pub(crate) async fn running(project: &str) -> Vec<(String, bool)> {
    let mine = format!("label={PROJECT}={project}");
    let lasting = "label=com.docker.compose.oneoff=False";
    let ids = lines(&["ps", "-aq", "--filter", &mine, "--filter", lasting]).await;
    let mut found = Vec::new();
    for id in ids {
        let format = "{{.Image}} {{.State.Running}}";
        let told = lines(&["inspect", "--format", format, &id]).await;
        if let Some((image, runs)) = told.first().and_then(|it| it.split_once(' ')) {
            found.push((image.to_owned(), runs == "true"));
        }
    }
    found
}

/// Every container of a project: its name, its state, and whether it was made for one command.
pub(crate) async fn containers(project: &str) -> Vec<(String, String, bool)> {
    let mine = format!("label={PROJECT}={project}");
    let format = "{{.Names}} {{.State}} {{.Label \"com.docker.compose.oneoff\"}}";
    let told = lines(&["ps", "-a", "--filter", &mine, "--format", format]).await;
    let one = |line: &String| {
        let mut words = line.split(' ').map(str::to_owned);
        Some((words.next()?, words.next()?, words.next()? == "True"))
    };
    told.iter().filter_map(one).collect()
}

/// The lines of the file in a project's volume to which every run of its command adds one.
pub(crate) async fn runs(project: &str) -> Vec<String> {
    left(project, "runs").await
}

/// The versions whose command ran in a project, once for each run.
pub(crate) async fn migrated(project: &str) -> Vec<String> {
    left(project, "versions").await
}

/// The lines of a file in a project's volume.
async fn left(project: &str, file: &str) -> Vec<String> {
    let mine = format!("label={PROJECT}={project}");
    let Some(any) = lines(&["ps", "-aq", "--filter", &mine]).await.pop() else {
        return Vec::new();
    };
    let archive = docker(&["cp", &format!("{any}:/data/{file}"), "-"]).await;
    let text = archive.map(|it| content(&it)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The one file of an archive.
fn content(archive: &[u8]) -> String {
    let octal = String::from_utf8_lossy(archive.get(124..135).unwrap_or_default()).into_owned();
    let size = usize::from_str_radix(octal.trim_matches(['\0', ' ']), 8).unwrap_or_default();
    let bytes = archive.get(512..512 + size).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

/// Everything these applications left on the engine, for as long as it lives.
pub(crate) struct Cleared(pub(crate) Vec<String>);

impl Drop for Cleared {
    fn drop(&mut self) {
        let own = std::process::id().to_string();
        clear(&|run, app| run == own && self.0.iter().any(|it| it == app));
    }
}

/// Removes what runs that have ended left.
pub(crate) fn sweep() {
    clear(&|run, _| !Path::new("/proc").join(run).exists());
}

/// Removes what runs of these tests left whose number and application are like this.
fn clear(is_left: &dyn Fn(&str, &str) -> bool) {
    let of = |name: &str| -> bool {
        let rest = name.strip_prefix(OURS);
        let mut words = rest.into_iter().flat_map(|it| it.split(['-', '/', ':']));
        let run = words.next();
        run.is_some_and(|run| is_left(run, words.next().unwrap_or_default()))
    };
    seals(&of);
    let project = format!("{{{{.ID}}}} {{{{.Label \"{PROJECT}\"}}}}");
    let named = format!("{{{{.Name}}}} {{{{.Label \"{PROJECT}\"}}}}");
    let image = "{{.Repository}}:{{.Tag}} {{.Repository}}";
    // The tag begins with the project's name.
    let kept = "{{.Repository}}:{{.Tag}} {{.Tag}}";
    for (list, format, remove) in [
        (
            ["ps", "-a"].as_slice(),
            project.as_str(),
            ["rm", "-fv"].as_slice(),
        ),
        (&["network", "ls"], &project, &["network", "rm"]),
        (&["volume", "ls"], &named, &["volume", "rm"]),
        (&["images", RETAINED], kept, &["rmi", "-f"]),
        (&["images"], image, &["rmi", "-f"]),
    ] {
        let told = now(&[list, &["--format", format]].concat());
        let ours = told.lines().filter_map(|it| it.split_once(' '));
        let ours: BTreeSet<&str> = ours.filter(|(_, it)| of(it)).map(|(id, _)| id).collect();
        if !ours.is_empty() {
            let words: Vec<&str> = remove.iter().copied().chain(ours).collect();
            now(&words);
        }
    }
}

/// Removes containers that only occupy a name: they belong to no project, but are of our images.
fn seals(of: &dyn Fn(&str) -> bool) {
    let images = now(&["images", "--format", "{{.Repository}}:{{.Tag}}"]);
    let ours = images.lines().filter(|it| of(it));
    let filters: Vec<String> = ours.map(|it| format!("ancestor={it}")).collect();
    if filters.is_empty() {
        return;
    }
    let mut words = vec!["ps", "-aq"];
    words.extend(filters.iter().flat_map(|it| ["--filter", it]));
    let found = now(&words);
    if !found.is_empty() {
        let remove = ["rm", "-fv"].into_iter();
        now(&remove.chain(found.lines()).collect::<Vec<_>>());
    }
}

/// Asks Docker's own client where nothing can be awaited.
fn now(words: &[&str]) -> String {
    let output = Command::new("docker").args(words).output();
    let said = output.map(|it| it.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).into_owned()
}
