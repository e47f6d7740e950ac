//! Addresses a token may be sent to: by TLS, or on this machine.

use std::net::IpAddr;

use url::Url;

/// Whether an address may be called.
pub(super) fn web(address: &str) -> Result<(), String> {
    allowed(address, ("https", "http"))
}

/// Whether a socket may be opened to an address.
pub(super) fn socket(address: &str) -> Result<(), String> {
    allowed(address, ("wss", "ws"))
}

fn allowed(address: &str, (safe, plain): (&str, &str)) -> Result<(), String> {
    // The address itself may be a secret: it is not repeated.
    let url = Url::parse(address).map_err(|_| "the address makes no sense".to_owned())?;
    let host = url.host_str().unwrap_or_default();
    if !host.is_empty() && (url.scheme() == safe || url.scheme() == plain && is_here(host)) {
        return Ok(());
    }
    Err(format!(
        "the address at {host} is not {safe}; {plain} is for this machine alone"
    ))
}

fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_on_this_machine() {
        for good in [
            "https://slack.com/api",
            "http://127.0.0.1:9101/api",
            "http://[::1]:9/x",
            "http://localhost/x",
        ] {
            assert!(web(good).is_ok(), "{good}");
        }
        for bad in [
            "http://slack.com/api",
            "http://127.0.0.1.example",
            "ftp://x",
            "",
            "/api",
        ] {
            assert!(web(bad).is_err(), "{bad}");
        }
        assert!(socket("wss://wss-primary.slack.com/link").is_ok());
        assert!(socket("ws://127.0.0.1:1/link").is_ok());
        assert!(socket("ws://wss-primary.slack.com/link").is_err());
    }
}
