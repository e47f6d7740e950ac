//! The HTTP side: reads a call, lets it go wrong if it is to, does it, and answers as
//! Discord does.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::TOKEN;
use super::faults::How;
use super::limits::Told;
use super::line::Cut;
use super::routes::{self, Call, Refusal};
use super::shared::House;

pub(super) fn router(shared: House) -> Router {
    Router::new().fallback(api).with_state(shared)
}

async fn api(
    State(shared): State<House>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    (method, uri): (Method, Uri),
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(call) = routes::read(&method, &uri, shared.clock.ran()) else {
        shared.violation(format!("{method} {} is no call of Discord's", uri.path()));
        return said(
            StatusCode::NOT_FOUND,
            &json!({ "code": 0, "message": "404: Not Found" }),
        );
    };
    let (body, files) = read_body(&headers, &body);
    polite(&shared, &call, &headers);
    let now = shared.clock.ran();
    if shared.limits.is_shut(call.name, now) {
        shared.violation(format!("{}: called before it may be again", call.name));
    }
    let fault = shared.faults.take(call.name);
    if let Some(early) = before(&shared, &call, fault.as_ref(), &cut).await {
        shared.note(&format!("{} went wrong: {fault:?}", call.name));
        return early;
    }
    let mut told = None;
    if routes::is_counted(&call) {
        match shared.limits.count(call.name, &call.major, now) {
            Ok(more) => told = Some(more),
            Err(wait) => {
                shared.note(&format!("{}: too many calls", call.name));
                shared.violation(format!("{}: too many calls", call.name));
                return too_many(wait.as_secs_f64(), false);
            }
        }
    }
    if let Some(oracle) = shared.oracle {
        for mistake in oracle.check(call.name, &body) {
            shared.violation(format!("{}: {mistake}", call.name));
        }
    }
    let done = routes::perform(&shared, &call, &body, files);
    if fault == Some(How::ResetAfter) {
        cut.now();
        std::future::pending::<()>().await;
    }
    let words = match &done {
        Ok(_) => "ok".to_owned(),
        Err(it) => format!("{} {}", it.status, it.code),
    };
    shared.note(&format!("{} {} {words}", call.name, routes::about(&call)));
    let mut response = match done {
        Ok((status, Value::Null)) => status.into_response(),
        Ok((status, value)) => said(status, &value),
        Err(refusal) => refused(&refusal),
    };
    if let Some(told) = told {
        let until = shared.clock.now() + told.resets;
        limits(&mut response, &told, until);
    }
    response
}

/// What a program that knows Discord sends along.
fn polite(shared: &House, call: &Call, headers: &HeaderMap) {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default()
    };
    if !header("user-agent").starts_with("DiscordBot (") {
        shared.violation(format!(
            "{}: the user agent is {:?}",
            call.name,
            header("user-agent")
        ));
    }
    let token = header("authorization");
    if routes::is_counted(call) {
        if token != format!("Bot {TOKEN}") {
            shared.note(&format!("{}: not authorized", call.name));
        }
    } else if !token.is_empty() {
        shared.violation(format!("{}: the bot's token was sent along", call.name));
    }
}

/// What goes wrong before anything is done.
async fn before(shared: &House, call: &Call, fault: Option<&How>, cut: &Cut) -> Option<Response> {
    match fault? {
        How::RateLimited { after, global } => {
            let until = shared.clock.ran() + Duration::from_secs_f64(*after);
            shared
                .limits
                .shut(if *global { "*" } else { call.name }, until);
            Some(too_many(*after, *global))
        }
        How::Proxied => {
            let words = "<html>error code: 1015</html>";
            Some((StatusCode::TOO_MANY_REQUESTS, words).into_response())
        }
        How::Status(code) => {
            let code = StatusCode::from_u16(*code).unwrap_or(StatusCode::BAD_GATEWAY);
            Some((code, format!("{code}\n")).into_response())
        }
        How::Refused(status, code) => Some(refused(&Refusal {
            status: *status,
            code: *code,
            message: "as the test wants it".to_owned(),
        })),
        How::Delay(millis) => {
            tokio::time::sleep(Duration::from_millis(*millis)).await;
            None
        }
        How::ResetBefore => {
            cut.now();
            std::future::pending().await
        }
        How::ResetAfter => None,
    }
}

fn read_body(headers: &HeaderMap, body: &Bytes) -> (Value, Vec<(String, String)>) {
    let kind = headers.get("content-type").and_then(|it| it.to_str().ok());
    let Some(boundary) = kind.and_then(|it| it.strip_prefix("multipart/form-data; boundary="))
    else {
        return (serde_json::from_slice(body).unwrap_or_default(), Vec::new());
    };
    let whole = String::from_utf8_lossy(body).into_owned();
    let (mut json, mut files) = (Value::Null, Vec::new());
    for part in whole.split(&format!("--{boundary}")) {
        let Some((head, content)) = part.split_once("\r\n\r\n") else {
            continue;
        };
        let content = content.strip_suffix("\r\n").unwrap_or(content);
        match head.split_once("filename=\"") {
            Some((_, name)) => {
                let name = name.split('"').next().unwrap_or_default();
                files.push((name.to_owned(), content.to_owned()));
            }
            None => json = serde_json::from_str(content).unwrap_or_default(),
        }
    }
    (json, files)
}

fn said(status: StatusCode, value: &Value) -> Response {
    let json = [("content-type", "application/json")];
    (status, json, value.to_string()).into_response()
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    said(
        status,
        &json!({ "code": refusal.code, "message": refusal.message }),
    )
}

fn too_many(after: f64, global: bool) -> Response {
    let body =
        json!({ "message": "You are being rate limited.", "retry_after": after, "global": global });
    let mut response = said(StatusCode::TOO_MANY_REQUESTS, &body);
    let headers = response.headers_mut();
    header(headers, "via", "1.1 google");
    header(headers, "retry-after", &after.ceil().to_string());
    header(
        headers,
        "x-ratelimit-scope",
        if global { "global" } else { "user" },
    );
    if global {
        header(headers, "x-ratelimit-global", "true");
    }
    response
}

fn limits(response: &mut Response, told: &Told, until: DateTime<Utc>) {
    let headers = response.headers_mut();
    header(headers, "x-ratelimit-bucket", &told.bucket);
    header(headers, "x-ratelimit-limit", &told.limit.to_string());
    header(headers, "x-ratelimit-remaining", &told.left.to_string());
    let resets = format!("{:.3}", told.resets.as_secs_f64());
    header(headers, "x-ratelimit-reset-after", &resets);
    let (seconds, millis) = (until.timestamp(), until.timestamp_subsec_millis());
    let until = format!("{seconds}.{millis:03}");
    header(headers, "x-ratelimit-reset", &until);
}

fn header(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
