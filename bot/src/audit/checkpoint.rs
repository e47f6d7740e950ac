//! Signed statements of where the log stood: whoever kept one can tell later whether
//! anything before it was changed.

use std::fmt;

use shipbell_domain::Event;
use shipbell_domain::event::ReleaseEvent;
use shipbell_domain::history::{Checkpoint, LogEnd};
use shipbell_domain::ids::Hash;

use super::note::{BadKey, NoteError, Signer, Verifier};
use crate::engine::ports::Notary;

/// The kind of event that keeps one.
pub const KIND: &str = "release.checkpointed";

/// Why a checkpoint proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Its key is none.
    #[error("its key: {0}")]
    Key(#[from] BadKey),
    /// Its key did not sign it.
    #[error("{0}")]
    Note(#[from] NoteError),
    /// It says something else than a checkpoint does.
    #[error("it does not say where a log stood")]
    NoStatement,
    /// It is erased or cannot be read: nothing in it is about people, so there is no reason.
    #[error("what it said is gone")]
    Gone,
}

/// Where a log stood, and whose word that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Of which database, where, and the hash of the chain there.
    pub end: LogEnd,
    /// Whose signature was checked.
    pub signer: Verifier,
}

/// What a log is called in what is signed about it.
pub fn origin(instance: &str) -> String {
    format!("shipbell/{instance}")
}

impl Statement {
    /// Reads a checkpoint, if its own key signed it. Whose key that is, is another question.
    pub fn open(checkpoint: &Checkpoint) -> Result<Self, Unproven> {
        let signer = Verifier::parse(&checkpoint.key)?;
        let end = read(signer.open(&checkpoint.note)?).ok_or(Unproven::NoStatement)?;
        Ok(Self { end, signer })
    }

    /// Reads the checkpoint that an event keeps.
    pub fn kept(payload: Option<&str>) -> Result<(Checkpoint, Self), Unproven> {
        let event = payload.map(serde_json::from_str::<Event>);
        let Some(Ok(Event::Release(ReleaseEvent::Checkpointed { checkpoint }))) = event else {
            return Err(Unproven::Gone);
        };
        let statement = Self::open(&checkpoint)?;
        Ok((checkpoint, statement))
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}, {}", self.end.seq, self.end.hash)
    }
}

impl Notary for Signer {
    fn sign(&self, end: &LogEnd) -> Checkpoint {
        Checkpoint {
            note: Self::sign(self, &text(end)),
            key: self.verifier().to_string(),
        }
    }
}

/// What is signed: the log, the position of an event, the hash of the chain there.
fn text(end: &LogEnd) -> String {
    let LogEnd {
        instance,
        seq,
        hash,
    } = end;
    format!("{}\n{seq}\n{hash}\n", origin(instance))
}

fn read(written: &str) -> Option<LogEnd> {
    let mut lines = written.lines();
    let end = LogEnd {
        instance: lines.next()?.strip_prefix("shipbell/")?.to_owned(),
        seq: lines.next()?.parse().ok()?,
        hash: Hash::new(lines.next()?).ok()?,
    };
    // One spelling only.
    (text(&end) == written).then_some(end)
}

/// The notes in a text that somebody copied from the channel, whatever stands around them
/// and however its lines were broken.
pub fn notes(copied: &str) -> Vec<String> {
    let words: Vec<&str> = copied.split_whitespace().collect();
    let note = |at: &[&str]| match at {
        [origin, seq, hash, "\u{2014}", name, signature] => {
            let said = format!("{origin}\n{seq}\n{hash}\n");
            read(&said).map(|_| format!("{said}\n\u{2014} {name} {signature}\n"))
        }
        [..] => None,
    };
    words.windows(6).filter_map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (Signer, Checkpoint) {
        let signer = Signer::new("shipbell/07", &[7; 32]);
        let end = LogEnd {
            instance: "07".to_owned(),
            seq: 142,
            hash: Hash::new("a".repeat(64)).unwrap(),
        };
        let made = Notary::sign(&signer, &end);
        (signer, made)
    }

    #[test]
    fn a_checkpoint_says_where_the_log_stood() {
        let (signer, made) = made();
        let statement = Statement::open(&made).unwrap();
        assert_eq!(statement.end.seq, 142);
        assert_eq!(statement.signer, *signer.verifier());
        let (text, _) = made.note.split_once("\n\n").unwrap();
        insta::assert_snapshot!(text, @r"
        shipbell/07
        142
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        ");
    }

    #[test]
    fn a_checkpoint_that_was_changed_proves_nothing() {
        let (signer, made) = made();
        let changed = Checkpoint {
            note: made.note.replace("142", "141"),
            ..made.clone()
        };
        let forged = Err(Unproven::Note(NoteError::Forged));
        assert_eq!(Statement::open(&changed), forged);
        let other = Checkpoint {
            note: signer.sign("good morning\n"),
            ..made.clone()
        };
        assert_eq!(Statement::open(&other), Err(Unproven::NoStatement));
        let keyless = Checkpoint {
            key: made.key.replace("07", "08"),
            ..made
        };
        assert_eq!(Statement::open(&keyless), Err(Unproven::Key(BadKey)));
        assert_eq!(Statement::kept(None).err(), Some(Unproven::Gone));
    }

    #[test]
    fn what_was_copied_from_the_channel_is_found_in_what_stands_around_it() {
        let (_, made) = made();
        let flat = made.note.split_whitespace().collect::<Vec<_>>().join(" ");
        let copied = format!("r1 is over. Signed {flat} Key\n\n{}bye\n", made.note);
        assert_eq!(notes(&copied), [made.note.clone(), made.note]);
        assert_eq!(notes("nothing of the kind\n"), Vec::<String>::new());
    }
}
