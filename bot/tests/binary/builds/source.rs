//! A repository with something to build, a clone of it on the bot's machine, and what
//! came of it on the engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::registry::Registry;
use crate::house::House;

/// A web server of one page, made of what is committed.
pub(super) const GOOD: &str = r#"FROM scratch
ARG VERSION
COPY busybox /bin/busybox
COPY www /www
ENV VERSION=$VERSION
STOPSIGNAL SIGKILL
HEALTHCHECK --interval=1s CMD ["/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8000/api/health/"]
ENTRYPOINT ["/bin/busybox", "httpd", "-f", "-p", "8000", "-h", "/www"]
"#;

/// A clone, and the name of its image in a registry.
pub(super) struct Source {
    pub(super) clone: PathBuf,
    origin: PathBuf,
    home: PathBuf,
    name: String,
}

impl Source {
    pub(super) fn new(house: &House, registry: &Registry) -> Self {
        let home = house.folder().to_path_buf();
        let (origin, clone) = (home.join("origin"), home.join("clone"));
        let source = Self {
            name: format!("{}/acme/api", registry.address),
            origin,
            clone,
            home,
        };
        source.git(&source.home, &["init", "--quiet", "origin"]);
        source.git(&source.home, &["clone", "--quiet", "origin", "clone"]);
        source
    }

    /// Somebody commits and pushes this; the clone on the bot's machine does not know.
    pub(super) fn commits(&self, page: &str, dockerfile: &str) -> String {
        for folder in ["www/api/health", "www/api/docs", "docker"] {
            fs::create_dir_all(self.origin.join(folder)).unwrap();
        }
        fs::copy("/bin/busybox", self.origin.join("busybox")).unwrap();
        for file in ["www", "www/api/health", "www/api/docs"] {
            fs::write(self.origin.join(file).join("index.html"), page).unwrap();
        }
        fs::write(self.origin.join("docker/Dockerfile"), dockerfile).unwrap();
        self.git(&self.origin, &["add", "--all"]);
        let me = ["-c", "user.name=kai", "-c", "user.email=kai@example.com"];
        let commit = [&me[..], &["commit", "--quiet", "-m", page]].concat();
        self.git(&self.origin, &commit);
        self.git(&self.origin, &["rev-parse", "HEAD"])
    }

    /// What the image of a version is called.
    pub(super) fn tag(&self, version: &str) -> String {
        format!("{}:{version}", self.name)
    }

    /// `images`, with the image of the clone built and pushed.
    pub(super) fn configured(&self) -> String {
        format!(
            "api = {{ build = \".\", file = \"docker/Dockerfile\", image = \"{}\", push = true, \
             args = {{ VERSION = \"{{version}}\" }}, dir = \"{}\" }}",
            self.tag("{version}"),
            self.clone.display(),
        )
    }

    /// The copies of commits that lie about, as git and the disk see them.
    pub(super) fn copies(&self, house: &House) -> Vec<String> {
        let listed = self.git(&self.clone, &["worktree", "list", "--porcelain"]);
        let listed = listed.lines().filter(|it| it.starts_with("worktree "));
        let entries = fs::read_dir(house.data().join("compose")).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().to_string_lossy().into_owned());
        let lying = names.filter(|it| it.starts_with("build-"));
        listed.skip(1).map(str::to_owned).chain(lying).collect()
    }

    /// The digest the engine knows an image by in its registry, and the commit it is of.
    pub(super) fn digest(&self, version: &str) -> (String, String) {
        let format = "{{index .RepoDigests 0}} {{index .Config.Labels \"org.opencontainers.image.revision\"}}";
        let told = self.docker(&["inspect", "--format", format, &self.tag(version)]);
        let (digest, revision) = told.split_once(' ').unwrap();
        let (_, digest) = digest.split_once("@sha256:").unwrap();
        (digest.to_owned(), revision.to_owned())
    }

    /// Docker's own client, as whoever lives in the house.
    pub(super) fn docker(&self, words: &[&str]) -> String {
        said(Command::new("docker").args(words).env("HOME", &self.home))
    }

    /// Removes what was built of a commit.
    pub(super) fn clear(&self, commit: &str) {
        let label = format!("label=org.opencontainers.image.revision={commit}");
        let found = self.docker(&["images", "--quiet", "--filter", &label]);
        for id in found.lines() {
            // What was removed with another name of it is gone already.
            drop(Command::new("docker").args(["rmi", "-f", id]).output());
        }
    }

    fn git(&self, folder: &Path, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(words).current_dir(folder);
        said(git.env("HOME", &self.home).env("GIT_CONFIG_NOSYSTEM", "1"))
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {why}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
