//! The command line: one file per command family, one [`Failure`] for everything that goes wrong.
//!
//! Facts go to standard output, as a table or with `--json`; everything else goes to standard error.

pub mod args;
mod backup;
mod check;
mod demo;
mod explain;
mod export;
mod forget;
mod history;
mod import;
mod init;
mod login;
mod manual;
mod matters;
mod office;
mod once;
mod output;
mod people;
mod quarantine;
mod report;
mod run;
mod shell;
mod status;
mod unmatched;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::failure::{Code, Failure};
use crate::{logs, worker};
use args::{Cli, Command};
use matters::Family;

/// Runs one command line and returns the exit code of product.md.
pub fn run(args: impl Iterator<Item = OsString>) -> Result<ExitCode, Failure> {
    let args: Vec<OsString> = args.collect();
    // No command for people: it stands in neither help, completions nor manual.
    if args.get(1).is_some_and(|first| first == worker::COMMAND) {
        let served = worker::serve().map_err(|e| Failure::new(Code::Bug, "worker ended").because(&e));
        return served.map(|()| ExitCode::SUCCESS);
    }
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return Ok(usage(&error)),
    };
    let daemon = matches!(cli.command, Command::Run);
    logs::start(cli.verbose, cli.quiet || !daemon && cli.verbose == 0);
    dispatch(cli)
}

/// Help and version are no mistakes; anything else is wrong usage (64).
fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe behind `--help | head` is the reader's choice.
    let _ = error.print();
    match error.use_stderr() {
        true => ExitCode::from(Code::Usage as u8),
        false => ExitCode::SUCCESS,
    }
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    let config = &cli.config;
    match cli.command {
        Command::Run => run::run(config),
        Command::Once(args) => once::once(config, args),
        Command::Demo(args) => demo::demo(args),
        Command::Init(args) => init::init(config, args),
        Command::Check(args) => check::check(config, args),
        Command::Explain(args) => explain::explain(config, args),
        Command::Report(args) => report::report(config, args),
        Command::Promises(args) => matters::matters(config, Family::Promises, args),
        Command::Corrections(args) => matters::matters(config, Family::Corrections, args),
        Command::Issues(args) => matters::matters(config, Family::Issues, args),
        Command::Status(args) => status::status(config, args),
        Command::Customers(args) => people::customers(config, args),
        Command::Contacts(args) => people::contacts(config, args),
        Command::Unmatched(args) => unmatched::unmatched(config, args),
        Command::Timeline(args) => history::timeline(config, args),
        Command::Search(args) => history::search(config, args),
        Command::Import(args) => import::import(config, args),
        Command::Export(args) => export::export(config, args),
        Command::Quarantine(args) => quarantine::quarantine(config, args),
        Command::Forget(args) => forget::forget(config, args),
        Command::Backup(args) => backup::backup(config, args),
        Command::Restore(args) => backup::restore(config, args),
        Command::Reindex(args) => backup::reindex(config, args),
        Command::Login(args) => login::login(config, args),
        Command::Completions(args) => shell::completions(args),
        Command::Man(args) => shell::man(args),
    }
}
