//! The record itself: `timeline`, `search`, `import`, `export`, `forget`, `backup`, `restore`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
