//! Env files, on both sides of `ssh`.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use shipbell_adapters::containers::Kind;
use shipbell_adapters::containers::docker::Settings;
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::hosts::{EnvEdit, Host, Hosts as _, Ssh};
use shipbell_adapters::redact::Redactor;

use crate::rig::{self, there};
use crate::server::Server;

fn edit(file: &Path, value: &str) -> EnvEdit {
    EnvEdit {
        file: file.to_owned(),
        values: [("APP_VERSION".to_owned(), value.into())].into(),
    }
}

/// Sets a variable in a file behind a link, twice, and then where there is none.
async fn is_kept(hosts: &HostPrograms, host: &Host) {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real file"), folder.path().join("env"));
    let before = "# of the team\r\nA = 'x'\nAPP_VERSION=1\nlast";
    std::fs::write(&real, before).unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, &link).unwrap();

    let changed = hosts.set_env(host, &edit(&link, "2 $x")).await.unwrap();
    assert_eq!(changed, ["APP_VERSION"]);
    let after = std::fs::read_to_string(&real).unwrap();
    assert_eq!(after, "# of the team\r\nA = 'x'\nAPP_VERSION='2 $x'\nlast");
    assert!(link.is_symlink());
    let found = std::fs::metadata(&real).unwrap();
    assert_eq!(found.permissions().mode() & 0o7777, 0o640);

    let changed = hosts.set_env(host, &edit(&link, "2 $x")).await.unwrap();
    assert!(changed.is_empty(), "nothing changes the second time");
    assert_eq!(std::fs::metadata(&real).unwrap().ino(), found.ino());

    let new = folder.path().join("new");
    hosts.set_env(host, &edit(&new, "1")).await.unwrap();
    assert_eq!(std::fs::read_to_string(&new).unwrap(), "APP_VERSION=1\n");
    let mode = std::fs::metadata(&new).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);

    let nowhere = folder.path().join("no/folder/env");
    let error = hosts.set_env(host, &edit(&nowhere, "1")).await.unwrap_err();
    assert_eq!(error.kind, Kind::Preflight, "{error}");
    let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    left.retain(|it| {
        it.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with('.')
    });
    assert!(left.is_empty(), "no draft is left");
}

#[tokio::test]
async fn here_a_variable_is_set_and_all_else_stays() {
    is_kept(&rig::hosts(None), &Host::Here).await;
}

#[tokio::test]
async fn there_a_variable_is_set_and_all_else_stays() {
    let Some(server) = Server::start("files").await else {
        return;
    };
    is_kept(&rig::hosts(Some(server.client("client"))), &there(&server)).await;
}

/// Stands in for `ssh`: does what it is told on this machine, but for the program of this
/// name, before which it is killed.
const CUT: &str = r#"#!/bin/sh
for last; do :; done
case "$last" in "'DEADLY'"*) kill -9 $$ ;; esac
exec /bin/sh -c "$last"
"#;

/// Everything that is done there, one program after the other, and what each may not do.
#[tokio::test]
async fn what_is_cut_off_there_leaves_the_file_as_it_was() {
    for deadly in ["readlink", "test", "head", "cp", "dd", "mv"] {
        let folder = tempfile::tempdir().unwrap();
        let ssh = folder.path().join("ssh");
        std::fs::write(&ssh, CUT.replace("DEADLY", deadly)).unwrap();
        std::fs::set_permissions(&ssh, std::fs::Permissions::from_mode(0o700)).unwrap();
        let settings = Settings {
            path: format!("{}:/usr/bin:/bin", folder.path().display()),
            ..Settings::default()
        };
        let hosts = HostPrograms::new(settings, Redactor::default());
        let host = Host::There(Ssh {
            user: None,
            host: "elsewhere".to_owned(),
            port: None,
        });
        let file = folder.path().join("env");
        std::fs::write(&file, "SECRET=1\n").unwrap();
        let error = hosts.set_env(&host, &edit(&file, "2")).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unreachable, "{deadly}: {error}");
        let after = std::fs::read_to_string(&file).unwrap();
        assert_eq!(after, "SECRET=1\n", "{deadly}");
    }
}
