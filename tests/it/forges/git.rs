//! Where a branch ends, asked of a real `git`.

use std::path::Path;
use std::process::Command;

use shipbell_adapters::forge::{Forge as _, Kind};
use tempfile::TempDir;

use super::{asking, repository};

/// A bare repository, and a working copy that pushes to it.
pub(super) struct Origin {
    folder: TempDir,
}

impl Origin {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let it = Self { folder };
        it.git(
            it.folder.path(),
            &["init", "--quiet", "--bare", "origin.git"],
        );
        it.git(it.folder.path(), &["init", "--quiet", "-b", "main", "copy"]);
        it
    }

    pub(super) fn url(&self) -> String {
        self.folder.path().join("origin.git").display().to_string()
    }

    /// Pushes a new commit to a branch; says which.
    pub(super) fn push(&self, branch: &str) -> String {
        let copy = self.folder.path().join("copy");
        self.git(&copy, &["commit", "--quiet", "--allow-empty", "-m", "more"]);
        let to = format!("HEAD:refs/heads/{branch}");
        self.git(&copy, &["push", "--quiet", "../origin.git", &to]);
        self.git(&copy, &["rev-parse", "HEAD"])
    }

    fn git(&self, folder: &Path, words: &[&str]) -> String {
        let who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"];
        let ran = Command::new("git")
            .args(who)
            .args(words)
            .current_dir(folder)
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(ran.status.success(), "{words:?}: {ran:?}");
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    }
}

#[tokio::test]
async fn the_end_of_a_branch_moves_with_it() {
    let origin = Origin::new();
    let first = origin.push("main");
    origin.push("feature/main");
    for url in [origin.url(), format!("file://{}", origin.url())] {
        let there = repository(&url, "", "");
        assert_eq!(asking().tip(&there, "main").await.unwrap(), first);
    }
    let second = origin.push("main");
    assert_ne!(first, second);
    let there = repository(&origin.url(), "", "");
    assert_eq!(asking().tip(&there, "main").await.unwrap(), second);
}

#[tokio::test]
async fn what_is_not_there_is_told_with_what_to_do() {
    let origin = Origin::new();
    origin.push("main");
    let there = repository(&origin.url(), "", "");
    let error = asking().tip(&there, "release").await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound);
    assert!(
        error.to_string().contains("it has no such branch"),
        "{error}"
    );

    let nowhere = repository("/nonexistent/shop.git", "", "");
    let error = asking().tip(&nowhere, "main").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable);
    let told = error.to_string();
    assert!(told.contains("/nonexistent/shop.git"), "{told}");
    assert!(told.contains("`git ls-remote` must work there"), "{told}");

    let error = asking().checks(&there, super::COMMIT).await.unwrap_err();
    assert!(error.to_string().contains("`git` knows of none"), "{error}");
}
