//! Where mail lies: IMAP folders, Maildirs, files of history. An inbox finds mail, counts the try and hands the
//! bytes over; what becomes of them is not its business.
//!
//! An inbox does not know the store. It asks a [`Ledger`], and the order of its questions is the promise:
//!
//! 1. [`Ledger::open_epoch`]: how far was this folder read, and what is not settled yet?
//! 2. [`Ledger::enumerate`]: these mails lie there. Asked only once the server has said a tagged OK, so that no
//!    refusal and no cut line ever looks like an empty folder.
//! 3. [`Ledger::count_attempts`] before every later try, so that even a crash counts.
//! 4. [`Ledger::deliver`], [`Ledger::vanished`], [`Ledger::failed`] or, when it was the connection's fault,
//!    [`Ledger::give_back`].
//!
//! Reading changes nothing in a mailbox: folders are opened read-only, files are neither moved nor renamed. What
//! `after` wants to be done with a mail is done apart from that, once [`Ledger::owed`] says that it is settled.

pub mod imap;
pub mod import;
pub mod maildir;
pub mod probe;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

pub use crate::mailbox::WHOLE;
use crate::mailbox::{
    Comparison, Deed, Delivery, DeliveryId, EpochId, Listed, Mailbox, Owed, Pending, Progress, Uid, UidValidity, Wait,
    Waiting,
};

/// How much of such a mail is fetched, in bytes: its headers and the first words.
pub const BEGINNING: u64 = 256 * 1024;
/// How many mails are listed at once. Recording them ends the transaction in which mails before them are settled: the
/// fewer such, the less is written twice.
pub(crate) const WINDOW: usize = 1_000;
/// How many mails are tried together after a first attempt that failed, or that we did not survive.
pub(crate) const FEW: usize = 16;

/// The book that knows which mail was seen, tried and settled. The daemon keeps it over the store.
pub trait Ledger: Send + Sync + 'static {
    /// Opens the folder's present epoch, or a new one when `validity` differs from the last or `next` went backwards.
    /// The progress lists what earlier attempts left unsettled.
    fn open_epoch(
        &self,
        mailbox: &Mailbox,
        validity: UidValidity,
        next: Option<Uid>,
    ) -> impl Future<Output = Result<Progress, LedgerError>> + Send;

    /// Records that these mails lie in the folder and that everything below `low_uid` is known, in one transaction.
    /// Returns those not known before, in the order given; their first attempt is counted with it.
    fn enumerate(
        &self,
        epoch: EpochId,
        listed: Vec<Listed>,
        low_uid: Option<Uid>,
    ) -> impl Future<Output = Result<Vec<Pending>, LedgerError>> + Send;

    /// Counts another attempt at each, durably, before it is made. Returns what may be done, in the order given.
    fn count_attempts(&self, ids: Vec<DeliveryId>) -> impl Future<Output = Result<Vec<Attempt>, LedgerError>> + Send;

    /// Takes back one counted attempt of each: the connection failed, not the mail.
    fn give_back(&self, ids: Vec<DeliveryId>) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// The mail could not be had although it is there. It comes again with a later [`Progress::retry`], the more often
    /// it failed the later.
    fn failed(&self, id: DeliveryId, reason: String) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// Somebody removed these mails after they were listed. This settles them.
    fn vanished(&self, ids: Vec<DeliveryId>) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// Hands over the bytes. Waits while too much is in flight; returns when accepted, not when settled.
    /// With `give_up` the raw mail goes into the quarantine unread, for that reason.
    fn deliver(
        &self,
        id: DeliveryId,
        delivery: Delivery,
        give_up: Option<String>,
    ) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// Resolves when everything handed over so far is settled or has failed.
    fn settled(&self) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// Why the folder was last left alone, if it has not been read since; restarting does not shorten that.
    fn waiting(&self, mailbox: &Mailbox) -> impl Future<Output = Result<Option<Waiting>, LedgerError>> + Send;

    /// When the epoch's mails below the cursor were last compared with those known, and which of them were left alone
    /// on purpose; now those before the day `since` are.
    fn comparison(
        &self,
        epoch: EpochId,
        since: Option<Date>,
    ) -> impl Future<Output = Result<Comparison, LedgerError>> + Send;

    /// Of these UIDs below the cursor, those that nobody knows. That they were compared is written down.
    fn unknown(&self, epoch: EpochId, present: Vec<Uid>) -> impl Future<Output = Result<Vec<Uid>, LedgerError>> + Send;

    /// Says whether mails that are settled from now on are to be seen, moved or deleted.
    fn wish(&self, mailbox: &Mailbox, wishes: bool) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// What is still to be done with settled mails in the folder's present epoch, some hundred at a time.
    fn owed(&self, mailbox: &Mailbox) -> impl Future<Output = Result<Owed, LedgerError>> + Send;

    /// Writes down, durably, what was done with them.
    fn did(&self, ids: Vec<DeliveryId>, deed: Deed) -> impl Future<Output = Result<(), LedgerError>> + Send;

    /// Tells how a folder is doing. Never waits.
    fn state(&self, mailbox: &Mailbox, state: State);
}

