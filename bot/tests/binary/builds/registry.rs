//! A real registry behind a password, which the bot knows.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use shipbell_adapters::redact::base64;
use tempfile::TempDir;

use crate::house::{House, eventually};
use crate::world::{required, skipped};

const PROGRAM: &str = "/usr/bin/docker-registry";
const PASSWORD: &str = "???>>>~~~-very-long";

/// A registry on a port of its own.
pub(super) struct Registry {
    pub(super) address: String,
    child: Child,
    _folder: TempDir,
}

impl Registry {
    /// Starts one, and logs whoever lives in the house in to it; none where there is no
    /// such program.
    pub(super) async fn start(test: &str, house: &House) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            let why = format!("there is no {PROGRAM}");
            assert!(!required("registry"), "a registry is required: {why}");
            skipped(test, &why);
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut hashed = Command::new("htpasswd");
        let hashed = hashed.args(["-nbB", "bot", PASSWORD]).output().unwrap();
        fs::write(folder.path().join("passwords"), hashed.stdout).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let path = folder.path().display();
        let config = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {path}/data}}}}\n\
             http: {{addr: \"{address}\"}}\n\
             auth: {{htpasswd: {{realm: test, path: {path}/passwords}}}}\n"
        );
        fs::write(folder.path().join("config.yml"), config).unwrap();
        let child = Command::new(PROGRAM)
            .arg("serve")
            .arg(folder.path().join("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let registry = Self {
            address,
            child,
            _folder: folder,
        };
        eventually("the registry listens", async || {
            TcpStream::connect(&registry.address).ok()
        })
        .await;
        let auth = base64::encode(format!("bot:{PASSWORD}").as_bytes());
        let known = serde_json::json!({"auths": {&registry.address: {"auth": auth}}});
        let place = house.folder().join(".docker");
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("config.json"), known.to_string()).unwrap();
        Some(registry)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
