//! How much room there is where an engine keeps its images.

use std::time::Duration;

use super::api::Api;
use super::child::{self, Ended};
use super::compose::Compose;
use super::tap::Tap;
use crate::containers::{Discard, Output, Stream};
use crate::redact::Redactor;

/// How long the program may take that tells.
const TELL: Duration = Duration::from_secs(15);

/// The bytes that are free; none where the engine's disk cannot be seen from
/// where Compose runs.
pub(super) async fn free(api: &Api<'_>, compose: &Compose<'_>) -> Option<u64> {
    let root = api.root().await?;
    let command = compose.beside(&["df", "-Pk", "--", &root])?;
    let mut tap = Tap::new(&Redactor::default(), &Discard);
    let ended = child::run(command, None, TELL, &mut tap).await.ok()?;
    (ended == Ended::Code(0)).then(|| read(&tap.finish()))?
}

/// The fourth word of the last line, in blocks of 1024 bytes, as POSIX has it.
fn read(output: &Output) -> Option<u64> {
    let lines = output.lines.iter().rev();
    let last = { lines }.find(|it| it.stream == Stream::Stdout)?;
    let blocks: u64 = last.text.split_whitespace().nth(3)?.parse().ok()?;
    blocks.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::OutputLine;

    #[test]
    fn the_free_blocks_are_the_fourth_word() {
        let line = |text: &str| OutputLine {
            stream: Stream::Stdout,
            at: None,
            text: text.to_owned(),
        };
        let told = |last: &str| {
            let head = line("Filesystem 1024-blocks Used Available Capacity Mounted on");
            let lines = vec![head, line(last)];
            read(&Output { lines, left_out: 0 })
        };
        assert_eq!(told("/dev/vda 100 60 40 60% /"), Some(40 * 1024));
        assert_eq!(told("df: no such file"), None);
    }
}
