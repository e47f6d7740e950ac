//! Whether an answer is the one expected, without any network.

use std::time::Duration;

use serde_json::Value;

use super::Expect;

/// The longest value a finding shows.
const SHOWN: usize = 200;

/// An answer over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, or as much as was read.
    pub body: String,
    /// The body goes on.
    pub cut: bool,
    /// How long it took.
    pub took: Duration,
}

/// What is not as expected; nothing if all is.
pub fn judge(expect: &Expect, answer: &Answer) -> Vec<String> {
    let mut findings = Vec::new();
    findings.extend(status(expect, answer));
    for (name, wanted) in &expect.headers {
        findings.extend(header(answer, name, wanted));
    }
    findings.extend(json(expect, answer));
    for text in &expect.contains {
        if !answer.body.contains(text) {
            let part = if answer.cut {
                "the first part of the body"
            } else {
                "the body"
            };
            findings.push(format!("{part} does not contain {:?}", short(text)));
        }
    }
    if let Some(name) = &expect.cookie
        && !answer
            .all("set-cookie")
            .any(|set| set.split('=').next() == Some(name))
    {
        findings.push(format!("no cookie {name} is set"));
    }
    if let Some(limit) = expect.faster_than
        && answer.took > limit
    {
        let (took, limit) = (answer.took.as_millis(), limit.as_millis());
        findings.push(format!("it took {took} ms, more than {limit} ms"));
    }
    findings
}

impl Answer {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self
            .headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

fn status(expect: &Expect, answer: &Answer) -> Option<String> {
    let status = answer.status;
    match expect.status {
        Some(wanted) if wanted == status => None,
        Some(wanted) => Some(format!("status {status} instead of {wanted}")),
        None if (200..300).contains(&status) => None,
        None => Some(format!("status {status}")),
    }
}

fn header(answer: &Answer, name: &str, wanted: &str) -> Option<String> {
    let mut values = answer.all(name).peekable();
    if values.peek().is_none() {
        return Some(format!("there is no header {name}"));
    }
    let found: Vec<&str> = values.collect();
    let missing = !found.iter().any(|value| value.contains(wanted));
    missing.then(|| {
        format!(
            "header {name} is {:?}, not {wanted:?}",
            short(&found.join(", "))
        )
    })
}

fn json(expect: &Expect, answer: &Answer) -> Vec<String> {
    if expect.json.is_empty() {
        return Vec::new();
    }
    let Ok(body) = serde_json::from_str::<Value>(&answer.body) else {
        let why = if answer.cut {
            "the body is too long for JSON"
        } else {
            "the body is not JSON"
        };
        return vec![why.to_owned()];
    };
    let differs = |(pointer, wanted): (&String, &Value)| match body.pointer(pointer) {
        Some(found) if found == wanted => None,
        Some(found) => Some(format!(
            "{pointer} is {}, not {wanted}",
            short(&found.to_string())
        )),
        None => Some(format!("there is nothing at {pointer}")),
    };
    expect.json.iter().filter_map(differs).collect()
}

fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(SHOWN)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        Answer {
            status: 200,
            headers: vec![
                ("content-type".into(), "application/json".into()),
                ("set-cookie".into(), "session=abc; HttpOnly".into()),
            ],
            body: r#"{"build": {"version": "1.2"}, "ok": true}"#.into(),
            cut: false,
            took: Duration::from_millis(50),
        }
    }

    #[test]
    fn all_that_is_expected_is_there() {
        let expect = Expect {
            status: Some(200),
            headers: [("Content-Type".into(), "json".into())].into(),
            json: [
                ("/build/version".into(), "1.2".into()),
                ("/ok".into(), true.into()),
            ]
            .into(),
            contains: vec!["build".into()],
            cookie: Some("session".into()),
            faster_than: Some(Duration::from_millis(100)),
        };
        assert_eq!(judge(&expect, &answer()), Vec::<String>::new());
        assert_eq!(judge(&Expect::default(), &answer()), Vec::<String>::new());
    }

    #[test]
    fn every_difference_is_named() {
        let expect = Expect {
            status: Some(204),
            headers: [
                ("x-a".into(), String::new()),
                ("content-type".into(), "html".into()),
            ]
            .into(),
            json: [
                ("/build/version".into(), "1.3".into()),
                ("/gone".into(), 1.into()),
            ]
            .into(),
            contains: vec!["fine".into()],
            cookie: Some("sess".into()),
            faster_than: Some(Duration::from_millis(10)),
        };
        assert_eq!(
            judge(&expect, &answer()),
            [
                "status 200 instead of 204",
                "header content-type is \"application/json\", not \"html\"",
                "there is no header x-a",
                "/build/version is \"1.2\", not \"1.3\"",
                "there is nothing at /gone",
                "the body does not contain \"fine\"",
                "no cookie sess is set",
                "it took 50 ms, more than 10 ms",
            ]
        );
    }

    #[test]
    fn without_a_wish_any_success_will_do() {
        let failed = Answer {
            status: 503,
            ..answer()
        };
        assert_eq!(judge(&Expect::default(), &failed), ["status 503"]);
    }
}
