//! What is in a bundle, line by line, and whether it fits together.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::ids::Hash;
use shipbell_storage::{Digest, LogLine, Walk};

use super::tape::Damage;
use super::{Judgement, Known};
use crate::audit::bundle::{
    CHECKPOINTS, CheckpointLine, Content, EVENTS, EventLine, FILES, FORMAT, KEYS, MANIFEST,
    Manifest, POLICIES, PolicyLine, policy_in,
};
use crate::audit::checkpoint::KIND;
use crate::audit::hex::{digest, name};
use crate::audit::note::{self, Verifier};
use crate::config;

/// How much of a manifest is read.
const MAX_MANIFEST: usize = 256 * 1024;

/// How many erased events are named.
const MAX_NAMED: usize = 20;

/// What was read so far.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) found: Judgement,
    /// The manifest as it was signed.
    pub(super) note: String,
    pub(super) keys: Vec<Verifier>,
    /// The lines of checkpoints, by the event that keeps each.
    pub(super) listed: BTreeMap<u64, CheckpointLine>,
    /// The events that keep a checkpoint, with what they say.
    pub(super) kept: Vec<(u64, Option<String>)>,
    /// The hash of the chain at every event.
    pub(super) hashes: BTreeMap<u64, Digest>,
    policies: BTreeSet<Hash>,
    /// Policies that events name, each with the first that does.
    named: BTreeMap<Hash, u64>,
    walk: Option<Walk>,
    erased: u64,
    releases: BTreeSet<String>,
    /// The streams of releases that ended, and of those that were signed for.
    over: BTreeSet<String>,
    signed: BTreeSet<String>,
    /// How many lines each file has so far.
    lines: BTreeMap<&'static str, u64>,
    /// Every file that was read to its end.
    files: BTreeMap<&'static str, Content>,
}

impl Contents {
    /// Takes one line of a file.
    pub(super) fn line(&mut self, file: &'static str, line: &[u8]) {
        let count = self.lines.entry(file).or_default();
        *count += 1;
        let number = *count;
        let taken = match file {
            MANIFEST => self.manifest_line(line),
            KEYS => self.key(line, number),
            CHECKPOINTS => self.checkpoint(line),
            POLICIES => self.policy(line),
            EVENTS => self.event(line),
            _ => None,
        };
        if taken.is_none() {
            let what = format!("line {number} cannot be read: it was changed");
            self.found.wrong(file, what);
        }
    }

    /// A file was read to its end.
    pub(super) fn end(&mut self, file: &'static str, sha256: Hash, whole: bool) {
        if !whole {
            self.found.wrong(file, "its last line has no end");
        }
        let lines = self.lines.get(file).copied().unwrap_or_default();
        self.files.insert(file, Content { lines, sha256 });
        if file == MANIFEST {
            self.read_manifest();
        }
    }

