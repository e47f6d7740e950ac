//! As much of the ELF format as it takes to make a program small and to find its loader.

/// The kinds of segments that matter here.
const LOADED: u32 = 1;
const INTERPRETER: u32 = 3;

/// The header's size, and that of one entry in the table of segments.
const HEADER: usize = 64;
const ENTRY: usize = 56;

/// What of a program its kernel and its loader look at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    /// The program without what only debuggers read.
    pub(super) bytes: Vec<u8>,
    /// The loader it names; none for a static program.
    pub(super) loader: Option<String>,
}

/// Reads a 64-bit little-endian ELF file; none for anything else.
pub(super) fn read(file: &[u8]) -> Option<Program> {
    if file.get(..6)? != [0x7f, b'E', b'L', b'F', 2, 1] {
        return None;
    }
    let table = number(file, 32, 8)?;
    let count = number(file, 56, 2)?;
    if number(file, 54, 2)? != ENTRY {
        return None;
    }
    let mut end = table.checked_add(count.checked_mul(ENTRY)?)?.max(HEADER);
    let mut loader = None;
    for index in 0..count {
        let entry = table.checked_add(index * ENTRY)?;
        let kind = u32::try_from(number(file, entry, 4)?).ok()?;
        let from = number(file, entry.checked_add(8)?, 8)?;
        let to = from.checked_add(number(file, entry.checked_add(32)?, 8)?)?;
        let part = file.get(from..to)?;
        if kind == LOADED {
            end = end.max(to);
        }
        if kind == INTERPRETER {
            let name = part.strip_suffix(b"\0").unwrap_or(part);
            loader = Some(String::from_utf8(name.to_vec()).ok()?);
        }
    }
    let mut bytes = file.get(..end)?.to_vec();
    // The table of sections lay behind it: there is none any more.
    for (from, to) in [(40, 48), (60, 64)] {
        bytes.get_mut(from..to)?.fill(0);
    }
    Some(Program { bytes, loader })
}

fn number(file: &[u8], at: usize, size: usize) -> Option<usize> {
    let bytes = file.get(at..at.checked_add(size)?)?;
    let value = bytes
        .iter()
        .rev()
        .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    usize::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header, two segments, the loader's name, and a tail nobody loads.
    fn file() -> Vec<u8> {
        let mut file = vec![0u8; 300];
        file[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1]);
        file[32] = 64;
        file[40] = 200;
        file[54] = 56;
        file[56] = 2;
        file[60] = 9;
        for (entry, kind, from, size) in [(64, 3, 176, 6), (120, 1, 0, 190)] {
            file[entry] = kind;
            file[entry + 8] = from;
            file[entry + 32] = size;
        }
        file[176..182].copy_from_slice(b"/ld.s\0");
        file
    }

    #[test]
    fn what_nobody_loads_is_left_out() {
        let program = read(&file()).unwrap();
        assert_eq!(program.bytes.len(), 190);
        assert_eq!(program.loader.as_deref(), Some("/ld.s"));
        assert_eq!((program.bytes[40], program.bytes[60]), (0, 0));
    }

    #[test]
    fn anything_else_is_left_alone() {
        assert_eq!(read(b"#!/bin/sh\n"), None);
        assert_eq!(read(&[]), None);
        assert_eq!(read(&file()[..150]), None);
        let mut beyond = file();
        beyond[152] = 255;
        beyond[153] = 255;
        assert_eq!(read(&beyond), None);
    }

    #[test]
    fn the_program_that_runs_this_is_understood() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let small = read(&own).unwrap().bytes.len();
        assert!(small > HEADER && small < own.len());
    }
}
