//! The program.

use std::process::ExitCode;

use shipbell::wiring::Options;

fn main() -> ExitCode {
    shipbell::cli::run(Options::default())
}
