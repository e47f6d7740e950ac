//! Answers over HTTP, whoever gives them: read up to a limit, and why there is none in
//! words that hold no address.

use std::error::Error as _;
use std::fmt::Write as _;

use reqwest::{Error, Response};

/// The body up to so many bytes, and whether it goes on.
pub(crate) async fn body(mut response: Response, most: usize) -> Result<(Vec<u8>, bool), String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(in_words)? {
        let room = most - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Ok((bytes, true));
        }
    }
    Ok((bytes, false))
}

/// An error and its causes, without the address, which may hold secrets.
pub(crate) fn in_words(error: Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").expect("writing to a string cannot fail");
        source = cause.source();
    }
    text
}
