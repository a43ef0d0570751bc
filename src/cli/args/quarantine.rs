//! Mails that wait for a person: `quarantine`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Json;

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
