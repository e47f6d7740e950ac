//! Slack's signatures: who signed, and that it was lately.
//! <https://docs.slack.dev/authentication/verifying-requests-from-slack>

use axum::body::Bytes;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::secret::Secret;

/// How old a request may be, and how far ahead of our clock, in seconds.
const LATELY: u64 = 5 * 60;

/// The secrets that may have signed: two while one replaces the other.
pub(in crate::chat::slack) struct Signatures(Vec<Secret>);

impl Signatures {
    pub(in crate::chat::slack) fn new(secrets: Vec<Secret>) -> Self {
        Self(secrets)
    }

    /// The body as text, if one of the secrets signed exactly it, lately.
    pub(super) fn check<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a Bytes,
        now: DateTime<Utc>,
    ) -> Result<&'a str, &'static str> {
        let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
        let stamp = header("x-slack-request-timestamp").ok_or("it has no time")?;
        let signature = header("x-slack-signature").ok_or("it has no signature")?;
        let at: i64 = stamp.parse().map_err(|_| "its time is no number")?;
        if now.timestamp().abs_diff(at) > LATELY {
            return Err("it is more than five minutes from now; compare the clocks");
        }
        let digest = signature.strip_prefix("v0=").and_then(unhex);
        let digest = digest.ok_or("its signature is no v0 signature")?;
        let signed = self.0.iter().any(|secret| {
            let key = secret.expose().trim().as_bytes();
            // An empty secret would sign for everybody.
            !key.is_empty() && is_signed(key, (stamp, body), &digest)
        });
        if !signed {
            return Err("none of the signing secrets made its signature");
        }
        std::str::from_utf8(body).map_err(|_| "it is no text")
    }
}

/// Compared in a time that does not depend on the difference.
fn is_signed(key: &[u8], (stamp, body): (&str, &[u8]), digest: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return false;
    };
    mac.update(b"v0:");
    mac.update(stamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    mac.verify_slice(digest).is_ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
    (0..64).step_by(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const AT: i64 = 1_795_179_600;

    fn headers(secret: &str, at: i64, body: &[u8]) -> HeaderMap {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("v0:{at}:").as_bytes());
        mac.update(body);
        let digest = mac.finalize().into_bytes();
        let hex: Vec<String> = digest.iter().map(|it| format!("{it:02x}")).collect();
        let hex = hex.concat();
        let mut headers = HeaderMap::new();
        headers.insert("x-slack-request-timestamp", at.into());
        headers.insert("x-slack-signature", format!("v0={hex}").parse().unwrap());
        headers
    }

    fn check(
        secrets: &[&str],
        headers: &HeaderMap,
        body: &'static [u8],
    ) -> Result<(), &'static str> {
        let secrets = secrets.iter().map(|it| Secret::from(*it)).collect();
        let now = DateTime::from_timestamp(AT, 0).unwrap();
        let body = Bytes::from_static(body);
        Signatures::new(secrets)
            .check(headers, &body, now)
            .map(drop)
    }

    #[test]
    fn the_library_agrees_on_what_a_signature_is() {
        use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
        #[expect(
            clippy::disallowed_methods,
            reason = "the library asks the clock itself"
        )]
        let now = DateTime::<Utc>::from(std::time::SystemTime::now()).timestamp();
        let headers = headers(SECRET, now, b"a=b");
        let signature = headers["x-slack-signature"].to_str().unwrap();
        let verifier = SlackEventSignatureVerifier::new(&SECRET.to_owned().into());
        assert!(verifier.verify(signature, "a=b", &now.to_string()).is_ok());
    }

    #[test]
    fn only_slack_is_believed_and_only_lately() {
        let good = headers(SECRET, AT, b"a=b");
        assert_eq!(check(&[SECRET], &good, b"a=b"), Ok(()));
        assert_eq!(
            check(&["new", SECRET], &good, b"a=b"),
            Ok(()),
            "while one replaces the other"
        );
        for (secrets, body) in [
            (&[SECRET][..], &b"a=c"[..]),
            (&["other"][..], b"a=b"),
            (&[][..], b"a=b"),
            (&[""][..], b"a=b"),
        ] {
            assert!(check(secrets, &good, body).is_err());
        }
        for (at, fits) in [
            (AT - 300, true),
            (AT + 300, true),
            (AT - 301, false),
            (AT + 301, false),
        ] {
            let headers = headers(SECRET, at, b"a=b");
            assert_eq!(check(&[SECRET], &headers, b"a=b").is_ok(), fits, "{at}");
        }
        for signature in ["", "v0=", "v1=00", "v0=zz"] {
            let mut headers = good.clone();
            headers.insert("x-slack-signature", signature.parse().unwrap());
            assert!(check(&[SECRET], &headers, b"a=b").is_err(), "{signature}");
        }
        assert!(check(&[SECRET], &HeaderMap::new(), b"a=b").is_err());
    }
}
