//! Why a request is not served, as a page that says what to do.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::store::StoreTrouble;

/// Why a request is not served.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// No session, or one that ended.
    #[error("You are not signed in")]
    SignedOut,
    /// The one-time link was used or is too old.
    #[error("This link is no longer good")]
    LinkSpent,
    /// The form did not come from a page of ours.
    #[error("This form was not accepted")]
    Forged,
    /// Another name than this server's: DNS rebinding, or a proxy.
    #[error("This address is not served")]
    WrongHost,
    /// Nothing is there.
    #[error("There is no such page")]
    NotFound,
    /// A field is missing or makes no sense.
    #[error("The form is not complete")]
    BadForm,
    /// Too many pages are open.
    #[error("Too many pages are open")]
    TooMany,
    /// The channel's file failed.
    #[error("The channel's file could not be read or written")]
    Store(#[from] StoreTrouble),
    /// A page could not be drawn.
    #[error("The page could not be drawn")]
    Draw(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "web/trouble.html")]
struct TroublePage {
    title: String,
    why: &'static str,
    what_to_do: &'static str,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match &self {
            Self::Store(error) => {
                tracing::error!(%error, "the channel's file failed");
            }
            Self::Draw(error) => {
                tracing::error!(%error, "a page of the channel could not be drawn");
            }
            Self::SignedOut
            | Self::LinkSpent
            | Self::Forged
            | Self::WrongHost
            | Self::NotFound
            | Self::BadForm
            | Self::TooMany => {}
        }
        let (status, why, what_to_do) = self.words();
        let page = TroublePage {
            title: self.to_string(),
            why,
            what_to_do,
        };
        let body = page.render().unwrap_or_else(|_| format!("{}.", page.title));
        (status, Html(body)).into_response()
    }
}

impl Trouble {
    fn words(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::SignedOut => (
                StatusCode::UNAUTHORIZED,
                "Either this browser has no sign-in, it is more than 7 days old, or you followed a link from another site, which never carries it along.",
                "If you signed in before, open this page again. Otherwise ask for a link with the command shipbell open in a terminal.",
            ),
            Self::LinkSpent => (
                StatusCode::GONE,
                "A sign-in link works once and for 60 seconds.",
                "Ask for a new one with the command shipbell open in a terminal.",
            ),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "It did not come from a page of this channel, or the page is older than your sign-in. Nothing was changed.",
                "Open the channel again and repeat what you did.",
            ),
            Self::WrongHost => (
                StatusCode::MISDIRECTED_REQUEST,
                "The channel answers only under the loopback address it printed at its start.",
                "Use that address.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "The address is wrong, or what was there has been deleted.",
                "Start from the channel.",
            ),
            Self::BadForm => (
                StatusCode::BAD_REQUEST,
                "A field is missing, too long, or has a value that is not offered. Nothing was changed.",
                "Open the channel again and repeat what you did.",
            ),
            Self::TooMany => (
                StatusCode::SERVICE_UNAVAILABLE,
                "As many pages listen for news as the server allows.",
                "Close some; the page works without, but must be loaded again by hand.",
            ),
            Self::Store(_) | Self::Draw(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The program's log has the details.",
                "Try again; if it stays, look whether the disk is full or the file damaged.",
            ),
        }
    }
}
