//! `shipbell release …`: a chat command from the terminal, to a running bot, or without
//! one.

use std::path::PathBuf;

use super::{offline, printer};
use crate::door::{self, Request};
use crate::engine::ports::Random as _;
use crate::failure::Failure;
use crate::system::SystemRandom;

/// The commands that can do without a bot: only there their words hold flags of ours.
const WITHOUT_A_BOT: [&str; 2] = ["rollback", "resume"];

/// The words of the command.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub(super) struct Release {
    /// Without a bot, on its host: `rollback`, and `resume` of a rollback
    #[arg(long)]
    offline: bool,
    /// With --offline: ask nothing
    #[arg(long, requires = "offline")]
    yes: bool,
    /// As after `/release` in chat; `help` lists the commands
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

impl Release {
    /// The same with our own flags taken out of the words, wherever they stand.
    pub(super) fn settled(mut self) -> Self {
        let verb = self.words.first().map(String::as_str);
        let may = verb.is_some_and(|verb| WITHOUT_A_BOT.contains(&verb));
        let said = |flag: &str| self.words.iter().any(|it| it == flag);
        if may && (self.offline || said("--offline")) {
            self.offline = true;
            self.yes |= said("--yes");
            self.words.retain(|it| it != "--offline" && it != "--yes");
        }
        self
    }

    /// Whether a person reads along while it is done.
    pub(super) fn is_offline(&self) -> bool {
        self.offline
    }
}

pub(super) async fn run(path: PathBuf, release: Release) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let mut random = [0; 16];
    random.copy_from_slice(&SystemRandom.seed()[..16]);
    let id = uuid::Builder::from_random_bytes(random)
        .into_uuid()
        .to_string();
    if release.offline {
        return offline::run(&config, id, (release.words, release.yes)).await;
    }
    let is_rollback = release.words.first().is_some_and(|it| it == "rollback");
    let request = Request::Release {
        id,
        words: release.words,
    };
    let response = door::ask(&config.data, &request).await;
    let response = response.map_err(|failure| {
        if is_rollback {
            failure.hint("start it with `shipbell serve`; or go back without it: add --offline")
        } else {
            failure
        }
    })?;
    printer::line(&response.text);
    if response.ok {
        Ok(())
    } else {
        Err(Failure::user("nothing was changed"))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Typed {
        #[command(flatten)]
        release: Release,
    }

    fn read(line: &str) -> (bool, bool, String) {
        let words = std::iter::once("release").chain(line.split(' '));
        let it = Typed::try_parse_from(words).unwrap().release.settled();
        (it.offline, it.yes, it.words.join(" "))
    }

    #[test]
    fn our_own_flags_may_stand_anywhere_in_a_rollback() {
        let back = "rollback shop production --why slow";
        for line in [
            format!("{back} --offline --yes"),
            format!("--offline --yes {back}"),
            format!("--offline {back} --yes"),
            "rollback --yes shop production --offline --why slow".to_owned(),
        ] {
            assert_eq!(read(&line), (true, true, back.to_owned()), "{line}");
        }
        assert_eq!(read(back), (false, false, back.to_owned()));
    }

    #[test]
    fn what_people_write_elsewhere_stays_as_it_is() {
        let note = "note r1 say it with --offline";
        assert_eq!(read(note), (false, false, note.to_owned()));
    }
}
