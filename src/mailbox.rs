//! The words of mailboxes (RFC 3501, 2.3.1): what was delivered where, under which number.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A configured mailbox and one folder of it: `capture` and `INBOX`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// The name it has in the configuration.
    pub name: String,
    /// The folder, as the server names it, decoded; `INBOX` for the top of a Maildir.
    pub folder: String,
}

/// The server's promise that UIDs still mean the same (RFC 3501, 2.3.1.1). 0 when it makes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UidValidity(pub u32);

/// A mail's number in a folder, never 0 (RFC 3501, 2.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Uid(pub u32);

/// What tells one mail of an epoch from another: a UID, the unique part of a Maildir file name, or
/// the digest of an imported mail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A UID of an IMAP folder.
    Uid(Uid),
    /// A name that stays the same while flags and folders change.
    Name(String),
}

/// How mail comes to be in a mailbox; decides how a colleague's own mail there is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Route {
    /// Colleagues send, BCC or forward to it: it has capture addresses.
    Capture,
    /// Somebody's own mailbox, watched.
    Watched,
    /// History from files.
    Import,
    /// Read without a mailbox (`explain`).
    Unknown,
}

/// One mail as it lies in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where it lies.
    pub mailbox: Mailbox,
    /// How mail gets there.
    pub route: Route,
    /// Whether the folder holds what its owner sent (RFC 6154 `\Sent`): the mailbox itself vouches for the author there.
    pub sent_folder: bool,
    /// When it arrived (INTERNALDATE, or the file's time).
    pub arrived: Timestamp,
    /// The bytes, as far as they were fetched.
    pub bytes: Vec<u8>,
    /// The size the server states, in bytes; more than `bytes` when only the beginning was fetched.
    pub size: u64,
}
