//! What `check` is told of a mailbox: each step that was tried, and the headers of its most recent mails.

use super::InboxError;

/// How many recent mails a probe reads the headers of, over all folders.
pub const RECENT: u32 = 200;
/// How much of one header is read, in bytes: far more than servers write on top of a mail.
pub const HEADER: u64 = 64 * 1024;

/// How a step came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// It works.
    Good,
    /// It works, and will not for long or not as meant.
    Doubtful,
    /// It does not work.
    Wrong,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What: `find imap.example.org`.
    pub what: String,
    /// Whether it works.
    pub grade: Grade,
    /// What came out, or why not.
    pub detail: String,
    /// What a person might do about it.
    pub hint: Option<String>,
}

impl Step {
    pub(super) fn fine(what: impl Into<String>, detail: impl Into<String>) -> Step {
        Step { what: what.into(), grade: Grade::Good, detail: detail.into(), hint: None }
    }

    pub(super) fn doubtful(what: impl Into<String>, detail: impl Into<String>, hint: impl Into<String>) -> Step {
        Step { what: what.into(), grade: Grade::Doubtful, detail: detail.into(), hint: Some(hint.into()) }
    }

    pub(super) fn wrong(what: impl Into<String>, error: &InboxError) -> Step {
        Step { what: what.into(), grade: Grade::Wrong, detail: error.to_string(), hint: error.hint() }
    }
}

/// The header of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// Its fields as they stand, up to the blank line.
    pub header: Vec<u8>,
    /// Whether its folder holds what its owner sent, so that the login to the mailbox vouches for it.
    pub sent_folder: bool,
}

/// What looking at a mailbox came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// Step by step, until one failed that the others need.
    pub steps: Vec<Step>,
    /// The headers of its most recent mails, the newest first in each folder; [`RECENT`] at the most.
    pub recent: Vec<Recent>,
}

/// How many headers each of so many folders gives.
pub(super) fn share(folders: usize) -> u32 {
    RECENT / u32::try_from(folders.max(1)).unwrap_or(RECENT)
}
