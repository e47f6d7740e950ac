//! Judges a bundle by itself: without database, without bot, without network.

mod contents;
mod signed;
mod tape;

use std::io::Read;

use super::bundle::Manifest;
use super::checkpoint::Statement;
use super::note::Verifier;
use contents::Contents;

/// What somebody knows already, to hold the bundle against.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The keys that may have signed anything in it; none: any key it brings itself.
    pub keys: Vec<Verifier>,
    /// Notes that were copied from the channel.
    pub posted: Vec<String>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Judgement {
    /// What the bundle claims to hold, if that can be read at all.
    pub manifest: Option<Manifest>,
    /// What signed that.
    pub signer: Option<Verifier>,
    /// How many events there are.
    pub events: u64,
    /// The first of those that were erased.
    pub erased: Vec<u64>,
    /// How many releases these events are about.
    pub releases: usize,
    /// The streams of releases that ended without a checkpoint of their own.
    pub unsigned: Vec<String>,
    /// The checkpoints that prove something, each with the event that keeps it.
    pub checkpoints: Vec<(u64, Statement)>,
    /// How many of what was copied from the channel agree with it.
    pub posted: usize,
    /// What is not what it was.
    pub wrong: Vec<Finding>,
    /// What is not there.
    pub missing: Vec<Finding>,
}

/// Something about one of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which file.
    pub file: String,
    /// What.
    pub what: String,
}

/// How many findings are told of each kind; more say nothing more.
const MAX_TOLD: usize = 50;

/// Judges a bundle.
///
/// # Errors
///
/// It could not be read; that says nothing about what is in it.
pub fn judge(bundle: impl Read, known: &Known) -> std::io::Result<Judgement> {
    let mut contents = Contents::default();
    let damage = tape::read(bundle, &mut contents)?;
    Ok(contents.judge(damage, known))
}

impl Judgement {
    /// Whether nothing is wrong and nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.wrong.is_empty() && self.missing.is_empty()
    }

    fn wrong(&mut self, file: &str, what: impl Into<String>) {
        tell(&mut self.wrong, file, what.into());
    }

    fn missing(&mut self, file: &str, what: impl Into<String>) {
        tell(&mut self.missing, file, what.into());
    }
}

fn tell(findings: &mut Vec<Finding>, file: &str, what: String) {
    if findings.len() < MAX_TOLD {
        findings.push(Finding {
            file: file.to_owned(),
            what,
        });
    }
}
