//! One person's browser, and what a person does with it.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::stage::eventually;

/// A window nobody else has.
#[derive(Clone)]
pub(super) struct Window {
    driver: WebDriver,
}

impl Window {
    pub(super) async fn open(port: u16, script: bool) -> Self {
        let mut wanted = DesiredCapabilities::chrome();
        for arg in [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--window-size=1000,900",
        ] {
            wanted.add_arg(arg).unwrap();
        }
        if !script {
            let prefs = json!({"profile.managed_default_content_settings.javascript": 2});
            wanted.add_experimental_option("prefs", prefs).unwrap();
        }
        let logs = json!({"browser": "ALL", "performance": "ALL"});
        wanted.set("goog:loggingPrefs", logs).unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let connecting = WebDriver::builder(url, wanted).request_timeout(Duration::from_mins(1));
        Self {
            driver: connecting.connect().await.unwrap(),
        }
    }

    pub(super) async fn goes_to(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// Waits until the page shows these words to a reader.
    pub(super) async fn sees(&self, words: &str) {
        eventually(&format!("{words:?} on the page"), async || {
            self.text().await.contains(words).then_some(())
        })
        .await;
    }

    /// Waits until they are gone.
    pub(super) async fn sees_no_more(&self, words: &str) {
        eventually(&format!("{words:?} off the page"), async || {
            (!self.text().await.contains(words)).then_some(())
        })
        .await;
    }

    /// Everything that is shown now.
    pub(super) async fn text(&self) -> String {
        let Ok(body) = self.driver.find(By::Css("body")).await else {
            return String::new();
        };
        body.text().await.unwrap_or_default()
    }

    /// Presses the button of that label, once it is there.
    pub(super) async fn presses(&self, label: &str) {
        let path = format!("//button[normalize-space()='{label}']");
        self.clicks_on(By::XPath(path), label).await;
    }

    /// Clicks what a selector finds, once it is there and can be clicked.
    pub(super) async fn clicks(&self, css: &str) {
        self.clicks_on(By::Css(css), css).await;
    }

    async fn clicks_on(&self, by: By, what: &str) {
        eventually(&format!("{what:?} to click"), async || {
            let all = self.driver.find_all(by.clone()).await.ok()?;
            for element in all {
                // The page may have replaced it meanwhile: then the next look finds the new one.
                if element.is_displayed().await.unwrap_or(false) && element.click().await.is_ok() {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Types into what a selector finds.
    pub(super) async fn types(&self, css: &str, keys: impl Into<TypingData>) {
        let keys = keys.into();
        let field = eventually(&format!("{css} to type into"), async || {
            self.driver.find(By::Css(css)).await.ok()
        })
        .await;
        field.send_keys(keys).await.unwrap();
    }

    /// Types where the caret is.
    pub(super) async fn types_on(&self, keys: impl Into<TypingData>) {
        let focused = self.driver.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Says something in the channel's composer.
    pub(super) async fn says(&self, words: &str) {
        self.types("#c", words.to_owned() + Key::Enter).await;
    }

    /// Puts an emoji on a message, or takes it off; both where a person finds them.
    pub(super) async fn reacts(&self, message: &str, emoji: &str) {
        let button = format!("#{message}-{emoji}");
        let shown = self.driver.find(By::Css(&button)).await.unwrap();
        if !shown.is_displayed().await.unwrap() {
            self.clicks(&format!("#{message}-plus")).await;
        }
        self.clicks(&button).await;
    }

    /// How many things a selector finds.
    pub(super) async fn count(&self, css: &str) -> usize {
        self.driver.find_all(By::Css(css)).await.unwrap().len()
    }

    /// The text of what a selector finds, once it is there.
    pub(super) async fn text_of(&self, css: &str) -> String {
        eventually(css, async || {
            self.driver.find(By::Css(css)).await.ok()?.text().await.ok()
        })
        .await
    }

    /// What an expression of the page's own comes to.
    pub(super) async fn finds(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        self.driver
            .execute(script, Vec::new())
            .await
            .unwrap()
            .json()
            .clone()
    }

    pub(super) async fn is(&self, width: u32, height: u32) {
        self.driver
            .set_window_rect(0, 0, width, height)
            .await
            .unwrap();
    }

    pub(super) async fn reloads(&self) {
        self.driver.refresh().await.unwrap();
    }

    /// Takes a picture and closes; fails if the page complained or talked to strangers.
    pub(super) async fn close(self, picture: &Path, base: Option<&String>) {
        // A page that cannot be pictured is closed all the same.
        drop(self.driver.screenshot(picture).await);
        let complaints = self.driver.browser_log().await;
        let traffic = self.driver.get_log("performance").await;
        self.driver.quit().await.unwrap();
        let Some(base) = base else { return };
        let complaints = complaints.unwrap().into_iter().map(|it| it.message);
        let complaints: Vec<String> = complaints.filter(|it| !expected(it)).collect();
        assert!(complaints.is_empty(), "the console: {complaints:#?}");
        let asked: Vec<String> = traffic
            .unwrap()
            .iter()
            .filter_map(|it| asked(&it.message))
            .collect();
        assert!(!asked.is_empty(), "the page's requests are not seen");
        for url in asked {
            let ours = url.starts_with(base) || url.starts_with("data:");
            assert!(ours, "a request to another host: {url}");
        }
    }
}

/// What the browser remarks when a server is away, or a door is shut as it should be.
fn expected(complaint: &str) -> bool {
    let away = [
        "net::ERR_CONNECTION_REFUSED",
        "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
    ];
    let shut = ["status of 401", "status of 410"];
    away.iter().chain(&shut).any(|it| complaint.contains(it))
}

/// The address of a request, if a log line tells of one.
fn asked(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    let message = &line["message"];
    let is_request = message["method"] == "Network.requestWillBeSent";
    let url = message["params"]["request"]["url"].as_str()?;
    is_request.then(|| url.to_owned())
}
