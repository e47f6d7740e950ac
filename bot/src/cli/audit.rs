//! `shipbell audit`: a bundle of the log for an outsider, and what an outsider does with it.

use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use shipbell_domain::calendar::Zone;
use shipbell_storage::Inspection;

use super::printer;
use crate::audit::bundle::{Manifest, POLICIES};
use crate::audit::export::{self, ExportError, Wanted};
use crate::audit::judge::{Finding, Judgement, Known, judge};
use crate::audit::note::Verifier;
use crate::audit::{checkpoint, key};
use crate::engine::ports::Clock as _;
use crate::failure::Failure;
use crate::system::SystemClock;
use crate::wiring;

/// What to do.
#[derive(clap::Subcommand)]
pub(super) enum Audit {
    /// Write the events of a time into a bundle that can be checked anywhere
    Export(Export),
    /// Check a bundle, without database, bot or configuration
    Verify(Verify),
    /// Print the public key that the record is signed with
    Key,
}

/// What to write.
#[derive(clap::Args)]
pub(super) struct Export {
    /// From this day or instant on: 2026-11-01 or 2026-11-01T08:00:00Z; else from the beginning
    #[arg(long)]
    from: Option<String>,
    /// Until before this instant, or to the end of this day; else all there is
    #[arg(long)]
    to: Option<String>,
    /// The file to write; it must not exist
    #[arg(long, short)]
    output: Option<PathBuf>,
}

/// What to check, and what is known about it.
#[derive(clap::Args)]
pub(super) struct Verify {
    /// The bundle
    bundle: PathBuf,
    /// Believe this public key only, as `shipbell audit key` prints it; may be given again
    #[arg(long)]
    key: Vec<String>,
    /// A file with checkpoints copied from the channel, to compare
    #[arg(long)]
    posted: Option<PathBuf>,
}

pub(super) async fn run(path: PathBuf, audit: Audit) -> Result<(), Failure> {
    match audit {
        Audit::Export(wanted) => write(&path, wanted).await,
        Audit::Verify(verify) => check(&verify),
        Audit::Key => {
            let signer = key::load(&super::load(&path)?.key)?;
            printer::line(&signer.verifier().to_string());
            printer::line(&format!("SHA-256 {}", signer.verifier().fingerprint()));
            Ok(())
        }
    }
}

async fn write(path: &Path, export: Export) -> Result<(), Failure> {
    let config = super::load(path)?;
    let zone = &config.settings.zone;
    let wanted = Wanted {
        from: instant(export.from.as_deref(), zone, Side::Begin)?,
        to: instant(export.to.as_deref(), zone, Side::End)?,
        made: SystemClock.now(),
    };
    if let (Some(from), Some(to)) = (wanted.from, wanted.to)
        && from >= to
    {
        let what = "there is no time between --from and --to";
        return Err(Failure::usage(what).hint("write the earlier one after --from"));
    }
    let name = || {
        format!(
            "shipbell-audit-{}.tar",
            wanted.made.format("%Y%m%dT%H%M%SZ")
        )
    };
    let file = export.output.unwrap_or_else(|| PathBuf::from(name()));
    let failed = |error: ExportError| {
        let failure = match &error {
            ExportError::Broken(_) | ExportError::Policy(_) => {
                Failure::wrong("no bundle was written").hint("look at it with `shipbell verify`")
            }
            ExportError::Store(_) | ExportError::File(_) | ExportError::Json(_) => {
                Failure::user(format!("no bundle was written to {}", file.display()))
            }
        };
        failure.because(error)
    };
    let signer = key::load(&config.key)?;
    let database = wiring::database(&config.data);
    let log = Inspection::open(&database).await;
    let mut log = log.map_err(|error| failed(error.into()))?;
    let made = export::write(&mut log, &wanted, &signer, &file).await;
    made.map_err(failed)?;

    // What was written is read as whoever gets it will read it.
    let found = read(&file, &Known::default())?;
    tell(&found);
    conclude(&found).map_err(|failure| failure.hint("look at it with `shipbell verify`"))?;
    printer::line(&format!(
        "Written to {}. Whoever gets it: `shipbell audit verify {}`.",
        file.display(),
        file.display()
    ));
    Ok(())
}

fn check(verify: &Verify) -> Result<(), Failure> {
    let keys = verify.key.iter().map(|it| {
        Verifier::parse(it.trim()).map_err(|error| {
            Failure::user(format!("{it:?} is not a public key"))
                .because(error)
                .hint("`shipbell audit key` prints it, and so does every checkpoint in the channel")
        })
    });
    let known = Known {
        keys: keys.collect::<Result<_, _>>()?,
        posted: match &verify.posted {
            Some(file) => posted(file)?,
            None => Vec::new(),
        },
    };
    let found = read(&verify.bundle, &known)?;
    tell(&found);
    if !known.posted.is_empty() {
        let (agree, all) = (found.posted, known.posted.len());
        line(
            "channel",
            &format!("{agree} of {all} checkpoints copied from it agree"),
        );
    }
    conclude(&found)?;
    printer::line(if known.keys.is_empty() {
        "The bundle is whole: nothing in it was changed since this key signed it. Whose key that \
         is it cannot say itself: compare the key with the one you know (it stands under every \
         checkpoint in the channel), or have it insisted on with --key."
    } else {
        "The bundle is whole: nothing in it was changed since the key you gave signed it."
    });
    Ok(())
}

