//! One more tag for a manifest a registry has, by the registry's own interface:
//! <https://distribution.github.io/distribution/spec/api/>.

use std::time::Duration;

use bollard::auth::DockerCredentials;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use tokio::time::timeout;

use super::images::{late, registry};
use crate::containers::digest::sha256;
use crate::containers::{ContainerError, Kind, Pinned, Session};
use crate::redact::Redactor;

/// Every form a manifest has.
const FORMS: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// The largest manifest: registries take no larger ones.
const LARGEST: usize = 4 * 1024 * 1024;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(30);

/// A repository and how to prove who is asking.
struct Repository<'a> {
    client: Client,
    redactor: &'a Redactor,
    what: String,
    /// `https://ghcr.io/v2/acme/web`.
    base: String,
    name: String,
    credentials: Option<DockerCredentials>,
}

/// What a registry hands out to those who prove who they are.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// How a registry wants to be asked.
enum Proof {
    None,
    Basic,
    Bearer(String),
}

/// Reads the manifest, makes sure it is the pinned one, and puts it under the tag.
pub(super) async fn run(
    redactor: &Redactor,
    image: &Pinned,
    (tag, credentials): (&str, Option<DockerCredentials>),
    session: &Session<'_>,
) -> Result<(), ContainerError> {
    let what = format!("tagging {} as {}", image.reference, redactor.text(tag));
    let refused = |why: &str| ContainerError::new(Kind::Refused, what.clone(), why);
    if image.local {
        return Err(refused("it is a local image that never saw a registry"));
    }
    let word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if !(1..=128).contains(&tag.len()) || tag.starts_with(['.', '-']) || !tag.chars().all(word) {
        return Err(refused("that is no tag"));
    }
    let repository = Repository::of(redactor, image, credentials, what.clone())?;
    let promoting = repository.promote(image.digest(), tag);
    let done = timeout(session.within, promoting).await;
    done.map_err(|_| late(what, session.within))?
}

impl<'a> Repository<'a> {
    fn of(
        redactor: &'a Redactor,
        image: &Pinned,
        credentials: Option<DockerCredentials>,
        what: String,
    ) -> Result<Self, ContainerError> {
        let (path, _) = image
            .reference
            .split_once('@')
            .unwrap_or((&image.reference, ""));
        let host = registry(path);
        let (host, name) = match path.strip_prefix(host).and_then(|it| it.strip_prefix('/')) {
            Some(name) => (host.to_owned(), name.to_owned()),
            None if path.contains('/') => ("registry-1.docker.io".to_owned(), path.to_owned()),
            None => ("registry-1.docker.io".to_owned(), format!("library/{path}")),
        };
        // As engines do: what is on this machine needs no encryption.
        let bare = host.split(':').next().unwrap_or_default();
        let scheme = if bare == "localhost" || bare.starts_with("127.") {
            "http"
        } else {
            "https"
        };
        crate::tls::choose();
        let client = Client::builder().timeout(ANSWER).no_proxy().build();
        let client = client.map_err(|error| {
            ContainerError::new(Kind::Preflight, what.clone(), error.to_string())
        })?;
        Ok(Self {
            client,
            redactor,
            what,
            base: format!("{scheme}://{host}/v2/{name}"),
            name,
            credentials,
        })
    }

    async fn promote(&self, digest: &str, tag: &str) -> Result<(), ContainerError> {
        let proof = self.challenge(digest).await?;
        let asked = self
            .request(Method::GET, digest, &proof)
            .header(ACCEPT, FORMS);
        let answer = self.expect(asked, StatusCode::OK).await?;
        let form = answer.headers().get(CONTENT_TYPE).cloned();
        let Some(form) = form else {
            return Err(self.failed(Kind::Runtime, "the registry does not say what it is"));
        };
        let manifest = self.body(answer).await?;
        if digest_of(&manifest) != digest {
            return Err(self.failed(Kind::Refused, "the registry has something else there"));
        }
        let put = self
            .request(Method::PUT, tag, &proof)
            .header(CONTENT_TYPE, form);
        self.expect(put.body(manifest), StatusCode::CREATED)
            .await
            .map(drop)
    }

