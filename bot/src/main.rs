//! The program.

use std::process::ExitCode;

fn main() -> ExitCode {
    shipbell::cli::run()
}