fn posted(file: &Path) -> Result<Vec<String>, Failure> {
    let unread = || Failure::user(format!("{} cannot be compared", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| unread().because(error))?;
    let notes = checkpoint::notes(&text);
    if notes.is_empty() {
        let hint = "copy whole checkpoints, from `shipbell/…` to the line that begins with —";
        return Err(unread().because("there is no checkpoint in it").hint(hint));
    }
    Ok(notes)
}

fn read(file: &Path, known: &Known) -> Result<Judgement, Failure> {
    let found = File::open(file).and_then(|bundle| judge(bundle, known));
    found.map_err(|error| {
        Failure::user(format!("{} could not be checked", file.display())).because(error)
    })
}

fn tell(found: &Judgement) {
    if let Some(manifest) = &found.manifest {
        tell_manifest(found, manifest);
    }
    let count = found.checkpoints.len();
    let last = found.checkpoints.last();
    let last = last.map_or_else(String::new, |(_, it)| format!("; the last says: {it}"));
    line("checkpoints", &format!("{count}{last}"));
    if !found.unsigned.is_empty() {
        let which = found.unsigned.join(", ");
        line(
            "",
            &format!("ended without one of its own in here: {which}"),
        );
    }
    if let Some(signer) = &found.signer {
        line("key", &signer.to_string());
        line("", &format!("SHA-256 {}", signer.fingerprint()));
    }
    for Finding { file, what } in &found.wrong {
        line("FAIL", &format!("{file}: {what}"));
    }
    for Finding { file, what } in &found.missing {
        line("MISSING", &format!("{file}: {what}"));
    }
}

fn tell_manifest(found: &Judgement, manifest: &Manifest) {
    let time = |it: DateTime<Utc>| it.to_rfc3339_opts(SecondsFormat::Secs, true);
    let from = manifest
        .from
        .map_or_else(|| "the beginning".to_owned(), time);
    let to = manifest.to.map_or_else(|| time(manifest.made), time);
    line("database", &format!("instance {}", manifest.instance));
    line(
        "period",
        &format!("{from} to {to}, written {}", time(manifest.made)),
    );
    let events = match found.events {
        0 => "none".to_owned(),
        count => format!(
            "{count}: event {} to event {}",
            manifest.before.seq + 1,
            manifest.last.seq
        ),
    };
    line("events", &events);
    if !found.erased.is_empty() {
        let all: Vec<String> = found.erased.iter().map(ToString::to_string).collect();
        let more = if manifest.erased > found.erased.len() as u64 {
            " and more"
        } else {
            ""
        };
        let which = all.join(", ");
        line(
            "",
            &format!("{} erased: event {which}{more}", manifest.erased),
        );
    }
    let policies = manifest.files.get(POLICIES);
    line("releases", &found.releases.to_string());
    line("policies", &policies.map_or(0, |it| it.lines).to_string());
}

fn line(what: &str, text: &str) {
    printer::line(&format!("{what:11}  {text}"));
}

fn conclude(found: &Judgement) -> Result<(), Failure> {
    let things = |count: usize| match count {
        1 => "1 thing is".to_owned(),
        _ => format!("{count} things are"),
    };
    if !found.wrong.is_empty() {
        let what = format!(
            "this is not what was signed: {} wrong",
            things(found.wrong.len())
        );
        return Err(Failure::wrong(what).hint("ask for it again, and keep this one"));
    }
    if !found.missing.is_empty() {
        let what = format!(
            "this is not all there: {} missing",
            things(found.missing.len())
        );
        return Err(Failure::incomplete(what).hint("ask for it again; it may have been cut off"));
    }
    Ok(())
}

/// Which end of a day is meant.
#[derive(Clone, Copy)]
enum Side {
    Begin,
    End,
}

fn instant(text: Option<&str>, zone: &Zone, side: Side) -> Result<Option<DateTime<Utc>>, Failure> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(at.to_utc()));
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = match side {
        Side::Begin => day,
        Side::End => day.and_then(|it| it.succ_opt()),
    };
    let midnight = day.map(|day| zone.reading(day.and_time(NaiveTime::MIN)).first_valid());
    midnight.map(Some).ok_or_else(|| {
        Failure::usage(format!("{text:?} is neither a day nor an instant"))
            .hint("write 2026-11-01, or 2026-11-01T08:00:00Z")
    })
}
