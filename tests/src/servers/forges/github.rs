//! GitHub's side: check runs and statuses of a commit, and where a branch ends.

use serde_json::{Value, json};

use super::request::Request;
use super::{Answer, Fault, House, Job, REPOSITORY, TOKEN};

/// The version of the API that is spoken.
const VERSION: &str = "2022-11-28";

pub(super) fn answer(house: &mut House, request: &Request) -> Answer {
    request.only_looks(house);
    if request.header("accept") != Some("application/vnd.github+json") {
        house.violates("the media type GitHub recommends is application/vnd.github+json");
    }
    if request.header("x-github-api-version") != Some(VERSION) {
        house.violates("X-GitHub-Api-Version must be 2022-11-28");
        return Answer::refused(400, "Unsupported API version");
    }
    match request.header("authorization") {
        // What is private is not there for strangers.
        None => return Answer::refused(404, "Not Found"),
        Some(it) if it == format!("Bearer {TOKEN}") => {}
        Some(_) => return Answer::refused(401, "Bad credentials"),
    }
    let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
    let ["repos", owner, name, rest @ ..] = path.as_slice() else {
        return request.unknown(house);
    };
    if format!("{owner}/{name}") != REPOSITORY {
        return Answer::refused(404, "Not Found");
    }
    match rest {
        ["commits", commit, "status"] => statuses(house, request, commit),
        ["commits", commit, "check-runs"] => runs(house, request, commit),
        ["git", "ref", "heads", branch @ ..] if !branch.is_empty() => {
            request.knows(house, &[]);
            reference(house, &branch.join("/"))
        }
        _ => request.unknown(house),
    }
}

fn statuses(house: &mut House, request: &Request, commit: &str) -> Answer {
    request.knows(house, &["per_page", "page"]);
    let Some((hash, commit)) = house.commit(commit) else {
        return no_commit(commit);
    };
    let one = |it: &Job| json!({ "id": it.id, "context": it.name, "state": it.word });
    let all: Vec<Value> = commit.statuses.iter().map(one).collect();
    let count = all.len();
    let (shown, answer) = request.page(house, all);
    let body = json!({
        "state": "pending",
        "sha": hash,
        "total_count": count,
        "statuses": shown,
    });
    Answer { body, ..answer }
}

fn runs(house: &mut House, request: &Request, commit: &str) -> Answer {
    let known = [
        "check_name",
        "status",
        "filter",
        "per_page",
        "page",
        "app_id",
    ];
    request.knows(house, &known);
    let Some((hash, commit)) = house.commit(commit) else {
        return no_commit(commit);
    };
    let hash = match house.fault {
        Some(Fault::OtherCommit) => "0".repeat(40),
        _ => hash,
    };
    let all: Vec<Value> = commit.jobs.iter().map(|it| run(it, &hash)).collect();
    let count = all.len();
    let (shown, answer) = request.page(house, all);
    let body = json!({ "total_count": count, "check_runs": shown });
    Answer { body, ..answer }
}

fn run(job: &Job, hash: &str) -> Value {
    let running = ["queued", "in_progress", "waiting", "requested", "pending"];
    let (status, conclusion) = if running.contains(&job.word.as_str()) {
        (job.word.as_str(), Value::Null)
    } else {
        ("completed", Value::from(job.word.as_str()))
    };
    json!({
        "id": job.id,
        "name": job.name,
        "head_sha": hash,
        "status": status,
        "conclusion": conclusion,
        "app": { "slug": "github-actions" },
    })
}

fn reference(house: &House, branch: &str) -> Answer {
    let Some(hash) = house.branches.get(branch) else {
        return Answer::refused(404, "Not Found");
    };
    let body = json!({
        "ref": format!("refs/heads/{branch}"),
        "object": { "type": "commit", "sha": hash },
    });
    Answer::new(200, body)
}

fn no_commit(name: &str) -> Answer {
    Answer::refused(422, &format!("No commit found for SHA: {name}"))
}
