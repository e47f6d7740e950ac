//! GitLab, in the cloud and at home, by its REST API v4.
//!
//! Jobs and external statuses of a commit are one list
//! (<https://docs.gitlab.com/api/commits/#list-commit-statuses>). It holds every
//! pipeline of the commit; of several with one name the newest counts.

use std::collections::BTreeMap;

use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::client::{Client, Question, hidden};
use super::{Account, Checks, ForgeError, Kind, State};

/// What a token must be allowed.
const RIGHTS: &str =
    "The token needs the scope `read_api`, and its owner to be a Reporter of the project";

/// A project there.
pub(super) struct GitLab<'a> {
    pub(super) client: &'a Client,
    pub(super) account: &'a Account,
    pub(super) path: &'a str,
}

#[derive(Deserialize)]
struct Commit {
    id: String,
}

#[derive(Deserialize)]
struct Status {
    id: u64,
    sha: String,
    name: String,
    #[serde(rename = "status")]
    state: String,
}

#[derive(Deserialize)]
struct Branch {
    name: String,
    commit: Commit,
}

impl GitLab<'_> {
    pub(super) async fn checks(&self, commit: &str) -> Result<Checks, ForgeError> {
        let path = ["repository", "commits", commit];
        let known: Commit = self.client.one(&self.question(&path)).await?;
        let whole = known.id;
        let path = ["repository", "commits", &whole, "statuses"];
        let mut statuses: Vec<Status> = Vec::new();
        let take = |page: Vec<Status>| statuses.extend(page);
        self.client
            .list(&self.question(&path), "jobs", take)
            .await?;
        let mut newest: BTreeMap<String, Status> = BTreeMap::new();
        for status in statuses {
            if status.sha != whole {
                let why = "it answered for another commit";
                return Err(ForgeError::new(Kind::Garbled, self.what(), why));
            }
            let known = newest.get(&status.name);
            if known.is_none_or(|known| known.id < status.id) {
                newest.insert(status.name.clone(), status);
            }
        }
        let mut checks = Checks::of(whole);
        for (name, status) in newest {
            checks.add(name, state(&status.state));
        }
        Ok(checks)
    }

    pub(super) async fn tip(&self, branch: &str) -> Result<String, ForgeError> {
        let path = ["repository", "branches", branch];
        let found: Branch = self.client.one(&self.question(&path)).await?;
        if found.name != branch {
            let why = format!("it answered for another branch than {branch}");
            return Err(ForgeError::new(Kind::Garbled, self.what(), why));
        }
        Ok(found.commit.id)
    }

    fn question<'q>(&'q self, path: &[&'q str]) -> Question<'q> {
        let mut headers = HeaderMap::new();
        if let Some(token) = hidden(self.account.token.expose()) {
            headers.insert("private-token", token);
        }
        Question {
            what: self.what(),
            api: &self.account.api,
            // A project is named by its whole path, as one part of the address.
            path: [&["projects", self.path], path].concat(),
            query: &[],
            headers,
            rights: RIGHTS,
        }
    }

    fn what(&self) -> String {
        format!("asking GitLab about {}", self.path)
    }
}

/// The words of a job's status. What waits for a person has not ended.
fn state(word: &str) -> State {
    match word {
        "success" => State::Passed,
        "created"
        | "waiting_for_resource"
        | "preparing"
        | "waiting_for_callback"
        | "pending"
        | "running"
        | "scheduled"
        | "manual"
        | "canceling" => State::Pending(word.to_owned()),
        other => State::Failed(other.chars().take(40).collect()),
    }
}