/// What happens to a settled mail where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Leave,
    /// It is marked as seen.
    Seen,
    /// It is moved to this folder, named as a person writes it.
    Move(String),
    /// It is deleted.
    Delete,
}

/// Whether another attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Try again.
    Go,
    /// It failed too often: hand over whatever can be had, to be kept unread.
    GiveUp,
}

/// Counts another attempt at one mail. The reason to keep it unread, when it failed too often.
async fn once_more<L: Ledger>(ledger: &L, mail: &Pending) -> Result<Option<String>, LedgerError> {
    let may = ledger.count_attempts(vec![mail.id]).await?;
    Ok(may.contains(&Attempt::GiveUp).then(|| format!("it failed {} times", mail.attempts)))
}

/// Counts another attempt at mails of which none failed too often.
async fn count_all<L: Ledger>(ledger: &L, mails: &[Pending]) -> Result<(), LedgerError> {
    ledger.count_attempts(mails.iter().map(|mail| mail.id).collect()).await.map(drop)
}

/// Mails that failed once, or that were in hand when we ended, in groups of a few; and those that failed again, the more
/// often the later.
fn few_and_single(mails: Vec<Pending>) -> (Vec<Vec<Pending>>, Vec<Pending>) {
    let (second, mut later): (Vec<_>, Vec<_>) = mails.into_iter().partition(|mail| mail.attempts <= 1);
    later.sort_by_key(|mail| mail.attempts);
    (second.chunks(FEW).map(<[Pending]>::to_vec).collect(), later)
}

/// What a folder is doing, for `status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// On the way to the server.
    Connecting,
    /// Reading: so many mails were handed over since the folder was last quiet.
    Reading {
        /// Mails handed over.
        mails: u64,
    },
    /// Everything is read; the server (or the kernel) will say when there is more.
    Idle,
    /// Everything is read; asked again after the poll time.
    Polling,
    /// Everything was read, once.
    Read,
    /// Something failed; nothing is tried before `until`.
    Waiting {
        /// When the next try is made.
        until: Timestamp,
        /// Whose wish that is.
        wait: Wait,
        /// Why, in words for a person.
        reason: String,
    },
    /// Something failed before a restart, and the pause after it is kept until `until`.
    Held {
        /// When the next try is made.
        until: Timestamp,
        /// Why, in words for a person.
        reason: String,
    },
    /// Not watched any more.
    Stopped,
}

/// Why the ledger did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// It cannot write now (disk full, locked): ask again later.
    #[error("the store cannot write now: {0}")]
    Busy(String),
    /// It will not write any more; stop.
    #[error("the store is closed")]
    Closed,
}

