//! GitHub and GitHub Enterprise Server, by their REST API of 2022-11-28.
//!
//! What ran for a commit is in two places: check runs, made by GitHub Actions and
//! other apps, and commit statuses, set by everything older
//! (<https://docs.github.com/en/rest/checks/runs>,
//! <https://docs.github.com/en/rest/commits/statuses>). A name counts in both.

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde::Deserialize;

use super::client::{Client, Question, hidden};
use super::{Account, Checks, ForgeError, Kind, State};

/// What its lists hold.
const LISTED: &str = "checks";
/// What a token must be allowed.
const RIGHTS: &str = "The token needs to read contents, checks and commit statuses of the repository (the scope `repo` of a classic one)";

/// A repository there.
pub(super) struct GitHub<'a> {
    pub(super) client: &'a Client,
    pub(super) account: &'a Account,
    pub(super) owner: &'a str,
    pub(super) name: &'a str,
}

#[derive(Deserialize)]
struct Combined {
    sha: String,
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
}

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    name: String,
    head_sha: String,
    status: String,
    conclusion: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "ref")]
    name: String,
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

impl GitHub<'_> {
    pub(super) async fn checks(&self, commit: &str) -> Result<Checks, ForgeError> {
        let mut checks: Option<Checks> = None;
        let statuses = self.question(&["commits", commit, "status"], &[]);
        let take = |page: Combined| {
            let checks = checks.get_or_insert_with(|| Checks::of(page.sha));
            for it in page.statuses {
                checks.add(it.context, state(&it.state));
            }
        };
        self.client.list(&statuses, LISTED, take).await?;
        let mut checks = checks.unwrap_or_else(|| Checks::of(commit));
        let whole = checks.commit.clone();
        let mut strange = false;
        let runs = ["commits", &whole, "check-runs"];
        let runs = self.question(&runs, &[("filter", "latest")]);
        let take = |page: Runs| {
            for run in page.check_runs {
                strange |= run.head_sha != whole;
                let state = ended(&run);
                checks.add(run.name, state);
            }
        };
        self.client.list(&runs, LISTED, take).await?;
        if strange {
            let why = "it answered for another commit";
            return Err(ForgeError::new(Kind::Garbled, self.what(), why));
        }
        Ok(checks)
    }

    pub(super) async fn tip(&self, branch: &str) -> Result<String, ForgeError> {
        let mut path = vec!["git", "ref", "heads"];
        path.extend(branch.split('/'));
        let found: Reference = self.client.one(&self.question(&path, &[])).await?;
        if found.name != format!("refs/heads/{branch}") {
            let why = format!("it answered for another branch than {branch}");
            return Err(ForgeError::new(Kind::Garbled, self.what(), why));
        }
        Ok(found.object.sha)
    }

    fn question<'q>(&'q self, path: &[&'q str], query: &'q [(&'q str, &'q str)]) -> Question<'q> {
        let mut headers = HeaderMap::new();
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("application/vnd.github+json"),
        );
        headers.insert(
            "x-github-api-version",
            HeaderValue::from_static("2022-11-28"),
        );
        if let Some(token) = hidden(&format!("Bearer {}", self.account.token.expose())) {
            headers.insert(AUTHORIZATION, token);
        }
        Question {
            what: self.what(),
            api: &self.account.api,
            path: [&["repos", self.owner, self.name], path].concat(),
            query,
            headers,
            rights: RIGHTS,
        }
    }

    fn what(&self) -> String {
        format!("asking GitHub about {}/{}", self.owner, self.name)
    }
}

fn state(word: &str) -> State {
    match word {
        "success" => State::Passed,
        "pending" => State::Pending(word.to_owned()),
        other => State::Failed(other.chars().take(40).collect()),
    }
}

/// Neutral and skipped are not success: what did not run proves nothing.
fn ended(run: &Run) -> State {
    let word = |it: &str| it.chars().take(40).collect();
    match (run.status.as_str(), run.conclusion.as_deref()) {
        ("completed", Some("success")) => State::Passed,
        ("completed", Some(other)) => State::Failed(word(other)),
        ("completed", None) => State::Failed("no conclusion".to_owned()),
        (other, _) => State::Pending(word(other)),
    }
}
