//! Whether what is signed in a bundle is signed by the right key, and is true.

use shipbell_domain::history::Checkpoint;

use super::contents::Contents;
use super::{Judgement, Known};
use crate::audit::bundle::{CHECKPOINTS, EVENTS, KEYS, MANIFEST};
use crate::audit::checkpoint::Statement;
use crate::audit::hex::name;
use crate::audit::note::{NoteError, Verifier};

impl Contents {
    /// The manifest, the checkpoints, and what was copied from the channel.
    pub(super) fn signatures(&mut self, known: &Known) {
        if !known.keys.is_empty() {
            self.signatures_by(&known.keys, known, "the key you gave");
        } else if self.has(KEYS) {
            self.signatures_by(&self.keys.clone(), known, "any key of the bundle");
        }
    }

    fn signatures_by(&mut self, trusted: &[Verifier], known: &Known, whose: &str) {
        if self.has(MANIFEST) {
            self.manifest_by(trusted, whose);
        }
        if self.found.manifest.is_none() {
            return;
        }
        for (event, payload) in std::mem::take(&mut self.kept) {
            match Statement::kept(payload.as_deref()) {
                Ok((checkpoint, statement)) => {
                    self.checkpoint_by(trusted, (event, &checkpoint, statement), whose);
                }
                Err(why) => {
                    self.listed.remove(&event);
                    let what = format!("event {event}, a checkpoint: {why}");
                    self.found.wrong(EVENTS, what);
                }
            }
        }
        // Where events are cut off it is no wonder that some are left over.
        if self.has(EVENTS) {
            for event in std::mem::take(&mut self.listed).into_keys() {
                let what = format!("event {event} keeps no such checkpoint");
                self.found.wrong(CHECKPOINTS, what);
            }
            for note in &known.posted {
                self.posted_by(trusted, note);
            }
        }
    }

    fn manifest_by(&mut self, trusted: &[Verifier], whose: &str) {
        let mut why = format!("it is not signed with {whose}");
        for key in trusted {
            match key.open(&self.note) {
                Ok(_) => self.found.signer = Some(key.clone()),
                Err(NoteError::NotSigned) => {}
                Err(error) => why = error.to_string(),
            }
        }
        if self.found.signer.is_none() {
            self.found.wrong(MANIFEST, why);
        }
    }

    fn checkpoint_by(
        &mut self,
        trusted: &[Verifier],
        (event, checkpoint, statement): (u64, &Checkpoint, Statement),
        whose: &str,
    ) {
        let listed = self.listed.remove(&event);
        let same = listed.is_some_and(|it| (it.key, it.note) == same_words(checkpoint));
        if self.has(CHECKPOINTS) && !same {
            let what = format!("the checkpoint of event {event} is not there as the event has it");
            self.found.wrong(CHECKPOINTS, what);
        }
        let wrong = |found: &mut Judgement, what: &str| {
            found.wrong(EVENTS, format!("event {event}, a checkpoint: {what}"));
        };
        if !trusted.contains(&statement.signer) {
            let what = format!("it is signed with {}, not with {whose}", statement.signer);
            return wrong(&mut self.found, &what);
        }
        match self.is_true(&statement) {
            // It may be about an event before the first one here: then nothing contradicts it.
            Some(true) => self.found.checkpoints.push((event, statement)),
            None if self.is_earlier(&statement) => {
                self.found.checkpoints.push((event, statement));
            }
            Some(false) | None => {
                let what = format!(
                    "it says that the log stood at {statement}, and that is not so: something \
                     before it was changed"
                );
                wrong(&mut self.found, &what);
            }
        }
    }

    /// Whether the log stood there, if that can be told here.
    fn is_true(&self, statement: &Statement) -> Option<bool> {
        let hash = self.hashes.get(&statement.end.seq)?;
        Some(name(hash) == statement.end.hash && self.is_of_it(statement))
    }

    fn is_earlier(&self, statement: &Statement) -> bool {
        let before = self.found.manifest.as_ref().map(|it| it.before.seq);
        before.is_some_and(|it| statement.end.seq < it) && self.is_of_it(statement)
    }

    fn is_of_it(&self, statement: &Statement) -> bool {
        let manifest = self.found.manifest.as_ref();
        manifest.is_some_and(|it| it.instance == statement.end.instance)
    }

    /// Holds what somebody copied from the channel against what is here.
    fn posted_by(&mut self, trusted: &[Verifier], note: &str) {
        let file = "the channel";
        let opened = trusted.iter().find_map(|key| {
            let (note, key) = (note.to_owned(), key.to_string());
            Statement::open(&Checkpoint { note, key }).ok()
        });
        let first = note.lines().nth(1).unwrap_or_default();
        let Some(statement) = opened else {
            let what = format!(
                "the checkpoint of event {first}: no key that counts here signed it as it was copied"
            );
            return self.found.wrong(file, what);
        };
        match self.is_true(&statement) {
            Some(true) => self.found.posted += 1,
            Some(false) => {
                let what = format!(
                    "it was told that the log stood at {statement}, and here it does not: \
                     something before it was changed since"
                );
                self.found.wrong(file, what);
            }
            None => {
                let what = format!(
                    "the checkpoint of event {first} cannot be compared: that event is not here"
                );
                self.found.missing(file, what);
            }
        }
    }
}

fn same_words(checkpoint: &Checkpoint) -> (String, String) {
    (checkpoint.key.clone(), checkpoint.note.clone())
}
