//! Writes a bundle: the events of a time, with all that is needed to judge them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use shipbell_domain::ids::Hash;
use shipbell_storage::{Digest, Flaw, Inspection, LogLine, StoreError, Stretch, Walk};

use super::bundle::{
    CHECKPOINTS, CheckpointLine, Content, EVENTS, EventLine, FORMAT, KEYS, MANIFEST, Manifest,
    POLICIES, Place, PolicyLine, header, policy_in,
};
use super::checkpoint::{KIND, Statement};
use super::hex::name;
use super::note::Signer;
use crate::config;

/// Events read at a time.
const PAGE: usize = 1_000;

/// What to write.
pub struct Wanted {
    /// The beginning of the time it covers; none: from the first event.
    pub from: Option<DateTime<Utc>>,
    /// The end of that time, not covered itself; none: to the last event.
    pub to: Option<DateTime<Utc>>,
    /// When it is made.
    pub made: DateTime<Utc>,
}

/// Why no bundle was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log itself is not whole.
    #[error("the log is not whole: {0}")]
    Broken(Flaw),
    /// A policy that events name is not there, or is not what it was.
    #[error("policy {0} is not in the database as it was hashed")]
    Policy(Hash),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// What was made cannot be told as JSON.
    #[error("a line cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes a bundle to a file that must not exist yet, and says what it holds. It gets
/// its name only once it is whole.
pub async fn write(
    log: &mut Inspection,
    wanted: &Wanted,
    signer: &Signer,
    to: &Path,
) -> Result<Manifest, ExportError> {
    let folder = to.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let from_time = wanted.from.unwrap_or(DateTime::<Utc>::MIN_UTC);
    let to_time = wanted.to.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let stretch = log.stretch(from_time, to_time).await?;
    let mut parts = Parts::new(folder, signer)?;
    parts.read(log, &stretch).await?;
    let Parts {
        events,
        checkpoints,
        keys,
        policies,
        erased,
    } = parts;
    let mut small = [(KEYS, Part::new(folder)?), (CHECKPOINTS, checkpoints)];
    for key in keys {
        small[0].1.line(key.as_bytes())?;
    }
    let policies = write_policies(log, folder, policies).await?;
    let mut files = BTreeMap::new();
    let mut bodies = Vec::new();
    for (file, part) in small
        .into_iter()
        .chain([(POLICIES, policies), (EVENTS, events)])
    {
        let (body, content) = part.finish()?;
        files.insert(file.to_owned(), content);
        bodies.push((file, body));
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        instance: log.instance().to_owned(),
        made: wanted.made,
        from: wanted.from,
        to: wanted.to,
        before: place(stretch.before),
        last: place(stretch.last),
        erased,
        files,
    };
    let note = signer.sign(&format!("{}\n", serde_json::to_string_pretty(&manifest)?));
    bind(to, folder, &manifest, (note.as_bytes(), bodies))?;
    Ok(manifest)
}

fn place((seq, hash): (u64, Digest)) -> Place {
    let hash = name(&hash);
    Place { seq, hash }
}

/// Puts the files together.
fn bind(
    to: &Path,
    folder: &Path,
    manifest: &Manifest,
    (note, bodies): (&[u8], Vec<(&str, File)>),
) -> std::io::Result<()> {
    let out = tempfile::Builder::new()
        .prefix(".shipbell-audit-")
        .tempfile_in(folder)?;
    let made = u64::try_from(manifest.made.timestamp()).unwrap_or_default();
    let mut tar = tar::Builder::new(BufWriter::new(out.as_file()));
    tar.append(&header(MANIFEST, note.len() as u64, made), note)?;
    for (file, mut body) in bodies {
        let size = body.metadata()?.len();
        body.rewind()?;
        tar.append(&header(file, size, made), body.take(size))?;
    }
    tar.into_inner()?.flush()?;
    out.as_file().sync_all()?;
    out.persist_noclobber(to).map_err(|it| it.error)?;
    File::open(folder)?.sync_all()
}

/// What is gathered along the log.
struct Parts {
    events: Part,
    checkpoints: Part,
    keys: BTreeSet<String>,
    policies: BTreeSet<Hash>,
    erased: u64,
}

impl Parts {
    fn new(folder: &Path, signer: &Signer) -> std::io::Result<Self> {
        Ok(Self {
            events: Part::new(folder)?,
            checkpoints: Part::new(folder)?,
            keys: BTreeSet::from([signer.verifier().to_string()]),
            policies: BTreeSet::new(),
            erased: 0,
        })
    }

    /// Goes along the log, checking it once more.
    async fn read(&mut self, log: &mut Inspection, stretch: &Stretch) -> Result<(), ExportError> {
        let mut walk = Walk::after(stretch.before.0, stretch.before.1);
        while walk.seq() < stretch.last.0 {
            let page = log.lines(walk.seq(), PAGE).await?;
            if page.is_empty() {
                let missing = format!("event {} is missing", walk.seq() + 1);
                return Err(StoreError::Corrupt(missing).into());
            }
            for line in page.iter().take_while(|it| it.seq <= stretch.last.0) {
                if let Some(flaw) = walk.step(line) {
                    return Err(ExportError::Broken(flaw));
                }
                self.take(line)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, line: &LogLine) -> Result<(), ExportError> {
        self.events.json(&EventLine::of(line))?;
        let Some(payload) = &line.payload else {
            self.erased += 1;
            return Ok(());
        };
        self.policies.extend(policy_in(payload));
        // One that proves nothing goes along as an event; whoever judges will say so.
        if line.kind == KIND
            && let Ok((checkpoint, _)) = Statement::kept(Some(payload))
        {
            self.keys.insert(checkpoint.key.clone());
            self.checkpoints.json(&CheckpointLine {
                event: line.seq,
                key: checkpoint.key,
                note: checkpoint.note,
            })?;
        }
        Ok(())
    }
}

/// The policies these events name: some may have come into force long before them.
async fn write_policies(
    log: &mut Inspection,
    folder: &Path,
    named: BTreeSet<Hash>,
) -> Result<Part, ExportError> {
    let known: BTreeMap<Hash, _> = log.policies().await?.into_iter().collect();
    let mut part = Part::new(folder)?;
    for hash in named {
        let body = known.get(&hash).map(config::policy_text);
        match body.filter(|it| config::policy_hash(it) == hash) {
            Some(body) => part.json(&PolicyLine { hash, body })?,
            None => return Err(ExportError::Policy(hash)),
        }
    }
    Ok(part)
}

/// A file of the bundle that is hashed and counted while it is written.
struct Part {
    out: BufWriter<File>,
    hasher: Sha256,
    lines: u64,
}

impl Part {
    /// Beside the bundle, without a name: it is gone with the program.
    fn new(folder: &Path) -> std::io::Result<Self> {
        Ok(Self {
            out: BufWriter::new(tempfile::tempfile_in(folder)?),
            hasher: Sha256::new(),
            lines: 0,
        })
    }

    fn json(&mut self, line: &impl Serialize) -> Result<(), ExportError> {
        Ok(self.line(&serde_json::to_vec(line)?)?)
    }

    fn line(&mut self, line: &[u8]) -> std::io::Result<()> {
        for bytes in [line, b"\n"] {
            self.out.write_all(bytes)?;
            self.hasher.update(bytes);
        }
        self.lines += 1;
        Ok(())
    }

    fn finish(self) -> std::io::Result<(File, Content)> {
        let file = self
            .out
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        let content = Content {
            lines: self.lines,
            sha256: name(&self.hasher.finalize().into()),
        };
        Ok((file, content))
    }
}
