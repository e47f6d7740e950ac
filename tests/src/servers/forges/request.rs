//! A question to a forge, read strictly, and pages of a list.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, Uri};
use serde_json::Value;

use super::{Answer, House};

/// A question.
pub(super) struct Request {
    method: Method,
    /// The parts of its path, each decoded by itself.
    pub(super) path: Vec<String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: HeaderMap,
    address: String,
}

impl Request {
    pub(super) fn read(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let parts = uri.path().split('/').skip(1);
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self {
            method: method.clone(),
            path: parts.map(decoded).collect(),
            query: query.into_owned().collect(),
            headers: headers.clone(),
            address: uri.path().to_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }

    /// Notes a way of asking that nobody needs here.
    pub(super) fn only_looks(&self, house: &mut House) {
        if self.method != Method::GET {
            house.violates(format!("{} {}: this only looks", self.method, self.address));
        }
        if self.header("user-agent").is_none_or(str::is_empty) {
            house.violates(format!("{}: no user agent", self.address));
        }
    }

    /// Notes parameters that the service does not know here.
    pub(super) fn knows(&self, house: &mut House, known: &[&str]) {
        for name in self.query.keys().filter(|it| !known.contains(&it.as_str())) {
            house.violates(format!("{}: no parameter {name}", self.address));
        }
    }

    /// The page that was asked for, with the links to others.
    pub(super) fn page(&self, house: &mut House, all: Vec<Value>) -> (Vec<Value>, Answer) {
        let number = |name: &str, default: usize| match self.query.get(name) {
            Some(text) => text.parse().unwrap_or(0),
            None => default,
        };
        let (size, page) = (number("per_page", 30), number("page", 1));
        if !(1..=100).contains(&size) || page == 0 {
            house.violates(format!("{}: per_page {size}, page {page}", self.address));
        }
        let (size, page) = (size.clamp(1, 100), page.max(1));
        let more = all.len() > page * size;
        let shown: Vec<Value> = all.into_iter().skip((page - 1) * size).take(size).collect();
        let mut answer = Answer::new(200, Value::Null);
        if more {
            // Whoever follows it goes where nobody is: the next page is asked by its number.
            let link = format!("<http://127.0.0.1:1/?page={}>; rel=\"next\"", page + 1);
            answer.headers.push(("link".to_owned(), link));
        }
        (shown, answer)
    }

    /// What is no question the service knows.
    pub(super) fn unknown(&self, house: &mut House) -> Answer {
        house.violates(format!("{}: no such address", self.address));
        Answer::refused(404, "Not Found")
    }
}

fn decoded(part: &str) -> String {
    // A plus is a plus in a path.
    let part = part.replace('+', "%2B");
    let pairs = form_urlencoded::parse(part.as_bytes());
    pairs.map(|(name, _)| name.into_owned()).collect()
}
