//! The daemon's own parts behind the inbox: its ledger, its worker process, its writing thread, a store on disk.
//!
//! Time stands still while any of them is at work, since they work in real time: a ledger call holds the virtual clock,
//! and so does every mail from the handing over until it is settled.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use jiff::civil::Date;
use touchbase::contacts::{Contact, ContactId, Customer, CustomerId, Directory};
use touchbase::daemon::keeper::Keeper;
use touchbase::daemon::ledger::{Book, Desk};
use touchbase::inbox::{Attempt, Ledger, LedgerError, State};
use touchbase::interaction::Privacy;
use touchbase::mail::Address;
use touchbase::mailbox::{
    Comparison, Deed, Delivery, DeliveryId, EpochId, Listed, Mailbox, Owed, Pending, Progress, Uid, UidValidity,
    Waiting,
};
use touchbase::pipeline::{Known, Rules};
use touchbase::store::{self, Lock, Store};
use touchbase::understand::Team;
use touchbase::worker;

use super::clock;
use super::server::Server;

/// The processes that read mail, for every case of a thread.
pub fn readers() -> Arc<worker::Pool> {
    let settings = worker::Settings {
        program: PathBuf::from(env!("CARGO_BIN_EXE_touchbase")),
        args: vec![worker::COMMAND.into()],
        workers: 1,
        deadline: Duration::from_secs(60),
    };
    Arc::new(worker::Pool::new(settings, &known().rules))
}

/// Whoever wrote the mails is known; it is our customer.
fn known() -> Known {
    let ann = Contact {
        id: ContactId("ann-li".into()),
        name: Some("Ann Li".into()),
        addresses: Address::parse("ann@acme.example").into_iter().collect(),
        role: None,
        phone: None,
        since: None,
        notes: None,
    };
    let acme = Customer {
        id: CustomerId("acme".into()),
        name: "Acme".into(),
        domains: Vec::new(),
        cadence_days: None,
        since: None,
        notes: None,
        contacts: vec![ann],
    };
    let team = Team { addresses: Address::parse("me@us.example").into_iter().collect(), ..Team::default() };
    Known {
        rules: Rules { team, ..Rules::default() },
        directory: Directory::new(vec![acme], &[]),
        privacy: Privacy::default(),
    }
}

/// The file of a store in which nothing is yet: it is made once, as making it takes longer than many a case.
fn empty_store() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("touchbase.db");
        drop(Store::open(&store::Settings { path: path.clone() }).expect("a store"));
        std::fs::read(path).expect("a store")
    })
}

/// The store and everything before it, until it is closed.
pub struct Office {
    folder: tempfile::TempDir,
    pool: Arc<worker::Pool>,
    desk: Arc<Desk>,
    lock: Option<Lock>,
}

impl Office {
    /// With an empty store.
    pub fn open(pool: Arc<worker::Pool>) -> Office {
        let folder = tempfile::Builder::new().prefix("tb-faults").tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("touchbase.db"), empty_store()).expect("a store");
        let (desk, lock) = furnish(folder.path(), &pool);
        Office { folder, pool, desk, lock: Some(lock) }
    }

    /// Ends, and begins again with what is on disk, as another process would.
    pub fn reopen(&mut self) {
        self.desk.keeper.close();
        self.lock = None;
        let (desk, lock) = furnish(self.folder.path(), &self.pool);
        (self.desk, self.lock) = (desk, Some(lock));
    }

    /// A mailbox's ledger, which notes what it is asked.
    pub fn ledger(&self, server: &Arc<Server>) -> Arc<Watched> {
        Arc::new(Watched {
            book: Arc::new(Book::open(Arc::clone(&self.desk), 2)),
            server: Arc::clone(server),
            seen: Mutex::default(),
        })
    }

    /// The store's file.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("touchbase.db")
    }

    /// Waits until the writer has done everything it was told.
    pub async fn written(&self) {
        let _hold = Hold::new();
        let _ = self.desk.keeper.ask(|_| Ok(())).await;
    }
}

fn furnish(folder: &Path, pool: &Arc<worker::Pool>) -> (Arc<Desk>, Lock) {
    let mut store = Store::open(&store::Settings { path: folder.join("touchbase.db") }).expect("a store");
    // A reading process that is just being started by another thread holds all that is open here, until it is itself.
    let lock = (0..1_000).find_map(|_| {
        let lock = store.lock().ok();
        if lock.is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        lock
    });
    let lock = lock.expect("nobody else");
    let desk = Desk::new(Keeper::start(store, true), Arc::clone(pool), Arc::new(|_| Ok(known())));
    (Arc::new(desk.with_clock(clock::now)), lock)
}

/// Virtual time stands still until it is dropped.
struct Hold {
    _end: mpsc::Sender<()>,
}

