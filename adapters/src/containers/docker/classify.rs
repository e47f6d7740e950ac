//! What the words of engine, registry and Compose mean.

use std::error::Error as _;

use bollard::errors::Error;

use super::ports;
use crate::containers::{ContainerError, Kind};
use crate::redact::Redactor;

/// Words that decide, the kind they mean, and what to do. The first match wins.
const WORDS: [(&str, Kind, &str); 18] = [
    (
        "port is already allocated",
        Kind::Runtime,
        "Another program has that port: stop it, or publish another one",
    ),
    (
        "address already in use",
        Kind::Runtime,
        "Another program has that port: stop it, or publish another one",
    ),
    (
        "no space left on device",
        Kind::Runtime,
        "Free some space on the engine's disk",
    ),
    (
        "oci runtime create failed",
        Kind::Runtime,
        "Its program cannot be started: check entrypoint, command and volumes, in the image and \
         in the compose file",
    ),
    (
        "no such image",
        Kind::NotFound,
        "Check the reference, or push the image",
    ),
    (
        "manifest unknown",
        Kind::NotFound,
        "Check the reference, or push the image",
    ),
    (
        "no basic auth credentials",
        Kind::Refused,
        "Log in to that registry with `docker login`",
    ),
    (
        "unauthorized",
        Kind::Refused,
        "Log in to that registry with `docker login`",
    ),
    (
        "pull access denied",
        Kind::NotFound,
        "Check the reference; for a private image log in with `docker login`",
    ),
    (
        "denied",
        Kind::Refused,
        "Log in to that registry with `docker login`",
    ),
    (
        "cannot connect to the docker daemon",
        Kind::Unreachable,
        "Start the engine",
    ),
    (
        "couldn't connect to docker daemon",
        Kind::Unreachable,
        "Start the engine",
    ),
    (
        "error while fetching server api version",
        Kind::Unreachable,
        "Start the engine",
    ),
    (
        "dial tcp",
        Kind::Unreachable,
        "Check that the registry runs, and that the engine's machine reaches it",
    ),
    (
        "i/o timeout",
        Kind::Unreachable,
        "Check that the registry runs, and that the engine's machine reaches it",
    ),
    (
        "client.timeout exceeded",
        Kind::Unreachable,
        "Check that the registry runs, and that the engine's machine reaches it",
    ),
    (
        "tls handshake",
        Kind::Unreachable,
        "Check the registry's certificate",
    ),
    (
        "http response to https client",
        Kind::Unreachable,
        "Tell the engine it is an insecure registry",
    ),
];

/// An error of the engine's interface.
pub(super) fn engine(redactor: &Redactor, what: String, error: &Error) -> ContainerError {
    match error {
        Error::DockerResponseServerError {
            status_code,
            message,
        } => {
            let why = redactor.text(message).replace('\n', " ");
            let (kind, hint) = match (words(&why), status_code) {
                // A port in use must not look like a missing network.
                (Some(found), 500..) => found,
                (Some((kind @ (Kind::Refused | Kind::NotFound), hint)), 400..=499) => (kind, hint),
                (_, 404) => (Kind::NotFound, ""),
                (_, 409) => (Kind::Conflict, ""),
                (_, 400..=499) => (Kind::Refused, ""),
                (_, _) => (Kind::Runtime, ""),
            };
            telling(kind, what, (why, hint), None)
        }
        Error::DockerStreamError { error } => said(redactor, what, error),
        Error::RequestTimeoutError => silent(what),
        Error::SocketNotFoundError(path) => ContainerError::new(
            Kind::Unreachable,
            what,
            format!("there is no socket {path}"),
        )
        .hint("Start the engine, or correct the address"),
        Error::IOError { .. }
        | Error::HyperResponseError { .. }
        | Error::HyperLegacyError { .. }
        | Error::HttpClientError { .. } => {
            ContainerError::new(Kind::Unreachable, what, redactor.text(&chain(error)))
                .hint("Check that the engine runs and that its socket may be used")
        }
        other => ContainerError::new(Kind::Runtime, what, redactor.text(&chain(other))),
    }
}

/// Words that came in the middle of an answer.
pub(super) fn said(redactor: &Redactor, what: String, text: &str) -> ContainerError {
    let why = redactor.text(text).replace('\n', " ");
    let (kind, hint) = words(&why).unwrap_or((Kind::Runtime, ""));
    telling(kind, what, (why, hint), None)
}

/// An error in the engine's words. Where they are long, and what matters is at their end,
/// it is said in ours: whoever reads them may get to see the beginning alone.
pub(super) fn telling(
    kind: Kind,
    what: String,
    (why, hint): (String, &str),
    project: Option<&str>,
) -> ContainerError {
    match ports::taken(&why) {
        Some(taken) => ContainerError::new(kind, what, taken.why(project)).hint(taken.hint()),
        None => ContainerError::new(kind, what, why).hint(hint),
    }
}

/// The engine took the question and does not answer it.
pub(super) fn silent(what: String) -> ContainerError {
    ContainerError::new(Kind::Unreachable, what, "the engine does not answer")
        .hint("Check that the engine runs")
}

/// The kind and the hint that certain words mean.
pub(super) fn words(text: &str) -> Option<(Kind, &'static str)> {
    let text = text.to_lowercase();
    let found = WORDS.iter().find(|(words, _, _)| text.contains(words));
    found.map(|(_, kind, hint)| (*kind, *hint))
}

/// An error with its causes.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status_code: u16, message: &str) -> Kind {
        let error = Error::DockerResponseServerError {
            status_code,
            message: message.into(),
        };
        engine(&Redactor::default(), "trying".into(), &error).kind
    }

    #[test]
    fn status_and_words_together_decide() {
        let port = "driver failed: listen tcp4 0.0.0.0:80: bind: address already in use";
        for (status, message, expected) in [
            (404, "no such container", Kind::NotFound),
            (409, "name in use", Kind::Conflict),
            (400, "invalid reference format", Kind::Refused),
            (403, "denied: requested access is forbidden", Kind::Refused),
            (500, port, Kind::Runtime),
            (
                500,
                "Get https://r/v2/: no basic auth credentials",
                Kind::Refused,
            ),
            (
                500,
                "Get https://r/v2/: dial tcp: lookup r: no such host",
                Kind::Unreachable,
            ),
            (404, "manifest unknown", Kind::NotFound),
            (500, "something else", Kind::Runtime),
        ] {
            assert_eq!(kind(status, message), expected, "{message}");
        }
    }

    #[test]
    fn what_the_engine_says_is_redacted() {
        let error = Error::DockerStreamError {
            error: "at https://me:secret@r/".into(),
        };
        let shown = engine(&Redactor::default(), "pulling".into(), &error).to_string();
        assert_eq!(shown, "pulling: at https://me:[redacted]@r/");
    }
}
