//! The program's own commands.

mod audit;
mod backup;
mod check;
mod demo;
#[cfg(feature = "discord")]
mod discord;
mod doctor;
mod migrate;
mod offline;
mod open;
mod printer;
mod recover;
mod release;
mod reload;
mod schema;
mod serve;
#[cfg(feature = "slack")]
mod slack;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;

use crate::config::{Config, Surroundings};
use crate::engine::ports::Clock as _;
use crate::failure::Failure;
use crate::system::SystemClock;
use crate::telemetry::{self, LogFormat};
use crate::wiring::Options;

/// Coordinates releases from a team's #release channel.
#[derive(clap::Parser)]
#[command(name = "shipbell", version)]
struct Program {
    /// The configuration
    #[arg(long, short, global = true, default_value = "shipbell.toml")]
    config: PathBuf,
    /// How log lines look
    #[arg(long, global = true, value_enum, default_value_t)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// What the program can do.
#[derive(clap::Subcommand)]
enum Command {
    /// Run the bot
    Serve,
    /// Show a whole release on this machine, with real containers
    Demo(demo::Demo),
    /// Read the configuration and say what it means, or every mistake in it
    Check,
    /// Print the configuration's JSON schema, for editors
    Schema,
    /// Bring the database to this version's form
    Migrate,
    /// Ask everything the bot depends on, changing nothing
    Doctor,
    /// Check the database: the whole log, and that all else follows from it
    Verify(verify::Verify),
    /// Write a whole copy of the database to a new file, also while the bot runs
    Backup(backup::Backup),
    /// Hand the log to an outsider, or check what was handed on
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Say what is missing where a part of the log is gone, and go on without it
    Recover(recover::Recover),
    /// Have a running bot read its configuration again
    Reload,
    /// Print a link that signs somebody in to the browser channel
    Open(open::Open),
    /// Set up Discord
    #[cfg(feature = "discord")]
    #[command(subcommand)]
    Discord(discord::Discord),
    /// Set up Slack
    #[cfg(feature = "slack")]
    #[command(subcommand)]
    Slack(slack::Slack),
    /// Say a chat command to a running bot, or roll back without one
    Release(release::Release),
    /// The program inside the demo's containers
    #[command(hide = true)]
    DemoApp(crate::demo::App),
}

/// Runs the program and says how it ended; the bot that serves is started with these options.
pub fn run(options: Options) -> ExitCode {
    let mut program = Program::parse();
    if let Command::Release(release) = program.command {
        program.command = Command::Release(release.settled());
    }
    let quiet = match &program.command {
        Command::Release(release) => release.is_offline(),
        command => matches!(command, Command::Demo(_)),
    };
    let log = Surroundings::read().log;
    telemetry::begin(
        program.log_format,
        if quiet && log == "info" { "warn" } else { &log },
    );
    match perform(program, options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            printer::error(&failure.report());
            ExitCode::from(failure.code())
        }
    }
}

fn perform(program: Program, options: Options) -> Result<(), Failure> {
    let config = program.config;
    match program.command {
        Command::Check => check::run(&config),
        Command::Schema => schema::run(),
        #[cfg(feature = "discord")]
        Command::Discord(command) => wait_for(discord::run(config, command)),
        #[cfg(feature = "slack")]
        Command::Slack(command) => slack::run(command),
        Command::DemoApp(app) => crate::demo::run_app(&app),
        Command::Serve => wait_for(serve::run(config, options)),
        Command::Demo(demo) => wait_for(demo::run(demo)),
        Command::Migrate => wait_for(migrate::run(config)),
        Command::Doctor => wait_for(doctor::run(config)),
        Command::Verify(verify) => wait_for(verify::run(config, verify)),
        Command::Audit(audit) => wait_for(audit::run(config, audit)),
        Command::Backup(backup) => wait_for(backup::run(config, backup)),
        Command::Recover(recover) => wait_for(recover::run(config, recover)),
        Command::Reload => wait_for(reload::run(config)),
        Command::Open(open) => wait_for(open::run(config, open)),
        Command::Release(release) => wait_for(release::run(config, release)),
    }
}

fn wait_for(task: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime =
        runtime.map_err(|error| Failure::internal("the runtime cannot start").because(error))?;
    runtime.block_on(task)
}

/// Reads the configuration, or reports every mistake in it.
fn load(path: &std::path::Path) -> Result<Config, Failure> {
    Config::load(path, SystemClock.now()).map_err(|report| {
        printer::error(&report.render(printer::colours()));
        let count = report.count();
        let problems = if count == 1 { "problem" } else { "problems" };
        Failure::usage(format!("{count} {problems} in {}", path.display()))
    })
}
