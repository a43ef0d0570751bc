//! Where reports go once they are written.

pub mod files;

use std::path::PathBuf;

pub use files::{Published, publish};

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The report directory; made when it is not there.
    pub directory: PathBuf,
}

/// Why a report could not be put in its place. What was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The file system refused: no permission, no space, read-only.
    #[error("cannot write {}", path.display())]
    CannotWrite {
        /// The file or directory.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The path leaves the report directory, or a link in it leads elsewhere.
    #[error("will not write {}: it is not a plain place below the report directory", path.display())]
    NotBelow {
        /// The file or directory.
        path: PathBuf,
    },
}

impl PublishError {
    /// What an operator may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            PublishError::CannotWrite { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                "make room on that file system; the report is written again on the next run"
            }
            PublishError::CannotWrite { .. } => {
                "check `directory` under [report]: it must exist or be makeable, and be writable for this user"
            }
            PublishError::NotBelow { .. } => {
                "remove the symbolic link, or name its target as `directory` under [report]"
            }
        }
    }
}
