//! Addresses on the web: absolute, plain, and without a password in them.

use reqwest::Url;

use super::at::At;
use super::desk::Desk;
use super::placeholders;

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

/// A whole address; `{version}` and `{sha}` stand for the release's.
pub(super) fn whole(written: &At<String>, desk: &mut Desk) -> Option<String> {
    if !placeholders::are_known(written, desk) {
        return None;
    }
    let wrong = match Url::parse(&placeholders::example(written)) {
        _ if written.len() > LONGEST => Some("this address is too long".to_owned()),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => fault(&url),
        Ok(url) if matches!(url.scheme(), "http" | "https") => None,
        Ok(_) | Err(_) => Some("this is neither a web address nor a path".to_owned()),
    };
    if let Some(wrong) = wrong {
        let noted = desk.note(written.span(), wrong);
        noted.help("for example \"https://hooks.example.com/drain\", or \"/drain\"");
        return None;
    }
    Some((**written).clone())
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
    if !placeholders::are_known(path, desk) {
        return None;
    }
    let joined = format!("{base}{}", **path);
    if Url::parse(&placeholders::example(&joined)).is_err() {
        desk.note(path.span(), format!("`{joined}` is not a web address"));
        return None;
    }
    Some(joined)
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
