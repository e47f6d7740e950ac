//! A real registry behind a password that holds every character.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use shipbell_adapters::containers::{Containers as _, Kind};
use shipbell_adapters::redact::base64;

use crate::rig::{self, Heard};
use crate::server::until;

/// It holds everything a password may, and what becomes `+` and `/` in base64.
const PASSWORD: &str = "???>>>~~~ é:\"'\\$`%#@!&*(){}[]|;<>,.=+-_/^";

struct Registry {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

#[tokio::test]
async fn an_image_is_pushed_pulled_and_promoted_by_its_digest() {
    rig::run("promoted", async |rig| {
        let Some(registry) = Registry::start("promoted").await else {
            return;
        };
        registry.log_in(rig.directory.path(), PASSWORD);
        let (engines, target) = (&rig.engines, &rig.target);
        let heard = Heard::default();
        let session = heard.session();
        let name = format!("{}/acme/web", registry.address);
        let tagged = format!("{name}:1.0");
        rig.image_named(&tagged).await;

        let pushed = engines.push(target, &tagged, &session).await.unwrap();
        assert!(!pushed.local && pushed.reference.starts_with(&format!("{name}@sha256:")));
        let again = engines.push(target, &tagged, &session).await.unwrap();
        assert_eq!(again, pushed, "pushing twice is pushing once");
        rig.forget(&tagged).await;
        engines.pull(target, &pushed, &session).await.unwrap();

        for _ in 0..2 {
            engines.promote(&pushed, "stable", &session).await.unwrap();
        }
        let stable = engines
            .resolve(target, &format!("{name}:stable"))
            .await
            .unwrap();
        assert_eq!(stable, pushed);

        let error = engines
            .promote(&pushed, "no tag", &session)
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        let missing = shipbell_adapters::containers::Pinned {
            reference: format!("{name}@sha256:{}", "a".repeat(64)),
            local: false,
        };
        let error = engines.promote(&missing, "x", &session).await.unwrap_err();
        assert_eq!(error.kind, Kind::NotFound, "{error}");
        let local = rig.image("one", "well").await;
        let error = engines.promote(&local, "x", &session).await.unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        rig.forget(&pushed.reference).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_has_another_password_is_refused_and_told_what_to_do() {
    rig::run("password", async |rig| {
        let Some(registry) = Registry::start("password").await else {
            return;
        };
        registry.log_in(rig.directory.path(), "another");
        let heard = Heard::default();
        let tagged = format!("{}/acme/web:1.0", registry.address);
        rig.image_named(&tagged).await;
        let pushed = rig
            .engines
            .push(&rig.target, &tagged, &heard.session())
            .await;
        let error = pushed.unwrap_err();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        let pinned = shipbell_adapters::containers::Pinned {
            reference: format!("{}/acme/web@sha256:{}", registry.address, "a".repeat(64)),
            local: false,
        };
        let error = rig.engines.promote(&pinned, "x", &heard.session()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        assert!(error.hint.contains("docker login"), "{error}");
        rig.forget(&tagged).await;
    })
    .await;
}

impl Registry {
    async fn start(test: &str) -> Option<Self> {
        let program = Path::new("/usr/bin/docker-registry");
        if !program.exists() {
            assert!(
                !rig::requires("registry"),
                "a registry is required: there is no {}",
                program.display()
            );
            // The test runner hides what is printed.
            let mut stderr = std::io::stderr().lock();
            writeln!(stderr, "skipped: {test}: there is no {}", program.display()).unwrap();
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
        let child = Command::new(program)
            .arg("serve")
            .arg(folder.path().join("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let registry = Self {
            child,
            address,
            _folder: folder,
        };
        until("the registry listens", || {
            TcpStream::connect(&registry.address).is_ok()
        })
        .await;
        Some(registry)
    }

    /// Stores a password where Docker's programs store it.
    fn log_in(&self, home: &Path, password: &str) {
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
