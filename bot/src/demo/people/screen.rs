//! The channel on the terminal, as it happens: what is new, and what changed of what was there.

use std::collections::BTreeMap;

use super::page::{Message, Page};
use crate::demo::terminal;

/// What was shown so far.
#[derive(Default)]
pub(in crate::demo) struct Screen {
    shown: BTreeMap<String, Message>,
    /// What every line begins with, if something here is not real.
    mark: &'static str,
}

impl Screen {
    pub(in crate::demo) fn new(simulated: bool) -> Self {
        Self {
            shown: BTreeMap::new(),
            mark: terminal::mark(simulated),
        }
    }

    /// Takes a page as read: what stands there is old news.
    pub(in crate::demo) fn skip(&mut self, page: &Page) {
        self.shown
            .extend(page.messages.iter().map(|it| (it.id.clone(), it.clone())));
    }

    /// Shows what is new on a page, but for private answers: those are told by whom they answer.
    pub(in crate::demo) fn show(&mut self, page: &Page) {
        for message in page.messages.iter().filter(|it| !it.private) {
            let lines = match self.shown.get(&message.id) {
                Some(old) => changed(old, message),
                None => whole(message),
            };
            self.shown.insert(message.id.clone(), message.clone());
            let reply = message.thread.is_some();
            self.block(if reply { 8 } else { 2 }, &message.author, &lines);
        }
    }

    /// Shows what was answered to one person alone.
    pub(in crate::demo) fn show_private(&self, to: &str, message: &Message) {
        self.block(2, &format!("only {to} sees"), &whole(message));
    }

    /// Shows what somebody does.
    pub(in crate::demo) fn act(&self, who: &str, what: &str) {
        self.line(&format!("  {who}: {what}"));
    }

    /// Says what comes next.
    pub(in crate::demo) fn title(&self, text: &str) {
        terminal::print("");
        self.line(&format!("── {text}"));
    }

    /// Shows a line.
    pub(in crate::demo) fn line(&self, text: &str) {
        terminal::print(&format!("{}{text}", self.mark));
    }

    fn block(&self, indent: usize, author: &str, lines: &[String]) {
        let Some((first, rest)) = lines.split_first() else {
            return;
        };
        self.line(&format!("{:indent$}{author} │ {first}", ""));
        let width = author.chars().count();
        for line in rest {
            self.line(&format!("{:indent$}{:width$} │ {line}", "", ""));
        }
    }
}

/// A message that is new: what it says, and its buttons.
fn whole(message: &Message) -> Vec<String> {
    let buttons: Vec<String> = message
        .buttons
        .iter()
        .map(|(label, _)| format!("[{label}]"))
        .collect();
    let buttons = (!buttons.is_empty()).then(|| buttons.join("  "));
    message.lines.iter().cloned().chain(buttons).collect()
}

/// What is new in a message that was there, under what it is about.
fn changed(old: &Message, new: &Message) -> Vec<String> {
    let is_new = |line: &&String| !old.lines.contains(*line);
    let mut lines: Vec<String> = new.lines.iter().filter(is_new).cloned().collect();
    let about = new
        .lines
        .first()
        .filter(|first| !lines.is_empty() && !lines.contains(*first));
    if let Some(about) = about.cloned() {
        lines.insert(0, format!("{about} (changed)"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(lines: &[&str]) -> Message {
        let lines = lines.iter().map(|it| (*it).to_owned()).collect();
        Message {
            lines,
            ..Message::default()
        }
    }

    #[test]
    fn only_what_is_new_of_a_change_is_shown() {
        let old = message(&["Staging", "○ Pull", "○ Up"]);
        let new = message(&["Staging", "✓ Pull", "○ Up"]);
        assert_eq!(changed(&old, &new), ["Staging (changed)", "✓ Pull"]);
        assert!(changed(&old, &old).is_empty());
        let renamed = message(&["Staging done", "○ Pull"]);
        assert_eq!(changed(&old, &renamed), ["Staging done"]);
    }
}
