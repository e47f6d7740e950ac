//! Compares the checkpoints that a database keeps with its own log.

use std::collections::BTreeMap;

use shipbell_storage::{Inspection, StoreError};

use super::checkpoint::{KIND, Statement};

/// Checkpoints read at a time.
const PAGE: usize = 1_000;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// How many prove where the log stood, by the key that signed them.
    pub proven: BTreeMap<String, u64>,
    /// The last event that one of them covers.
    pub covered: u64,
    /// What does not hold.
    pub wrong: Vec<String>,
}

/// Looks at every checkpoint.
pub async fn look(log: &mut Inspection) -> Result<Stored, StoreError> {
    let (mut found, mut after) = (Stored::default(), 0);
    loop {
        let page = log.lines_of(KIND, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.seq;
        for line in &page {
            let seq = line.seq;
            match Statement::kept(line.payload.as_deref()) {
                Ok((_, statement)) => found.compare(log, seq, &statement).await?,
                Err(why) => found
                    .wrong
                    .push(format!("event {seq}, a checkpoint: {why}")),
            }
        }
    }
}

impl Stored {
    async fn compare(
        &mut self,
        log: &mut Inspection,
        event: u64,
        statement: &Statement,
    ) -> Result<(), StoreError> {
        let end = &statement.end;
        let (_, there) = log.ends(end.seq).await?;
        // A log without any event has a hash as well, but no event to ask for it.
        let same = end.seq < event && there.as_ref() == Some(&end.hash);
        if end.instance != log.instance() {
            let what = format!("event {event}, a checkpoint: it is about another database");
            self.wrong.push(what);
        } else if same {
            *self.proven.entry(statement.signer.to_string()).or_default() += 1;
            self.covered = self.covered.max(end.seq);
        } else {
            self.wrong.push(format!(
                "event {event}, a checkpoint: it says that the log stood at {statement}, and \
                 that is not so: something before it was changed"
            ));
        }
        Ok(())
    }
}
