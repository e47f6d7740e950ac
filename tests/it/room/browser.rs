//! The browser channel, as somebody reads it who looks again and again.

use std::sync::Arc;
use std::time::Duration;

use shipbell::demo::people::Person;
use shipbell::demo::people::page::{Message, Page};
use shipbell::wiring::Running;
use shipbell_adapters::chat::UserId;
use shipbell_adapters::chat::web::WebChannel;
use tokio::time::{sleep, timeout};

/// How long what is waited for may take.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// A page without a script tells nobody when it changes.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// The channel, with somebody at it who only reads.
pub(super) struct Browser {
    web: Arc<WebChannel>,
    reader: Person,
}

impl Browser {
    pub(super) async fn open(bot: &Running) -> Self {
        let web = Arc::clone(&bot.web);
        let reader = enter(&web, "ana", "reader").await;
        Self { web, reader }
    }

    /// Signs somebody in by their short name.
    pub(super) async fn person(&self, name: &'static str) -> Person {
        enter(&self.web, name, name).await
    }

    /// What stands there now.
    pub(super) async fn page(&self) -> Page {
        self.reader.page().await.unwrap()
    }

    /// Waits for a message of the channel, or in the thread of one, that says this.
    pub(super) async fn finds(&self, thread: Option<&str>, words: &str) -> String {
        let low = words.to_lowercase();
        let here = |it: &&Message| !it.private && it.thread.as_deref() == thread;
        let found = |page: &Page| {
            let mut all = page.messages.iter().rev().filter(here);
            all.find(|it| it.words().contains(&low))
                .map(|it| it.id.clone())
        };
        self.until(&format!("a message that says {words:?}"), found)
            .await
    }

    /// Waits until there is something to see.
    pub(super) async fn until<T>(&self, what: &str, look: impl Fn(&Page) -> Option<T>) -> T {
        let looking = async {
            loop {
                if let Some(found) = look(&self.page().await) {
                    return found;
                }
                sleep(LOOK).await;
            }
        };
        let Ok(found) = timeout(PATIENCE, looking).await else {
            let page = self.page().await;
            panic!("{what}: not within {PATIENCE:?}\n{page:#?}")
        };
        found
    }
}

async fn enter(web: &WebChannel, name: &'static str, visit: &str) -> Person {
    let link = web.issue_link(&UserId(name.to_owned()));
    let base = format!("http://{}", web.address());
    let entered = Person::enter(&base, name, &link.unwrap(), visit).await;
    entered.unwrap()
}

/// Everything a message says, with what its buttons say.
pub(super) fn reads(page: &Page, id: &str) -> String {
    let message = page.messages.iter().find(|it| it.id == id);
    message.map(whole).unwrap_or_default()
}

/// The messages of the channel, or in the thread of one, oldest first.
pub(super) fn lines(page: &Page, thread: Option<&str>) -> Vec<String> {
    let here = |it: &&Message| !it.private && it.thread.as_deref() == thread;
    page.messages.iter().filter(here).map(whole).collect()
}

/// A message in words.
pub(super) fn whole(message: &Message) -> String {
    let labels = message.buttons.iter().map(|(label, _)| label.clone());
    let all: Vec<String> = message.lines.iter().cloned().chain(labels).collect();
    all.join("\n")
}
