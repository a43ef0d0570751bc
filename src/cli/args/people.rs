//! Who is known, and who is not yet: `customers`, `contacts`, `unmatched`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Json;

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
