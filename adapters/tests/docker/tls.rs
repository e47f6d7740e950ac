//! An engine behind `tcp://`, which asks who is there.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use shipbell_adapters::containers::docker::{DockerEngines, Settings};
use shipbell_adapters::containers::{Containers as _, Kind, Target};
use shipbell_adapters::redact::Redactor;

use crate::rig;
use crate::server::until;

/// Something that speaks TLS and hands on to the engine's own socket.
struct Front {
    child: Child,
    port: u16,
}

#[tokio::test]
async fn whoever_has_the_right_certificates_is_served() {
    rig::run("tls", async |rig| {
        let folder = tempfile::tempdir().unwrap();
        let Some(front) = Front::start(folder.path()).await else {
            return;
        };
        let engines = DockerEngines::new(Settings::default(), Redactor::default());
        let target = |certs: Option<&str>| Target {
            docker: format!("tcp://localhost:{}", front.port),
            certs: certs.map(|name| folder.path().join(name)),
        };
        let found = engines.running(&target(Some("client")), &rig.name).await;
        assert!(found.is_ok(), "{found:?}");
        let foreign = engines.running(&target(Some("foreign")), &rig.name).await;
        assert_eq!(foreign.unwrap_err().kind, Kind::Unreachable);
        let bare = engines.running(&target(None), &rig.name).await;
        assert_eq!(bare.unwrap_err().kind, Kind::Refused);
    })
    .await;
}

impl Front {
    async fn start(folder: &Path) -> Option<Self> {
        let stunnel = Path::new("/usr/bin/stunnel");
        if !stunnel.exists() {
            assert!(
                !rig::requires("tls"),
                "tls is required: there is no stunnel"
            );
            let mut stderr = std::io::stderr().lock();
            writeln!(stderr, "skipped: tls: there is no {}", stunnel.display()).unwrap();
            return None;
        }
        for authority in ["own", "other"] {
            openssl(
                folder,
                &format!(
                    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={authority} -keyout {authority}.key -out {authority}.pem"
                ),
            );
        }
        certificate(folder, "own", "server");
        certificate(folder, "own", "client");
        certificate(folder, "other", "foreign");
        // The foreign client trusts the server all the same.
        std::fs::copy(folder.join("own.pem"), folder.join("foreign/ca.pem")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let path = folder.display();
        let config = format!(
            "foreground = yes\npid =\n[docker]\naccept = 127.0.0.1:{port}\n\
             connect = /var/run/docker.sock\ncert = {path}/server/cert.pem\n\
             key = {path}/server/key.pem\nCAfile = {path}/own.pem\nverifyChain = yes\n\
             requireCert = yes\n"
        );
        std::fs::write(folder.join("stunnel.conf"), config).unwrap();
        let child = Command::new(stunnel)
            .arg(folder.join("stunnel.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let front = Self { child, port };
        until("it listens", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })
        .await;
        Some(front)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A folder as Docker's programs want it: `ca.pem`, `cert.pem`, `key.pem`.
fn certificate(folder: &Path, authority: &str, name: &str) {
    std::fs::create_dir(folder.join(name)).unwrap();
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(
        folder,
        &format!(
            "req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}/key.pem -out {name}.csr"
        ),
    );
    openssl(
        folder,
        &format!(
            "x509 -req -in {name}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -days 2 -extfile names -out {name}/cert.pem"
        ),
    );
    std::fs::copy(
        folder.join(format!("{authority}.pem")),
        folder.join(name).join("ca.pem"),
    )
    .unwrap();
}

fn openssl(folder: &Path, words: &str) {
    let made = Command::new("openssl")
        .args(words.split(' '))
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success(), "{words}");
}
