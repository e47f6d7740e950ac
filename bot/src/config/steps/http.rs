//! `http`: an address that is called, and what its answer must be.

use std::collections::BTreeMap;

use shipbell_domain::steps::{Http, Method, Value};

use super::super::at::At;
use super::super::desk::Desk;
use super::super::secret::{self, Written};
use super::super::{links, placeholders, smoke};
use super::section::StepSection;
use super::verbs::once;

/// The longest text that is sent along, and the most headers.
const LONGEST_BODY: usize = 64 * 1024;
const MOST_HEADERS: usize = 20;

/// Headers that prove who is asking.
const CREDENTIALS: [&str; 3] = ["Authorization", "Cookie", "Proxy-Authorization"];

pub(super) fn lower(
    section: &At<StepSection>,
    base: Option<&str>,
    desk: &mut Desk,
) -> Option<Http> {
    let written = section.http.as_ref()?;
    let url = address(written, base, desk);
    let method = method(section, desk);
    let send = section.send.as_ref().map(|it| headers(it, desk));
    let poll = section.poll.as_ref().and_then(|it| desk.length(it, "10m"));
    let status = section
        .status
        .as_ref()
        .and_then(|it| smoke::status(it, desk));
    let json = section.json.as_ref().map(|it| smoke::json(it, desk));
    let contains = section.contains.as_ref().and_then(|it| {
        let text = desk.line(it, 1000)?;
        placeholders::are_spelt(it, desk);
        Some(text)
    });
    if let Some(body) = section.body.as_ref().filter(|it| it.len() > LONGEST_BODY) {
        desk.note(body.span(), "this is longer than 64 KiB")
            .help("send less, or let a program send it");
    }
    let must_say = matches!(method, Method::Post | Method::Patch);
    if must_say && section.once.is_none() {
        let message = format!(
            "after a crash nobody knows whether {} was sent",
            method.word()
        );
        let noted = desk.note(section.span(), message);
        noted.help("add once = true to ask a person then, or once = false if it may be sent twice");
    }
    if let Some(written) = section.poll.as_ref().filter(|_| once(section)) {
        desk.note(written.span(), "what is called once is not asked again")
            .help("leave out poll, or once");
    }
    Some(Http {
        method,
        url: url?,
        send: send.unwrap_or_default(),
        body: section.body.as_ref().map(|it| (**it).clone()),
        status,
        json: json.unwrap_or_default(),
        contains,
        poll,
        once: once(section),
    })
}

/// A whole address, or a path behind the environment's.
fn address(written: &At<String>, base: Option<&str>, desk: &mut Desk) -> Option<String> {
    if !written.starts_with('/') {
        return links::whole(written, desk);
    }
    let Some(base) = base else {
        let noted = desk.note(written.span(), "a path needs the environment's address");
        noted.help("add url = \"https://…\" to the environment, or write the whole address");
        return None;
    };
    links::join(base, written, desk)
}

fn method(section: &StepSection, desk: &mut Desk) -> Method {
    let Some(written) = &section.method else {
        return Method::Get;
    };
    let known = Method::ALL
        .into_iter()
        .find(|it| it.word() == written.as_str());
    known.unwrap_or_else(|| {
        let words = Method::ALL.map(Method::word);
        super::unknown(written, &words, written, desk);
        Method::Get
    })
}

fn headers(
    written: &At<BTreeMap<At<String>, At<Written>>>,
    desk: &mut Desk,
) -> BTreeMap<String, Value> {
    desk.limit(Some(written.span()), written.len(), MOST_HEADERS);
    let mut headers = BTreeMap::new();
    for (name, value) in written.iter() {
        let token = smoke::token(name, desk);
        // What proves who is asking is a secret, however it looks.
        let credential = CREDENTIALS.iter().any(|it| name.eq_ignore_ascii_case(it));
        let key = if credential { "token" } else { name.as_str() };
        let value = secret::lower(key, value, desk);
        headers.extend(token.zip(value).map(|(name, value)| (name, value.into())));
    }
    headers
}
