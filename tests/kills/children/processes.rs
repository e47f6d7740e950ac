//! What is alive on this machine: the children of a program, and who holds a file.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// A process as the system tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) number: u32,
    parent: u32,
    /// When it began, in the system's own count: numbers are given out again.
    began: String,
    words: Vec<String>,
}

/// Everything that is alive now.
pub(super) fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|it| it.file_name().to_str()?.parse().ok());
    numbers.filter_map(read).collect()
}

/// None if it has gone meanwhile.
fn read(number: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // The name in it may hold anything, a parenthesis too.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    let parent = fields.next()?.parse().ok()?;
    let began = fields.nth(17)?.to_owned();
    let words = fs::read(format!("/proc/{number}/cmdline")).ok()?;
    // What goes to another machine is one word, with every word of it in quotes.
    let words = String::from_utf8_lossy(&words).replace(['\0', ' '], "\n");
    let words = words.lines().map(|it| it.trim_matches('\'').to_owned());
    Some(Process {
        number,
        parent,
        began,
        words: words.collect(),
    })
}

impl Process {
    /// Whether it is a child of this one.
    pub(super) fn is_child_of(&self, parent: u32) -> bool {
        self.parent == parent
    }

    /// Whether it forwards the socket of an engine.
    pub(super) fn is_tunnel(&self) -> bool {
        self.has("-L")
    }

    /// Whether it changes something of a project, here or, being `ssh`, there.
    pub(super) fn changes(&self, project: &str) -> bool {
        self.has(project) && (self.has("up") || self.has("run"))
    }

    /// Whether it is Compose itself: a program or a script, or a plugin and what calls it.
    pub(super) fn is_compose(&self) -> bool {
        let mut first = self.words.iter().take(2);
        let calls = self.words.first().is_some_and(|it| it.ends_with("docker"));
        calls || first.any(|it| it.ends_with("docker-compose"))
    }

    /// Ends it as a power cut does; false if it had gone.
    pub(super) fn is_killed(&self) -> bool {
        if read(self.number).is_none_or(|it| it.began != self.began) {
            return false;
        }
        let number = i32::try_from(self.number).ok().and_then(Pid::from_raw);
        number.is_some_and(|it| kill_process(it, Signal::KILL).is_ok())
    }

    /// What it is, for people.
    pub(super) fn told(&self) -> String {
        let words: String = self.words.join(" ").chars().take(100).collect();
        format!("process {} ({words})", self.number)
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|it| it == word)
    }
}

/// Who has a file open.
pub(super) fn holders(file: &Path) -> Vec<Process> {
    let holds = |it: &Process| {
        let open = fs::read_dir(format!("/proc/{}/fd", it.number));
        let mut open = open.into_iter().flatten().flatten();
        open.any(|it| fs::read_link(it.path()).is_ok_and(|it| it == file))
    };
    all().into_iter().filter(holds).collect()
}
