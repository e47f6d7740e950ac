//! GitLab's side: jobs and statuses of a commit, and where a branch ends.

use serde_json::{Value, json};

use super::request::Request;
use super::{Answer, Fault, House, Job, REPOSITORY, TOKEN};

pub(super) fn answer(house: &mut House, request: &Request) -> Answer {
    request.only_looks(house);
    match request.header("private-token") {
        None => return Answer::refused(404, "404 Project Not Found"),
        Some(TOKEN) => {}
        Some(_) => return Answer::refused(401, "401 Unauthorized"),
    }
    let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
    let ["api", "v4", "projects", project, "repository", rest @ ..] = path.as_slice() else {
        return request.unknown(house);
    };
    if *project != REPOSITORY {
        return Answer::refused(404, "404 Project Not Found");
    }
    match rest {
        ["commits", commit] => {
            request.knows(house, &["stats"]);
            commit_of(house, commit)
        }
        ["commits", commit, "statuses"] => statuses(house, request, commit),
        ["branches", branch] => {
            request.knows(house, &[]);
            branch_of(house, branch)
        }
        _ => request.unknown(house),
    }
}

fn commit_of(house: &House, commit: &str) -> Answer {
    match house.commit(commit) {
        Some((hash, _)) => Answer::new(200, json!({ "id": hash, "short_id": &hash[..8] })),
        None => Answer::refused(404, "404 Commit Not Found"),
    }
}

fn statuses(house: &mut House, request: &Request, commit: &str) -> Answer {
    let known = [
        "ref",
        "stage",
        "name",
        "pipeline_id",
        "order_by",
        "sort",
        "all",
        "per_page",
        "page",
    ];
    request.knows(house, &known);
    let Some((hash, commit)) = house.commit(commit) else {
        return Answer::refused(404, "404 Commit Not Found");
    };
    let hash = match house.fault {
        Some(Fault::OtherCommit) => "0".repeat(40),
        _ => hash,
    };
    let all = commit.jobs.iter().chain(&commit.statuses);
    let all: Vec<Value> = all.map(|it| status(it, &hash)).collect();
    let (shown, answer) = request.page(house, all);
    Answer {
        body: Value::Array(shown),
        ..answer
    }
}

fn status(job: &Job, hash: &str) -> Value {
    json!({
        "id": job.id,
        "sha": hash,
        "ref": "main",
        "name": job.name,
        "status": job.word,
        "allow_failure": false,
        "target_url": null,
    })
}

fn branch_of(house: &House, branch: &str) -> Answer {
    let Some(hash) = house.branches.get(branch) else {
        return Answer::refused(404, "404 Branch Not Found");
    };
    Answer::new(200, json!({ "name": branch, "commit": { "id": hash } }))
}
