//! What people read and what they settle: `report`, `promises`, `corrections`, `issues`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Json;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The day, such as 2026-11-20 [default: yesterday]
    #[arg(long, value_name = "D")]
    pub date: Option<jiff::civil::Date>,
    /// The week that holds the day, Monday to Sunday [default: the last one that is over]
    #[arg(long)]
    pub week: bool,
    /// The year up to the day with one customer, or with each of them: looked back at together
    #[arg(long, conflicts_with = "week")]
    pub year: bool,
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

/// Arguments of `promises`, `corrections` and `issues`.
#[derive(Debug, Args)]
pub struct MattersArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: MattersAction,
}

/// What to do with what stays open.
#[derive(Debug, Subcommand)]
pub enum MattersAction {
    /// Show what is open
    List {
        /// Show what is over as well
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say that some of it is done
    Done(Numbers),
    /// Say that some of it was nothing, or does not matter any more
    Dismiss(Numbers),
    /// Leave one out of reports until a day
    Later {
        /// Its number
        number: i64,
        /// The day: `friday`, `tomorrow`, `next week`, `2 weeks`, `1 december`, `2026-12-01`
        #[arg(required = true, value_name = "DAY")]
        day: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a `done` or `dismiss` back
    Reopen(Numbers),
}

/// Which of them.
#[derive(Debug, Args)]
pub struct Numbers {
    /// Their numbers, as reports and `list` show them
    #[arg(required = true, value_name = "NUMBER")]
    pub numbers: Vec<i64>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub json: Json,
}
