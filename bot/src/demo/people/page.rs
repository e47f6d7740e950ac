//! A page of the browser channel, read as its reader would: messages, buttons, replies.

mod markup;

use self::markup::{Piece, attribute, pieces, plain};

/// The most lines of one message that are read.
const LINES: usize = 200;

/// What stands in the channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// All messages, a thread's after its first.
    pub messages: Vec<Message>,
    /// The id of the form that is open.
    pub form: Option<String>,
}

/// A message, or an answer for one person alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What it is called in forms.
    pub id: String,
    /// The first message of the thread it is a reply in.
    pub thread: Option<String>,
    /// Who wrote it.
    pub author: String,
    /// Whether only the reader sees it.
    pub private: bool,
    /// What it says.
    pub lines: Vec<String>,
    /// What its buttons say and do.
    pub buttons: Vec<(String, String)>,
}

impl Page {
    /// Reads a page's HTML.
    pub(in crate::demo) fn read(html: &str) -> Self {
        let mut reader = Reader::default();
        for piece in pieces(html) {
            match piece {
                Piece::Open(name, attributes) => reader.open(name, attributes),
                Piece::Close(name) => reader.close(name),
                Piece::Text(text) => reader.text(text),
            }
        }
        let mut messages = reader.done;
        messages.sort_by_key(|(order, _)| *order);
        let messages = messages.into_iter().map(|(_, message)| message).collect();
        Self {
            messages,
            form: reader.form,
        }
    }

    /// The first message, from the newest on, that has a button whose action fits.
    pub(in crate::demo) fn button(&self, fits: impl Fn(&str) -> bool) -> Option<(&Message, &str)> {
        self.messages.iter().rev().find_map(|message| {
            let mut actions = message.buttons.iter().map(|(_, action)| action.as_str());
            actions
                .find(|action| fits(action))
                .map(|action| (message, action))
        })
    }

    /// The replies in a message's thread.
    pub(in crate::demo) fn replies<'a>(&'a self, to: &'a str) -> impl Iterator<Item = &'a Message> {
        self.messages
            .iter()
            .filter(move |it| it.thread.as_deref() == Some(to))
    }
}

impl Message {
    /// Everything it says, for looking words up: in lower case.
    pub fn words(&self) -> String {
        self.lines.join("\n").to_lowercase()
    }
}

/// The value of a hidden field.
pub(super) fn field(html: &str, name: &str) -> Option<String> {
    pieces(html).into_iter().find_map(|piece| match piece {
        Piece::Open("input", attributes) if attribute(attributes, "name")? == name => {
            attribute(attributes, "value")
        }
        Piece::Open(..) | Piece::Close(_) | Piece::Text(_) => None,
    })
}

/// The token every form must carry.
pub(super) fn csrf(html: &str) -> Option<String> {
    pieces(html).into_iter().find_map(|piece| match piece {
        Piece::Open("body", attributes) => attribute(attributes, "data-csrf"),
        Piece::Open(..) | Piece::Close(_) | Piece::Text(_) => None,
    })
}

/// Reads piece by piece; a thread's replies stand inside its first message.
#[derive(Default)]
struct Reader {
    open: Vec<Reading>,
    done: Vec<(usize, Message)>,
    begun: usize,
    form: Option<String>,
}

#[derive(Default)]
struct Reading {
    order: usize,
    message: Message,
    line: String,
    /// How many `div`s of its body are open.
    depth: usize,
    /// What the text that follows is, if it is not part of a line.
    takes: Takes,
    button: Option<(String, String)>,
}

#[derive(Default, PartialEq, Eq)]
enum Takes {
    #[default]
    Line,
    Author,
    Nothing,
    Sign,
}

impl Reader {
    fn open(&mut self, name: &str, attributes: &str) {
        let class = attribute(attributes, "class").unwrap_or_default();
        if name == "article" && class.split(' ').any(|it| it == "msg") {
            self.begun += 1;
            let message = Message {
                id: attribute(attributes, "id").unwrap_or_default(),
                thread: self.open.last().map(|it| it.message.id.clone()),
                private: class.contains("private"),
                ..Message::default()
            };
            self.open.push(Reading {
                order: self.begun,
                message,
                ..Reading::default()
            });
        } else if let Some(reading) = self.open.last_mut() {
            reading.open(name, attributes, &class);
        } else if name == "dialog" {
            self.form = attribute(attributes, "data-version");
        }
    }

