//! The pages people look at, and the files those need.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::WebChannel;
use super::draw::Draw;
use super::session::Viewer;
use super::store::{Body, Message};
use super::trouble::Trouble;

type Shared = State<Arc<WebChannel>>;

#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<i64>,
}

pub(super) async fn landing(State(channel): Shared, viewer: Viewer) -> Redirect {
    let path = format!("/channel/{}", channel.first_channel());
    Redirect::to(&viewer.link(&path))
}

pub(super) async fn channel(
    State(channel): Shared,
    viewer: Viewer,
    Path(name): Path<String>,
    Query(Before { before }): Query<Before>,
) -> Result<Html<String>, Trouble> {
    if !channel.has_channel(&name) {
        return Err(Trouble::NotFound);
    }
    let draw = Draw::new(&channel, &viewer);
    Ok(Html(draw.channel_page(&name, before).await?))
}

pub(super) async fn thread(
    State(channel): Shared,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Html<String>, Trouble> {
    let root = message(&channel, id).await?;
    if root.spot.thread.is_some() {
        return Err(Trouble::NotFound);
    }
    let draw = Draw::new(&channel, &viewer);
    Ok(Html(draw.thread_page(&root).await?))
}

/// As plain text to keep, so that nothing in it ever runs.
pub(super) async fn file(
    State(channel): Shared,
    _: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, Trouble> {
    match message(&channel, id).await?.body {
        Body::File { text, .. } => {
            let kind = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment"),
            ];
            Ok((kind, text).into_response())
        }
        Body::Card(_) | Body::Words(_) => Err(Trouble::NotFound),
    }
}

/// Style sheet, script and icon; the browser asks each time whether they changed.
pub(super) async fn fixed(Path(name): Path<String>) -> Result<Response, Trouble> {
    let (kind, text) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", STYLE),
        "channel.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return Err(Trouble::NotFound),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, text).into_response())
}

const STYLE: &str = include_str!("../../../templates/web/static/style.css");
const SCRIPT: &str = include_str!("../../../templates/web/static/channel.js");
const ICON: &str = include_str!("../../../templates/web/static/icon.svg");

async fn message(channel: &WebChannel, id: i64) -> Result<Message, Trouble> {
    channel
        .store
        .message(id)
        .await?
        .filter(|message| channel.has_channel(&message.spot.channel))
        .ok_or(Trouble::NotFound)
}
