//! What a simulated engine tells of commands that ran once, and of what they wrote.

use shipbell_adapters::containers::{
    Collector, Found, Labels, Output, OutputLine, Phase, Stream, TOMBSTONE,
};

pub(super) fn found(name: &str, identity: Option<&(String, String)>) -> Found {
    let tombstone = (TOMBSTONE.to_owned(), "true".to_owned());
    let exited = Phase::Exited {
        code: 0,
        out_of_memory: false,
        finished_at: None,
    };
    Found {
        container: name.to_owned(),
        labels: Labels::from([identity.cloned().unwrap_or(tombstone)]),
        phase: identity.map_or(Phase::Tombstone, |_| exited),
    }
}

pub(super) fn output(lines: impl IntoIterator<Item = String>) -> Output {
    let mut kept = Collector::default();
    for text in lines {
        kept.push(OutputLine {
            stream: Stream::Stdout,
            at: None,
            text,
        });
    }
    kept.finish()
}
