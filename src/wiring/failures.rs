//! The edges' errors as what a person reads: message, cause, hint and exit code.

use std::path::Path;

use crate::config::ConfigError;
use crate::failure::{Code, Failure};
use crate::inbox::InboxError;
use crate::publish::PublishError;
use crate::store::StoreError;

/// The configuration cannot be used: every problem is a cause of its own.
pub fn config_failure(error: &ConfigError) -> Failure {
    let path = error.path.display();
    if !error.path.exists() {
        return Failure::new(Code::Configuration, format!("there is no configuration at {path}")).hint(
            "name another file with --config FILE. To begin, `touchbase init` asks a few questions and writes one \
             (touchbase.toml); `touchbase demo` needs none",
        );
    }
    let failure = Failure::new(Code::Configuration, format!("cannot use the configuration {path}"));
    let problems = error.problems.iter().map(ToString::to_string);
    problems
        .fold(failure, Failure::cause)
        .hint("`touchbase check` reads it again; touchbase.toml(5), or config/touchbase.toml of the source, explains every key")
}

/// Nobody has filled in the configuration that came with touchbase.
pub fn sample_failure(path: &Path) -> Failure {
    let message = format!("{} is still the sample that came with touchbase", path.display());
    Failure::new(Code::Configuration, message).hint(
        "change its lines marked 1 to 5, put your customers into contacts.csv beside it, ask `touchbase check`, then \
         start touchbase again (`systemctl restart touchbase`)",
    )
}

/// The store could not be opened, read or written.
pub fn store_failure(error: StoreError) -> Failure {
    let (code, hint) = match &error {
        StoreError::Busy(_) => (Code::TryLater, "another touchbase command is writing; try again in a moment"),
        StoreError::Full(_) => {
            (Code::CannotWrite, "make room on the disk; nothing is lost, mail stays in its mailboxes")
        }
        StoreError::Broken(_) => (
            Code::Unavailable,
            "look at the disk and at `touchbase check --store`, then restore the latest `touchbase backup`: `touchbase restore`",
        ),
        StoreError::Newer { .. } => {
            (Code::Configuration, "install the newer touchbase again, or name another file under [store]")
        }
        StoreError::Foreign { .. } => (Code::Configuration, "name another file under [store] url"),
        StoreError::CannotOpen { .. } => {
            (Code::CannotWrite, "check [store] url, and that touchbase may write in that folder")
        }
        StoreError::AlreadyRunning { .. } => {
            (Code::TryLater, "it reads the mailboxes already; stop it first, or let it do the work")
        }
        StoreError::Fenced => (Code::TryLater, "the other one goes on; start again only if it has ended"),
        StoreError::NotFound(_) => (Code::NoInput, "the matching `list` command shows what there is"),
        StoreError::Exists(_) => (Code::CannotWrite, "name a file that does not exist yet"),
        StoreError::Defect(_) => (Code::Bug, "please report this with the text above"),
    };
    let message = match &error {
        StoreError::NotFound(_) => "there is nothing of that name",
        StoreError::AlreadyRunning { .. } => "touchbase is running already",
        _ => "cannot use the store",
    };
    Failure::new(code, message).because(&error).hint(hint)
}

/// A mailbox could not be read.
pub fn inbox_failure(mailbox: &str, error: &InboxError) -> Failure {
    if let InboxError::Ledger(error) = error {
        return Failure::new(Code::CannotWrite, format!("cannot record the mails of {mailbox}"))
            .because(error)
            .hint("make room on the disk; nothing is lost, mail stays in its mailboxes");
    }
    let code = match error {
        InboxError::Retry(_)
        | InboxError::Refused { .. }
        | InboxError::RefusedToken { .. }
        | InboxError::Certificate { .. } => Code::Unavailable,
        InboxError::BackOff { .. } => Code::TryLater,
        InboxError::Configuration { .. } => Code::Configuration,
        InboxError::File { .. } => Code::NoInput,
        InboxError::Ledger(_) => Code::CannotWrite,
    };
    let failure = Failure::new(code, format!("cannot read mailbox {mailbox}")).because(error);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// A report could not be written.
pub fn publish_failure(error: &PublishError) -> Failure {
    Failure::new(Code::CannotWrite, "cannot write the report").because(error).hint(error.hint())
}
