//! The machine the program works on, seen with other eyes: Docker's own client and plain HTTP.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Once;
use std::time::Duration;

use shipbell_adapters::containers::docker::{DockerEngines, Settings};
use shipbell_adapters::containers::image::{
    ImageFile, ImageHealthcheck, ImageSpec, binary_with_libraries,
};
use shipbell_adapters::containers::{RETAINED, Target};
use shipbell_adapters::redact::Redactor;

/// Where the tiny web servers listen in their containers.
pub(crate) const INSIDE: u16 = 8000;

/// How the images of these tests begin to be called.
const IMAGES: &str = "shipbell-e2e-";
const PROJECT: &str = "com.docker.compose.project";
const PLAIN: &str = "io.shipbell.project";
const BUSYBOX: [&str; 2] = ["/bin/busybox", "/usr/bin/busybox"];
const CRASH: &str = "echo \"started $VERSION\"; echo \"out of luck\" >&2; exit 7";
const SERVE: &str = "echo \"started $VERSION\"; exec /bin/busybox httpd -f -vv -p 8000 -h /www";

/// What a project's containers are, told by Docker.
pub(crate) struct World {
    project: String,
}

/// What becomes of a version once it runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Well,
    /// It starts, and never gets healthy.
    Sick,
    /// It ends by itself, soon after each start.
    Crashes,
}

/// Why tests with containers cannot run here, if they cannot.
pub(crate) fn lacking() -> Option<String> {
    let works = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|it| it.success())
    };
    if !works("docker", &["version"]) {
        return Some("no Docker engine answers".to_owned());
    }
    if !works("docker", &["compose", "version"]) && !works("docker-compose", &["version"]) {
        return Some("Compose is not installed".to_owned());
    }
    busybox()
        .is_none()
        .then(|| "busybox is not installed".to_owned())
}

/// Whether the tests must run with this, rather than be skipped.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
pub(crate) fn required(what: &str) -> bool {
    std::env::var("SHIPBELL_REQUIRE").is_ok_and(|all| all.split(',').any(|one| one == what))
}

