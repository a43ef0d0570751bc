//! What can go wrong with the record, sorted by what happens next.

use std::path::PathBuf;

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

/// Why the record did not answer. The text is SQLite's own where it comes from there; it never holds
/// words of a mail.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Somebody else is writing: try again soon.
    #[error("the record is busy: {0}")]
    Busy(String),
    /// The disk or the file's limit is full: back off, then try again.
    #[error("no space left for the record: {0}")]
    Full(String),
    /// Input, output or the file itself failed. Never try again on this handle: after a failed write
    /// nobody knows which pages reached the disk.
    #[error("the record is damaged or its disk fails: {0}")]
    Broken(String),
    /// A newer touchbase wrote it: configuration.
    #[error("the record has version {found}, this program knows {known}: a newer touchbase wrote it")]
    Newer {
        /// The file's schema version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// Another program wrote it: configuration.
    #[error("{} is not a touchbase record", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be opened or created: configuration.
    #[error("cannot open {}: {why}", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// The system's reason, or ours.
        why: String,
    },
    /// Another touchbase holds the lock: try later.
    #[error("already running{}", pid.map(|p| format!(", process {p}")).unwrap_or_default())]
    AlreadyRunning {
        /// Its process id where it could be read.
        pid: Option<u32>,
    },
    /// Another touchbase took the lease meanwhile: stop, it goes on.
    #[error("another touchbase took over the record")]
    Fenced,
    /// What was asked for is not there.
    #[error("{0} not found")]
    NotFound(String),
    /// A file that would be overwritten.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The question was wrong, or the record holds what this program never writes: our bug.
    #[error("the record refused a question it should understand: {0}")]
    Defect(String),
}

impl StoreError {
    /// Whether no call on this handle can be trusted any more.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self,
            StoreError::Broken(_) | StoreError::Fenced | StoreError::Newer { .. } | StoreError::Foreign { .. }
        )
    }

    /// Whether the same call may be tried again on this handle.
    pub fn may_retry(&self) -> bool {
        matches!(self, StoreError::Busy(_) | StoreError::Full(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        let text = error.to_string();
        // The log's index did not fit: SQLite says that input or output failed, and means that the disk is full.
        if error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_IOERR_SHMSIZE) {
            return StoreError::Full(text);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(text),
            Some(ErrorCode::DiskFull) => StoreError::Full(text),
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::OutOfMemory,
            ) => StoreError::Broken(text),
            _ => StoreError::Defect(text),
        }
    }
}
