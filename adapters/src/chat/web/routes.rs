//! The table of addresses, and the checks before any of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};

use super::trouble::Trouble;
use super::{WebChannel, actions, pages, session, stream};

/// Every address. The server adds its state and [`guarded`] its checks.
pub(super) fn router() -> Router<Arc<WebChannel>> {
    Router::new()
        .route("/enter", get(session::enter_page).post(session::enter))
        .route("/leave", post(session::leave))
        .route("/channel", get(pages::landing))
        .route("/channel/{name}", get(pages::channel))
        .route("/thread/{id}", get(pages::thread))
        .route("/file/{id}", get(pages::file))
        .route("/events", get(stream::events))
        .route("/say", post(actions::say))
        .route("/react", post(actions::react))
        .route("/press", post(actions::press))
        .route("/submit", post(actions::submit))
        .route("/dismiss", post(actions::dismiss))
        .route("/complete", get(actions::complete))
        .route("/static/{name}", get(pages::fixed))
}

/// The addresses behind the checks of host and origin.
pub(super) fn guarded(routes: Router, channel: Arc<WebChannel>) -> Router {
    routes
        .fallback(elsewhere)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(channel, guard))
}

/// The most a form may weigh, in bytes.
const BODY: usize = 64 * 1024;

async fn elsewhere(uri: Uri) -> Response {
    if uri.path() == "/" {
        Redirect::to("/channel").into_response()
    } else {
        Trouble::NotFound.into_response()
    }
}

async fn guard(State(channel): State<Arc<WebChannel>>, request: Request, next: Next) -> Response {
    let mut response = match check(&channel, request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(trouble) => trouble.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

fn check(channel: &WebChannel, method: &Method, headers: &HeaderMap) -> Result<(), Trouble> {
    // A page elsewhere can point its own name at 127.0.0.1, but the browser then says that name.
    let host = single(headers, &header::HOST).ok_or(Trouble::WrongHost)?;
    if !is_ours(channel, host) {
        return Err(Trouble::WrongHost);
    }
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let origin_fits = !headers.contains_key(header::ORIGIN)
        || single(headers, &header::ORIGIN) == Some(format!("http://{host}").as_str());
    let site = single(headers, &HeaderName::from_static("sec-fetch-site"));
    let site_fits = matches!(site, None | Some("same-origin" | "none"));
    if origin_fits && site_fits {
        Ok(())
    } else {
        Err(Trouble::Forged)
    }
}

fn is_ours(channel: &WebChannel, host: &str) -> bool {
    let port = channel.address.port();
    let name = match host.strip_suffix(&format!(":{port}")) {
        Some(name) => name,
        None if port == 80 => host,
        None => return false,
    };
    let ip = channel.address.ip();
    name == "localhost" || name == ip.to_string() || name == format!("[{ip}]")
}

fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// What every answer says. With `no-referrer` browsers would hide the origin of our own forms.
const ALWAYS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];
