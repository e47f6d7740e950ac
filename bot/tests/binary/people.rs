//! Somebody at a browser without a script.

use reqwest::{Client, StatusCode};

use crate::house::{House, eventually};
use crate::pages::{self, Form, Message};
use crate::world;

/// A person who is signed in.
pub(crate) struct Guest {
    base: String,
    cookie: String,
    client: Client,
}

impl Guest {
    /// Opens the link that `shipbell open` prints, and presses its button.
    pub(crate) async fn enter(house: &House, who: &str) -> Self {
        let link = house.shipbell(&["open", who]).await.succeeded();
        let (_, token) = link.trim().split_once("token=").unwrap();
        let client = world::client();
        let base = house.base();
        let shown = client.get(link.trim()).send().await.unwrap();
        assert_eq!(shown.status(), StatusCode::OK);
        let form = encode(&[("token".to_owned(), token.to_owned())]);
        let entering = client
            .post(format!("{base}/enter"))
            .header("content-type", FORM);
        let answer = entering.body(form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self {
            base,
            cookie,
            client,
        }
    }

    /// Types into the composer of the channel.
    pub(crate) async fn says(&self, text: &str) {
        let page = self.page().await;
        let form = page.split("<div class=\"compose\">").nth(1).unwrap();
        let field = |name: &str| {
            let start = format!("name=\"{name}\" value=\"");
            (
                name.to_owned(),
                pages::between(form, &start, "\"").unwrap().to_owned(),
            )
        };
        let mut fields = vec![field("csrf"), field("channel"), field("request")];
        fields.push(("text".to_owned(), text.to_owned()));
        self.send(&Form {
            path: "/say".to_owned(),
            fields,
        })
        .await;
    }

    /// Types a command and reads the answer that only they see.
    pub(crate) async fn asks(&self, command: &str) -> String {
        let before = self.private().await.len();
        self.says(command).await;
        let told = self.private().await;
        assert!(told.len() > before, "{command} was answered with nothing");
        let newest = told.iter().max_by_key(|it| it.number());
        newest.unwrap().text.clone()
    }

    /// Presses the newest button of that label, once it is there.
    pub(crate) async fn presses(&self, label: &str) {
        let form = eventually(&format!("a button {label:?}"), async || {
            self.messages()
                .await
                .iter()
                .rev()
                .find_map(|it| it.button(label))
        })
        .await;
        self.send(&form).await;
    }

    /// Puts an emoji on the newest message that says this, or takes it off.
    pub(crate) async fn reacts(&self, emoji: &str, says: &str) {
        let message = self.sees(says).await;
        let form = message.emoji(emoji).unwrap();
        self.send(&form).await;
    }

    /// Fills in the open dialog.
    pub(crate) async fn fills_in(&self, values: &[(&str, &str)]) {
        let (_, mut form) = pages::dialog(&self.page().await).expect("a dialog is open");
        let values = values
            .iter()
            .map(|(name, value)| (format!("v.{name}"), (*value).to_owned()));
        form.fields.extend(values);
        self.send(&form).await;
    }

    /// What the open dialog says, if one is open.
    pub(crate) async fn dialog(&self) -> Option<String> {
        pages::dialog(&self.page().await).map(|(words, _)| words)
    }

    /// The newest message with these words, once it is there.
    pub(crate) async fn sees(&self, words: &str) -> Message {
        eventually(&format!("a message with {words:?}"), async || {
            self.messages()
                .await
                .into_iter()
                .rev()
                .find(|it| it.text.contains(words))
        })
        .await
    }

    /// Whether a message says this now.
    pub(crate) async fn can_see(&self, words: &str) -> bool {
        self.messages()
            .await
            .iter()
            .any(|it| it.text.contains(words))
    }

    /// Everything in the channel, threads and private answers included.
    pub(crate) async fn messages(&self) -> Vec<Message> {
        pages::messages(&self.page().await)
    }

    /// What stands on every page above the channel.
    pub(crate) async fn banner(&self) -> Option<String> {
        let page = self.page().await;
        pages::between(&page, "<p class=\"dim banner\">", "</p>").map(str::to_owned)
    }

    pub(crate) async fn sees_banner(&self, words: &str) -> String {
        let said = async || self.banner().await.filter(|it| it.contains(words));
        eventually(&format!("a banner with {words:?}"), said).await
    }

    async fn private(&self) -> Vec<Message> {
        self.messages()
            .await
            .into_iter()
            .filter(|it| it.private)
            .collect()
    }

    async fn page(&self) -> String {
        let url = format!("{}/channel/release", self.base);
        let answer = self
            .client
            .get(url)
            .header("cookie", &self.cookie)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.unwrap()
    }

    async fn send(&self, form: &Form) {
        let url = format!("{}{}", self.base, form.path);
        let request = self.client.post(url).header("cookie", &self.cookie);
        let request = request
            .header("content-type", FORM)
            .body(encode(&form.fields));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{form:?}");
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn encode(fields: &[(String, String)]) -> String {
    let escape = |text: &str| {
        let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
        bytes.collect::<Vec<_>>().concat()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}