    /// How this registry wants to be asked for the right to read and write.
    async fn challenge(&self, digest: &str) -> Result<Proof, ContainerError> {
        let asked = self
            .request(Method::HEAD, digest, &Proof::None)
            .header(ACCEPT, FORMS);
        let answer = self.send(asked).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(Proof::None);
        }
        let wanted = header(answer.headers());
        if wanted.to_ascii_lowercase().starts_with("basic") {
            return Ok(Proof::Basic);
        }
        let part = |name: &str| {
            let (_, rest) = wanted.split_once(&format!("{name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let Some(realm) = part("realm").filter(|it| it.starts_with("https://")) else {
            return Err(self.failed(Kind::Refused, "it wants a proof that is not known here"));
        };
        let scope = format!("repository:{}:pull,push", self.name);
        let service = part("service").unwrap_or_default();
        let query = [("service", service.as_str()), ("scope", scope.as_str())];
        let Ok(address) = Url::parse_with_params(&realm, query) else {
            return Err(self.failed(Kind::Refused, "it names no address for the proof it wants"));
        };
        let mut asked = self.client.get(address);
        if let Some((user, password)) = self.login() {
            asked = asked.basic_auth(user, Some(password));
        }
        let answer = self.expect(asked, StatusCode::OK).await?;
        let token: Option<Token> = serde_json::from_slice(&self.body(answer).await?).ok();
        let token = token.and_then(|it| it.token.or(it.access_token));
        token
            .map(Proof::Bearer)
            .ok_or_else(|| self.failed(Kind::Refused, "it gives no token"))
    }

    fn request(&self, method: Method, name: &str, proof: &Proof) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}/manifests/{name}", self.base));
        match (proof, self.login()) {
            (Proof::Bearer(token), _) => request.bearer_auth(token),
            (Proof::Basic, Some((user, password))) => request.basic_auth(user, Some(password)),
            (Proof::Basic, None) | (Proof::None, _) => request,
        }
    }

    fn login(&self) -> Option<(&str, &str)> {
        let it = self.credentials.as_ref()?;
        Some((it.username.as_deref()?, it.password.as_deref()?))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ContainerError> {
        request.send().await.map_err(|error| {
            let why = self.redactor.text(&error.without_url().to_string());
            self.failed(Kind::Unreachable, &why)
        })
    }

    async fn expect(
        &self,
        request: RequestBuilder,
        wanted: StatusCode,
    ) -> Result<Response, ContainerError> {
        let answer = self.send(request).await?;
        let status = answer.status();
        if status == wanted {
            return Ok(answer);
        }
        let login = "Log in to that registry with `docker login`";
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self
                .failed(Kind::Refused, "the registry does not let us")
                .hint(login),
            StatusCode::NOT_FOUND => self.failed(Kind::NotFound, "the registry has no such image"),
            other if other.is_server_error() => {
                self.failed(Kind::Unreachable, &format!("the registry answers {other}"))
            }
            other => self.failed(Kind::Refused, &format!("the registry answers {other}")),
        })
    }

    async fn body(&self, mut answer: Response) -> Result<Vec<u8>, ContainerError> {
        let mut bytes = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() <= LARGEST => {
                    bytes.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => return Err(self.failed(Kind::Refused, "the answer is too long")),
                Ok(None) => return Ok(bytes),
                Err(error) => {
                    let why = self.redactor.text(&error.without_url().to_string());
                    return Err(self.failed(Kind::Unreachable, &why));
                }
            }
        }
    }

    fn failed(&self, kind: Kind, why: &str) -> ContainerError {
        ContainerError::new(kind, self.what.clone(), why)
    }
}

fn header(headers: &HeaderMap) -> String {
    let value = headers
        .get(WWW_AUTHENTICATE)
        .and_then(|it| it.to_str().ok());
    value.unwrap_or_default().to_owned()
}

fn digest_of(manifest: &[u8]) -> String {
    format!("sha256:{}", sha256(manifest))
}
