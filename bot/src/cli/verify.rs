//! `shipbell verify`: whether the log is whole, and whether all else follows from it.

use std::path::{Path, PathBuf};

use shipbell_storage::sqlite::inspect;
use shipbell_storage::{Findings, Inspection, Mended, StoreError};

use super::printer;
use crate::audit::key;
use crate::audit::stored::{self, Stored};
use crate::failure::Failure;
use crate::wiring;

/// How to verify.
#[derive(clap::Args)]
pub(super) struct Verify {
    /// Make everything that follows from the log anew; the bot must be stopped
    #[arg(long)]
    rebuild: bool,
}

pub(super) async fn run(path: PathBuf, verify: Verify) -> Result<(), Failure> {
    let config = super::load(&path).map_err(Failure::unchecked)?;
    let database = wiring::database(&config.data);
    if verify.rebuild {
        return rebuild(&database).await;
    }
    let mut inspection = Inspection::open(&database).await.map_err(unusable)?;
    printer::line(&format!(
        "{}, instance {}",
        database.display(),
        inspection.instance()
    ));
    let findings = inspection.look().await.map_err(unusable)?;
    let stored = stored::look(&mut inspection).await.map_err(unusable)?;
    tell(&findings);
    tell_signed(&stored, &config.key);
    judge(&findings, &stored)
}

async fn rebuild(database: &Path) -> Result<(), Failure> {
    match inspect::mend(database).await.map_err(unusable)? {
        Mended::LogBroken(findings) => {
            tell_log(&findings);
            let what =
                "the log is not whole: nothing can be made anew from it, nothing was changed";
            Err(Failure::wrong(what).hint(RESTORE))
        }
        Mended::Done {
            events,
            differences,
        } if differences.is_empty() => {
            printer::line(&format!(
                "The log is whole, {events} events, and every table is what it adds up to: \
                 nothing was changed."
            ));
            Ok(())
        }
        Mended::Done {
            events,
            differences,
        } => {
            for line in &differences {
                printer::line(line);
            }
            printer::line(&format!(
                "The log is whole. What each of its {events} events adds up to was made anew in \
                 one transaction, and the differences above are gone. What is owed and the \
                 wake-ups do not follow from the log and stayed as they were."
            ));
            Ok(())
        }
    }
}

const RESTORE: &str = "keep the files as they are, and restore the last backup beside them";

fn tell(findings: &Findings) {
    section(
        "file",
        &findings.pages,
        "SQLite finds nothing wrong with its pages",
    );
    tell_log(findings);
    if findings.log.is_empty() {
        let (streams, rows) = (findings.streams, findings.rows);
        let good = format!("{streams} streams and {rows} rows are what the log adds up to");
        section("tables", &findings.tables, &good);
    } else {
        printer::line("tables    --    not compared: there is no whole log to compare with");
    }
    let good = format!("{} pieces are what they were", findings.kept);
    section("evidence", &findings.changed, &good);
}

fn tell_log(findings: &Findings) {
    let erased = match findings.erased {
        0 => String::new(),
        count => format!(", {count} of them erased"),
    };
    let good = match (findings.events, &findings.hash) {
        (events @ 1.., Some(hash)) => format!(
            "{events} events{erased}, whole from the first to the last: event {events}, {hash}"
        ),
        (_, _) => "no events yet".to_owned(),
    };
    section("log", &findings.log, &good);
}

fn section(name: &str, wrong: &[String], good: &str) {
    if wrong.is_empty() {
        printer::line(&format!("{name:8}  ok    {good}"));
    }
    for what in wrong {
        printer::line(&format!("{name:8}  FAIL  {what}"));
    }
}

/// The key that is in use is named, so that one in its place is noticed.
fn tell_signed(stored: &Stored, file: &Path) {
    let all: u64 = stored.proven.values().sum();
    let own = key::load(file).map(|it| it.verifier().to_string()).ok();
    let by_own = own.and_then(|it| stored.proven.get(&it)).copied();
    let by_others = match all - by_own.unwrap_or_default() {
        0 => String::new(),
        others => format!(
            "; {others} of them signed with another key than {}",
            file.display()
        ),
    };
    let good = match all {
        0 => "no checkpoints yet".to_owned(),
        _ => format!(
            "{all} checkpoints agree with the log, up to event {}{by_others}",
            stored.covered
        ),
    };
    section("signed", &stored.wrong, &good);
}

fn judge(findings: &Findings, stored: &Stored) -> Result<(), Failure> {
    match findings.wrong().count() + stored.wrong.len() {
        0 => Ok(()),
        count => {
            let what = if count == 1 {
                "1 thing is wrong".to_owned()
            } else {
                format!("{count} things are wrong")
            };
            let only_tables = count == findings.tables.len();
            Err(Failure::wrong(what).hint(if only_tables {
                "the log is whole: stop the bot and run `shipbell verify --rebuild`"
            } else {
                RESTORE
            }))
        }
    }
}

/// Damage is a finding; everything else kept it from being checked.
fn unusable(error: StoreError) -> Failure {
    match &error {
        StoreError::Corrupt(_) => {
            Failure::wrong("the database is damaged so badly that it cannot be read to its end")
                .because(error)
                .hint(RESTORE)
        }
        StoreError::Unavailable(_) | StoreError::Unknown(_) | StoreError::Unusable { .. } => {
            Failure::user("the database could not be checked").because(error)
        }
    }
}
