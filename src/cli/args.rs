//! The commands and their arguments, as product.md names them.

mod people;
mod quarantine;
mod record;
mod report;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use people::*;
pub use quarantine::*;
pub use record::*;
pub use report::*;

/// Where an installed configuration lies.
pub const INSTALLED: &str = "/etc/touchbase/touchbase.toml";

/// Turns a small team's everyday mail into lasting customer relations.
#[derive(Debug, Parser)]
#[command(name = "touchbase", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// The configuration file [default: /etc/touchbase/touchbase.toml]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Log more: once for each settled step, twice for everything but secrets
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Log only what went wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    /// What to do.
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the mailboxes and write the reports, until stopped
    Run,
    /// Read every mailbox once, then print counts per disposition
    Once(Json),
    /// Read bundled sample mail into a fresh folder and write its reports
    Demo(DemoArgs),
    /// Write a first configuration, by a few questions or by flags
    Init(super::init::InitArgs),
    /// Test configuration, contacts, connection, login, trust, store and report folder; every problem at once
    Check(CheckArgs),
    /// Say how mails would be read and why, without recording them
    Explain(ExplainArgs),
    /// Write a day's report (again), or look back on a week
    Report(ReportArgs),
    /// What we promised: list it, close it, put it off
    Promises(MattersArgs),
    /// What customers corrected: list it, close it, put it off
    Corrections(MattersArgs),
    /// What does not work for customers: list it, close it, put it off
    Issues(MattersArgs),
    /// Show mailboxes, lag, last report, quarantine and store size
    Status(Json),
    /// List, add, import, export or remove customers
    Customers(CustomersArgs),
    /// List, add, import, export or remove contacts
    Contacts(ContactsArgs),
    /// People nobody knows yet: list, accept or ignore them
    Unmatched(UnmatchedArgs),
    /// The record of a customer or an address, newest first
    Timeline(TimelineArgs),
    /// Search the record's words
    Search(SearchArgs),
    /// Read history from Maildir folders, mbox and .eml files
    Import(ImportArgs),
    /// Print every interaction
    Export(ExportArgs),
    /// Mails that wait for a person's judgement
    Quarantine(QuarantineArgs),
    /// Erase a person: text, index, free pages and raw copies
    Forget(ForgetArgs),
    /// Write a consistent copy of the store while it is in use
    Backup(BackupArgs),
    /// Put a backup in the store's place, while touchbase is stopped
    Restore(BackupArgs),
    /// Build the search index, and what reports read, again from the record
    Reindex(Json),
    /// Agree that a mailbox may be read by OAuth; the token is kept and renewed
    Login(LoginArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(ManArgs),
}

/// Facts as JSON instead of a table.
#[derive(Debug, Clone, Copy, Args)]
pub struct Json {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Copy, Args)]
pub struct CheckArgs {
    /// Examine the record alone, page by page: whether the file is whole and agrees with itself
    #[arg(long)]
    pub store: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder to make; it must not exist yet, or be an earlier demo
    #[arg(default_value = "demo")]
    pub dir: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Mails as files; `-` reads one from standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print one JSON object per mail
    #[arg(long)]
    pub json: bool,
    /// Treat each mail's author as one of the team, so that forwards are honoured
    #[arg(long)]
    pub assume_team: bool,
}

/// Arguments of `login`.
#[derive(Debug, Args)]
pub struct LoginArgs {
    /// The mailbox's name in the configuration
    pub mailbox: String,
    /// Print JSON: first where to agree, then what came of it
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write every page into this folder of manuals, such as ~/.local/share/man
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    pub shell: clap_complete::Shell,
}
