//! A repository that `git` alone knows: only where its branches end can be asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{ForgeError, Kind};
use crate::containers::{Discard, Session};
use crate::hosts::{Host, Hosts, Program};

/// How long `git` may take.
const WITHIN: Duration = Duration::from_secs(7);

/// Asks where a branch ends; `git` runs on this machine, as the bot's user.
pub(super) async fn tip(
    hosts: &dyn Hosts,
    ssh_config: Option<&Path>,
    (url, branch): (&str, &str),
) -> Result<String, ForgeError> {
    let what = format!("asking {url} where {branch} ends");
    let name = format!("refs/heads/{branch}");
    let session = Session {
        lines: &Discard,
        lock: None,
        within: WITHIN,
    };
    let program = program(ssh_config, url, &name);
    let ran = hosts.run(&Host::Here, &program, &session).await;
    let ran = ran.map_err(|error| {
        ForgeError::new(Kind::Unreachable, what.clone(), error.why).hint(error.hint)
    })?;
    let lines = ran.output.tail(usize::MAX);
    match ran.code {
        0 => {}
        // As `--exit-code` promises.
        2 => {
            return Err(
                ForgeError::new(Kind::NotFound, what, "it has no such branch")
                    .hint("Is `branch` right?"),
            );
        }
        _ => {
            let why = lines.iter().find(|it| it.contains("fatal: "));
            let why = why.or(lines.last()).cloned().unwrap_or_default();
            return Err(ForgeError::new(Kind::Unreachable, what, why)
                .hint("`git ls-remote` must work there for the bot's user, without a question"));
        }
    }
    let found = lines.iter().find_map(|line| {
        let (commit, found) = line.split_once(char::is_whitespace)?;
        let is_whole =
            matches!(commit.len(), 40 | 64) && commit.chars().all(|it| it.is_ascii_hexdigit());
        (found.trim() == name && is_whole).then(|| commit.to_owned())
    });
    found.ok_or_else(|| ForgeError::new(Kind::Garbled, what, "its answer cannot be understood"))
}

fn program(ssh_config: Option<&Path>, url: &str, name: &str) -> Program {
    let mut ssh = "ssh -o BatchMode=yes -o ConnectTimeout=5".to_owned();
    if let Some(config) = ssh_config {
        ssh.push_str(" -F '");
        ssh.push_str(&config.to_string_lossy().replace('\'', r"'\''"));
        ssh.push('\'');
    }
    let vars = [
        // Nobody is there to answer a question.
        ("GIT_TERMINAL_PROMPT", "0".to_owned()),
        ("GIT_SSH_COMMAND", ssh),
        // Whatever a configuration redirects to runs no program.
        ("GIT_ALLOW_PROTOCOL", "file:http:https:ssh".to_owned()),
    ];
    let argv = ["git", "ls-remote", "--exit-code", "--", url, name];
    Program {
        argv: argv.map(str::to_owned).into(),
        directory: PathBuf::from("/"),
        vars: BTreeMap::from(vars.map(|(name, value)| (name.to_owned(), value.into()))),
    }
}