    /// Whether a file was read to its end.
    pub(super) fn has(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    fn manifest_line(&mut self, line: &[u8]) -> Option<()> {
        if self.note.len() + line.len() > MAX_MANIFEST {
            return None;
        }
        self.note.push_str(std::str::from_utf8(line).ok()?);
        self.note.push('\n');
        Some(())
    }

    /// What it says is used before it is known who signed it, and judged after.
    fn read_manifest(&mut self) {
        let text = note::text(&self.note).unwrap_or_default();
        match serde_json::from_str::<Manifest>(text) {
            Ok(manifest) => {
                let before = &manifest.before;
                self.walk = Some(Walk::after(before.seq, digest(&before.hash)));
                self.hashes.insert(before.seq, digest(&before.hash));
                self.found.manifest = Some(manifest);
            }
            Err(error) => {
                let what = format!("it says nothing that can be read: {error}");
                self.found.wrong(MANIFEST, what);
            }
        }
    }

    fn key(&mut self, line: &[u8], number: u64) -> Option<()> {
        match Verifier::parse(std::str::from_utf8(line).ok()?) {
            Ok(key) => self.keys.push(key),
            Err(error) => self.found.wrong(KEYS, format!("key {number}: {error}")),
        }
        Some(())
    }

    fn checkpoint(&mut self, line: &[u8]) -> Option<()> {
        let line: CheckpointLine = serde_json::from_slice(line).ok()?;
        let event = line.event;
        if self.listed.insert(event, line).is_some() {
            let what = format!("the checkpoint of event {event} is there twice");
            self.found.wrong(CHECKPOINTS, what);
        }
        Some(())
    }

    fn policy(&mut self, line: &[u8]) -> Option<()> {
        let PolicyLine { hash, body } = serde_json::from_slice(line).ok()?;
        if config::policy_hash(&body) != hash {
            let what = format!("policy {hash}: it is not the policy of that hash");
            self.found.wrong(POLICIES, what);
        }
        self.policies.insert(hash);
        Some(())
    }

    fn event(&mut self, line: &[u8]) -> Option<()> {
        let event: EventLine = serde_json::from_slice(line).ok()?;
        let line = event.line()?;
        let seq = line.seq;
        if let Some(flaw) = self.walk.as_mut().and_then(|walk| walk.step(&line)) {
            self.found.wrong(EVENTS, flaw.to_string());
        }
        self.found.events += 1;
        self.hashes.insert(seq, line.hash);
        if let Some(manifest) = &self.found.manifest {
            let from = manifest.from.map(|it| it.timestamp_micros());
            let to = manifest.to.map(|it| it.timestamp_micros());
            let within =
                from.is_none_or(|it| it <= line.at_us) && to.is_none_or(|it| line.at_us < it);
            if !within {
                let what = format!("event {seq} is not of the time the manifest names");
                self.found.wrong(EVENTS, what);
            }
        }
        self.count(&line);
        match &line.payload {
            None => {
                self.erased += 1;
                if self.found.erased.len() < MAX_NAMED {
                    self.found.erased.push(seq);
                }
            }
            Some(payload) => {
                if let Some(policy) = policy_in(payload) {
                    self.named.entry(policy).or_insert(seq);
                }
            }
        }
        if line.kind == KIND {
            self.kept.push((seq, line.payload));
        }
        Some(())
    }

    fn count(&mut self, line: &LogLine) {
        let stream = &line.stream;
        if stream.starts_with("release/") {
            self.releases.insert(stream.clone());
        }
        match line.kind.as_str() {
            "release.done" | "release.cancelled" => self.over.insert(stream.clone()),
            KIND => self.signed.insert(stream.clone()),
            _ => false,
        };
    }

    /// Whether everything that was read fits together.
    pub(super) fn judge(mut self, damage: Option<Damage>, known: &Known) -> Judgement {
        let within = match damage {
            Some(Damage::Broken(what)) => {
                self.found.wrong("the tar", what);
                return self.found;
            }
            Some(Damage::CutOff(within)) => {
                let (file, what) = (within.unwrap_or("the tar"), "it ends before its end");
                self.found.missing(file, what);
                Some(file)
            }
            None => None,
        };
        for file in FILES {
            if !self.has(file) && within != Some(file) {
                self.found.missing(file, "it is not there");
            }
        }
        self.signatures(known);
        if let Some(manifest) = self.found.manifest.clone() {
            self.against(&manifest);
        }
        for (policy, seq) in &self.named {
            if self.files.contains_key(POLICIES) && !self.policies.contains(policy) {
                let what = format!("policy {policy} is not there, and event {seq} names it");
                self.found.missing(POLICIES, what);
            }
        }
        self.found.releases = self.releases.len();
        self.found.unsigned = self.over.difference(&self.signed).cloned().collect();
        self.found
    }

    /// What the manifest says must be what is there.
    fn against(&mut self, manifest: &Manifest) {
        if manifest.format != FORMAT {
            let form = &manifest.format;
            let what = format!("it names the form {form:?}, and this program knows {FORMAT}");
            self.found.wrong(MANIFEST, what);
        }
        for file in FILES.into_iter().filter(|it| *it != MANIFEST) {
            let Some(is) = self.files.get(file) else {
                continue;
            };
            match manifest.files.get(file) {
                Some(says) if says == is => {}
                Some(says) if says.lines != is.lines => {
                    let what = format!("{} lines, the manifest says {}", is.lines, says.lines);
                    self.found.wrong(file, what);
                }
                Some(_) => {
                    let what = "it is not the file the manifest names: its SHA-256 is another";
                    self.found.wrong(file, what);
                }
                None => self.found.wrong(file, "the manifest does not name it"),
            }
        }
        if self.has(EVENTS) {
            self.ends(manifest);
        }
    }

    fn ends(&mut self, manifest: &Manifest) {
        let last = &manifest.last;
        let Some(walk) = &self.walk else { return };
        if walk.seq() != last.seq {
            let (is, says) = (walk.seq(), last.seq);
            let what = format!("the events end with event {is}, the manifest says event {says}");
            self.found.wrong(EVENTS, what);
        } else if name(&walk.hash()) != last.hash {
            let what = format!("event {} has another hash than the manifest says", last.seq);
            self.found.wrong(EVENTS, what);
        }
        if self.erased != manifest.erased {
            let (is, says) = (self.erased, manifest.erased);
            let what = format!("{is} events are erased, the manifest says {says}");
            self.found.wrong(EVENTS, what);
        }
    }
}
