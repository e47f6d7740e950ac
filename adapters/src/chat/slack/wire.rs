//! The way bytes take to Slack: one connector for every request, TLS but to this
//! machine, a limit on time and size for each.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, Uri};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;

use crate::chat::address;

/// How long a connection may take to stand.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may be.
const LARGEST: usize = 1024 * 1024;

/// What every connection is made by.
pub(super) type Connector = HttpsConnector<HttpConnector>;

/// Why a raw request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Lost {
    /// It was never sent.
    #[error("{0}")]
    Unsent(String),
    /// It was sent; nobody knows what became of it.
    #[error("{0}")]
    Unanswered(String),
}

/// An answer to a raw request.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Requests that the client library does not make as they must be made: to the
/// addresses Slack hands out, without the token, and where headers matter.
pub(super) struct Wire {
    client: Client<Connector, Body>,
}

impl Wire {
    pub(super) fn new(connector: Connector) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// Posts a body to an address and reads the whole answer within a time.
    pub(super) async fn post(
        &self,
        address: &str,
        (kind, body): (&str, Bytes),
        token: Option<&str>,
        within: Duration,
    ) -> Result<Reply, Lost> {
        let unsent = |error: String| Lost::Unsent(error);
        let address = web_address(address).map_err(unsent)?;
        let mut request = Request::post(address).header("content-type", kind);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body));
        let request = request.map_err(|error| Lost::Unsent(error.to_string()))?;
        let answer = async {
            let answer = self.client.request(request).await.map_err(|error| {
                let words = error.to_string();
                if error.is_connect() {
                    Lost::Unsent(words)
                } else {
                    Lost::Unanswered(words)
                }
            })?;
            let (parts, body) = answer.into_parts();
            let body = axum::body::to_bytes(Body::new(body), LARGEST).await;
            let body = body.map_err(|error| Lost::Unanswered(error.to_string()))?;
            Ok(Reply {
                status: parts.status,
                headers: parts.headers,
                body,
            })
        };
        let late = |_| Lost::Unanswered(format!("no answer within {} s", within.as_secs()));
        tokio::time::timeout(within, answer).await.map_err(late)?
    }
}

/// Whom TLS trusts: the system's certificates.
pub(super) fn tls() -> Result<ClientConfig, std::io::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?;
    Ok(config.with_native_roots()?.with_no_client_auth())
}

/// HTTP/1.1 alone: a connection that hangs is then one call's, and gone with it.
pub(super) fn connector(tls: ClientConfig) -> Connector {
    let mut tcp = HttpConnector::new();
    tcp.set_connect_timeout(Some(CONNECT));
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp)
}

/// An address that may be called: by TLS, or on this machine.
pub(super) fn web_address(address: &str) -> Result<Uri, String> {
    address::web(address)?;
    parsed(address)
}

/// An address that a socket may be opened to: by TLS, or on this machine.
pub(super) fn socket_address(address: &str) -> Result<Uri, String> {
    address::socket(address)?;
    parsed(address)
}

fn parsed(address: &str) -> Result<Uri, String> {
    let parsed = address.parse();
    parsed.map_err(|_| "the address makes no sense".to_owned())
}
