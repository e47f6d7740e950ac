//! What stands on a page of the browser channel, read as a person reads it.

/// A message, or an answer for the reader alone.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// What it is called in forms: `m-12`, `p-3`.
    pub(crate) id: String,
    /// Whether only the reader sees it.
    pub(crate) private: bool,
    /// The message whose thread it is in.
    pub(crate) thread: Option<String>,
    /// What it says, its tags left out.
    pub(crate) text: String,
    /// Everything of it, its tags included.
    html: String,
}

/// A form of a page, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// Where it goes.
    pub(crate) path: String,
    /// What it carries, the pressed button included.
    pub(crate) fields: Vec<(String, String)>,
}

/// The messages of a page, in the order they stand there.
pub(crate) fn messages(page: &str) -> Vec<Message> {
    page.split("<article class=\"msg")
        .skip(1)
        .map(message)
        .collect()
}

fn message(rest: &str) -> Message {
    let id = between(rest, "id=\"", "\"").unwrap_or_default();
    let into = between(rest, "data-into=\"", "\"").unwrap_or_default();
    let thread = into.strip_suffix("-replies");
    let end = ["<details class=\"thread\"", "</article>"]
        .into_iter()
        .filter_map(|it| rest.find(it));
    let end = end.min().unwrap_or(rest.len());
    let html = &rest[..end];
    let body = html
        .split_once("<div class=\"body\">")
        .map_or("", |(_, body)| body);
    let body = body
        .split("<div class=\"under\">")
        .next()
        .unwrap_or_default();
    Message {
        id: id.to_owned(),
        private: rest.starts_with(" private"),
        thread: thread.map(str::to_owned),
        text: words(body),
        html: html.to_owned(),
    }
}

impl Message {
    /// What it is counted as.
    pub(crate) fn number(&self) -> u32 {
        self.id[2..].parse().unwrap()
    }

    /// The form behind a button.
    pub(crate) fn button(&self, label: &str) -> Option<Form> {
        forms(&self.html).find_map(|form| form_with(form, label))
    }

    /// The form behind an emoji.
    pub(crate) fn emoji(&self, name: &str) -> Option<Form> {
        let emoji = format!("name=\"emoji\" value=\"{name}\"");
        let form = forms(&self.html).find(|form| form.contains(&emoji))?;
        let to = between(form, "name=\"to\" value=\"", "\"")?.to_owned();
        let mut fields = hidden(form);
        fields.push(("to".to_owned(), to));
        Some(Form {
            path: "/react".to_owned(),
            fields,
        })
    }
}

/// The open dialog of a page: what it says, and its form without what is to be filled in.
pub(crate) fn dialog(page: &str) -> Option<(String, Form)> {
    let dialog = between(page, "<dialog", "</dialog>")?;
    let form = forms(dialog).find(|form| form.contains("action=\"/submit\""))?;
    let fields = hidden(form);
    Some((
        words(&format!("<{dialog}")),
        Form {
            path: "/submit".to_owned(),
            fields,
        },
    ))
}

fn forms(html: &str) -> impl Iterator<Item = &str> {
    html.split("<form")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap_or_default())
}

fn form_with(form: &str, label: &str) -> Option<Form> {
    let button = form.split_once("<button").map(|(_, button)| button)?;
    if words(&format!("<button{button}")) != label {
        return None;
    }
    let path = between(form, "action=\"", "\"")?.to_owned();
    let mut fields = hidden(form);
    let (name, value) = (
        between(button, "name=\"", "\"")?,
        between(button, "value=\"", "\"")?,
    );
    fields.push((name.to_owned(), plain(value)));
    Some(Form { path, fields })
}

fn hidden(form: &str) -> Vec<(String, String)> {
    let inputs = form.split("<input type=\"hidden\"").skip(1);
    inputs
        .filter_map(|input| {
            let (name, value) = (
                between(input, "name=\"", "\"")?,
                between(input, "value=\"", "\"")?,
            );
            Some((name.to_owned(), plain(value)))
        })
        .collect()
}

/// Text without tags, the blanks between its words single.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
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
    plain(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn plain(escaped: &str) -> String {
    let quotes = escaped
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'");
    quotes
        .replace("&#60;", "<")
        .replace("&lt;", "<")
        .replace("&#62;", ">")
        .replace("&gt;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

/// What stands between two marks.
pub(crate) fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}
