//! Somebody at the browser channel, and what became of everything they did there.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};

use crate::house::House;
use crate::story::{Story, locked};

const FORM: &str = "application/x-www-form-urlencoded";

/// A person who is signed in, for as long as the test runs.
pub(crate) struct Person {
    pub(crate) name: &'static str,
    base: String,
    cookie: String,
    csrf: String,
    client: Client,
}

/// Everything people did.
#[derive(Default)]
pub(crate) struct Ledger {
    acts: Mutex<Vec<Act>>,
    requests: AtomicU64,
}

/// Something a person did.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) who: &'static str,
    /// The form's own id: the same when it is sent twice.
    pub(crate) request: String,
    pub(crate) deed: Deed,
    pub(crate) heard: Heard,
}

/// What.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// Typed a command.
    Said(String),
    /// Put a ✅ on an ask, or took it off.
    Reacted { message: i64, ask: String, on: bool },
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// An answer for this person alone.
    Answer(String),
    /// Nothing was recorded, and they were told so.
    NotTaken,
    /// No answer: perhaps recorded, perhaps not.
    Nothing,
    /// Nobody was there: surely not sent.
    Nobody,
}

impl Ledger {
    /// An id no form had before.
    pub(crate) fn request(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("form-{number:06}")
    }

    /// All acts that were sent, in order.
    pub(crate) fn acts(&self) -> Vec<Act> {
        locked(&self.acts).clone()
    }
}

impl Person {
    /// Opens the link that `shipbell open` prints, and presses its button.
    pub(crate) async fn enter(house: &House, name: &'static str) -> Self {
        shipbell_adapters::tls::choose();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let (code, link) = house.shipbell(&["open", name]).await;
        assert_eq!(code, Some(0), "{link}");
        let (_, token) = link.trim().split_once("token=").unwrap();
        let base = house.base();
        let entering = client
            .post(format!("{base}/enter"))
            .header("content-type", FORM);
        let answer = entering.body(format!("token={token}")).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let page = client
            .get(format!("{base}/channel/release"))
            .header("cookie", &cookie);
        let page = page.send().await.unwrap().text().await.unwrap();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        let csrf = rest.split('"').next().unwrap().to_owned();
        Self {
            name,
            base,
            cookie,
            csrf,
            client,
        }
    }

    /// Sends a command under a form's id.
    pub(crate) async fn says(&self, desk: (&Ledger, &Story), request: &str, text: &str) -> Heard {
        let fields = [("channel", "release"), ("text", text)];
        let heard = self.sends("/say", request, &fields).await;
        let deed = Deed::Said(text.to_owned());
        self.note(desk, request, deed, heard)
    }

    /// Puts a ✅ on a message that is an ask, or takes it off.
    pub(crate) async fn reacts(
        &self,
        desk: (&Ledger, &Story),
        (message, ask): (i64, &str),
        on: bool,
    ) -> Heard {
        let request = desk.0.request();
        let id = format!("m-{message}");
        let to = if on { "on" } else { "off" };
        let fields = [
            ("on", id.as_str()),
            ("emoji", "white_check_mark"),
            ("to", to),
        ];
        let heard = self.sends("/react", &request, &fields).await;
        let ask = ask.to_owned();
        let deed = Deed::Reacted { message, ask, on };
        self.note(desk, &request, deed, heard)
    }

    fn note(
        &self,
        (ledger, story): (&Ledger, &Story),
        request: &str,
        deed: Deed,
        heard: Heard,
    ) -> Heard {
        if heard == Heard::Nobody {
            return heard;
        }
        let what = match &deed {
            Deed::Said(text) => text.clone(),
            Deed::Reacted { message, ask, on } => {
                let to = if *on { "on" } else { "off" };
                format!("✅ {to} m-{message}, {ask}")
            }
        };
        let who = self.name;
        let words = match &heard {
            Heard::Answer(text) => format!("“{}”", text.chars().take(120).collect::<String>()),
            Heard::NotTaken | Heard::Nothing | Heard::Nobody => format!("{heard:?}"),
        };
        story.tell(&format!("{who} ({request}): {what} → {words}"));
        let act = Act {
            who,
            request: request.to_owned(),
            deed,
            heard: heard.clone(),
        };
        locked(&ledger.acts).push(act);
        heard
    }

    async fn sends(&self, path: &str, request: &str, fields: &[(&str, &str)]) -> Heard {
        let all = [("csrf", self.csrf.as_str()), ("request", request)];
        let pairs = all.iter().chain(fields);
        let body: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        let sending = self
            .client
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .header("content-type", FORM)
            // As the page's own script: the answer comes back at once.
            .header("x-shipbell-live", "channel")
            .body(body.join("&"));
        let answer = match sending.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => return Heard::Nobody,
            Err(_) => return Heard::Nothing,
        };
        let status = answer.status();
        let Ok(html) = answer.text().await else {
            return Heard::Nothing;
        };
        let text = words(&html);
        match status {
            StatusCode::OK if text.contains("No answer yet") => Heard::Nothing,
            StatusCode::OK => Heard::Answer(text),
            StatusCode::SERVICE_UNAVAILABLE => Heard::NotTaken,
            other => panic!("{path} was answered with {other}: {text}"),
        }
    }
}

fn escaped(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
    bytes.collect::<Vec<_>>().concat()
}

/// What the private answer in a reply says, without its tags; nothing if there is none.
fn words(html: &str) -> String {
    let private = html.rsplit_once("<article class=\"msg private");
    let body = private.and_then(|(_, it)| it.split_once("class=\"body\">"));
    let Some((_, body)) = body else {
        return String::new();
    };
    let mut text = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if inside => {}
            c => text.push(c),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
