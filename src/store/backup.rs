//! A consistent copy while the daemon runs (SQLite's online backup).

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{Reader, Result, StoreError};

impl Reader {
    /// Copies the record to a new file of mode 0600. One step, one read transaction: the copy is the record
    /// of one instant, and nobody waits for it.
    ///
    /// # Errors
    /// `Exists` when the file is there already; what was begun is removed when copying fails.
    pub fn backup(&self, to: &Path) -> Result<()> {
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
        created.map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(to.to_owned()),
            _ => StoreError::CannotOpen { path: to.to_owned(), why: e.to_string() },
        })?;
        let copied = self.copy(to);
        if copied.is_err() {
            // The copy is useless; that it could not be removed either would hide why.
            let _ = std::fs::remove_file(to);
        }
        copied
    }

    fn copy(&self, to: &Path) -> Result<()> {
        let mut copy = Connection::open(to)?;
        let step = Backup::new(&self.conn, &mut copy)?.step(-1)?;
        if step != StepResult::Done {
            return Err(StoreError::Busy("the copy could not be made in one step".to_owned()));
        }
        // A copy is one file: without a write-ahead log beside it that could be forgotten.
        copy.pragma_update(None, "journal_mode", "DELETE")?;
        copy.close().map_err(|(_, e)| e)?;
        Ok(())
    }
}
