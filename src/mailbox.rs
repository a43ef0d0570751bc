//! The words of mailboxes (RFC 3501, 2.3.1): what was delivered where, under which number.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Mails above this many bytes are fetched only at their beginning (Gmail delivers up to 35,651,584).
pub const WHOLE: u64 = 36 * 1024 * 1024;

/// A configured mailbox and one folder of it: `capture` and `INBOX`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// The name it has in the configuration.
    pub name: String,
    /// The folder, as the server names it, decoded; `INBOX` for the top of a Maildir.
    pub folder: String,
}

/// The server's promise that UIDs still mean the same (RFC 3501, 2.3.1.1). 0 when it makes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
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

/// One lifetime of the server's promise for one folder, as the store numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EpochId(pub i64);

/// One mail at (mailbox, epoch, key), as the store numbers it; the ticket under which its bytes are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeliveryId(pub i64);

/// A mail seen in a folder, not yet fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Which one it is.
    pub key: Key,
    /// The size stated, in bytes; 0 when the server states none.
    pub size: u64,
    /// When it arrived (INTERNALDATE, or the file's time); `None` when that could not be read.
    pub arrived: Option<Timestamp>,
}

/// A listed mail that is not settled, and how often it was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The ticket under which its bytes are handed over.
    pub id: DeliveryId,
    /// Which one it is.
    pub key: Key,
    /// The size stated, in bytes; 0 when none was.
    pub size: u64,
    /// When it arrived; `None` when that could not be read.
    pub arrived: Option<Timestamp>,
    /// How many attempts are counted so far.
    pub attempts: u32,
}

/// What is still to be done with settled mails of a folder, on its server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owed {
    /// The promise under which the numbers mean these mails.
    pub validity: UidValidity,
    /// The mails, oldest first.
    pub mails: Vec<OwedMail>,
}

/// A settled mail that is to be seen, moved or deleted where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedMail {
    /// Its ticket.
    pub id: DeliveryId,
    /// Which one it is.
    pub key: Key,
    /// Whether its copy lies in the other folder already, so that only its removal is left.
    pub copied: bool,
}

/// What was done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Everything.
    All,
    /// It was copied; its removal is still owed.
    Copied,
}

/// What is known about comparing an epoch's mails with those listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comparison {
    /// When that was done last, or everything was listed; `None` when nobody knows.
    pub last: Option<Timestamp>,
    /// The latest day (UTC) before which mails were ever left alone on purpose.
    pub since: Option<Date>,
}

/// A mailbox that is left alone for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// When it failed last.
    pub since: Timestamp,
    /// When it is to be tried again.
    pub until: Timestamp,
    /// Whose wish that is.
    pub wait: Wait,
    /// Why, in words for a person.
    pub reason: String,
}

/// Why a mailbox is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Its server asked for it.
    Server,
    /// It refused the login: trying too often locks accounts.
    Login,
    /// It could not be reached, or broke off.
    Network,
    /// Nothing will help before a person has done something.
    Person,
}

/// How far an epoch has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The epoch that was opened or found again.
    pub epoch: EpochId,
    /// The first UID not yet enumerated; everything below it is known.
    pub low_uid: Uid,
    /// Mails listed earlier that are not settled, in the order of their keys.
    pub retry: Vec<Pending>,
}
