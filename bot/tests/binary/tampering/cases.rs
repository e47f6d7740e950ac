//! Ways to tamper with an audit bundle, each with what must be said about it.

use serde_json::{Value, json};
use shipbell::audit::bundle::{CHECKPOINTS, EVENTS, FILES, KEYS, MANIFEST, POLICIES};
use shipbell::audit::note::Signer;

use super::{Parts, flip, flipped};

/// One way to tamper.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The bundle that comes of it.
    pub(crate) bytes: Vec<u8>,
    /// How `shipbell audit verify` must end.
    pub(crate) code: i32,
    /// What it must say.
    pub(crate) says: String,
    /// Whether the second program looks at this as well.
    pub(crate) both: bool,
}

/// All of them. `line` is that of an event with `quarter` in it that is covered by a checkpoint.
pub(crate) fn cases(whole: &[u8], line: usize) -> Vec<Case> {
    let parts = Parts::of(whole);
    let mut cases = fields(&parts, line);
    cases.extend(checkpoints(&parts));
    cases.extend(keys_and_policies(&parts));
    cases.extend(lines(&parts, line));
    cases.extend(rewritten(&parts, line));
    cases.extend(gone(&parts));
    cases.extend(tar(whole, &parts));
    cases
}

fn case(name: &'static str, parts: &Parts, says: impl Into<String>) -> Case {
    Case {
        name,
        bytes: parts.pack(),
        code: 2,
        says: says.into(),
        both: true,
    }
}

/// Somebody with a key of their own.
fn stranger() -> Signer {
    Signer::new("shipbell/07", &[9; 32])
}

const NO_SIGNATURE: &str = "manifest.note: its signature does not fit what it says";

/// What `checkpoints.jsonl` says.
fn checkpoints(parts: &Parts) -> [Case; 5] {
    let other_key = stranger().verifier().to_string();
    let checkpoint = parts.events().iter().position(is_checkpoint).unwrap();
    let listed = format!("the checkpoint of event {} is not there as", checkpoint + 1);
    [
        case(
            "checkpoint body",
            &parts.json(CHECKPOINTS, 0, |it| flip(&mut it["note"])),
            listed.as_str(),
        ),
        case(
            "checkpoint signature",
            &parts.json(CHECKPOINTS, 0, |it| {
                let note = it["note"].as_str().unwrap();
                let (text, signature) = note.split_once("\n\n").unwrap();
                it["note"] = json!(format!("{text}\n\n{}", flipped(signature)));
            }),
            listed.as_str(),
        ),
        case(
            "checkpoint key",
            &parts.json(CHECKPOINTS, 0, |it| it["key"] = json!(other_key)),
            listed.as_str(),
        ),
        case(
            "checkpoint gone",
            &parts.edit(CHECKPOINTS, |it| drop(it.remove(0))),
            listed.as_str(),
        ),
        case(
            "checkpoint moved",
            &parts.json(CHECKPOINTS, 0, |it| flip(&mut it["event"])),
            "keeps no such checkpoint",
        ),
    ]
}

fn keys_and_policies(parts: &Parts) -> [Case; 8] {
    let other_key = stranger().verifier().to_string();
    [
        case(
            "key",
            &parts.edit(KEYS, |it| it[0] = format!("{}\n", flipped(it[0].trim()))),
            "keys.txt: key 1: it is no key, or was changed",
        ),
        case(
            "key exchanged",
            &parts.edit(KEYS, |it| it[0] = format!("{other_key}\n")),
            "manifest.note: it is not signed with any key of the bundle",
        ),
        case(
            "key added",
            &parts.edit(KEYS, |it| it.push(format!("{other_key}\n"))),
            "keys.txt: 2 lines, the manifest says 1",
        ),
        case(
            "policy",
            &parts.json(POLICIES, 0, |it| flip(&mut it["body"])),
            "it is not the policy of that hash",
        ),
        case(
            "policy hash",
            &parts.json(POLICIES, 0, |it| flip(&mut it["hash"])),
            "it is not the policy of that hash",
        ),
        case(
            "policy gone",
            &parts.edit(POLICIES, Vec::clear),
            "policies.jsonl: 0 lines, the manifest says 1",
        ),
        case(
            "manifest",
            &parts.edit(MANIFEST, |it| it[3] = it[3].replace("20", "21")),
            NO_SIGNATURE,
        ),
        case(
            "manifest signature",
            &parts.edit(MANIFEST, |it| {
                let last = it.pop().unwrap();
                it.push(flipped(&last));
            }),
            "manifest.note: ",
        ),
    ]
}

/// Lines that were there, or were not, or elsewhere.
fn lines(parts: &Parts, line: usize) -> [Case; 7] {
    let seq = line + 1;
    let mut open = parts.clone();
    open.files.get_mut(EVENTS).unwrap().pop();
    [
        case(
            "line missing",
            &parts.edit(EVENTS, |it| drop(it.remove(line))),
            format!("event {seq} is missing before event {}", seq + 1),
        ),
        case(
            "lines exchanged",
            &parts.edit(EVENTS, |it| it.swap(line, line + 1)),
            format!("event {seq}: it stands behind a later one"),
        ),
        case(
            "line twice",
            &parts.edit(EVENTS, |it| it.insert(line, it[line].clone())),
            format!("event {seq}: it stands behind a later one"),
        ),
        case(
            "line of nothing",
            &parts.edit(EVENTS, |it| it.insert(line, "{}\n".to_owned())),
            format!("line {seq} cannot be read"),
        ),
        case(
            "head gone",
            &parts.edit(EVENTS, |it| drop(it.drain(..2))),
            "events 1 to 2 are missing",
        ),
        case(
            "tail gone",
            &parts.edit(EVENTS, |it| it.truncate(line + 1)),
            format!("the events end with event {seq}, the manifest says event"),
        ),
        case(
            "no end of line",
            &open,
            "events.jsonl: its last line has no end",
        ),
    ]
}

