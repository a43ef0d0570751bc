//! What mailboxes cost: connections and bytes since the start of the program.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::mailbox::Mailbox;

/// Counts of every folder; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    folders: BTreeMap<Mailbox, Folder>,
    late: u64,
}

/// What one folder has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Folder {
    /// Connections begun to read it, failed ones included; 0 for a Maildir.
    pub connections: u64,
    /// Bytes of mails handed over.
    pub bytes: u64,
}

impl Tally {
    /// A connection is being made.
    pub fn connecting(&self, mailbox: &Mailbox) {
        self.change(|counts| counts.folders.entry(mailbox.clone()).or_default().connections += 1);
    }

    /// So many bytes of a mail were handed over.
    pub fn fetched(&self, mailbox: &Mailbox, bytes: usize) {
        self.change(|counts| counts.folders.entry(mailbox.clone()).or_default().bytes += bytes as u64);
    }

    /// So many mails have turned up below a cursor.
    pub fn late(&self, mails: usize) {
        self.change(|counts| counts.late += mails as u64);
    }

    /// What a folder has cost so far.
    pub fn of(&self, mailbox: &Mailbox) -> Folder {
        self.change(|counts| counts.folders.get(mailbox).copied().unwrap_or_default())
    }

    /// How many mails have turned up below a cursor.
    pub fn late_mails(&self) -> u64 {
        self.change(|counts| counts.late)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
