//! Takes a bundle apart, file by file, and hashes each while it is read.
//!
//! Read strictly: a bundle is written in one way only, so every byte in it has one
//! right value.

use std::io::{BufRead, BufReader, Read};

use sha2::{Digest as _, Sha256};

use super::contents::Contents;
use crate::audit::bundle::{FILES, header};
use crate::audit::hex::name;

/// What a tar is made of.
const BLOCK: usize = 512;

/// The longest line of a file: an event is far smaller.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// Why a bundle could not be taken apart to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// It ends before its end; within this file, if that is known.
    CutOff(Option<&'static str>),
    /// Something in it is not what a bundle has.
    Broken(String),
}

/// What came of one step.
type Step<T> = Result<T, Stop>;

/// Why there is no next step.
enum Stop {
    Damage(Damage),
    Io(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// Hands every file's lines to the contents, and says what is wrong with the tar.
pub(super) fn read(bundle: impl Read, contents: &mut Contents) -> std::io::Result<Option<Damage>> {
    let mut tape = BufReader::new(bundle);
    match read_all(&mut tape, contents) {
        Ok(()) => Ok(None),
        Err(Stop::Damage(damage)) => Ok(Some(damage)),
        Err(Stop::Io(error)) => Err(error),
    }
}

fn read_all(tape: &mut impl BufRead, contents: &mut Contents) -> Step<()> {
    let mut left = FILES.as_slice();
    loop {
        let block = block(tape, left.first().copied())?;
        if block == [0; BLOCK] {
            return end(tape);
        }
        let (file, size) = opening(&block, left)?;
        let known = left
            .iter()
            .position(|it| *it == file)
            .map_or(0, |at| at + 1);
        left = left.get(known..).unwrap_or_default();
        body(tape, (file, size), contents)?;
        padding(tape, (file, size))?;
    }
}

/// Which file a header is of, and how long it is.
fn opening(block: &[u8; BLOCK], left: &[&'static str]) -> Step<(&'static str, u64)> {
    let found = tar::Header::from_byte_slice(block);
    let path = String::from_utf8_lossy(&found.path_bytes()).into_owned();
    let Some(file) = left.iter().find(|it| **it == path) else {
        let what = format!("{path:?} does not belong there");
        return broken(what);
    };
    let ought = |size| Some((size, header(file, size, found.mtime().ok()?)));
    match found.entry_size().ok().and_then(ought) {
        Some((size, ought)) if ought.as_bytes() == block => Ok((*file, size)),
        Some(_) | None => broken(format!("the header of {file} was changed")),
    }
}

/// Reads a file line by line.
fn body(
    tape: &mut impl BufRead,
    (file, size): (&'static str, u64),
    contents: &mut Contents,
) -> Step<()> {
    let (mut left, mut hasher, mut line) = (size, Sha256::new(), Vec::new());
    let mut whole = true;
    while left > 0 {
        line.clear();
        let most = left.min(MAX_LINE);
        let read = tape.by_ref().take(most).read_until(b'\n', &mut line)? as u64;
        hasher.update(&line);
        left -= read;
        match line.strip_suffix(b"\n") {
            Some(line) => contents.line(file, line),
            // There was less to read than there ought to be.
            None if read < most => return Err(Stop::Damage(Damage::CutOff(Some(file)))),
            None => whole = false,
        }
    }
    contents.end(file, name(&hasher.finalize().into()), whole);
    Ok(())
}

/// What fills a file's last block up.
fn padding(tape: &mut impl BufRead, (file, size): (&'static str, u64)) -> Step<()> {
    let over = size.next_multiple_of(BLOCK as u64) - size;
    let mut bytes = Vec::new();
    tape.by_ref().take(over).read_to_end(&mut bytes)?;
    if bytes.iter().any(|it| *it != 0) {
        return broken(format!("there is something behind the end of {file}"));
    }
    if (bytes.len() as u64) < over {
        return Err(Stop::Damage(Damage::CutOff(None)));
    }
    Ok(())
}

/// A second empty block, and nothing more.
fn end(tape: &mut impl BufRead) -> Step<()> {
    if block(tape, None)? != [0; BLOCK] || !tape.fill_buf()?.is_empty() {
        return broken("there is something behind its end".to_owned());
    }
    Ok(())
}

fn block(tape: &mut impl BufRead, next: Option<&'static str>) -> Step<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    match tape.read_exact(&mut block) {
        Ok(()) => Ok(block),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(Stop::Damage(Damage::CutOff(next)))
        }
        Err(error) => Err(error.into()),
    }
}

fn broken<T>(what: String) -> Step<T> {
    Err(Stop::Damage(Damage::Broken(what)))
}
