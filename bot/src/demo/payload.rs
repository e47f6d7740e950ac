//! The program inside the demo's containers: a small web server, its health
//! check, and a migration that only talks.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, timeout};

use super::terminal;
use crate::failure::Failure;

/// Where it listens in its container.
pub(super) const PORT: u16 = 8080;

/// How long a health check may take.
const CHECK: Duration = Duration::from_secs(2);

/// The most an answer to a health check may weigh.
const ANSWER: u64 = 4096;

/// What the program inside a demo container does.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct App {
    /// Ask the server of this container whether it is well
    #[arg(long)]
    check: bool,
    /// Pretend to migrate a database
    #[arg(long, conflicts_with = "check")]
    migrate: bool,
}

/// How one version behaves: what its image says, and where it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manners {
    pub(super) version: String,
    /// Where it runs: staging or production.
    pub(super) place: String,
    /// After how long it turns unhealthy; none if it never does.
    pub(super) unhealthy_after: Option<Duration>,
    /// The one place where it does; none for every place.
    pub(super) unhealthy_in: Option<String>,
    /// Whether it ends right after its start.
    pub(super) crash: bool,
}

/// Hears a line about each request.
pub(super) type Log = Arc<dyn Fn(String) + Send + Sync>;

/// Runs the program inside a demo container.
pub fn run_app(app: &App) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime =
        runtime.map_err(|error| Failure::internal("the runtime cannot start").because(error))?;
    let manners = Manners::read(&std::env::vars().collect());
    if app.check {
        return runtime.block_on(check());
    }
    if app.migrate {
        for line in migration(&manners) {
            terminal::print(&line);
        }
        return Ok(());
    }
    runtime.block_on(listen(manners))
}

async fn listen(manners: Manners) -> Result<(), Failure> {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await;
    let listener = listener.map_err(|error| failed("cannot listen", error))?;
    terminal::print(&format!(
        "version {} starts in {}",
        manners.version, manners.place
    ));
    if manners.crash {
        return Err(Failure::user(
            "this version ends right after its start: CRASH is set",
        ));
    }
    let mut terminate = signal(SignalKind::terminate())
        .map_err(|error| failed("cannot wait for the end", error))?;
    let ended = async move {
        terminate.recv().await;
    };
    let log: Log = Arc::new(|line| terminal::print(&line));
    let served = serve(listener, manners, log, ended).await;
    served.map_err(|error| failed("cannot serve", error))
}

/// Serves until `ended` does.
pub(super) async fn serve(
    listener: TcpListener,
    manners: Manners,
    log: Log,
    ended: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = Arc::new(Served {
        manners,
        log,
        since: Instant::now(),
    });
    let router = Router::new()
        .route("/healthz", get(health))
        .route("/login", get(login))
        .route("/api/version", get(version))
        .layer(from_fn_with_state(Arc::clone(&app), note))
        .with_state(app);
    axum::serve(listener, router)
        .with_graceful_shutdown(ended)
        .await
}

/// What the migration of a version says.
pub(super) fn migration(manners: &Manners) -> Vec<String> {
    vec![
        format!("migrating to {}", manners.version),
        "1 migration: add an index on login names".to_owned(),
        "done".to_owned(),
    ]
}

impl Manners {
    /// From the variables an image sets.
    pub(super) fn read(variables: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| variables.get(name).filter(|it| !it.is_empty()).cloned();
        let after = text("UNHEALTHY_AFTER_MS").and_then(|it| it.parse().ok());
        Self {
            version: text("VERSION").unwrap_or_else(|| "unknown".to_owned()),
            place: text("PLACE").unwrap_or_else(|| "a container".to_owned()),
            unhealthy_after: after.map(Duration::from_millis),
            unhealthy_in: text("UNHEALTHY_IN"),
            crash: text("CRASH").is_some(),
        }
    }

    /// Whether it is well so long after its start.
    pub(super) fn is_well(&self, after: Duration) -> bool {
        let here = self
            .unhealthy_in
            .as_ref()
            .is_none_or(|it| *it == self.place);
        !(here && self.unhealthy_after.is_some_and(|limit| after >= limit))
    }
}

struct Served {
    manners: Manners,
    log: Log,
    since: Instant,
}

async fn health(State(app): State<Arc<Served>>) -> Response {
    if app.manners.is_well(app.since.elapsed()) {
        return "ok\n".into_response();
    }
    let why = "the connection pool is exhausted\n";
    (StatusCode::INTERNAL_SERVER_ERROR, why).into_response()
}

async fn login() -> Html<&'static str> {
    Html(
        "<!doctype html><title>Sign in</title><form><input name=user><button>Sign in</button></form>",
    )
}

async fn version(State(app): State<Arc<Served>>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "version": app.manners.version, "place": app.manners.place }))
}

async fn note(State(app): State<Arc<Served>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    (app.log)(format!("{method} {path} {}", response.status().as_u16()));
    let close = header::HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Asks the server next to it: the image has no other program that could.
async fn check() -> Result<(), Failure> {
    let asked = async {
        let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], PORT))).await?;
        let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await?;
        let mut answer = String::new();
        stream.take(ANSWER).read_to_string(&mut answer).await?;
        Ok::<_, io::Error>(answer)
    };
    let answer = match timeout(CHECK, asked).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(failed("nobody answers", error)),
        Err(_) => return Err(Failure::user("no answer within 2 s")),
    };
    if answer.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    let last = answer.lines().last().unwrap_or_default();
    Err(Failure::user(format!("not well: {last}")))
}

fn failed(what: &str, error: io::Error) -> Failure {
    Failure::user(what).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manners(variables: &[(&str, &str)]) -> Manners {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Manners::read(&variables.iter().map(pair).collect())
    }

    #[test]
    fn a_bad_version_is_well_everywhere_but_where_it_is_not() {
        let bad = [
            ("UNHEALTHY_AFTER_MS", "500"),
            ("UNHEALTHY_IN", "production"),
        ];
        let (soon, late) = (Duration::from_millis(499), Duration::from_millis(500));
        let mut bad = manners(&bad);
        assert!(bad.is_well(late));
        bad.place = "production".to_owned();
        assert!(bad.is_well(soon) && !bad.is_well(late));
        bad.unhealthy_in = None;
        bad.place = "anywhere".to_owned();
        assert!(!bad.is_well(late));
        assert!(manners(&[("VERSION", "1.0.0")]).is_well(late));
    }
}
