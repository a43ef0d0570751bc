//! A consistent copy while the daemon runs (SQLite's online backup).

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{Reader, Result, StoreError};
use crate::failpoint::{self, Step};

impl Reader {
    /// Copies the record to a new file of mode 0600. One step, one read transaction: the copy is the record
    /// of one instant, and nobody waits for it. It is made beside its place (`NAME.part-*`) and renamed once it is
    /// complete: whatever ends the program, a file of that name is a whole record.
    ///
    /// # Errors
    /// `Exists` when the file is there already; what was begun is removed when copying fails.
    pub fn backup(&self, to: &Path) -> Result<()> {
        let cannot = |e: io::Error| StoreError::CannotOpen { path: to.to_owned(), why: e.to_string() };
        if to.symlink_metadata().is_ok() {
            return Err(StoreError::Exists(to.to_owned()));
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut name = to.file_name().map(OsString::from).unwrap_or_default();
        name.push(".part-");
        failpoint::before(Step::WriteBackup);
        let beside = tempfile::Builder::new().prefix(&name).tempfile_in(folder).map_err(cannot)?;
        self.copy(beside.path())?;
        failpoint::after(Step::WriteBackup);
        failpoint::before(Step::PlaceBackup);
        beside.persist_noclobber(to).map_err(|e| match e.error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(to.to_owned()),
            _ => cannot(e.error),
        })?;
        failpoint::after(Step::PlaceBackup);
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(cannot)
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
