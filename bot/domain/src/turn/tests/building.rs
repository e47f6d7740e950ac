//! An image that is built needs a commit, and is built unless another is named.

use std::collections::BTreeMap;

use super::team::{Team, app, length, service, version};
use crate::command::{New, Report, Wish};
use crate::ids::{ReleaseId, ServiceName};
use crate::notice::News;
use crate::policy::{Build, Repositories};
use crate::refusal::Refusal;

const COMMIT: &str = "3f9c2ab8";

fn team() -> Team {
    Team::with(|policy| policy.builds = builds())
}

fn builds() -> BTreeMap<ServiceName, Build> {
    let build = Build {
        context: ".".to_owned(),
        file: None,
        platform: None,
        args: BTreeMap::new(),
        push: true,
        within: length("15m"),
        env: None,
        directory: None,
    };
    [(service(), build)].into()
}

fn new(commit: Option<&str>, images: &[(&str, &str)]) -> Wish {
    let image = |(name, it): &(&str, &str)| (ServiceName::new(*name).unwrap(), (*it).to_owned());
    Wish::New(New {
        app: app(),
        version: version("1.4.0"),
        images: images.iter().map(image).collect(),
        commit: commit.map(str::to_owned),
        note: None,
        ticket: None,
    })
}

#[test]
fn what_is_built_is_kept_with_the_release() {
    let mut team = team();
    team.says("ana", new(Some(COMMIT), &[])).unwrap();
    let release = team.release(ReleaseId(1));
    assert_eq!(release.references[&service()], "registry.example/web:1.4.0");
    assert!(release.builds[&service()].push);
}

#[test]
fn a_release_without_a_commit_is_not_opened() {
    let mut team = team();
    for given in [None, Some("main"), Some("v1.4.0")] {
        let needed = Refusal::CommitNeeded {
            service: "web".to_owned(),
            given: given.map(str::to_owned),
        };
        assert_eq!(team.says("ana", new(given, &[])), Err(needed));
    }
    assert!(team.did().is_empty());
}

#[test]
fn an_image_that_somebody_names_is_not_built() {
    let mut team = team();
    let named = new(None, &[("web", "registry.example/web:hotfix")]);
    team.says("ana", named).unwrap();
    assert!(team.release(ReleaseId(1)).builds.is_empty());
}

#[test]
fn what_is_built_comes_from_an_allowed_repository_too() {
    let mut team = Team::with(|policy| {
        policy.builds = builds();
        policy.allow_images = Repositories(vec!["ghcr.io/acme".to_owned()]);
    });
    let refused = team.says("ana", new(Some(COMMIT), &[]));
    assert!(matches!(refused, Err(Refusal::ImageNotAllowed { .. })));
}

#[test]
fn a_failed_build_is_told_with_its_last_lines() {
    let mut team = team();
    team.says("ana", new(Some(COMMIT), &[])).unwrap();
    let report = Report::BuildFailed {
        release: ReleaseId(1),
        why: "exit code 1".to_owned(),
        tail: (0..100).map(|it| format!("line {it}")).collect(),
    };
    team.world_says(report.clone()).unwrap();
    assert_eq!(team.did(), ["release.images_unresolved"]);
    let [News::BuildFailed { tail, .. }] = &team.news()[..] else {
        panic!("{:?}", team.news())
    };
    assert_eq!((tail.len(), tail[19].as_str()), (20, "line 99"));
    team.world_says(report).unwrap();
    assert!(team.did().is_empty(), "the same trouble is told once");
}
