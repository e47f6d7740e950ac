//! The program as it is, but that it ends itself at the point `SHIPBELL_CRASH_AT` names.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use shipbell::wiring::{Between, Options};
use shipbell_tests::crash::{Fuse, Point};

#[expect(
    clippy::disallowed_methods,
    reason = "the program's own command line has no room for it"
)]
fn main() -> ExitCode {
    let Ok(wanted) = std::env::var("SHIPBELL_CRASH_AT") else {
        return shipbell::cli::run(Options::default());
    };
    let Some(fuse) = Fuse::read(&wanted).map(Arc::new) else {
        let all = Point::ALL.map(|it| format!("{it:?}")).join(", ");
        let usage = format!("SHIPBELL_CRASH_AT=POINT:TIMES, where the points are {all}\n");
        // Whoever reads may have gone; the exit code still tells.
        drop(std::io::stderr().write_all(usage.as_bytes()));
        return ExitCode::from(2);
    };
    let between: Between = Arc::new(move |ports| fuse.between(ports));
    shipbell::cli::run(Options {
        between: Some(between),
        ..Options::default()
    })
}
