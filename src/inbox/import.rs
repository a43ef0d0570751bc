//! History from files: Maildirs, mbox files, `.eml` files and folders of them.
//!
//! A mail is known by the digest of its bytes, so that an import can be stopped anywhere and begun again, and the same
//! file given twice adds nothing. Files are only read.

mod mbox;
mod source;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::inbox::{BEGINNING, InboxError, Ledger, WHOLE, once_more};
use crate::mailbox::{Delivery, EpochId, Key, Listed, Mailbox, Pending, Route, UidValidity};

pub use source::{Kind, Source, sources};

/// The mailbox's name that imported mails have.
pub const NAME: &str = "import";
/// Mails and bytes recorded at once.
const BATCH: usize = 200;
const BATCH_BYTES: u64 = 8 * 1024 * 1024;

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of all sources.
    pub done: u64,
    /// Bytes of all sources.
    pub total: u64,
    /// Mails read.
    pub mails: u64,
    /// Mails handed over; the others were known.
    pub new: u64,
}

/// One mail read from a source.
#[derive(Debug)]
pub(crate) struct Loose {
    pub bytes: Vec<u8>,
    /// The whole size, in bytes.
    pub size: u64,
    /// What it is known by.
    pub digest: [u8; 32],
    pub arrived: Option<Timestamp>,
    /// Bytes of the source up to its end.
    pub read: u64,
}

impl Loose {
    /// From what is kept in memory of a mail of `size` bytes (see [`KEPT`]).
    fn new(mut bytes: Vec<u8>, size: u64, arrived: Option<Timestamp>, read: u64) -> Loose {
        let mut digest = Sha256::new_with_prefix(&bytes);
        if size > WHOLE {
            // Of a mail too large to be kept, its beginning and its size are what it is known by.
            digest.update(size.to_be_bytes());
            bytes.truncate(BEGINNING as usize);
            bytes.shrink_to_fit();
        }
        Loose { bytes, size, digest: digest.finalize().into(), arrived, read }
    }
}

/// How much of a mail is held while it is read, in bytes.
const KEPT: u64 = WHOLE;

/// Imports every source, telling how far it is after each batch. A source that cannot be read ends the import with
/// what was read before recorded.
pub async fn run<L: Ledger>(
    paths: &[PathBuf],
    ledger: Arc<L>,
    clock: fn() -> Timestamp,
    mut tell: impl FnMut(Progress) + Send,
) -> Result<Progress, InboxError> {
    let sources = sources(paths)?;
    let mut progress = Progress { total: sources.iter().map(|source| source.bytes).sum(), ..Progress::default() };
    for source in sources {
        let before = progress.done;
        let bytes = source.bytes;
        let mut importer = Importer::open(&ledger, &source, clock).await?;
        // Each may be as large as a mail can be.
        let (sender, mut mails) = mpsc::channel::<Result<Loose, InboxError>>(4);
        let reading = spawn_blocking(move || source.read(&mut |mail| sender.blocking_send(mail).is_ok()));
        while let Some(mail) = mails.recv().await {
            let mail = mail?;
            progress.done = before + mail.read;
            progress.mails += 1;
            importer.batch.push(mail);
            if importer.is_full() {
                progress.new += importer.hand_over_batch().await?;
                tell(progress);
            }
        }
        progress.new += importer.hand_over_batch().await?;
        progress.done = before + bytes;
        tell(progress);
        let _ = reading.await;
    }
    ledger.settled().await?;
    Ok(progress)
}

struct Importer<'a, L> {
    ledger: &'a Arc<L>,
    mailbox: Mailbox,
    epoch: EpochId,
    sent: bool,
    /// What an earlier import listed and did not settle.
    unsettled: BTreeMap<Key, Pending>,
    batch: Vec<Loose>,
    clock: fn() -> Timestamp,
}

impl<'a, L: Ledger> Importer<'a, L> {
    async fn open(
        ledger: &'a Arc<L>,
        source: &Source,
        clock: fn() -> Timestamp,
    ) -> Result<Importer<'a, L>, InboxError> {
        let mailbox = Mailbox { name: NAME.into(), folder: source.folder.clone() };
        let progress = ledger.open_epoch(&mailbox, UidValidity(0), None).await?;
        let unsettled = progress.retry.into_iter().map(|mail| (mail.key.clone(), mail)).collect();
        Ok(Importer { ledger, mailbox, epoch: progress.epoch, sent: source.sent, unsettled, batch: Vec::new(), clock })
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= BATCH || self.batch.iter().map(|mail| mail.bytes.len() as u64).sum::<u64>() >= BATCH_BYTES
    }

    /// Records the batch, hands over what is new in it, and tells how many that were.
    async fn hand_over_batch(&mut self) -> Result<u64, InboxError> {
        let mut mails: BTreeMap<Key, Loose> = BTreeMap::new();
        let mut listed = Vec::new();
        for mail in std::mem::take(&mut self.batch) {
            let key = Key::Name(mail.digest.iter().map(|byte| format!("{byte:02x}")).collect());
            if let Entry::Vacant(place) = mails.entry(key.clone()) {
                listed.push(Listed { key, size: mail.size, arrived: mail.arrived });
                place.insert(mail);
            }
        }
        let mut handed = 0;
        for mail in self.ledger.enumerate(self.epoch, listed, None).await? {
            if let Some(loose) = mails.remove(&mail.key) {
                self.deliver(mail, loose, None).await?;
                handed += 1;
            }
        }
        for (key, loose) in mails {
            if let Some(mail) = self.unsettled.remove(&key) {
                self.deliver_again(mail, loose).await?;
                handed += 1;
            }
        }
        Ok(handed)
    }

    /// One by one, each settled before the next: whatever breaks is known by name.
    async fn deliver_again(&self, mail: Pending, loose: Loose) -> Result<(), InboxError> {
        let give_up = once_more(self.ledger.as_ref(), &mail).await?;
        self.deliver(mail, loose, give_up).await?;
        Ok(self.ledger.settled().await?)
    }

    async fn deliver(&self, mail: Pending, loose: Loose, give_up: Option<String>) -> Result<(), InboxError> {
        let delivery = Delivery {
            mailbox: self.mailbox.clone(),
            route: Route::Import,
            sent_folder: self.sent,
            arrived: loose.arrived.unwrap_or_else(self.clock),
            size: loose.size,
            bytes: loose.bytes,
        };
        Ok(self.ledger.deliver(mail.id, delivery, give_up).await?)
    }
}
