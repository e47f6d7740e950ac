//! A registry of one manifest, behind a password.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use shipbell_adapters::redact::base64;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},"layers":[]}"#;

/// It listens on this machine, which engines trust without encryption.
pub(crate) struct Registry {
    pub(crate) address: String,
    pub(crate) digest: String,
    login: String,
    task: tokio::task::JoinHandle<()>,
}

impl Registry {
    #[expect(clippy::disallowed_methods, reason = "the test ends it")]
    pub(crate) async fn start(user: &str, password: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut digest = "sha256:".to_owned();
        for byte in Sha256::digest(MANIFEST) {
            write!(digest, "{byte:02x}").unwrap();
        }
        let login = base64::encode(format!("{user}:{password}").as_bytes());
        let known = Arc::new((login.clone(), digest.clone()));
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = vec![0; 8192];
                let Ok(count) = stream.read(&mut head).await else {
                    continue;
                };
                let head = String::from_utf8_lossy(&head[..count]);
                let answer = answer(&head, &known.0, &known.1);
                drop(stream.write_all(answer.as_bytes()).await);
            }
        });
        Self {
            address,
            digest,
            login,
            task,
        }
    }

    /// Stores the password where Docker's programs store it.
    pub(crate) fn log_in(&self, home: &Path) {
        let config = serde_json::json!({"auths": {&self.address: {"auth": self.login}}});
        std::fs::create_dir_all(home.join(".docker")).unwrap();
        std::fs::write(home.join(".docker/config.json"), config.to_string()).unwrap();
    }

    pub(crate) fn stop(self) {
        self.task.abort();
    }
}

fn answer(head: &str, login: &str, digest: &str) -> String {
    let respond = |status: &str, headers: &str, body: &str| {
        let body = if head.starts_with("HEAD") { "" } else { body };
        let length = if headers.contains("Content-Length") {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", body.len())
        };
        format!("HTTP/1.1 {status}\r\nConnection: close\r\n{length}{headers}\r\n{body}")
    };
    let may = head
        .to_lowercase()
        .contains(&format!("authorization: basic {login}").to_lowercase());
    if !may {
        let challenge = "WWW-Authenticate: Basic realm=\"test\"\r\n";
        return respond(
            "401 Unauthorized",
            challenge,
            r#"{"errors":[{"code":"UNAUTHORIZED"}]}"#,
        );
    }
    let path = head.split(' ').nth(1).unwrap_or_default();
    if path == "/v2/" {
        return respond("200 OK", "", "{}");
    }
    let asked = path.strip_prefix("/v2/app/manifests/").unwrap_or_default();
    if asked == "1" || asked == digest {
        let headers = format!(
            "Content-Type: application/vnd.docker.distribution.manifest.v2+json\r\n\
             Docker-Content-Digest: {digest}\r\nContent-Length: {}\r\n",
            MANIFEST.len()
        );
        return respond("200 OK", &headers, MANIFEST);
    }
    if path.contains("/blobs/") {
        return respond("200 OK", "", "{}");
    }
    respond(
        "404 Not Found",
        "",
        r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#,
    )
}
