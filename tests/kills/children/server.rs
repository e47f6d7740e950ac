//! A server for `ssh` on this machine, with keys made for it.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{sleep, timeout};

const SSHD: &str = "/usr/sbin/sshd";

/// How long it may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there can be none here, if there cannot.
pub(super) fn lacking() -> Option<String> {
    (!Path::new(SSHD).exists()).then(|| format!("there is no {SSHD}"))
}

/// A server on a port of its own.
pub(super) struct Server {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Server {
    /// Starts one.
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| folder.path().join(name);
        for key in ["host", "user"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(of(key))
                .status();
            assert!(made.unwrap().success());
        }
        // Whoever has started as root wants this folder.
        drop(fs::create_dir_all("/run/sshd"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = port.local_addr().unwrap().port();
        let path = folder.path().display();
        let plugin = crate::setting("SHIPBELL_COMPOSE_V2").map(|plugin| {
            fs::create_dir_all(of("docker/cli-plugins")).unwrap();
            let there = of("docker/cli-plugins/docker-compose");
            std::os::unix::fs::symlink(plugin, there).unwrap();
            format!(" DOCKER_CONFIG={path}/docker")
        });
        // A shell that ssh starts reads what its user's home holds. Only the first such
        // line counts, so all variables are in it.
        let vars = format!("SetEnv HOME={path}{}\n", plugin.unwrap_or_default());
        let config = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {path}/host\n\
             AuthorizedKeysFile {path}/user.pub\nPidFile none\nUsePAM no\nStrictModes no\n\
             PasswordAuthentication no\nAllowStreamLocalForwarding yes\n\
             UseDNS no\nKexAlgorithms curve25519-sha256\n{vars}"
        );
        fs::write(of("sshd_config"), config).unwrap();
        let public = fs::read_to_string(of("host.pub")).unwrap();
        fs::write(of("known"), format!("[127.0.0.1]:{port} {public}")).unwrap();
        let child = Command::new(SSHD)
            .args(["-D", "-e", "-f"])
            .arg(of("sshd_config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(of("log")).unwrap())
            .spawn();
        let child = child.unwrap();
        let server = Self {
            folder,
            port,
            child,
        };
        let listens = async {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, listens)
            .await
            .expect("the server listens");
        server
    }

    /// Where the engine behind it is.
    pub(super) fn address(&self) -> String {
        let user = Command::new("id").arg("-un").output().unwrap().stdout;
        let user = String::from_utf8(user).unwrap();
        format!("ssh://{}@127.0.0.1:{}", user.trim(), self.port)
    }

    /// What its clients read.
    pub(super) fn client(&self) -> String {
        let path = self.folder.path().display();
        format!(
            "Host *\n IdentityFile {path}/user\n IdentitiesOnly yes\n \
             UserKnownHostsFile {path}/known\n GlobalKnownHostsFile /dev/null\n"
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
