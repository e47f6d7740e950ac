//! Compares what people were told, what can be seen and what ran with the log, from outside.

mod acts;
mod runs;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::records::Snapshot;
use crate::stage::Stage;
use crate::world;

/// What was seen of the log when it was looked at last.
#[derive(Default)]
pub(crate) struct Judge {
    /// Position and hash of the last event.
    head: Option<(u64, Vec<u8>)>,
    /// How much of the program's own log was read.
    read: usize,
}

impl Judge {
    /// Everything that holds at any time; the bot is dead.
    pub(crate) async fn looks(&mut self, stage: &Stage) -> Vec<String> {
        let mut wrong = Vec::new();
        let (code, told) = stage.house.shipbell(&["verify"]).await;
        if code != Some(0) {
            wrong.push(format!("`shipbell verify` ended with {code:?}:\n{told}"));
            return wrong;
        }
        let snapshot = stage.records.snapshot();
        let acts = stage.ledger.acts();
        wrong.extend(self.goes_on(&snapshot));
        wrong.extend(acts::recorded(&snapshot, &acts));
        wrong.extend(acts::counted(&snapshot, &acts));
        wrong.extend(said_at_most_once(&snapshot));
        let lines = lines(stage).await;
        let events = heard(stage, &lines).await;
        wrong.extend(runs::at_most_once(&snapshot, &events, &lines));
        wrong.extend(self.complaints(&stage.house.log()));
        wrong
    }

    /// What holds besides when nothing is left to do; the bot lives.
    pub(crate) async fn looks_at_the_end(&mut self, stage: &Stage) -> Vec<String> {
        let mut wrong = self.looks(stage).await;
        let snapshot = stage.records.snapshot();
        wrong.extend(said_exactly_once(&snapshot));
        wrong.extend(acts::stands(&snapshot));
        let lines = lines(stage).await;
        let events = heard(stage, &lines).await;
        wrong.extend(runs::proven(&snapshot, &events, &lines));
        for (app, env) in stage.house.places() {
            let deployed = stage.records.deployed(&format!("{app}/{env}"));
            let wanted: Vec<(String, bool)> = deployed.into_iter().map(|it| (it, true)).collect();
            let running = world::running(&world::project(app, env)).await;
            if running != wanted {
                wrong.push(format!("{app}/{env}: runs {running:?}, should {wanted:?}"));
            }
        }
        if snapshot.late > 0 {
            wrong.push(format!("{} wake-ups are late", snapshot.late));
        }
        wrong
    }

    /// The log has what it had.
    fn goes_on(&mut self, snapshot: &Snapshot) -> Option<String> {
        let before = self.head.take();
        let last = snapshot.log.last();
        self.head = last.map(|it| (it.seq, it.hash.clone()));
        let (seq, hash) = before?;
        let same = snapshot
            .log
            .iter()
            .any(|it| it.seq == seq && it.hash == hash);
        (!same).then(|| format!("event {seq}, which was there before, is lost or another"))
    }

    /// What the program itself called wrong since it was read last.
    fn complaints(&mut self, log: &str) -> Vec<String> {
        let new = log.get(self.read..).unwrap_or_default();
        self.read = log.len();
        let bad = |line: &&str| line.contains("ERROR") || line.contains("panicked");
        let told = |line: &str| format!("the bot complained: {line}");
        new.lines().filter(bad).map(told).collect()
    }
}

/// The lines that commands wrote which must run once.
async fn lines(stage: &Stage) -> runs::Lines {
    let mut lines = runs::Lines::new();
    for (app, env) in stage.house.places() {
        let left = world::runs(&world::project(app, env)).await;
        lines.insert((app, env), left);
    }
    lines
}

/// What the engine tells, once it has told of every container that left a line: what a
/// dead bot began may start right now, and news of it takes a moment.
async fn heard(stage: &Stage, lines: &runs::Lines) -> Vec<world::Event> {
    let all = async {
        loop {
            let events = stage.events.all();
            let is_told = |line: &String| {
                let of_it =
                    |it: &world::Event| it.action == "start" && it.container.starts_with(line);
                events.iter().any(of_it)
            };
            if lines.values().flatten().all(is_told) {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    // Whatever is missing then is for the judge to find.
    drop(timeout(Duration::from_secs(5), all).await);
    stage.events.all()
}

/// No key has two messages, and no message a key nobody owes.
fn said_at_most_once(snapshot: &Snapshot) -> Vec<String> {
    let owed: BTreeMap<&str, _> = snapshot
        .outbox
        .iter()
        .map(|it| (it.key.as_str(), it))
        .collect();
    let posts = snapshot.posts.iter();
    posts
        .filter_map(|(key, count)| match (owed.get(key.as_str()), count) {
            (Some(_), 1) => None,
            (Some(_), count) => Some(format!("{key} was posted {count} times")),
            (None, _) => Some(format!("{key} was posted and never owed")),
        })
        .collect()
}

/// Every key has its message, nothing is owed, and nothing was given up.
fn said_exactly_once(snapshot: &Snapshot) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in &snapshot.outbox {
        if row.open || row.dead {
            let state = if row.dead { "given up" } else { "still owed" };
            wrong.push(format!("{} is {state}", row.key));
        }
        if row.talks && !snapshot.posts.contains_key(&row.key) {
            wrong.push(format!("{} was never posted", row.key));
        }
    }
    wrong
}
