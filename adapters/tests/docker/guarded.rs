//! A real registry behind a password that holds every character.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use shipbell_adapters::redact::base64;

use crate::server::until;

/// It holds everything a password may, and what becomes `+` and `/` in base64.
pub(crate) const PASSWORD: &str = "???>>>~~~ é:\"'\\$`%#@!&*(){}[]|;<>,.=+-_/^";

const PROGRAM: &str = "/usr/bin/docker-registry";

pub(crate) struct Registry {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) folder: tempfile::TempDir,
}

impl Registry {
    /// Starts one, or says why there is none.
    pub(crate) async fn start(test: &str) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            assert!(!required(), "a registry is required: there is no {PROGRAM}");
            // The test runner hides what is printed.
            let mut stderr = std::io::stderr().lock();
            writeln!(stderr, "skipped: {test}: there is no {PROGRAM}").unwrap();
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let hashed = Command::new("htpasswd")
            .args(["-nbB", "bot", PASSWORD])
            .output()
            .unwrap();
        std::fs::write(folder.path().join("passwords"), hashed.stdout).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let path = folder.path().display();
        let config = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {path}/data}}}}\n\
             http: {{addr: \"{address}\"}}\n\
             auth: {{htpasswd: {{realm: test, path: {path}/passwords}}}}\n"
        );
        std::fs::write(folder.path().join("config.yml"), config).unwrap();
        let child = serve(folder.path());
        let registry = Self {
            child,
            address,
            folder,
        };
        registry.listens().await;
        Some(registry)
    }

    /// Waits until it does.
    pub(crate) async fn listens(&self) {
        let what = format!("the registry in {} listens", self.folder.path().display());
        until(&what, || TcpStream::connect(&self.address).is_ok()).await;
    }

    /// Stores a password where Docker's programs store it.
    pub(crate) fn log_in(&self, home: &Path, password: &str) {
        let auth = base64::encode(format!("bot:{password}").as_bytes());
        let config = serde_json::json!({"auths": {&self.address: {"auth": auth}}});
        std::fs::create_dir_all(home.join(".docker")).unwrap();
        std::fs::write(home.join(".docker/config.json"), config.to_string()).unwrap();
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts the program on what it keeps in a folder.
pub(crate) fn serve(folder: &Path) -> Child {
    Command::new(PROGRAM)
        .arg("serve")
        .arg(folder.join("config.yml"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
fn required() -> bool {
    let required = std::env::var("SHIPBELL_REQUIRE");
    required.is_ok_and(|all| all.split(',').any(|one| one == "registry"))
}
