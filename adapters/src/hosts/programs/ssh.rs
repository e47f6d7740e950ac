//! Calling `ssh`: never a question, never an unknown host, every word by itself.

use std::time::Duration;

use tokio::process::Command;

use super::super::{Program, Ssh};
use crate::containers::docker::Settings;
use crate::containers::{ContainerError, Kind};

/// How long after its time a program of another machine is waited for: it is
/// asked to end, ten seconds later it is ended, and that has to be heard.
pub(crate) const GRACE: Duration = Duration::from_secs(20);

/// The exit code of `ssh` itself when it has failed.
const FAILED: i32 = 255;

/// The exit code of `timeout` when the time was up.
const TIMED_OUT: i32 = 124;

/// What `ssh` says, what that means, and what to do. The first match wins.
const WORDS: [(&str, Kind, &str, &str); 9] = [
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        Kind::Refused,
        "its key is another one than before",
        "Find out why, then correct known_hosts",
    ),
    (
        "Host key verification failed",
        Kind::Refused,
        "its key is not known",
        "Compare it, and add it to known_hosts",
    ),
    (
        "Permission denied",
        Kind::Refused,
        "it does not let us in",
        "Add the bot's key there",
    ),
    (
        "Could not resolve hostname",
        Kind::Unreachable,
        "its name is not known",
        "Correct the address, or the file that ssh reads",
    ),
    (
        "Connection refused",
        Kind::Unreachable,
        "nothing listens there",
        "Start its ssh server, or correct the address",
    ),
    (
        "timed out",
        Kind::Unreachable,
        "it does not answer in time",
        REACHED,
    ),
    (
        "No route to host",
        Kind::Unreachable,
        "there is no way to it",
        REACHED,
    ),
    (
        "not responding",
        Kind::Unreachable,
        "it answers no more",
        REACHED,
    ),
    (
        "Connection closed",
        Kind::Unreachable,
        "it closed the connection",
        REACHED,
    ),
];

const REACHED: &str = "Check that it runs, and that this machine reaches it";

/// Why something could not be done behind `ssh`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    kind: Kind,
    why: String,
    hint: &'static str,
}

impl Trouble {
    /// As the error of what was tried.
    pub(crate) fn error(self, what: impl Into<String>) -> ContainerError {
        ContainerError::new(self.kind, what, self.why).hint(self.hint)
    }
}

/// `ssh` with what holds for every call; what to do there comes behind it.
pub(crate) fn line(settings: &Settings, ssh: &Ssh) -> Command {
    let mut command = Command::new("ssh");
    command.env_clear();
    command
        .env("PATH", &settings.path)
        .env("HOME", &settings.home)
        .env("LC_ALL", "C.UTF-8");
    if let Some(agent) = &settings.ssh_agent {
        command.env("SSH_AUTH_SOCK", agent);
    }
    if let Some(config) = &settings.ssh_config {
        command.arg("-F").arg(config);
    }
    command.args([
        "-T",
        "-oBatchMode=yes",
        "-oStrictHostKeyChecking=yes",
        "-oConnectTimeout=10",
        "-oServerAliveInterval=5",
        "-oServerAliveCountMax=3",
    ]);
    if let Some(user) = &ssh.user {
        command.args(["-l", user]);
    }
    if let Some(port) = ssh.port {
        command.args(["-p", &port.to_string()]);
    }
    command
}

/// `ssh` to a machine, to run these words there.
pub(crate) fn command(settings: &Settings, ssh: &Ssh, words: &[String]) -> Command {
    let mut command = line(settings, ssh);
    command.arg("--").arg(&ssh.host);
    // The other side's login shell reads one text, whatever we do: nothing in it is left to read.
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    command.arg(words.join(" "));
    command
}

/// The program in its directory with its variables, ended by the other machine
/// itself when the time is up: closing the connection would not end it.
pub(crate) fn bounded(program: &Program, within: Duration) -> Vec<String> {
    let mut words: Vec<String> = ["timeout", "-k", "10"].map(str::to_owned).into();
    words.push(within.as_secs().max(1).to_string());
    words.extend(["env".to_owned(), "-C".to_owned()]);
    words.push(program.directory.to_string_lossy().into_owned());
    let vars = program.vars.iter();
    words.extend(vars.map(|(name, value)| format!("{name}={}", value.expose())));
    words.extend(program.argv.iter().cloned());
    words
}

/// One word that a shell takes as it is.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// What an exit code means that is not the program's own.
pub(crate) fn trouble(code: i32, last: &[String]) -> Option<Trouble> {
    match code {
        FAILED => Some(refused(last)),
        TIMED_OUT => Some(Trouble {
            kind: Kind::Timeout,
            why: "it took too long and was ended there".to_owned(),
            hint: "",
        }),
        _ => None,
    }
}

/// What it means that `ssh` failed with these last words.
pub(crate) fn refused(last: &[String]) -> Trouble {
    let text = last.join("\n");
    let found = WORDS.iter().find(|(words, ..)| text.contains(words));
    if let Some((_, kind, why, hint)) = found {
        return Trouble {
            kind: *kind,
            why: (*why).to_owned(),
            hint,
        };
    }
    let said = last.last().map_or("it says nothing", String::as_str);
    Trouble {
        kind: Kind::Unreachable,
        why: format!("ssh failed: {said}"),
        hint: "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$HOME;`x`\n"), "'$HOME;`x`\n'");
    }

    #[test]
    fn what_ssh_says_is_told_apart() {
        let said = |text: &str| trouble(FAILED, &[text.to_owned()]).unwrap().kind;
        assert_eq!(said("Host key verification failed."), Kind::Refused);
        let denied = "deploy@host: Permission denied (publickey).";
        assert_eq!(said(denied), Kind::Refused);
        let refused = "ssh: connect to host h port 22: Connection refused";
        assert_eq!(said(refused), Kind::Unreachable);
        assert_eq!(said("something new"), Kind::Unreachable);
        assert_eq!(trouble(7, &[]), None);
    }
}
