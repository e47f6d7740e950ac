//! Times, medians, and the line every measure prints.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Why something could not be measured.
pub(crate) type Failed = Box<dyn Error + Send + Sync>;

/// Times of two ways to do one thing, taken in turns.
#[derive(Default)]
pub(crate) struct Pairs {
    ours: Vec<Duration>,
    bare: Vec<Duration>,
}

impl Pairs {
    /// Adds one turn of each.
    pub(crate) fn push(&mut self, ours: Duration, bare: Duration) {
        self.ours.push(ours);
        self.bare.push(bare);
    }

    /// Prints how many times the bare way's median ours takes.
    pub(crate) fn report(mut self, name: &str, bound: f64) {
        let n = self.ours.len();
        let (ours, bare) = (median(&mut self.ours), median(&mut self.bare));
        let ratio = ours.as_secs_f64() / bare.as_secs_f64();
        let detail = format!("medians {ours:.1?} against {bare:.1?}, n = {n}");
        report(
            name,
            &format!("{ratio:.2} times"),
            (ratio <= bound, bound),
            &detail,
        );
    }
}

/// Prints a measure: its value, whether that is within the bound, and what it came from.
pub(crate) fn report(name: &str, value: &str, (holds, bound): (bool, f64), detail: &str) {
    let holds = if holds { "holds" } else { "MISSED" };
    line(&format!("{name}: {value}, bound {bound} {holds}; {detail}"));
}

/// Prints a remark.
pub(crate) fn note(name: &str, text: &str) {
    line(&format!("{name}: {text}"));
}

/// Does something and says how long it took.
pub(crate) async fn time<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let begun = now();
    let done = work.await;
    (done, begun.elapsed())
}

/// The time on a clock that only goes forward.
#[expect(clippy::disallowed_methods, reason = "measuring is asking the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A new folder on the disk that is built on, gone when it is dropped. What is
/// measured includes what that disk takes to keep something.
pub(crate) fn folder() -> std::io::Result<tempfile::TempDir> {
    std::fs::create_dir_all(cache())?;
    tempfile::tempdir_in(cache())
}

/// Where what is expensive to make is kept from run to run.
pub(crate) fn cache() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("measures")
}

/// The median of numbers.
pub(crate) fn middle(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    let middle = times.len() / 2;
    let upper = times.get(middle).copied().unwrap_or_default();
    if times.len().is_multiple_of(2) {
        let lower = times.get(middle.saturating_sub(1)).copied();
        (lower.unwrap_or_default() + upper) / 2
    } else {
        upper
    }
}

fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that went away is no failure of ours.
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}