/// Why an inbox could not be read, sorted by what happens next. No text holds a secret or a mail's words.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The connection failed: try again soon.
    #[error("{0}")]
    Retry(String),
    /// The server asks for patience.
    #[error("{said}")]
    BackOff {
        /// How long it wants to be left alone.
        wait: Duration,
        /// What it said.
        said: String,
    },
    /// The login was refused.
    #[error("cannot log in to {host} as {user}: {said}")]
    Refused {
        /// The server.
        host: String,
        /// The user.
        user: String,
        /// What the server answered.
        said: String,
    },
    /// The server does not take the OAuth token, not even a new one.
    #[error("cannot log in to {host} as {user}: {said}")]
    RefusedToken {
        /// The server.
        host: String,
        /// The user.
        user: String,
        /// What the server answered, in words.
        said: String,
        /// The mailbox's name in the configuration.
        mailbox: String,
    },
    /// The server's certificate is not to be trusted.
    #[error("the certificate of {host} is not trusted: {why}")]
    Certificate {
        /// The server.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing will help but another configuration.
    #[error("{what}")]
    Configuration {
        /// What is wrong.
        what: String,
        /// What to change.
        hint: String,
    },
    /// A file or folder could not be read.
    #[error("cannot read {path}: {why}")]
    File {
        /// Which one.
        path: String,
        /// The system's words.
        why: String,
    },
    /// The disk does not let settled mails be seen, moved or deleted.
    #[error("what `after` wants cannot be done in {path}: {why}")]
    Disk {
        /// Where.
        path: String,
        /// The system's words.
        why: String,
    },
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl InboxError {
    /// Whose wish it is that the mailbox is left alone after this.
    pub fn wait(&self) -> Wait {
        match self {
            InboxError::BackOff { .. } => Wait::Server,
            InboxError::Refused { .. } | InboxError::RefusedToken { .. } => Wait::Login,
            InboxError::Retry(_) | InboxError::Ledger(_) => Wait::Network,
            InboxError::Certificate { .. }
            | InboxError::Configuration { .. }
            | InboxError::File { .. }
            | InboxError::Disk { .. } => Wait::Person,
        }
    }

    /// What a person might do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            InboxError::Retry(_) => "check `host`, `port` and `tls`, and that the server can be reached from here",
            InboxError::BackOff { .. } => "nothing to do: it is tried again when the server allows",
            InboxError::Refused { .. } => "check `user` and the password's file, credential or command",
            InboxError::RefusedToken { mailbox, .. } => {
                return Some(format!(
                    "check that `user` is the account that agreed and may use IMAP, then run `touchbase login {mailbox}`"
                ));
            }
            InboxError::Certificate { .. } => {
                "check that `host` is the name in the certificate; for your own authority set `ca-file`"
            }
            InboxError::Configuration { hint, .. } => hint,
            InboxError::File { .. } => "check the path and that touchbase may read it",
            InboxError::Disk { .. } => {
                "look at the disk and the room on it; the mails are on record, and it is tried again"
            }
            InboxError::Ledger(_) => "check the free space and permissions of the store's folder",
        };
        Some(hint.to_owned())
    }
}

/// Whether a folder of this name holds what its owner sent, going by the names mail programs give it.
/// Only the last component counts; case is ignored.
pub(crate) fn named_like_sent(folder: &str) -> bool {
    const NAMES: [&str; 29] = [
        "sent",
        "sent items",
        "sent messages",
        "sent mail",
        "sent-mail",
        "outbox sent",
        "gesendet",
        "gesendete elemente",
        "gesendete objekte",
        "gesendete nachrichten",
        "envoyés",
        "éléments envoyés",
        "messages envoyés",
        "verzonden",
        "verzonden items",
        "verzonden berichten",
        "inviati",
        "posta inviata",
        "inviata",
        "enviados",
        "elementos enviados",
        "itens enviados",
        "mensajes enviados",
        "skickat",
        "sendt",
        "wysłane",
        "odeslané",
        "отправленные",
        "送信済み",
    ];
    let last = folder.rsplit(['/', '.']).next().unwrap_or(folder).trim().to_lowercase();
    NAMES.contains(&last.as_str())
}

#[cfg(test)]
mod tests {
    use super::named_like_sent;

    #[test]
    fn a_sent_folder_is_known_by_its_last_name_in_several_languages() {
        for name in ["Sent", "INBOX.Sent", "[Gmail]/Sent Mail", "Gesendete Elemente", "INBOX/Éléments envoyés"] {
            assert!(named_like_sent(name), "{name}");
        }
        for name in ["INBOX", "Sent/2024", "Presents", ""] {
            assert!(!named_like_sent(name), "{name}");
        }
    }
}
