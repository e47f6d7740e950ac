//! What GitHub says of a commit, and what comes of its refusals.

use shipbell_adapters::forge::{Forge as _, ForgeError, Kind, Repository, State};
use shipbell_tests::servers::forges::{Fault, Forge, TOKEN};

use super::{COMMIT, LATER, asking, failed, found, pending, repository};

fn shop(forge: &Forge, token: &str) -> Repository {
    repository("github:acme/shop", &forge.url(), token)
}

#[tokio::test]
async fn runs_and_statuses_are_read_to_the_last_page() {
    let github = Forge::github().await.unwrap();
    github.pushed("main", COMMIT);
    for number in 0..230 {
        github.ran(COMMIT, &format!("job {number}"), "success");
    }
    for number in 0..101 {
        github.set(COMMIT, &format!("status {number}"), "success");
    }
    github.ran(COMMIT, "last", "queued");
    github.set(COMMIT, "last of all", "error");
    let shop = shop(&github, TOKEN);
    let checks = asking().checks(&shop, COMMIT).await.unwrap();
    assert_eq!(checks.commit, COMMIT);
    assert_eq!(checks.found.len(), 230 + 101 + 2);
    assert_eq!(checks.found["last"], pending("queued"));
    assert_eq!(checks.found["last of all"], failed("error"));
}

#[tokio::test]
async fn only_success_passes() {
    let github = Forge::github().await.unwrap();
    github.pushed("main", COMMIT);
    for word in [
        "success",
        "neutral",
        "skipped",
        "failure",
        "cancelled",
        "timed_out",
        "action_required",
        "in_progress",
    ] {
        github.ran(COMMIT, word, word);
    }
    github.set(COMMIT, "ci/pending", "pending");
    let shop = shop(&github, TOKEN);
    let checks = asking().checks(&shop, COMMIT).await.unwrap();
    let all = [
        ("success", State::Passed),
        ("neutral", failed("neutral")),
        ("skipped", failed("skipped")),
        ("failure", failed("failure")),
        ("cancelled", failed("cancelled")),
        ("timed_out", failed("timed_out")),
        ("action_required", failed("action_required")),
        ("in_progress", pending("in_progress")),
        ("ci/pending", pending("pending")),
    ];
    assert_eq!(checks.found, found(&all));
}

#[tokio::test]
async fn a_name_must_have_passed_wherever_it_stands() {
    let github = Forge::github().await.unwrap();
    github.pushed("main", COMMIT);
    github.ran(COMMIT, "test", "success");
    github.ran_besides(COMMIT, "test", "failure");
    github.ran(COMMIT, "lint", "success");
    github.set(COMMIT, "lint", "failure");
    let shop = shop(&github, TOKEN);
    let checks = asking().checks(&shop, COMMIT).await.unwrap();
    let all = [("test", failed("failure")), ("lint", failed("failure"))];
    assert_eq!(checks.found, found(&all));
}

#[tokio::test]
async fn a_commit_named_in_part_is_answered_whole() {
    let github = Forge::github().await.unwrap();
    github.pushed("main", COMMIT);
    let shop = shop(&github, TOKEN);
    let checks = asking().checks(&shop, &COMMIT[..8]).await.unwrap();
    assert_eq!((checks.commit.as_str(), checks.found.len()), (COMMIT, 0));
}

#[tokio::test]
async fn the_end_of_a_branch_is_its_own() {
    let github = Forge::github().await.unwrap();
    github.pushed("main", COMMIT);
    github.pushed("feature/à la carte", LATER);
    let shop = shop(&github, TOKEN);
    assert_eq!(asking().tip(&shop, "main").await.unwrap(), COMMIT);
    let tip = asking().tip(&shop, "feature/à la carte").await;
    assert_eq!(tip.unwrap(), LATER);
    let none = asking().tip(&shop, "mai").await.unwrap_err();
    assert_eq!(none.kind, Kind::NotFound);
}

#[tokio::test]
async fn every_refusal_says_what_to_do_and_never_the_token() {
    let github = Forge::github().await.unwrap();
    github.pushed("main", COMMIT);
    let ask = async |fault: Option<Fault>| -> ForgeError {
        github.fault(fault);
        let shop = shop(&github, TOKEN);
        let error = asking().checks(&shop, COMMIT).await.unwrap_err();
        assert!(!error.to_string().contains(TOKEN), "{error}");
        error
    };
    let wrong = asking().checks(&shop(&github, "another"), COMMIT).await;
    let mut told = vec![wrong.unwrap_err().to_string()];
    let unknown = asking().checks(&shop(&github, TOKEN), LATER).await;
    told.push(unknown.unwrap_err().to_string());
    let faults = [
        Fault::Status(
            403,
            vec![],
            "Resource not accessible by personal access token",
        ),
        Fault::Status(
            403,
            vec![("x-ratelimit-remaining", "0")],
            "API rate limit exceeded",
        ),
        Fault::Status(
            429,
            vec![("retry-after", "60")],
            "You have exceeded a secondary rate limit",
        ),
        Fault::Status(404, vec![], "Not Found"),
        Fault::Status(
            301,
            vec![("location", "https://example.com/")],
            "Moved Permanently",
        ),
        Fault::Status(502, vec![], "Server Error, forge_stand-in_token"),
        Fault::Garbage,
        Fault::Flood,
        Fault::OtherCommit,
    ];
    for fault in faults {
        // Another commit is told by the runs: there must be one.
        github.ran(COMMIT, "lint", "success");
        told.push(ask(Some(fault)).await.to_string());
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn silence_is_not_waited_for() {
    let github = Forge::github().await.unwrap();
    github.fault(Some(Fault::Silence));
    let shop = shop(&github, TOKEN);
    let asking = asking();
    let error = asking.tip(&shop, "main").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable);
    assert!(error.may_pass());
}

#[tokio::test]
async fn without_an_account_nothing_is_sent() {
    let github = Forge::github().await.unwrap();
    let shop = Repository {
        account: None,
        ..shop(&github, TOKEN)
    };
    let error = asking().checks(&shop, COMMIT).await.unwrap_err();
    assert_eq!(error.kind, Kind::Denied);
    assert!(github.asked().is_empty());
}