/// Says why a test did nothing; the test runner hides what is printed.
pub(crate) fn skipped(test: &str, why: &str) {
    // In one piece, so that tests beside each other do not mix their words.
    let line = format!("skipped: {test}: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Loads a version of both images; `reference` gives back what they are called.
pub(crate) async fn load(version: &str, fate: Fate) {
    static SWEPT: Once = Once::new();
    SWEPT.call_once(sweep);
    load_into(&Target::local(), version, fate).await;
}

/// Loads a version of both images into an engine.
pub(crate) async fn load_into(engine: &Target, version: &str, fate: Fate) {
    load_as(engine, (version, fate), |service| {
        reference(service, version)
    })
    .await;
}

/// Loads a version of both images into an engine, called something else.
pub(crate) async fn load_as(
    engine: &Target,
    (version, fate): (&str, Fate),
    name: impl Fn(&str) -> String,
) {
    let home = std::env::temp_dir();
    let engines = DockerEngines::new(
        Settings {
            home,
            ..Settings::default()
        },
        Redactor::default(),
    );
    let server = binary_with_libraries(Path::new(busybox().unwrap()), "/bin/busybox");
    let server = server.await.unwrap();
    for service in ["api", "frontend"] {
        let tag = name(service);
        let image = image(tag, service, (version, fate), server.clone());
        engines.load(engine, &image).await.unwrap();
    }
}

/// The id of the image a version of a service has.
pub(crate) fn image_of(service: &str, version: &str) -> String {
    docker(&[
        "inspect",
        "--format",
        "{{.Id}}",
        &reference(service, version),
    ])
}

/// Removes the one-off containers that were made from an image of these tests;
/// gives how many there were.
pub(crate) fn clear_commands(service: &str, version: &str) -> usize {
    let ancestor = format!("ancestor={}", reference(service, version));
    let filters = ["--filter", "label=io.shipbell.run", "--filter", &ancestor];
    let found = docker(&[["ps", "-aq"].as_slice(), &filters].concat());
    for id in found.lines() {
        docker(&["rm", "-f", id]);
    }
    found.lines().count()
}

/// What a version of a service is called here.
pub(crate) fn reference(service: &str, version: &str) -> String {
    format!("{}:{version}", repository(service))
}

/// Two runs of these tests on one engine do not meet.
pub(crate) fn repository(service: &str) -> String {
    format!("{IMAGES}{}/{service}", std::process::id())
}

/// Removes the images of runs that have ended.
fn sweep() {
    let all = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}"]);
    let is_left = |reference: &&str| {
        let rest = reference.strip_prefix(IMAGES);
        let run = rest.and_then(|rest| rest.split('/').next());
        run.is_some_and(|run| !Path::new("/proc").join(run).exists())
    };
    for reference in all.lines().filter(is_left) {
        docker(&["rmi", reference]);
    }
}

/// What an address answers, as words; nothing if nobody answers.
pub(crate) async fn answer(url: &str) -> Option<String> {
    let answer = client().get(url).send().await.ok()?;
    let status = answer.status();
    let text = answer.text().await.ok()?;
    Some(if status.is_success() {
        text.trim().to_owned()
    } else {
        status.as_str().to_owned()
    })
}

/// An HTTP client that knows no proxy and follows nothing.
pub(crate) fn client() -> reqwest::Client {
    shipbell_adapters::tls::choose();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

impl World {
    pub(crate) fn new(project: &str) -> Self {
        Self {
            project: project.to_owned(),
        }
    }

    /// The project's name.
    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    /// The image of every container of a service that there is, running or not.
    pub(crate) fn images(&self, service: &str) -> Vec<String> {
        let ids = self.containers(service);
        ids.iter()
            .map(|id| docker(&["inspect", "--format", "{{.Image}}", id]))
            .collect()
    }

    /// Fails unless there is exactly one container of each service, running this version, healthy.
    pub(crate) fn runs(&self, version: &str) {
        for service in ["api", "frontend"] {
            let ids = self.containers(service);
            let [id] = ids.as_slice() else {
                panic!("{service}: one container, not {ids:?}")
            };
            let format = "{{.State.Status}} {{.State.Health.Status}} {{.Image}}";
            let expected = format!("running healthy {}", image_of(service, version));
            assert_eq!(
                docker(&["inspect", "--format", format, id]),
                expected,
                "{service}"
            );
        }
    }

    /// A variable that the one container of a service was made with.
    pub(crate) fn variable(&self, service: &str, name: &str) -> Option<String> {
        let ids = self.containers(service);
        let [id] = ids.as_slice() else {
            panic!("{service}: one container, not {ids:?}")
        };
        let format = "{{range .Config.Env}}{{println .}}{{end}}";
        let all = docker(&["inspect", "--format", format, id]);
        let mut lines = all.lines();
        lines.find_map(|it| Some(it.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
    }

    /// The plain containers there are, by name, each with its image and a variable it was
    /// made with.
    pub(crate) fn plain(&self, variable: &str) -> Vec<(String, String, String)> {
        let found = docker(&["ps", "-aq", "--filter", &self.plain_ones()]);
        let format = "{{.Name}} {{.Image}}{{range .Config.Env}}\n{{.}}{{end}}";
        let one = |id: &str| {
            let told = docker(&["inspect", "--format", format, id]);
            let (first, vars) = told.split_once('\n')?;
            let (name, image) = first.trim_start_matches('/').split_once(' ')?;
            let value = vars
                .lines()
                .find_map(|it| it.strip_prefix(variable)?.strip_prefix('='));
            let value = value.unwrap_or_default().to_owned();
            Some((name.to_owned(), image.to_owned(), value))
        };
        found.lines().filter_map(one).collect()
    }

    /// Somebody stops a service.
    pub(crate) fn stops(&self, service: &str) {
        for container in self.containers(service) {
            docker(&["stop", "-t", "1", &container]);
        }
    }

    /// Which containers of a service there are.
    pub(crate) fn containers(&self, service: &str) -> Vec<String> {
        let service = format!("label=com.docker.compose.service={service}");
        let found = docker(&["ps", "-aq", "--filter", &self.mine(), "--filter", &service]);
        found.lines().map(str::to_owned).collect()
    }

    fn mine(&self) -> String {
        format!("label={PROJECT}={}", self.project)
    }

    fn plain_ones(&self) -> String {
        format!("label={PLAIN}={}", self.project)
    }

    /// Removes what the project left.
    fn clear(&self) {
        let format = "{{.Repository}}:{{.Tag}}";
        for kept in docker(&["images", "--format", format, RETAINED]).lines() {
            let tag = kept.rsplit(':').next().unwrap_or_default();
            let of = tag.rsplit_once('.').map(|(of, _)| of);
            if of == Some(self.project.as_str()) {
                docker(&["rmi", kept]);
            }
        }
        for (list, remove, filter) in [
            (["ps", "-aq"], ["rm", "-fv"], self.mine()),
            (["ps", "-aq"], ["rm", "-fv"], self.plain_ones()),
            (["network", "ls"], ["network", "rm"], self.mine()),
        ] {
            let quiet: &[&str] = if list[0] == "network" { &["-q"] } else { &[] };
            let mut words = list.to_vec();
            words.extend(quiet);
            words.extend(["--filter", &filter]);
            let found = docker(&words);
            let mut words = remove.to_vec();
            words.extend(found.lines());
            if !found.is_empty() {
                docker(&words);
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Asks Docker's own client.
fn docker(words: &[&str]) -> String {
    let output = Command::new("docker").args(words).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn busybox() -> Option<&'static str> {
    BUSYBOX.into_iter().find(|path| Path::new(path).exists())
}

fn image(
    tag: String,
    service: &str,
    (version, fate): (&str, Fate),
    mut files: Vec<ImageFile>,
) -> ImageSpec {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mut page = |path: &str, text: String| {
        let bytes = text.into_bytes();
        files.push(ImageFile {
            path: path.into(),
            bytes,
            mode: 0o644,
        });
    };
    page("/www/index.html", format!("{service} {version}\n"));
    page("/www/api/docs/index.html", "how to use it\n".to_owned());
    if fate != Fate::Sick || service == "frontend" {
        page(
            "/www/api/health/index.html",
            format!("{service} {version} is well\n"),
        );
    }
    let health = format!("http://127.0.0.1:{INSIDE}/api/health/");
    let check = ["/bin/busybox", "wget", "-q", "-O", "/dev/null", &health];
    ImageSpec {
        tag,
        files,
        entrypoint: words(&["/bin/busybox", "sh", "-c"]),
        command: words(&[if fate == Fate::Crashes { CRASH } else { SERVE }]),
        env: [("VERSION".to_owned(), version.to_owned())].into(),
        healthcheck: Some(ImageHealthcheck {
            command: words(&check),
            interval: Duration::from_millis(200),
            timeout: Duration::from_secs(5),
            retries: 3,
        }),
        stop_signal: Some("SIGKILL".to_owned()),
        ..ImageSpec::default()
    }
}
