//! An audit bundle, taken apart, changed and put together again.

mod cases;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shipbell::audit::bundle::{EVENTS, FILES, KEYS, MANIFEST, Manifest, header};
use shipbell::audit::note::{self, Signer};
use shipbell_domain::ids::Hash;

pub(crate) use cases::{Case, cases};

/// A bundle taken apart.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) files: BTreeMap<&'static str, String>,
    made: u64,
}

impl Parts {
    pub(crate) fn of(bundle: &[u8]) -> Self {
        let (mut files, mut made) = (BTreeMap::new(), 0);
        let mut tar = tar::Archive::new(bundle);
        for entry in tar.entries().unwrap() {
            let mut entry = entry.unwrap();
            made = entry.header().mtime().unwrap();
            let path = entry.path().unwrap().into_owned();
            let name = FILES.iter().find(|it| **it == path.to_str().unwrap());
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
            files.insert(*name.unwrap(), text);
        }
        Self { files, made }
    }

    fn pack(&self) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for name in FILES {
            if let Some(text) = self.files.get(name) {
                let header = header(name, text.len() as u64, self.made);
                tar.append(&header, text.as_bytes()).unwrap();
            }
        }
        tar.into_inner().unwrap()
    }

    fn edit(&self, file: &'static str, change: impl FnOnce(&mut Vec<String>)) -> Self {
        let mut all = self.clone();
        let text = all.files.get_mut(file).unwrap();
        let mut lines: Vec<String> = text.lines().map(|it| format!("{it}\n")).collect();
        change(&mut lines);
        *text = lines.concat();
        all
    }

    /// The same with one line of JSON changed.
    fn json(&self, file: &'static str, line: usize, change: impl FnOnce(&mut Value)) -> Self {
        self.edit(file, |lines| {
            let mut value = serde_json::from_str(&lines[line]).unwrap();
            change(&mut value);
            lines[line] = format!("{value}\n");
        })
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        let lines = self.files[EVENTS].lines();
        lines.map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    fn manifest(&self) -> Manifest {
        serde_json::from_str(note::text(&self.files[MANIFEST]).unwrap()).unwrap()
    }

    /// What an insider without the key can do: from this line on all is hashed anew, and
    /// the manifest names the new hashes, under a signature of somebody or none that fits.
    pub(crate) fn rewrite_tail(&self, line: usize, signer: Option<&Signer>) -> Self {
        let mut events = self.events();
        let payload = events[line]["payload"].as_str().unwrap();
        events[line]["payload"] = json!(payload.replace("quarter", "nothing"));
        let mut last = match line {
            0 => vec![0; 32],
            _ => bytes(&events[line - 1]["hash"]),
        };
        for event in &mut events[line..] {
            last = rehash(event, &last);
        }
        let lines: Vec<String> = events.iter().map(|it| format!("{it}\n")).collect();
        let mut all = self.clone();
        all.files.insert(EVENTS, lines.concat());
        let mut manifest = self.manifest();
        manifest.last.hash = Hash::new(digits(&last)).unwrap();
        if let Some(signer) = signer {
            all.files.insert(KEYS, format!("{}\n", signer.verifier()));
        }
        for (file, content) in &mut manifest.files {
            let digest = Sha256::digest(all.files[file.as_str()].as_bytes());
            content.sha256 = Hash::new(digits(&digest)).unwrap();
        }
        let text = format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap());
        let (_, signature) = self.files[MANIFEST].rsplit_once("\n\n").unwrap();
        let note = match signer {
            Some(signer) => signer.sign(&text),
            None => format!("{text}\n{signature}"),
        };
        all.files.insert(MANIFEST, note);
        all
    }
}

/// The commitment and the hash of an event as `docs/audit.md` says.
fn rehash(event: &mut Value, previous: &[u8]) -> Vec<u8> {
    let (salt, payload) = (&event["salt"], &event["payload"]);
    let commitment = match payload.as_str() {
        Some(payload) => Sha256::digest([&bytes(salt), payload.as_bytes()].concat()).to_vec(),
        None => bytes(&event["commitment"]),
    };
    let mut all = b"shipbell-ev-v1".to_vec();
    all.extend(previous);
    all.extend(event["seq"].as_u64().unwrap().to_be_bytes());
    all.extend(event["at_us"].as_i64().unwrap().to_be_bytes());
    for field in ["kind", "stream"] {
        sized(&mut all, event[field].as_str().unwrap());
    }
    all.extend(event["version"].as_u64().unwrap().to_be_bytes());
    sized(&mut all, event["actor"].as_str().unwrap());
    all.extend(&commitment);
    let hash = Sha256::digest(&all).to_vec();
    event["commitment"] = json!(digits(&commitment));
    event["hash"] = json!(digits(&hash));
    hash
}

fn sized(all: &mut Vec<u8>, text: &str) {
    all.extend((text.len() as u64).to_be_bytes());
    all.extend(text.as_bytes());
}

fn bytes(digits: &Value) -> Vec<u8> {
    let digits = digits.as_str().unwrap().as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

fn digits(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, it| format!("{text}{it:02x}"))
}

/// Another letter in the middle of a text, of the same kind.
fn flipped(text: &str) -> String {
    let at = text.len() / 2;
    let other = if text.as_bytes()[at] == b'1' {
        "2"
    } else {
        "1"
    };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

fn flip(value: &mut Value) {
    *value = match &*value {
        Value::String(text) => json!(flipped(text)),
        number => json!(number.as_i64().unwrap() + 1),
    };
}