impl Hold {
    fn new() -> Hold {
        let (end, ended) = mpsc::channel::<()>();
        // The runtime does not jump ahead while a blocking task runs.
        tokio::task::spawn_blocking(move || ended.recv().is_ok());
        Hold { _end: end }
    }
}

/// What the ledger was asked, as far as the oracle wants to know.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The cursor passed these mails although nobody had told of them.
    pub passed: Vec<String>,
    /// How often each ticket was handed over.
    pub handed: std::collections::BTreeMap<i64, usize>,
    /// What the folder was said to do.
    pub states: Vec<State>,
}

/// The daemon's ledger, watched.
pub struct Watched {
    book: Arc<Book>,
    server: Arc<Server>,
    seen: Mutex<Seen>,
}

impl Watched {
    /// What it was asked so far.
    pub fn seen(&self) -> Seen {
        self.seen.lock().expect("no panic while it was held").clone()
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.seen.lock().expect("no panic while it was held"));
    }

    /// A cursor may pass a mail only after an answer that told of it.
    fn check_cursor(&self, low: Uid) {
        let told = self.server.told();
        let passed = self.server.look(|folder| {
            let below = folder.mails.iter().filter(|mail| mail.uid < u64::from(low.0));
            let untold = below.filter(|mail| !told.contains(&mail.number) && !folder.denied.contains(&mail.number));
            untold
                .map(|mail| format!("mail {} (UID {}) passed by the cursor {}", mail.number, mail.uid, low.0))
                .collect()
        });
        self.note(|seen| seen.passed.extend::<Vec<String>>(passed));
    }
}

impl Ledger for Watched {
    async fn open_epoch(
        &self,
        mailbox: &Mailbox,
        validity: UidValidity,
        next: Option<Uid>,
    ) -> Result<Progress, LedgerError> {
        let _hold = Hold::new();
        self.book.open_epoch(mailbox, validity, next).await
    }

    async fn enumerate(
        &self,
        epoch: EpochId,
        listed: Vec<Listed>,
        low_uid: Option<Uid>,
    ) -> Result<Vec<Pending>, LedgerError> {
        if let Some(low) = low_uid {
            self.check_cursor(low);
        }
        let _hold = Hold::new();
        self.book.enumerate(epoch, listed, low_uid).await
    }

    async fn count_attempts(&self, ids: Vec<DeliveryId>) -> Result<Vec<Attempt>, LedgerError> {
        let _hold = Hold::new();
        self.book.count_attempts(ids).await
    }

    async fn give_back(&self, ids: Vec<DeliveryId>) -> Result<(), LedgerError> {
        let _hold = Hold::new();
        self.book.give_back(ids).await
    }

    async fn failed(&self, id: DeliveryId, reason: String) -> Result<(), LedgerError> {
        let _hold = Hold::new();
        self.book.failed(id, reason).await
    }

    async fn vanished(&self, ids: Vec<DeliveryId>) -> Result<(), LedgerError> {
        let _hold = Hold::new();
        self.book.vanished(ids).await
    }

    async fn deliver(&self, id: DeliveryId, delivery: Delivery, give_up: Option<String>) -> Result<(), LedgerError> {
        self.note(|seen| *seen.handed.entry(id.0).or_default() += 1);
        let hold = Hold::new();
        self.book.deliver(id, delivery, give_up).await?;
        let book = Arc::clone(&self.book);
        tokio::spawn(async move {
            let _hold = hold;
            let _ = book.settled().await;
        });
        Ok(())
    }

    async fn settled(&self) -> Result<(), LedgerError> {
        let _hold = Hold::new();
        self.book.settled().await
    }

    async fn waiting(&self, mailbox: &Mailbox) -> Result<Option<Waiting>, LedgerError> {
        let _hold = Hold::new();
        self.book.waiting(mailbox).await
    }

    async fn comparison(&self, epoch: EpochId, since: Option<Date>) -> Result<Comparison, LedgerError> {
        let _hold = Hold::new();
        self.book.comparison(epoch, since).await
    }

    async fn unknown(&self, epoch: EpochId, present: Vec<Uid>) -> Result<Vec<Uid>, LedgerError> {
        let _hold = Hold::new();
        self.book.unknown(epoch, present).await
    }

    async fn wish(&self, mailbox: &Mailbox, wishes: bool) -> Result<(), LedgerError> {
        let _hold = Hold::new();
        self.book.wish(mailbox, wishes).await
    }

    async fn owed(&self, mailbox: &Mailbox) -> Result<Owed, LedgerError> {
        let _hold = Hold::new();
        self.book.owed(mailbox).await
    }

    async fn did(&self, ids: Vec<DeliveryId>, deed: Deed) -> Result<(), LedgerError> {
        let _hold = Hold::new();
        self.book.did(ids, deed).await
    }

    fn state(&self, mailbox: &Mailbox, state: State) {
        self.note(|seen| seen.states.push(state.clone()));
        self.book.state(mailbox, state);
    }
}
