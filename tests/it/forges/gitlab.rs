//! What GitLab says of a commit, and what comes of its refusals.

use shipbell_adapters::forge::{Forge as _, Kind, Repository, State};
use shipbell_tests::servers::forges::{Fault, Forge, TOKEN};

use super::{COMMIT, LATER, asking, failed, found, pending, repository};

fn shop(forge: &Forge, token: &str) -> Repository {
    let api = format!("{}/api/v4", forge.url());
    repository("gitlab:acme/shop", &api, token)
}

#[tokio::test]
async fn jobs_and_statuses_are_read_to_the_last_page() {
    let gitlab = Forge::gitlab().await.unwrap();
    gitlab.pushed("main", COMMIT);
    for number in 0..150 {
        gitlab.ran(COMMIT, &format!("job {number}"), "success");
    }
    gitlab.set(COMMIT, "scan", "failed");
    let shop = shop(&gitlab, TOKEN);
    let checks = asking().checks(&shop, &COMMIT[..8]).await.unwrap();
    assert_eq!((checks.commit.as_str(), checks.found.len()), (COMMIT, 151));
    assert_eq!(checks.found["scan"], failed("failed"));
}

#[tokio::test]
async fn only_success_passes_and_the_newest_pipeline_counts() {
    let gitlab = Forge::gitlab().await.unwrap();
    gitlab.pushed("main", COMMIT);
    for word in [
        "success", "failed", "canceled", "skipped", "manual", "running",
    ] {
        gitlab.ran(COMMIT, word, word);
    }
    gitlab.ran(COMMIT, "test", "failed");
    gitlab.ran_besides(COMMIT, "test", "success");
    gitlab.ran(COMMIT, "lint", "success");
    gitlab.ran_besides(COMMIT, "lint", "pending");
    let shop = shop(&gitlab, TOKEN);
    let checks = asking().checks(&shop, COMMIT).await.unwrap();
    let all = [
        ("success", State::Passed),
        ("failed", failed("failed")),
        ("canceled", failed("canceled")),
        ("skipped", failed("skipped")),
        ("manual", pending("manual")),
        ("running", pending("running")),
        ("test", State::Passed),
        ("lint", pending("pending")),
    ];
    assert_eq!(checks.found, found(&all));
}

#[tokio::test]
async fn the_end_of_a_branch_is_its_own() {
    let gitlab = Forge::gitlab().await.unwrap();
    gitlab.pushed("main", COMMIT);
    gitlab.pushed("feature/x", LATER);
    let shop = shop(&gitlab, TOKEN);
    assert_eq!(asking().tip(&shop, "main").await.unwrap(), COMMIT);
    assert_eq!(asking().tip(&shop, "feature/x").await.unwrap(), LATER);
    let none = asking().tip(&shop, "feature").await.unwrap_err();
    assert_eq!(none.kind, Kind::NotFound);
}

#[tokio::test]
async fn every_refusal_says_what_to_do_and_never_the_token() {
    let gitlab = Forge::gitlab().await.unwrap();
    gitlab.pushed("main", COMMIT);
    gitlab.ran(COMMIT, "lint", "success");
    let mut told = Vec::new();
    let wrong = asking().checks(&shop(&gitlab, "another"), COMMIT).await;
    told.push(wrong.unwrap_err().to_string());
    let unknown = asking().checks(&shop(&gitlab, TOKEN), LATER).await;
    told.push(unknown.unwrap_err().to_string());
    let faults = [
        Fault::Status(403, vec![], "insufficient_scope"),
        Fault::Status(429, vec![("retry-after", "30")], "Retry later"),
        Fault::Status(
            503,
            vec![],
            "GitLab is not responding, forge_stand-in_token",
        ),
        Fault::Garbage,
        Fault::OtherCommit,
    ];
    for fault in faults {
        gitlab.fault(Some(fault));
        let error = asking().checks(&shop(&gitlab, TOKEN), COMMIT).await;
        told.push(error.unwrap_err().to_string());
    }
    assert!(!told.concat().contains(TOKEN), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"));
}
