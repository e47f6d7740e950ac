//! A GitHub and a GitLab of our own: one repository each, as far as commits, their checks
//! and the ends of branches go, over real sockets, and strict.
//!
//! Whatever a program asks that the service does not know, or asks in a way the service's
//! rules forbid, is a violation, and a violation fails the test at the end.

mod github;
mod gitlab;
mod request;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::request::Request;

/// The token that may read the repository.
pub const TOKEN: &str = "forge_stand-in_token";
/// The repository, on either.
pub const REPOSITORY: &str = "acme/shop";

/// A forge that is open.
pub struct Forge {
    house: Arc<Mutex<House>>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

/// Which service it stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    GitHub,
    GitLab,
}

/// What a forge does in place of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers with this status, these headers and these words.
    Status(u16, Vec<(&'static str, &'static str)>, &'static str),
    /// Never answers.
    Silence,
    /// Answers with what is no JSON.
    Garbage,
    /// Answers with more than anybody reads.
    Flood,
    /// Answers for another commit.
    OtherCommit,
}

/// The repository, and how the program behaved.
struct House {
    service: Service,
    commits: BTreeMap<String, Commit>,
    branches: BTreeMap<String, String>,
    next: u64,
    fault: Option<Fault>,
    asked: Vec<String>,
    violations: Vec<String>,
}

#[derive(Clone, Default)]
struct Commit {
    jobs: Vec<Job>,
    /// Set from outside, by context; GitHub keeps them apart.
    statuses: Vec<Job>,
}

#[derive(Clone)]
struct Job {
    id: u64,
    name: String,
    /// `success`, `failure`, `queued` …: the service's own word.
    word: String,
}

/// An answer before it is sent.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
}

impl Forge {
    /// A GitHub with an empty repository.
    pub async fn github() -> io::Result<Self> {
        Self::open(Service::GitHub).await
    }

    /// A GitLab with an empty project.
    pub async fn gitlab() -> io::Result<Self> {
        Self::open(Service::GitLab).await
    }

    #[expect(clippy::disallowed_methods, reason = "it ends with the forge")]
    async fn open(service: Service) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let house = Arc::new(Mutex::new(House {
            service,
            commits: BTreeMap::new(),
            branches: BTreeMap::new(),
            next: 1,
            fault: None,
            asked: Vec::new(),
            violations: Vec::new(),
        }));
        let pages = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&house));
        let server = tokio::spawn(async move {
            drop(axum::serve(listener, pages).await);
        });
        Ok(Self {
            house,
            address,
            server,
        })
    }

    /// What `api_url` is set to for GitHub, and `url` for GitLab.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A commit is pushed to a branch.
    pub fn pushed(&self, branch: &str, commit: &str) {
        let mut house = lock(&self.house);
        house.commits.entry(commit.to_owned()).or_default();
        house.branches.insert(branch.to_owned(), commit.to_owned());
    }

    /// A check of a commit stands so now, in the service's own word. What ran before under
    /// this name is over, as after a retry.
    pub fn ran(&self, commit: &str, name: &str, word: &str) {
        let mut house = lock(&self.house);
        let it = house.commits.entry(commit.to_owned()).or_default();
        it.jobs.retain(|it| it.name != name);
        drop(house);
        self.ran_besides(commit, name, word);
    }

    /// The same, beside what ran before, as in another pipeline.
    pub fn ran_besides(&self, commit: &str, name: &str, word: &str) {
        let mut house = lock(&self.house);
        let job = house.job(name, word);
        let it = house.commits.entry(commit.to_owned()).or_default();
        it.jobs.push(job);
    }

    /// Somebody sets a commit's status from outside.
    pub fn set(&self, commit: &str, context: &str, word: &str) {
        let mut house = lock(&self.house);
        let job = house.job(context, word);
        let it = house.commits.entry(commit.to_owned()).or_default();
        it.statuses.retain(|it| it.name != context);
        it.statuses.push(job);
    }

    /// What goes wrong from now on; nothing any more.
    pub fn fault(&self, fault: Option<Fault>) {
        lock(&self.house).fault = fault;
    }

    /// What was asked so far, path and query.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.house).asked.clone()
    }

    /// What the program did against the rules.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.house).violations.clone()
    }
}

impl Drop for Forge {
    fn drop(&mut self) {
        self.server.abort();
        let violations = self.violations();
        if !std::thread::panicking() {
            assert!(
                violations.is_empty(),
                "against the forge's rules: {violations:#?}"
            );
        }
    }
}

impl House {
    fn job(&mut self, name: &str, word: &str) -> Job {
        let id = self.next;
        self.next += 1;
        Job {
            id,
            name: name.to_owned(),
            word: word.to_owned(),
        }
    }

    /// The commit a name stands for: its hash, whole or in part, or a branch.
    fn commit(&self, name: &str) -> Option<(String, Commit)> {
        let by_branch = self.branches.get(name).map(String::as_str);
        let name = by_branch.unwrap_or(name);
        let mut all = self.commits.iter();
        let found = all.find(|(hash, _)| name.len() >= 7 && hash.starts_with(name))?;
        Some((found.0.clone(), found.1.clone()))
    }

    fn violates(&mut self, words: impl Into<String>) {
        self.violations.push(words.into());
    }
}

impl Answer {
    fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
        }
    }

    fn refused(status: u16, message: &str) -> Self {
        Self::new(status, json!({ "message": message }))
    }
}

async fn answer(
    State(house): State<Arc<Mutex<House>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let fault = lock(&house).fault.clone();
    let request = Request::read(&method, &uri, &headers);
    lock(&house).asked.push(uri.to_string());
    let sent = match fault {
        Some(Fault::Silence) => return std::future::pending().await,
        Some(Fault::Garbage) => return plain("<html>".to_owned()),
        Some(Fault::Flood) => return plain(format!("\"{}\"", "x".repeat(9 << 20))),
        Some(Fault::Status(status, headers, message)) => {
            let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            Answer {
                headers: headers.into_iter().map(own).collect(),
                ..Answer::refused(status, message)
            }
        }
        Some(Fault::OtherCommit) | None => {
            let mut house = lock(&house);
            match house.service {
                Service::GitHub => github::answer(&mut house, &request),
                Service::GitLab => gitlab::answer(&mut house, &request),
            }
        }
    };
    let mut response = Response::builder().status(sent.status);
    for (name, value) in &sent.headers {
        response = response.header(name, value);
    }
    let response = response.header("content-type", "application/json");
    response
        .body(Body::from(sent.body.to_string()))
        .unwrap_or_else(|_| Response::new(Body::empty()))
}

fn plain(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::OK;
    response
}

fn lock(house: &Mutex<House>) -> MutexGuard<'_, House> {
    house.lock().unwrap_or_else(PoisonError::into_inner)
}
