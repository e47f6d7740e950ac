//! A Docker engine of its own for each host, all on this machine.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use shipbell_adapters::containers::Target;

use crate::house::{House, eventually};
use crate::world::{self, Fate};

/// So many numbers have five digits: more do not fit into the name of a network device.
const NUMBERS: u32 = 100_000;

pub(super) struct Engine {
    pub(super) name: &'static str,
    folder: PathBuf,
    bridge: String,
    dockerd: Mutex<Option<Child>>,
}

impl Engine {
    /// Starts one. Its bridge is its own: an engine without any would take away the one
    /// of the engine that is here already.
    pub(super) fn start(name: &'static str, house: &House) -> Self {
        let folder = house.folder().join(name);
        std::fs::create_dir(&folder).unwrap();
        let bridge = format!("sb{}{}", std::process::id() % NUMBERS, &name[..2]);
        ip(&["link", "add", &bridge, "type", "bridge"]);
        let path = |of: &str| folder.join(of).display().to_string();
        // What this machine's own engine is told is nothing to this one.
        std::fs::write(path("settings"), "{}").unwrap();
        let log = File::create(folder.join("log")).unwrap();
        let dockerd = Command::new("dockerd")
            .arg(format!("--config-file={}", path("settings")))
            .arg(format!("--host=unix://{}", path("sock")))
            .arg(format!("--data-root={}", path("data")))
            .arg(format!("--exec-root={}", path("exec")))
            .arg(format!("--pidfile={}", path("pid")))
            .arg(format!("--bridge={bridge}"))
            .args(["--iptables=false", "--ip-forward=false", "--ip-masq=false"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self {
            name,
            folder,
            bridge,
            dockerd: Mutex::new(Some(dockerd)),
        }
    }

    pub(super) fn target(&self) -> Target {
        Target {
            docker: format!("unix://{}", self.folder.join("sock").display()),
            certs: None,
        }
    }

    /// Waits until it answers.
    pub(super) async fn answers(&self) {
        eventually(&format!("engine {} answers", self.name), async || {
            self.docker(&["version"])
        })
        .await;
    }

    /// Loads a version of both images.
    pub(super) async fn load(&self, version: &str, fate: Fate) {
        world::load_into(&self.target(), version, fate).await;
    }

    /// The containers of the project that there are.
    pub(super) fn containers(&self, house: &House) -> Vec<String> {
        let mine = format!(
            "label=com.docker.compose.project={}",
            house.world().project()
        );
        let found = self.docker(&["ps", "-aq", "--no-trunc", "--filter", &mine]);
        let mut all: Vec<String> = found.unwrap().lines().map(str::to_owned).collect();
        all.sort();
        all
    }

    /// Fails unless exactly one container of each service runs this version here.
    #[track_caller]
    pub(super) fn runs(&self, house: &House, version: &str) {
        for service in ["api", "frontend"] {
            let reference = world::reference(service, version);
            let image = ["inspect", "--format", "{{.Id}}", &reference];
            let image = self.docker(&image).unwrap();
            let labels = [
                format!(
                    "label=com.docker.compose.project={}",
                    house.world().project()
                ),
                format!("label=com.docker.compose.service={service}"),
            ];
            let [project, service_label] = &labels;
            let list = ["ps", "-aq", "--filter", project, "--filter", service_label];
            let found = self.docker(&list).unwrap();
            let ids: Vec<&str> = found.lines().collect();
            let [id] = ids.as_slice() else {
                panic!("{service} on {}: one container, not {ids:?}", self.name)
            };
            let format = "{{.State.Status}} {{.Image}}";
            let told = self.docker(&["inspect", "--format", format, id]);
            let expected = format!("running {image}");
            assert_eq!(told, Some(expected), "{service} on {}", self.name);
        }
    }

    /// The engine goes away, with everything that runs on it.
    pub(super) fn stop(&self) {
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
