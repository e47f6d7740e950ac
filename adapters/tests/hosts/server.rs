//! A server for `ssh` on this machine, with keys made for it.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use shipbell_adapters::hosts::Ssh;

/// A server for `ssh` on a port of its own, with keys made for it.
pub(crate) struct Server {
    pub(crate) address: Ssh,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) child: Child,
}

impl Server {
    /// Starts one, or says why there is none.
    pub(crate) async fn start(test: &str) -> Option<Self> {
        Self::start_with(test, &[]).await
    }

    /// The same, with variables that whoever comes finds set.
    pub(crate) async fn start_with(test: &str, vars: &[(&str, String)]) -> Option<Self> {
        let sshd = Path::new("/usr/sbin/sshd");
        if !sshd.exists() {
            assert!(
                !required(),
                "ssh is required: there is no {}",
                sshd.display()
            );
            // The test runner hides what is printed.
            let mut stderr = std::io::stderr().lock();
            writeln!(stderr, "skipped: {test}: there is no {}", sshd.display()).unwrap();
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| folder.path().join(name);
        for key in ["host", "user", "stranger"] {
            make_key(&of(key));
        }
        std::fs::copy(of("user.pub"), of("authorized")).unwrap();
        // Whoever has started as root wants this folder.
        drop(std::fs::create_dir_all("/run/sshd"));
        let port = free_port();
        let path = folder.path().display();
        let config = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {path}/host\n\
             AuthorizedKeysFile {path}/authorized\nPidFile none\nUsePAM no\nStrictModes no\n\
             PasswordAuthentication no\nAllowStreamLocalForwarding yes\n"
        );
        // A shell that ssh starts reads what its user's home holds. Only the first such
        // line counts, so all variables are in it.
        let home = ("HOME", path.to_string());
        let vars = std::iter::once(&home).chain(vars);
        let vars = vars.map(|(name, value)| format!(" {name}={value}"));
        let config = format!("{config}SetEnv{}\n", vars.collect::<String>());
        std::fs::write(of("sshd_config"), config).unwrap();
        let public = std::fs::read_to_string(of("host.pub")).unwrap();
        std::fs::write(of("known"), format!("[127.0.0.1]:{port} {public}")).unwrap();
        std::fs::write(of("nobody"), "").unwrap();
        write_client(folder.path(), "client", ("user", "known"));
        write_client(folder.path(), "stranger_client", ("stranger", "known"));
        write_client(folder.path(), "unknown_client", ("user", "nobody"));
        let child = Command::new(sshd)
            .args(["-D", "-e", "-f"])
            .arg(of("sshd_config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(of("sshd.log")).unwrap())
            .spawn()
            .unwrap();
        let address = Ssh {
            user: Some(whoami()),
            host: "127.0.0.1".to_owned(),
            port: Some(port),
        };
        let server = Self {
            address,
            folder,
            child,
        };
        until("the server listens", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })
        .await;
        Some(server)
    }

    /// The configuration of one of its clients.
    pub(crate) fn client(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits for something, ten seconds at most.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(holds(), "never: {what}");
}

fn make_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}

fn write_client(folder: &Path, name: &str, (key, known): (&str, &str)) {
    let path = folder.display();
    let text = format!(
        "Host *\n IdentityFile {path}/{key}\n IdentitiesOnly yes\n \
         UserKnownHostsFile {path}/{known}\n GlobalKnownHostsFile /dev/null\n"
    );
    std::fs::write(folder.join(name), text).unwrap();
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn whoami() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
fn required() -> bool {
    std::env::var("SHIPBELL_REQUIRE").is_ok_and(|all| all.split(',').any(|one| one == "ssh"))
}
