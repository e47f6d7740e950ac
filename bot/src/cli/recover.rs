//! `shipbell recover`: what to do when the bot has stopped, or a part of the log is gone.

use std::path::PathBuf;

use shipbell_domain::history::{LogEnd, Loss, LossKind};
use shipbell_storage::{Inspection, StoreError};

use super::printer;
use crate::door::{self, Request};
use crate::failure::Failure;
use crate::{seen, wiring};

/// Whether to go on without what is gone.
#[derive(clap::Args)]
pub(super) struct Recover {
    /// Note the loss in the log and let the running bot go on
    #[arg(long)]
    accept: bool,
}

pub(super) async fn run(path: PathBuf, recover: Recover) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let database = wiring::database(&config.data);
    let file = seen::file(&config.data);
    let noted = seen::read(&config.data).map_err(|error| {
        let what = format!("{} cannot be read", file.display());
        let hint = "the bot writes it anew when it starts; without it an older copy goes unnoticed";
        Failure::user(what).because(error).hint(hint)
    })?;
    let Some(noted) = noted else {
        printer::line("Nothing was noted about the log here yet, so nothing can be missing.");
        return Ok(());
    };
    let unread = |error: StoreError| Failure::user("the database cannot be read").because(error);
    let mut log = Inspection::open(&database).await.map_err(unread)?;
    let (end, there) = log.ends(noted.seq).await.map_err(unread)?;
    let found = LogEnd {
        instance: log.instance().to_owned(),
        seq: end.0,
        hash: end.1,
    };
    let seq = noted.seq;
    let Some(loss) = seen::compare(noted, found, there.as_ref()) else {
        let stopped = door::ask(&config.data, &Request::Health).await;
        if let Some(why) = stopped.ok().filter(|it| !it.ok).map(|it| it.text) {
            printer::line(&explain_stop(&why));
            return Err(Failure::user("the running bot has stopped all effects")
                .hint("`shipbell verify` says what is wrong and which of these it is"));
        }
        printer::line(&format!(
            "Nothing is missing: the log goes on from event {seq}, the last one noted in {}.",
            file.display()
        ));
        return Ok(());
    };
    printer::line(&explain(&loss));
    if !recover.accept {
        return Err(Failure::user("a part of the log is gone")
            .hint("if that cannot be mended, go on without it: `shipbell recover --accept`"));
    }
    let response = door::ask(&config.data, &Request::AcceptLoss).await?;
    if !response.ok {
        return Err(Failure::user(response.text));
    }
    printer::line(&response.text);
    Ok(())
}

/// Why nothing is done any more, what that means, and what can be done.
fn explain_stop(why: &str) -> String {
    format!(
        "The running bot does not trust its records: {why}\n\
         It answers questions, records nothing and carries nothing out. What runs, runs on; no \
         deploy and no rollback begins. In an emergency, act on the hosts by hand.\n\
         Only tables wrong:   stop the bot, `shipbell verify --rebuild`, start it.\n\
         The log is wrong:    stop the bot, keep its files, put the last backup in their place, \
         start it, `shipbell recover --accept`.\n\
         `shipbell verify` finds nothing: start the bot again, and report what it said."
    )
}

/// What is gone.
pub(super) fn what_is_gone(loss: &Loss) -> String {
    let Loss { seen, found } = loss;
    match loss.kind() {
        LossKind::Behind(missing) => format!(
            "The log ends at event {}, and event {} had been seen here: {missing} events are \
             missing. Probably an older copy of the database was restored.",
            found.seq, seen.seq
        ),
        LossKind::Changed => format!(
            "Event {} is not the one that had been seen here: the log was changed, or another \
             copy of the database went its own way.",
            seen.seq
        ),
        LossKind::Other => format!(
            "This is another database, instance {}. The one seen here was instance {} and went \
             up to event {}.",
            found.instance, seen.instance, seen.seq
        ),
    }
}

/// What is gone, what that means, and what can be done.
pub(super) fn explain(loss: &Loss) -> String {
    let (Loss { seen, found }, what) = (loss, what_is_gone(loss));
    format!(
        "{what}\n\
         seen   event {}, {}\n\
         found  event {}, {}\n\
         Until this is settled the bot answers questions and does nothing else.\n\
         If the right database still exists, stop the bot and put it back.\n\
         If not: what was said and done in the missing time counts no longer. Sign-offs must be \
         given again, messages may be posted twice, and what really runs may not be what the \
         bot believes: compare before the next deploy.",
        seen.seq, seen.hash, found.seq, found.hash
    )
}
