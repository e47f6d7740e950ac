//! A whole page: a channel's or a thread's.

use askama::Template;

use super::{Draw, Hidden, REPLIES, has_words};
use crate::chat::web::session::{Page, escape};
use crate::chat::web::store::{Message, Private};
use crate::chat::web::trouble::Trouble;

/// How many first messages a channel's page shows.
const ROOTS: u32 = 100;

#[derive(Template)]
#[template(path = "web/page.html")]
struct PageView {
    title: String,
    nav: Vec<NavLink>,
    me: String,
    others: Vec<NavLink>,
    banner: Option<String>,
    /// Where a thread's page leads back to.
    back: Option<String>,
    earlier: Option<String>,
    items: Vec<String>,
    form: String,
    events: String,
    completions: String,
    /// What the script says it shows.
    view: String,
    thread: Option<i64>,
    hidden: Hidden,
    request: String,
    leave_request: String,
}

struct NavLink {
    words: String,
    address: String,
    current: bool,
}

impl Draw<'_> {
    /// A channel's newest messages, or those before a number.
    pub(in super::super) async fn channel_page(
        &self,
        name: &str,
        before: Option<i64>,
    ) -> Result<String, Trouble> {
        let store = &self.channel.store;
        // Read before the messages: what happens in between is drawn twice, never missed.
        let after = store.last_event().await?;
        let roots = store.roots(name, before.unwrap_or(i64::MAX), ROOTS).await?;
        let span = (
            roots.first().map_or(0, |first| first.id),
            roots.last().map_or(0, |last| last.id),
        );
        let replies = store.replies(name, span, REPLIES).await?;
        let privates = store.privates(&self.viewer.person.user.0, name).await?;
        let full = u32::try_from(roots.len()) == Ok(ROOTS);
        let mut page = self.frame(name, Page::Channel, after);
        page.items = self.items(&roots, &replies, &privates, before.is_none())?;
        page.earlier = full.then(|| {
            let address = format!("/channel/{name}?before={}", span.0);
            self.viewer.link(&address)
        });
        page.form = self.form_change(name).await?.html;
        Ok(page.render()?)
    }

    /// One message and its replies.
    pub(in super::super) async fn thread_page(&self, root: &Message) -> Result<String, Trouble> {
        let store = &self.channel.store;
        let name = &root.spot.channel;
        let after = store.last_event().await?;
        let replies = store.replies(name, (root.id, root.id), REPLIES).await?;
        let privates = store.privates(&self.viewer.person.user.0, name).await?;
        let at = Page::Thread(root.id);
        let mut items = Vec::new();
        for message in std::iter::once(root).chain(&replies) {
            if !message.deleted || message.id == root.id {
                items.push((message.posted, self.message(message, at, None)?));
            }
        }
        for private in privates.iter().filter(|p| p.spot.thread == Some(root.id)) {
            items.push((private.told, self.private(private, at)?));
        }
        items.sort_by_key(|(at, _)| *at);
        let mut page = self.frame(name, at, after);
        page.items = items.into_iter().map(|(_, html)| html).collect();
        page.back = Some(self.viewer.link(&format!("/channel/{name}#m-{}", root.id)));
        page.form = self.form_change(name).await?.html;
        Ok(page.render()?)
    }

    /// First messages, each with its thread, and private answers between them.
    fn items(
        &self,
        roots: &[Message],
        replies: &[Message],
        privates: &[Private],
        newest: bool,
    ) -> Result<Vec<String>, askama::Error> {
        let mut items = Vec::new();
        for root in roots {
            let own: Vec<Message> = replies
                .iter()
                .filter(|reply| reply.spot.thread == Some(root.id))
                .cloned()
                .collect();
            if root.deleted && !has_words(&own) {
                continue;
            }
            let told: Vec<&Private> = privates
                .iter()
                .filter(|private| private.spot.thread == Some(root.id))
                .collect();
            let thread = self.thread((&root.spot.channel, root.id), &own, &told)?;
            items.push((
                root.posted,
                self.message(root, Page::Channel, Some(thread))?,
            ));
        }
        for private in privates
            .iter()
            .filter(|p| newest && p.spot.thread.is_none())
        {
            items.push((private.told, self.private(private, Page::Channel)?));
        }
        items.sort_by_key(|(at, _)| *at);
        Ok(items.into_iter().map(|(_, html)| html).collect())
    }

    /// The page without its messages.
    fn frame(&self, name: &str, page: Page, after: i64) -> PageView {
        let (thread, view) = match page {
            Page::Channel => (None, "channel".to_owned()),
            Page::Thread(root) => (Some(root), root.to_string()),
        };
        let within = thread.map_or_else(String::new, |root| format!("&thread={root}"));
        let events = format!("/events?channel={name}{within}&after={after}");
        let person = &self.viewer.person;
        PageView {
            title: thread.map_or_else(|| format!("#{name}"), |_| format!("Thread in #{name}")),
            nav: self.nav(name),
            me: described(&person.name, &person.role),
            others: self.others(name),
            banner: self.channel.banner(),
            back: None,
            earlier: None,
            items: Vec::new(),
            form: String::new(),
            events: self.viewer.link(&events),
            completions: self.viewer.link("/complete"),
            view,
            thread,
            hidden: self.hidden(name),
            request: self.mint(),
            leave_request: self.mint(),
        }
    }

    fn nav(&self, current: &str) -> Vec<NavLink> {
        let options = &self.channel.options;
        let alone = options.channels.len() == 1;
        let channels = options.channels.iter().map(|name| NavLink {
            words: if alone {
                "Channel".to_owned()
            } else {
                format!("#{name}")
            },
            address: self.viewer.link(&format!("/channel/{name}")),
            current: name == current,
        });
        let links = options.links.iter().map(|(words, address)| NavLink {
            words: words.clone(),
            address: address.clone(),
            current: false,
        });
        channels.chain(links).collect()
    }

    /// Who else one can be; nobody outside a demo.
    fn others(&self, name: &str) -> Vec<NavLink> {
        if !self.channel.options.demo {
            return Vec::new();
        }
        self.people
            .iter()
            .map(|person| NavLink {
                words: described(&person.name, &person.role),
                address: format!("/channel/{name}?as={}", escape(&person.user.0)),
                current: person.user == self.viewer.person.user,
            })
            .collect()
    }
}

fn described(name: &str, role: &str) -> String {
    if role.is_empty() {
        name.to_owned()
    } else {
        format!("{name}, {role}")
    }
}
