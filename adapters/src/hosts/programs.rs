//! The port `Hosts`: programs of this machine, and `ssh` for every other one.

pub(crate) mod files;
pub(crate) mod ssh;

use std::time::Duration;

use async_trait::async_trait;
use tokio::process::Command;

use super::{EnvEdit, Host, Hosts, Program};
use crate::containers::docker::Settings;
use crate::containers::docker::child::{self, Ended};
use crate::containers::docker::tap::Tap;
use crate::containers::{ContainerError, Kind, Ran, Session};
use crate::redact::Redactor;

/// Runs programs.
#[derive(Clone, Debug)]
pub struct HostPrograms {
    settings: Settings,
    redactor: Redactor,
}

impl HostPrograms {
    /// Nothing is connected to before it is needed.
    pub fn new(settings: Settings, redactor: Redactor) -> Self {
        Self { settings, redactor }
    }
}

/// Runs a command that was made for a host, and tells a failure of the way there from
/// an exit code of its own.
pub(crate) async fn follow(
    redactor: &Redactor,
    (command, within): (Command, Duration),
    (host, what): (&Host, &str),
    session: &Session<'_>,
) -> Result<Ran, ContainerError> {
    let mut tap = Tap::new(redactor, session.lines);
    let ended = child::run(command, session.lock, within, &mut tap).await;
    let output = tap.finish();
    let failed =
        |kind, why: String| Err(ContainerError::new(kind, what, why).output(output.evidence()));
    let code = match ended {
        Ok(Ended::Code(code)) => code,
        Ok(Ended::Killed) => {
            return failed(Kind::Interrupted, "it was ended from outside".to_owned());
        }
        Ok(Ended::TimedOut) => {
            let why = format!("not done after {} s", session.within.as_secs());
            return failed(Kind::Timeout, why);
        }
        Err(error) => return failed(Kind::Preflight, error.to_string()),
    };
    if let Host::There(_) = host
        && let Some(trouble) = ssh::trouble(code, &output.tail(5))
    {
        return Err(trouble.error(what).output(output.evidence()));
    }
    let code = code.into();
    Ok(Ran { code, output })
}

#[async_trait]
impl Hosts for HostPrograms {
    async fn run(
        &self,
        host: &Host,
        program: &Program,
        session: &Session<'_>,
    ) -> Result<Ran, ContainerError> {
        let name = program.argv.first().map_or("a program", String::as_str);
        let what = format!("running {} on {host}", self.redactor.line(name));
        let (command, within) = match host {
            Host::Here => (self.here(program, &what)?, session.within),
            Host::There(there) => {
                // It ends by itself; whoever waits waits a little longer.
                let words = ssh::bounded(program, session.within);
                let command = ssh::command(&self.settings, there, &words);
                (command, session.within + ssh::GRACE)
            }
        };
        follow(&self.redactor, (command, within), (host, &what), session).await
    }

    async fn set_env(&self, host: &Host, edit: &EnvEdit) -> Result<Vec<String>, ContainerError> {
        let what = format!("setting variables in {} on {host}", edit.file.display());
        let refused = |why: String| ContainerError::new(Kind::Refused, what.clone(), why);
        if !edit.file.is_absolute() {
            return Err(refused("its path is not absolute".to_owned()));
        }
        let machine = files::Machine {
            settings: &self.settings,
            redactor: &self.redactor,
            host,
            what: &what,
        };
        let file = machine.read(&edit.file).await?;
        let old = file.text.as_deref().unwrap_or_default();
        let (new, changed) =
            super::upsert(old, &edit.values).map_err(|error| refused(error.to_string()))?;
        if !changed.is_empty() {
            machine.replace(&file, new).await?;
        }
        Ok(changed)
    }
}

impl HostPrograms {
    fn here(&self, program: &Program, what: &str) -> Result<Command, ContainerError> {
        let Some((name, arguments)) = program.argv.split_first() else {
            return Err(ContainerError::new(
                Kind::Refused,
                what,
                "there is no program",
            ));
        };
        let mut command = if name.contains('/') {
            Command::new(program.directory.join(name))
        } else {
            Command::new(name)
        };
        command.args(arguments).env_clear();
        command
            .env("PATH", &self.settings.path)
            .env("HOME", &self.settings.home)
            .env("LC_ALL", "C.UTF-8");
        if let Some(agent) = &self.settings.ssh_agent {
            command.env("SSH_AUTH_SOCK", agent);
        }
        for (name, value) in &program.vars {
            command.env(name, value.expose());
        }
        command.current_dir(&program.directory);
        Ok(command)
    }
}