    fn close(&mut self, name: &str) {
        if name == "article" {
            if let Some(mut reading) = self.open.pop() {
                reading.flush();
                self.done.push((reading.order, reading.message));
            }
        } else if let Some(reading) = self.open.last_mut() {
            reading.close(name);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(reading) = self.open.last_mut() {
            reading.text(&plain(text));
        }
    }
}

impl Reading {
    fn open(&mut self, name: &str, attributes: &str, class: &str) {
        if name == "span" && class == "who" {
            self.takes = Takes::Author;
        }
        if name == "div" && (self.depth > 0 || class == "body") {
            self.depth += 1;
        }
        if self.depth == 0 {
            return;
        }
        match name {
            "button" => {
                let action = attribute(attributes, "value").unwrap_or_default();
                self.button = Some((String::new(), action));
            }
            "summary" => {
                self.flush();
                let is_menu = attribute(attributes, "id").is_some_and(|it| it.ends_with("-more"));
                self.takes = if is_menu { Takes::Nothing } else { Takes::Line };
            }
            "span" if class == "heard" => self.takes = Takes::Sign,
            "span" if class == "t" => self.space(),
            "span" if class.starts_with("pill") => {
                self.space();
                self.line.push_str("· ");
            }
            "td" | "th" if !self.line.is_empty() => self.line.push_str("  "),
            "p" | "li" | "pre" | "tr" | "dt" | "div" if !self.line.ends_with(": ") => self.flush(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if self.depth == 0 {
            if name == "span" {
                self.takes = Takes::Line;
            }
            return;
        }
        match name {
            "div" => {
                self.flush();
                self.depth -= 1;
            }
            "button" => self.message.buttons.extend(self.button.take()),
            "dt" => self.line.push_str(": "),
            "span" | "summary" if self.takes != Takes::Line => self.takes = Takes::Line,
            "p" | "li" | "pre" | "tr" | "dd" | "summary" => self.flush(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.takes {
            Takes::Author => self.message.author.push_str(text.trim()),
            Takes::Nothing => {}
            Takes::Sign => self.line.push_str(sign(text.trim())),
            Takes::Line if self.depth == 0 => {}
            Takes::Line => match &mut self.button {
                Some((label, _)) => label.push_str(text.trim()),
                None if text.trim().is_empty() => self.space(),
                None => self.line.push_str(text),
            },
        }
    }

    /// Keeps two words apart, at most once.
    fn space(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    /// Ends the line, or the lines, of what was read.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.line);
        for line in text
            .lines()
            .map(str::trim_end)
            .filter(|it| !it.trim().is_empty())
        {
            if self.message.lines.len() < LINES {
                self.message.lines.push(line.to_owned());
            }
        }
    }
}

/// What the channel draws as a sign, and says for those who do not see it.
fn sign(heard: &str) -> &'static str {
    match heard {
        "Not begun:" => "○ ",
        "Running:" => "▸ ",
        "Done:" => "✓ ",
        "Failed:" => "✗ ",
        "Left out:" => "– ",
        _ => "? ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<body data-csrf="c1"><input type="hidden" name="token" value="t&#38;1">
<article class="msg" id="m-1" aria-label="x"><div class="av">S</div><div class="what">
<span class="who">shipbell</span> <span class="dim">bot, 14:05</span>
<div class="body"><div class="card"><div class="head"><b class="said">Rapid &#60;Audit&#62;</b>
<span class="pill ok">Open</span></div>
<dl class="kv"><dt>Staging</dt><dd><div class="said">Nothing</div></dd></dl>
<ol class="steps"><li><span>
<svg></svg><span class="heard">Done: </span>
</span><span class="said">Pull web</span><span class="t">2 s</span></li></ol>
<div class="bar"><form><input name="on" value="m-1"><button name="action" value="asks:r1">Open the ask</button></form>
<details class="menu" id="m-1-menu"><summary id="m-1-more">More</summary><div class="panel"><form><button name="action" value="show:r1">Show</button></form></div></details></div>
</div></div>
<div class="under"><button aria-label="React">x</button><details><article class="msg" id="m-2"><span class="who">Bo</span><div class="body"><p class="said">hello
there</p></div></article></details></div></div></article>
<article class="msg private" id="p-3"><span class="who">shipbell</span> <span class="dim">only visible to you</span><div class="body"><p>No.</p></div></article>
<dialog open class="card" id="form" data-version="f-1"><form><input type="hidden" name="request" value="f-1"></form></dialog></body>"#;

    #[test]
    fn a_page_is_read_as_people_read_it() {
        let page = Page::read(PAGE);
        let [card, reply, private] = page.messages.as_slice() else {
            panic!("{page:?}")
        };
        assert_eq!(card.author, "shipbell");
        assert_eq!(
            card.lines,
            ["Rapid <Audit> · Open", "Staging: Nothing", "✓ Pull web 2 s"]
        );
        let buttons = [("Open the ask", "asks:r1"), ("Show", "show:r1")];
        assert_eq!(
            card.buttons,
            buttons.map(|(label, action)| (label.into(), action.into()))
        );
        assert_eq!(
            (reply.thread.as_deref(), reply.author.as_str()),
            (Some("m-1"), "Bo")
        );
        assert_eq!(reply.lines, ["hello", "there"]);
        assert!(private.private && private.thread.is_none());
        assert_eq!(page.replies("m-1").count(), 1);
        let found = page.button(|action| action.starts_with("asks:")).unwrap();
        assert_eq!((found.0.id.as_str(), found.1), ("m-1", "asks:r1"));
        assert_eq!(page.form.as_deref(), Some("f-1"));
    }

    #[test]
    fn fields_of_a_page_are_found() {
        assert_eq!(field(PAGE, "token").as_deref(), Some("t&1"));
        assert_eq!(csrf(PAGE).as_deref(), Some("c1"));
        assert_eq!(field(PAGE, "other"), None);
    }
}
