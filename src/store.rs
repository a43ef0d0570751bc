//! The record on disk: every delivery, what became of it, and every interaction (SQLite).
//!
//! SQL lives here and nowhere else. Methods are intentions ([`Store::settle`],
//! [`Reader::entries`]); callers never see a row. Four decisions carry the rest:
//!
//! - Disposition, interactions, conversation, identity and full-text index of a
//!   batch land in one `BEGIN IMMEDIATE` transaction. What is the same exchange
//!   is decided inside it, and by UNIQUE constraints in the end.
//! - One writer. [`Store::lock`] keeps a second daemon out by `flock`, and a
//!   lease number checked in every transaction fences one that was suspended.
//! - Whatever a person asks to have erased leaves no byte in the file: no word of
//!   a mail hides in keys (they are salted hashes), and [`Store::forget`] rebuilds
//!   the index and sweeps free pages.
//!
//! - Measures read lean rows, a few dozen bytes for each interaction, which every
//!   transaction makes true before it ends (`lean`); mails are read only where a page
//!   shows them.
//!
//! In reading order: `epochs` (which mail lies where), `patience` (and when to look again), `settle` (what became
//! of it) with `identity`, `ending`, `conversation`, `record` and `merge`, `owed` (what is to be done with it), then the
//! questions:
//! `interactions`, `entries`, `wording`, `matters`, `search`, `unmatched`, `quarantine`, `status`.

mod answers;
mod backup;
mod conversation;
mod directory;
mod ending;
mod entries;
mod epochs;
mod erase;
mod examine;
mod failure;
mod forwarding;
mod identity;
mod interactions;
mod lean;
mod lease;
mod letters;
mod matters;
mod mentions;
mod merge;
mod open;
mod owed;
mod patience;
mod person;
mod place;
mod quarantine;
mod raw;
mod record;
mod rematch;
mod reports;
mod restore;
mod search;
mod settle;
mod status;
mod tombstone;
mod unmatched;
mod value;
mod wording;
mod writing;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod sample;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::understand::signal::Lists;

pub use answers::{Answered, Came, Decision, Settling, Unheeded};
pub use directory::COMMAND;
pub use entries::Chronicle;
pub use epochs::{DeliveryId, EpochId, Listed, Pending, Progress};
pub use erase::Erased;
pub use examine::{Examined, Part, examine};
pub use failure::StoreError;
pub use forwarding::RequestedForwarding;
pub use interactions::Whose;
pub use lease::Lock;
pub use letters::{Mailing, MailingTrouble, QueuedLetter, Sending};
pub use matters::{Decided, MatterTold};
pub use quarantine::{Held, Retry};
pub use reports::PublishedReport;
pub use restore::{Restored, restore};
pub use search::Found;
pub use settle::{Settled, Settlement};
pub use status::{Health, MailboxState, Status};
pub use unmatched::{Ignored, UnmatchedPerson};
pub use wording::Words;

/// The answer of a store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Where the record lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The database file. Beside it stand `-wal`, `-shm` and `.lock`.
    pub path: PathBuf,
}

/// Asks the record. Several may be open beside the one [`Store`]; none waits for it or makes it wait.
#[derive(Debug)]
pub struct Reader {
    conn: Connection,
    path: PathBuf,
}

/// Writes the record. Whatever a [`Reader`] can ask, it can be asked as well.
#[derive(Debug)]
pub struct Store {
    reader: Reader,
    /// The lease this handle took with [`Store::lock`]; writing without one is for short commands.
    lease: Option<i64>,
    /// What is listened for where a text is shortened; see [`Store::listen_for`].
    lists: Lists,
}

impl Store {
    /// Opens the record to write, creating and migrating it as needed. The file gets mode 0600, a new
    /// directory 0700.
    ///
    /// # Errors
    /// `CannotOpen` for a symbolic link or a path that cannot be written, `Newer` and `Foreign` for a file
    /// that is not ours to touch.
    pub fn open(settings: &Settings) -> Result<Store> {
        let conn = open::to_write(&settings.path)?;
        let mut store =
            Store { reader: Reader { conn, path: settings.path.clone() }, lease: None, lists: Lists::default() };
        store.finish_erasing()?;
        Ok(store)
    }

    /// The lists with which mails are read from now on: the words left of a text that turns out to end in a signature
    /// are read with the same ones.
    pub fn listen_for(&mut self, lists: &Lists) {
        self.lists = lists.clone();
    }

    /// Opens the record to read, migrating it first if it is older than this program.
    ///
    /// # Errors
    /// `NotFound` when there is no record yet; otherwise as [`Store::open`].
    pub fn open_to_read(settings: &Settings) -> Result<Reader> {
        let conn = open::to_read(&settings.path)?;
        Ok(Reader { conn, path: settings.path.clone() })
    }

    /// What an installation that never ran has to say: nothing, without a file being made.
    ///
    /// # Errors
    /// `Defect` when the schema of this program is faulty.
    pub fn of_nothing(settings: &Settings) -> Result<Reader> {
        Ok(Reader { conn: open::empty()?, path: settings.path.clone() })
    }
}

impl Reader {
    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl std::ops::Deref for Store {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}