/// What an owner of the database without the key can do.
fn rewritten(parts: &Parts, line: usize) -> [Case; 2] {
    [
        case(
            "tail rewritten, the signature kept",
            &parts.rewrite_tail(line, None),
            NO_SIGNATURE,
        ),
        case(
            "tail rewritten and signed by somebody",
            &parts.rewrite_tail(line, Some(&stranger())),
            "it is signed with",
        ),
    ]
}

fn is_checkpoint(event: &Value) -> bool {
    event["kind"] == "release.checkpointed"
}

/// An event, field by field; and a checkpoint as the event keeps it.
fn fields(parts: &Parts, line: usize) -> Vec<Case> {
    let seq = line + 1;
    let unlinked = format!("events.jsonl: event {seq}: its hash does not follow");
    let changed = format!("events.jsonl: event {seq}: what it says was changed");
    let fields = [
        ("at_us", &unlinked),
        ("kind", &unlinked),
        ("stream", &unlinked),
        ("version", &unlinked),
        ("actor", &unlinked),
        ("salt", &changed),
        ("payload", &changed),
        ("commitment", &changed),
        ("hash", &unlinked),
    ];
    let field = |(name, says): (&'static str, &String)| {
        case(
            name,
            &parts.json(EVENTS, line, |it| flip(&mut it[name])),
            says.clone(),
        )
    };
    let mut cases: Vec<Case> = fields.into_iter().map(field).collect();
    let missing = format!("event {seq} is missing before event {}", seq + 1);
    cases.push(case(
        "seq",
        &parts.json(EVENTS, line, |it| flip(&mut it["seq"])),
        missing,
    ));
    let saltless = parts.json(EVENTS, line, |it| {
        flip(&mut it["payload"]);
        it["salt"] = Value::Null;
    });
    cases.push(case("payload without its salt", &saltless, changed));
    let erased = parts.json(EVENTS, line, |it| {
        (it["payload"], it["salt"]) = (Value::Null, Value::Null);
    });
    let says = "2 events are erased, the manifest says 1".to_owned();
    cases.push(case("payload taken out of the bundle", &erased, says));
    let checkpoint = parts.events().iter().position(is_checkpoint).unwrap();
    let erased = parts.json(EVENTS, checkpoint, |it| {
        (it["payload"], it["salt"]) = (Value::Null, Value::Null);
    });
    let says = format!(
        "event {}, a checkpoint: what it said is gone",
        checkpoint + 1
    );
    cases.push(case("checkpoint erased", &erased, says));
    cases
}

/// Files that are not there.
fn gone(parts: &Parts) -> impl Iterator<Item = Case> + '_ {
    FILES.into_iter().map(|file| {
        let mut left = parts.clone();
        left.files.remove(file);
        Case {
            name: file,
            bytes: left.pack(),
            code: 3,
            says: format!("MISSING      {file}: it is not there"),
            both: true,
        }
    })
}

/// The tar round the files.
fn tar(whole: &[u8], parts: &Parts) -> Vec<Case> {
    let cut = |name, length: usize, says: &str| Case {
        name,
        bytes: whole[..length].to_vec(),
        code: 3,
        says: says.to_owned(),
        both: true,
    };
    let with = |name, change: &dyn Fn(&mut Vec<u8>), says: &str, both| {
        let mut bytes = whole.to_vec();
        change(&mut bytes);
        let (says, code) = (says.to_owned(), 2);
        Case {
            name,
            bytes,
            code,
            says,
            both,
        }
    };
    let manifest = parts.files[MANIFEST].len();
    let padding = 512 + manifest;
    vec![
        cut(
            "cut in the events",
            whole.len() - 3000,
            "events.jsonl: it ends before its end",
        ),
        cut(
            "cut in the manifest",
            600,
            "manifest.note: it ends before its end",
        ),
        Case {
            both: false,
            ..cut(
                "cut at the very end",
                whole.len() - 1,
                "the tar: it ends before its end",
            )
        },
        Case {
            both: false,
            ..cut("nothing at all", 0, "manifest.note: it ends before its end")
        },
        with(
            "header",
            &|it| it[140] ^= 1,
            "the header of manifest.note was changed",
            true,
        ),
        with(
            "name",
            &|it| it[0] ^= 1,
            "\"lanifest.note\" does not belong there",
            true,
        ),
        with(
            "padding",
            &|it| it[padding] ^= 1,
            "something behind the end of manifest.note",
            false,
        ),
        with(
            "more behind it",
            &|it| it.push(0),
            "the tar: there is something behind its end",
            false,
        ),
    ]
}
