//! The commands and their arguments, as product.md names them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Write a day's report (again)
    Report(ReportArgs),
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
    /// Print the manual page
    Man,
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

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The day, such as 2026-11-20 [default: yesterday]
    #[arg(long, value_name = "D")]
    pub date: Option<jiff::civil::Date>,
    /// Only one customer
    #[arg(long, value_name = "C")]
    pub customer: Option<String>,
    /// Which form; without it the configured ones are written to the report folder
    #[arg(long)]
    pub format: Option<Format>,
    /// Where to; `-` is standard output. Its ending tells the form, if --format does not
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The same as `--format json`
    #[arg(long)]
    pub json: bool,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A page.
    Html,
    /// Text for people.
    Markdown,
    /// Data.
    Json,
}

/// Arguments of `customers`.
#[derive(Debug, Args)]
pub struct CustomersArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: CustomersAction,
}

/// What to do with customers.
#[derive(Debug, Subcommand)]
pub enum CustomersAction {
    /// Show all customers
    List(Json),
    /// Add a customer
    Add {
        /// Its name
        name: String,
        /// A domain whose people belong to it; may be given several times
        #[arg(long = "domain", value_name = "DOMAIN")]
        domains: Vec<String>,
        /// How often to be in touch, in days
        #[arg(long, value_name = "DAYS")]
        cadence_days: Option<u32>,
        /// Free words
        #[arg(long)]
        notes: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take customers and contacts from a CSV, vCard or TOML file, whole or not at all
    Import(FileArgs),
    /// Print customers and contacts
    Export(DirectoryFormatArgs),
    /// Remove a customer with its contacts; the record stays
    Remove {
        /// Its short name or name
        customer: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `contacts`.
#[derive(Debug, Args)]
pub struct ContactsArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: ContactsAction,
}

/// What to do with contacts.
#[derive(Debug, Subcommand)]
pub enum ContactsAction {
    /// Show all contacts
    List(Json),
    /// Add a contact to a customer, which is made if it is new
    Add {
        /// The person's address; may be given several times
        #[arg(required = true, value_name = "ADDRESS")]
        addresses: Vec<String>,
        /// The customer's short name or name
        #[arg(long)]
        customer: String,
        /// The person's name
        #[arg(long)]
        name: Option<String>,
        /// What they do there
        #[arg(long)]
        role: Option<String>,
        /// Their telephone number
        #[arg(long)]
        phone: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take customers and contacts from a CSV, vCard or TOML file, whole or not at all
    Import(FileArgs),
    /// Print customers and contacts
    Export(DirectoryFormatArgs),
    /// Remove a contact; the record stays
    Remove {
        /// Their short name or an address
        contact: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A file to read.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// The file; its ending tells the format (.csv, .vcf, .toml)
    pub file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// In which form to print the directory.
#[derive(Debug, Args)]
pub struct DirectoryFormatArgs {
    /// The form
    #[arg(long, default_value = "csv")]
    pub format: DirectoryFormat,
    /// Print JSON, as `list --json` does
    #[arg(long)]
    pub json: bool,
}

/// The forms of a contacts file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DirectoryFormat {
    /// Comma-separated values.
    Csv,
    /// vCard 4.0.
    Vcard,
    /// TOML.
    Toml,
}

/// Arguments of `unmatched`.
#[derive(Debug, Args)]
pub struct UnmatchedArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: UnmatchedAction,
}

/// What to do with people nobody knows.
#[derive(Debug, Subcommand)]
pub enum UnmatchedAction {
    /// Show them
    List(Json),
    /// Make a person a contact; their kept mail becomes interactions
    Accept {
        /// The person's address
        address: String,
        /// The customer's short name or name; made if it is new
        #[arg(long)]
        customer: String,
        /// The person's name [default: as their mail says]
        #[arg(long)]
        name: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Never propose an address, or a domain, again
    Ignore {
        /// The address or domain
        #[arg(value_name = "ADDRESS|DOMAIN")]
        who: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `timeline`.
#[derive(Debug, Args)]
pub struct TimelineArgs {
    /// A customer's short name, or an address
    #[arg(value_name = "CUSTOMER|ADDRESS")]
    pub who: String,
    /// How many at the most
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `search`.
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// Words that all have to occur
    #[arg(required = true)]
    pub words: Vec<String>,
    /// How many at the most
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Maildir folders, mbox files, .eml files, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The form
    #[arg(long, default_value = "jsonl")]
    pub format: ExportFormat,
    /// Include what is kept without being recorded: unmatched and set-aside
    #[arg(long)]
    pub all: bool,
    /// For uniformity: the same as `--format jsonl`
    #[arg(long)]
    pub json: bool,
}

/// The forms of `export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values, the flat fields.
    Csv,
}

/// Arguments of `quarantine`.
#[derive(Debug, Args)]
pub struct QuarantineArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: QuarantineAction,
}

/// What to do with a mail in the quarantine.
#[derive(Debug, Subcommand)]
pub enum QuarantineAction {
    /// Show what waits
    List(Json),
    /// Show one mail: why it waits, and how it would be read
    Show {
        /// Its number
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Read it again by today's rules and contacts
    Retry {
        /// Its number
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Believe its author this once, and record it
    Release {
        /// Its number
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete its bytes; that it was there stays known
    Drop {
        /// Its number
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print its raw bytes
    Export {
        /// Its number
        id: i64,
        /// Where to; `-` is standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Arguments of `forget`.
#[derive(Debug, Args)]
pub struct ForgetArgs {
    /// The person's address
    pub address: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `backup` and `restore`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The backup; `backup` writes it and it must not exist, `restore` reads it
    pub file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
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

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    pub shell: clap_complete::Shell,
}
