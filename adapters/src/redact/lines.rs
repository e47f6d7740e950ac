//! Bytes as they come, out as bounded, clean, redacted lines.

use super::{REDACTED, Redactor, clean};

/// The longest line that is kept, in bytes.
pub const LINE: usize = 8 * 1024;

/// How much of a line is looked at; a secret must not slip through at the cut.
const LOOKED_AT: usize = 64 * 1024;

/// How long a private key may be before its end is no longer waited for.
const KEY_LINES: u32 = 200;

/// Cuts one stream into lines.
#[derive(Debug)]
pub struct Splitter {
    redactor: Redactor,
    held: Vec<u8>,
    dropped: usize,
    begun: bool,
    /// Lines left of a private key that began and has not ended.
    key: u32,
}

impl Splitter {
    /// Nothing read yet.
    pub fn new(redactor: Redactor) -> Self {
        Self {
            redactor,
            held: Vec::new(),
            dropped: 0,
            begun: false,
            key: 0,
        }
    }

    /// The lines that `bytes` complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, complete) = match part.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (part, false),
            };
            let room = LOOKED_AT.saturating_sub(self.held.len()).min(text.len());
            self.held.extend_from_slice(&text[..room]);
            self.dropped += text.len() - room;
            self.begun = true;
            if complete {
                lines.extend(self.take());
            }
        }
        lines
    }

    /// The last line, if it has no end.
    pub fn finish(&mut self) -> Option<String> {
        if self.begun { self.take() } else { None }
    }

    fn take(&mut self) -> Option<String> {
        let raw = std::mem::take(&mut self.held);
        let dropped = std::mem::take(&mut self.dropped);
        self.begun = false;
        let raw = raw.strip_suffix(b"\r").unwrap_or(&raw);
        let line = clean::line(raw);
        let line = self.without_keys(line)?;
        Some(clean::cut(self.redactor.line(&line), LINE, dropped))
    }

    /// The line, or once per key the word that one was there.
    fn without_keys(&mut self, line: String) -> Option<String> {
        if self.key > 0 {
            self.key = if line.contains("-----END") {
                0
            } else {
                self.key - 1
            };
            return None;
        }
        let Some(start) = line
            .find("-----BEGIN")
            .filter(|_| line.contains("PRIVATE KEY"))
        else {
            return Some(line);
        };
        if !line[start..].contains("-----END") {
            self.key = KEY_LINES;
        }
        Some(format!("{}{REDACTED}", &line[..start]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(parts: &[&[u8]]) -> Vec<String> {
        let mut splitter = Splitter::new(Redactor::knowing([&"swordfish".into()]));
        let mut lines: Vec<String> = parts.iter().flat_map(|part| splitter.push(part)).collect();
        lines.extend(splitter.finish());
        lines
    }

    #[test]
    fn lines_come_whole_however_the_bytes_come() {
        assert_eq!(
            split(&[b"on", b"e\r\ntw", b"o\n", b"\nla", b"st"]),
            ["one", "two", "", "last"]
        );
        assert_eq!(split(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_secret_split_between_reads_or_by_colours_is_found() {
        assert_eq!(split(&[b"say sword", b"fish\n"]), ["say [redacted]"]);
        assert_eq!(split(&[b"sword\x1b[1mfish\n"]), ["[redacted]"]);
    }

    #[test]
    fn a_secret_at_the_cut_is_found() {
        let mut line = vec![b'x'; LINE - 4];
        line.extend_from_slice(b"swordfish and so on\n");
        let lines = split(&[&line]);
        assert!(!lines[0].contains("swor"), "{}", &lines[0][LINE - 40..]);
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut() {
        let lines = split(&["x".repeat(1 << 20).as_bytes(), b"\nnext\n"]);
        assert_eq!(lines[0].len(), LINE + "… [1040384 bytes cut]".len());
        assert!(lines[0].ends_with("… [1040384 bytes cut]"));
        assert_eq!(lines[1], "next");
    }

    #[test]
    fn private_keys_go_whole() {
        let key = b"key: -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nok\n";
        assert_eq!(split(&[key]), ["key: [redacted]", "ok"]);
    }
}
