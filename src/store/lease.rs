//! One writer at a time: a lock that dies with its process, and a lease that outlives a suspended one.
//!
//! `flock` keeps a second daemon from starting. A process that was frozen while its lock went
//! away (a restored machine, a container that was moved) still finds a newer lease in its next transaction.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::{Result, Store, StoreError};
use crate::failpoint::Step;

/// Held as long as this process may write without asking again. Dropping it lets another one start.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Store {
    /// Becomes the one writer, until the answer is dropped.
    ///
    /// # Errors
    /// `AlreadyRunning` when another process holds the lock.
    pub fn lock(&mut self) -> Result<Lock> {
        let lock = hold(self.path())?;
        self.lease = None;
        self.lease = Some(self.write(Step::TakeLease, |w| {
            Ok(w.tx.query_row("UPDATE instance SET lease = lease + 1 RETURNING lease", [], |row| row.get("lease"))?)
        })?);
        Ok(lock)
    }

    /// Whether nobody has taken over since. A transaction that writes asks for itself.
    pub(super) fn still_mine(&self) -> Result<()> {
        let sql = "SELECT lease FROM instance";
        let lease: i64 = self.conn.prepare_cached(sql)?.query_row([], |row| row.get("lease"))?;
        match self.lease {
            Some(mine) if mine != lease => Err(StoreError::Fenced),
            _ => Ok(()),
        }
    }
}

/// Keeps every daemon from a record, until the answer is dropped.
///
/// # Errors
/// `AlreadyRunning` when another process does.
pub(super) fn hold(record: &Path) -> Result<Lock> {
    let path = lock_path(record);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let mut file =
        options.open(&path).map_err(|e| StoreError::CannotOpen { path: path.clone(), why: e.to_string() })?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Err(StoreError::AlreadyRunning { pid: holder(&mut file) });
    }
    // The number only serves the message above; a lock without it locks as well.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(Lock { _file: file })
}

/// Whether a daemon is at work on a record just now.
pub(super) fn is_held(record: &Path) -> bool {
    File::open(lock_path(record)).is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared).is_err())
}

fn lock_path(record: &Path) -> PathBuf {
    let mut path = record.as_os_str().to_owned();
    path.push(".lock");
    PathBuf::from(path)
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, mailbox, temporary};
    use super::*;
    use crate::mailbox::UidValidity;

    #[test]
    fn a_second_daemon_is_told_who_runs_already_and_may_start_afterwards() {
        let (dir, mut first) = temporary();
        let mut second = Store::open(&super::super::Settings { path: dir.path().join("touchbase.db") }).unwrap();
        let lock = first.lock().unwrap();
        let refused = second.lock();
        assert!(matches!(refused, Err(StoreError::AlreadyRunning { pid: Some(p) }) if p == std::process::id()));
        drop(lock);
        assert!(second.lock().is_ok());
    }

    #[test]
    fn a_writer_whose_lease_was_taken_is_fenced() {
        let (dir, mut first) = temporary();
        let mut second = Store::open(&super::super::Settings { path: dir.path().join("touchbase.db") }).unwrap();
        drop(first.lock().unwrap());
        let _lock = second.lock().unwrap();
        let late = first.open_epoch(&mailbox(), UidValidity(1), None, at(0));
        assert!(matches!(late, Err(StoreError::Fenced)));
        assert!(matches!(first.owed(&mailbox()), Err(StoreError::Fenced)), "nothing is done twice");
        assert!(second.open_epoch(&mailbox(), UidValidity(1), None, at(0)).is_ok());
        assert!(second.owed(&mailbox()).is_ok());
    }
}
