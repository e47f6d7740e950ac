//! Docker engines of the tests' own, all on this machine: each can go away and come back.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use shipbell_adapters::containers::Target;

use crate::house::{House, eventually};
use crate::world::{self, Fate};

/// So many numbers have five digits: more do not fit into the name of a network device.
const NUMBERS: u32 = 100_000;

pub(crate) struct Engine {
    pub(crate) name: &'static str,
    folder: PathBuf,
    /// Where it keeps what it has.
    data: PathBuf,
    bridge: String,
    dockerd: Mutex<Option<Child>>,
}

impl Engine {
    /// Starts one.
    pub(crate) fn start(name: &'static str, house: &House) -> Self {
        let data = house.folder().join(name).join("data");
        Self::start_in(name, house, &data)
    }

    /// Starts one that keeps what it has in this folder. Its bridge is its own: an engine
    /// without any would take away the one of the engine that is here already.
    pub(crate) fn start_in(name: &'static str, house: &House, data: &Path) -> Self {
        let folder = house.folder().join(name);
        std::fs::create_dir(&folder).unwrap();
        let bridge = format!("sb{}{}", std::process::id() % NUMBERS, &name[..2]);
        ip(&["link", "add", &bridge, "type", "bridge"]);
        // What this machine's own engine is told is nothing to this one.
        std::fs::write(folder.join("settings"), "{}").unwrap();
        let engine = Self {
            name,
            folder,
            data: data.to_owned(),
            bridge,
            dockerd: Mutex::default(),
        };
        engine.comes_back();
        engine
    }

    /// It is started, for the first time or again.
    pub(crate) fn comes_back(&self) {
        let path = |of: &str| self.folder.join(of).display().to_string();
        let mut log = File::options();
        let log = log.create(true).append(true).open(self.folder.join("log"));
        let dockerd = Command::new("dockerd")
            .arg(format!("--config-file={}", path("settings")))
            .arg(format!("--host=unix://{}", path("sock")))
            .arg(format!("--data-root={}", self.data.display()))
            .arg(format!("--exec-root={}", path("exec")))
            .arg(format!("--pidfile={}", path("pid")))
            .arg(format!("--bridge={}", self.bridge))
            .args(["--iptables=false", "--ip-forward=false", "--ip-masq=false"])
            .stdout(Stdio::null())
            .stderr(log.unwrap())
            .spawn()
            .unwrap();
        *self.dockerd.lock().unwrap() = Some(dockerd);
    }

    /// It dies, and says nothing to anybody.
    pub(crate) fn dies(&self) {
        let dockerd = self.dockerd.lock().unwrap().take();
        let mut dockerd = dockerd.unwrap();
        dockerd.kill().unwrap();
        dockerd.wait().unwrap();
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            docker: format!("unix://{}", self.folder.join("sock").display()),
            certs: None,
        }
    }

    /// Waits until it answers.
    pub(crate) async fn answers(&self) {
        eventually(&format!("engine {} answers", self.name), async || {
            self.docker(&["version"])
        })
        .await;
    }

    /// Loads a version of both images.
    pub(crate) async fn load(&self, version: &str, fate: Fate) {
        world::load_into(&self.target(), version, fate).await;
    }

    /// The containers of the project that there are.
    pub(crate) fn containers(&self, house: &House) -> Vec<String> {
        let mine = format!(
            "label=com.docker.compose.project={}",
            house.world().project()
        );
        let found = self.docker(&["ps", "-aq", "--no-trunc", "--filter", &mine]);
        let mut all: Vec<String> = found.unwrap().lines().map(str::to_owned).collect();
        all.sort();
        all
    }

    /// The containers that there are of an image.
    pub(crate) fn made_from(&self, image: &str) -> Vec<String> {
        let of = format!("ancestor={image}");
        let found = self.docker(&["ps", "-aq", "--filter", &of]);
        let found = found.unwrap_or_default();
        found.lines().map(str::to_owned).collect()
    }

    /// Fails unless exactly one container of each service runs this version here.
    #[track_caller]
    pub(crate) fn runs(&self, house: &House, version: &str) {
        for service in ["api", "frontend"] {
            let reference = world::reference(service, version);
            let image = ["inspect", "--format", "{{.Id}}", &reference];
            let image = self.docker(&image).unwrap();
            let id = self.only(house, service);
            let format = "{{.State.Status}} {{.Image}}";
            let told = self.docker(&["inspect", "--format", format, &id]);
            let expected = format!("running {image}");
            assert_eq!(told, Some(expected), "{service} on {}", self.name);
        }
    }

    /// The engine goes away, with everything that runs on it.
    pub(crate) fn stop(&self) {
        // It would ask each container first, and wait.
        let left = self.docker(&["ps", "-aq"]).unwrap_or_default();
        let ids: Vec<&str> = left.lines().collect();
        if !ids.is_empty() {
            self.docker(&[["rm", "-fv"].as_slice(), &ids].concat());
        }
        let dockerd = self.dockerd.lock().unwrap().take();
        if let Some(mut dockerd) = dockerd {
            let pid = dockerd.id().to_string();
            drop(Command::new("kill").args(["-TERM", &pid]).status());
            drop(dockerd.wait());
        }
    }

    /// The version that the one container of a service was made from, which runs.
    #[track_caller]
    pub(crate) fn version_of(&self, house: &House, service: &str) -> String {
        let id = self.only(house, service);
        let running = self.says(&["inspect", "--format", "{{.State.Running}}", &id]);
        assert_eq!(running, "true", "{service} on {}", self.name);
        let format = "{{range .Config.Env}}{{println .}}{{end}}";
        let vars = self.says(&["inspect", "--format", format, &id]);
        let version = vars.lines().find_map(|it| it.strip_prefix("VERSION="));
        version.unwrap_or_default().to_owned()
    }

    /// The one container of a service, running or not.
    #[track_caller]
    fn only(&self, house: &House, service: &str) -> String {
        let project = format!(
            "label=com.docker.compose.project={}",
            house.world().project()
        );
        let label = format!("label=com.docker.compose.service={service}");
        let found = self.says(&["ps", "-aq", "--filter", &project, "--filter", &label]);
        let ids: Vec<&str> = found.lines().collect();
        let [id] = ids.as_slice() else {
            panic!("{service} on {}: one container, not {ids:?}", self.name)
        };
        (*id).to_owned()
    }

    /// What its own client says, which must go well.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) -> String {
        let said = self.docker(words);
        said.unwrap_or_else(|| panic!("docker {}: it failed", words.join(" ")))
    }

    fn docker(&self, words: &[&str]) -> Option<String> {
        let output = Command::new("docker")
            .arg("--host")
            .arg(self.target().docker)
            .args(words)
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(out)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
        ip(&["link", "delete", &self.bridge]);
    }
}

fn ip(words: &[&str]) {
    let done = Command::new("ip").args(words).status();
    assert!(done.is_ok_and(|it| it.success()), "ip {}", words.join(" "));
}
