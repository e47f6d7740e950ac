//! Addresses on the web: absolute, plain, and without a password in them.

use reqwest::Url;

use super::at::At;
use super::desk::Desk;

/// The longest address.
const LONGEST: usize = 500;

/// An address to put paths behind, without a slash at its end.
pub(super) fn base(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let url = Url::parse(written);
    let fault = match &url {
        _ if written.len() > LONGEST => Some("this address is too long".to_owned()),
        Ok(url) => fault(url),
        Err(_) => Some(format!("`{}` is not a web address", **written)),
    };
    if let Some(fault) = fault {
        let noted = desk.note(written.span(), fault);
        noted.help("for example \"https://shop.example.com\"");
        return None;
    }
    Some(written.trim().trim_end_matches('/').to_owned())
}

/// A path behind an address; `{version}` and `{sha}` stand for the release's.
pub(super) fn join(base: &str, path: &At<String>, desk: &mut Desk) -> Option<String> {
    let plain = path
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && c != '\\');
    if !path.starts_with('/') || path.starts_with("//") || !plain || path.len() > LONGEST {
        let message = format!(
            "`{}` is not a path",
            path.chars().take(60).collect::<String>()
        );
        let noted = desk.note(path.span(), message);
        noted.help("begin it with /; the rest of the address is the environment's `url`");
        return None;
    }
    if let Some(word) = unknown_placeholder(path) {
        placeholder(path, word, desk);
        return None;
    }
    let joined = format!("{base}{}", **path);
    let example = joined.replace("{version}", "1").replace("{sha}", "1");
    if Url::parse(&example).is_err() {
        desk.note(path.span(), format!("`{joined}` is not a web address"));
        return None;
    }
    Some(joined)
}

/// Notes a placeholder nobody fills in.
pub(super) fn placeholder(written: &At<String>, word: &str, desk: &mut Desk) {
    let message = format!("nothing fills in `{word}`");
    desk.note(written.span(), message)
        .help("there are {version} and {sha}");
}

/// The first `{word}` that is neither `{version}` nor `{sha}`.
pub(super) fn unknown_placeholder(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let end = start + rest[start..].find('}')? + 1;
        let word = &rest[start..end];
        let inside = &word[1..word.len() - 1];
        let named = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_alphabetic());
        if named && !matches!(inside, "version" | "sha") {
            return Some(word);
        }
        rest = &rest[start + 1..];
    }
    None
}

fn fault(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        Some("a web address begins with http:// or https:// and a host".to_owned())
    } else if !url.username().is_empty() || url.password().is_some() {
        Some("this address has a name or a password in it".to_owned())
    } else if url.query().is_some() || url.fragment().is_some() {
        Some("this address has more than a path behind its host".to_owned())
    } else {
        None
    }
}
