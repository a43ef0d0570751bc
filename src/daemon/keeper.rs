//! The one hand that writes: a thread that owns the store and settles mails in batches.
//!
//! A lone mail is written at once. Of a flood, some mails are waited for, more the longer it lasts, and those
//! that come while these are written go with them: up to 1,000, or a second's, share the syncs of the disk, and a
//! page that many of them touch is written once. Nothing is waited for while the record is locked, as others may
//! want to write, too.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::counts::Counts;
use crate::failure::{Code, Failure};
use crate::store::{Settled, Settlement, Store, StoreError};
use crate::{clock, wiring};

/// Mails in one transaction at the most.
const BATCH: usize = 1_000;
/// Mails of a flood that are waited for: by its first one, as there may not be many; and by a later one, at the most.
const FIRST: usize = 16;
const COMPANY: usize = 512;
/// How long a mail may wait for company.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long to wait for the next mail of a flood before looking whether the flood is over.
const LULL: Duration = Duration::from_millis(20);
/// How long to wait before a full or busy disk is asked again.
const PAUSE: Duration = Duration::from_secs(5);
/// How long the end of a program waits for the store to be closed.
const CLOSING: Duration = Duration::from_secs(2);

/// Dropped when a mail is on disk, or will not be: whatever waits for that hangs on its drop.
pub type Done = Box<dyn Send>;

/// A call on the store that somebody waits for; `false` when the store is beyond use.
type Question = Box<dyn FnOnce(&mut Store) -> bool + Send>;

enum Request {
    Ask(Question),
    Settle(Box<Settlement>, Done),
    Close,
}

/// A handle to the writing thread; clones share it. The thread ends with the last handle.
#[derive(Clone)]
pub struct Keeper {
    requests: Sender<Request>,
    shared: Arc<Shared>,
    ended: Arc<Mutex<Receiver<()>>>,
}

/// What the thread and its handles both see.
#[derive(Default)]
struct Shared {
    /// Mails that are being read and will ask to be settled.
    coming: AtomicUsize,
    counts: Mutex<Counts>,
    /// What ended the thread, for whoever has to tell a person.
    broken: Mutex<Option<StoreError>>,
    /// A transaction could not be written and will be tried again.
    stuck: AtomicBool,
    /// How often the thread has turned to its work: what stands still is stuck.
    turns: AtomicU64,
    /// Give up on the first refusal instead of waiting for room (`once`).
    impatient: AtomicBool,
}

impl Keeper {
    /// Starts the thread. With `impatient` a full disk ends it; without, it waits for room.
    pub fn start(store: Store, impatient: bool) -> Keeper {
        let (requests, inbox) = mpsc::channel();
        let shared = Arc::new(Shared { impatient: AtomicBool::new(impatient), ..Shared::default() });
        let writer = Writer { store, inbox, shared: shared.clone(), company: FIRST };
        // Dropped when the store is closed, which ends the waiting for it.
        let (open, ended) = mpsc::channel::<()>();
        let run = move || {
            writer.run();
            drop(open);
        };
        let _ = std::thread::Builder::new().name("writer".into()).spawn(run);
        Keeper { requests, shared, ended: Arc::new(Mutex::new(ended)) }
    }

    /// Closes the store once everything asked before is done: an orderly end leaves no write-ahead log, which the
    /// next start would have to read. Does not wait for a disk that has no room.
    pub fn close(&self) {
        let _ = self.requests.send(Request::Close);
        // Nothing is ever sent: it is answered when the thread lets go of its end.
        let _ = lock(&self.ended).recv_timeout(CLOSING);
    }

    /// Runs one call on the store, in turn. `Err(Gone)` when the thread has ended; it does so when a call shows that the
    /// store is beyond use, so that whoever looks after the program hears of it, and not only the one who asked.
    pub async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, AskError> {
        let (answer, answered) = oneshot::channel();
        let shared = self.shared.clone();
        let request = Request::Ask(Box::new(move |store| {
            let result = call(store);
            let fatal = result.as_ref().err().filter(|error| error.is_fatal()).cloned();
            let goes_on = fatal.is_none();
            if let Some(error) = fatal {
                *lock(&shared.broken) = Some(error);
            }
            // Whoever asked may have gone; then nobody wants the answer.
            let _ = answer.send(result);
            goes_on
        }));
        self.requests.send(request).map_err(|_| AskError::Gone)?;
        answered.await.map_err(|_| AskError::Gone)?.map_err(AskError::Store)
    }

    /// Runs one call on the store, in turn, without waiting for it. What goes wrong with it is nobody's business.
    pub fn tell(&self, call: impl FnOnce(&mut Store) + Send + 'static) {
        // A thread that has ended has said why.
        let question = |store: &mut Store| {
            call(store);
            true
        };
        let _ = self.requests.send(Request::Ask(Box::new(question)));
    }

    /// Announces that a mail is being read and will be settled.
    pub fn announce(&self) {
        self.shared.coming.fetch_add(1, Ordering::Relaxed);
    }

    /// Hands over an announced mail. `done` is dropped when it is on disk, or when the thread has ended.
    pub fn settle(&self, settlement: Settlement, done: Done) {
        self.shared.coming.fetch_sub(1, Ordering::Relaxed);
        // A thread that has ended drops the mail: it is not settled, and will be read again.
        let _ = self.requests.send(Request::Settle(Box::new(settlement), done));
    }

    /// Takes an announcement back: the mail will be read later.
    pub fn withdraw(&self) {
        self.shared.coming.fetch_sub(1, Ordering::Relaxed);
    }

    /// What was settled since the start.
    pub fn counts(&self) -> Counts {
        lock(&self.shared.counts).clone()
    }

    /// Why the thread ended, once.
    pub fn take_failure(&self) -> Option<StoreError> {
        lock(&self.shared.broken).take()
    }

    /// Whether a transaction waits for room on the disk.
    pub fn is_stuck(&self) -> bool {
        self.shared.stuck.load(Ordering::Relaxed)
    }

    /// How often the thread has turned to its work, a transaction that is tried again included. It is alive as
    /// long as this grows.
    pub fn turns(&self) -> u64 {
        self.shared.turns.load(Ordering::Relaxed)
    }
}

/// Why a call on the store has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The store refused.
    #[error(transparent)]
    Store(StoreError),
    /// The writer has ended; [`Keeper::take_failure`] says why.
    #[error("the writer has ended")]
    Gone,
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Failure {
        match error {
            AskError::Store(error) => wiring::store_failure(error),
            AskError::Gone => Failure::new(Code::TryLater, "the store is closed"),
        }
    }
}

/// Mails that are settled together, and who waits for each.
struct Batch {
    mails: Vec<Settlement>,
    dones: Vec<Done>,
}

impl Batch {
    fn of((mail, done): (Settlement, Done)) -> Batch {
        Batch { mails: vec![mail], dones: vec![done] }
    }

    fn add(&mut self, mail: Settlement, done: Done) {
        self.mails.push(mail);
        self.dones.push(done);
    }
}

struct Writer {
    store: Store,
    inbox: Receiver<Request>,
    shared: Arc<Shared>,
    /// How many mails the next one waits for.
    company: usize,
}

impl Writer {
    fn run(mut self) {
        let mut next = None;
        while let Some(request) = next.take().or_else(|| self.inbox.recv().ok()) {
            match request {
                Request::Close => return,
                Request::Ask(call) => {
                    if !call(&mut self.store) {
                        return;
                    }
                }
                Request::Settle(settlement, done) => {
                    let (mails, behind) = self.gather((*settlement, done));
                    next = behind;
                    if !self.settle(mails, Some(&mut next)) {
                        return;
                    }
                }
            }
        }
    }

    /// Collects company for one mail. A question ends that and is answered after the mails.
    fn gather(&mut self, first: (Settlement, Done)) -> (Batch, Option<Request>) {
        let (mut batch, began) = (Batch::of(first), Instant::now());
        let company = self.company;
        self.company = COMPANY.min(2 * company);
        while batch.mails.len() < company && began.elapsed() < PATIENCE {
            match self.inbox.try_recv() {
                Ok(Request::Settle(settlement, done)) => batch.add(*settlement, done),
                Ok(other) => return (batch, Some(other)),
                Err(_) if self.shared.coming.load(Ordering::Relaxed) == 0 => {
                    self.company = FIRST;
                    break;
                }
                Err(_) => match self.inbox.recv_timeout(LULL) {
                    Ok(Request::Settle(settlement, done)) => batch.add(*settlement, done),
                    Ok(other) => return (batch, Some(other)),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
                },
            }
        }
        (batch, None)
    }

    /// Settles mails, waiting for room if need be. With a place for what comes `behind` them, mails that come meanwhile
    /// join them, until there is a question in that place. `false` when the store is beyond use.
    fn settle(&mut self, batch: Batch, mut behind: Option<&mut Option<Request>>) -> bool {
        let Batch { mut mails, mut dones } = batch;
        loop {
            self.shared.turns.fetch_add(1, Ordering::Relaxed);
            let (began, mut many) = (Instant::now(), mails.len());
            let more = || {
                let behind = behind.as_mut().filter(|behind| behind.is_none())?;
                if many >= BATCH || began.elapsed() >= PATIENCE {
                    return None;
                }
                match self.inbox.try_recv().ok()? {
                    Request::Settle(settlement, done) => {
                        dones.push(done);
                        many += 1;
                        Some(*settlement)
                    }
                    question => {
                        **behind = Some(question);
                        None
                    }
                }
            };
            match self.store.settle_as_they_come(&mut mails, clock::now, more) {
                Ok(settled) => {
                    self.shared.stuck.store(false, Ordering::Relaxed);
                    lock(&self.shared.counts).add(&settled);
                    tell(&settled);
                    drop(dones);
                    return true;
                }
                Err(error) if error.may_retry() && !self.shared.impatient.load(Ordering::Relaxed) => {
                    if !self.shared.stuck.swap(true, Ordering::Relaxed) {
                        tracing::warn!(reason = %error, "cannot write; will try again");
                    }
                    std::thread::sleep(PAUSE);
                }
                Err(error) if !error.is_fatal() && mails.len() > 1 => {
                    return self.settle_one_by_one(Batch { mails, dones });
                }
                Err(error) if !error.is_fatal() && !error.may_retry() => {
                    self.refuse(mails.remove(0), error);
                    return true;
                }
                Err(error) => {
                    *lock(&self.shared.broken) = Some(error);
                    return false;
                }
            }
        }
    }

    /// One mail that cannot be settled must not hold up the others.
    fn settle_one_by_one(&mut self, batch: Batch) -> bool {
        batch.mails.into_iter().zip(batch.dones).all(|one| self.settle(Batch::of(one), None))
    }

    /// Notes that one mail could not be settled; its attempt stays counted, so the third leads to the quarantine.
    fn refuse(&mut self, settlement: Settlement, error: StoreError) {
        tracing::error!(delivery = settlement.delivery.0, reason = %error, "mail could not be settled");
        let _ = self.store.failed(settlement.delivery, &error.to_string(), clock::now());
    }
}

/// Tells what became of mails.
fn tell(settled: &[Settled]) {
    for mail in settled {
        let (delivery, outcome) = (mail.delivery.0, &mail.outcome);
        let (interactions, duplicates) = (mail.interactions.len(), mail.duplicates);
        tracing::info!(delivery, ?outcome, interactions, duplicates, "mail settled");
        for answered in &mail.answered {
            let (matter, came) = (answered.number, answered.came);
            tracing::info!(delivery, matter, ?came, "an answer to a report was heeded");
        }
    }
}

/// The value, whatever became of a thread that held it: counts and reasons stay true.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::{Disposition, Outcome};
    use crate::mailbox::{DeliveryId, Key, Listed, Mailbox, Uid, UidValidity};
    use crate::store::Settings;

    /// Notes when it is dropped.
    struct Waiting(i64, Arc<Mutex<Vec<i64>>>);

    impl Drop for Waiting {
        fn drop(&mut self) {
            lock(&self.1).push(self.0);
        }
    }

    fn settlement(delivery: DeliveryId) -> Settlement {
        let disposition = Disposition {
            outcome: Outcome::SetAside,
            reason: Some("a list".to_owned()),
            interactions: vec![],
            forwarding_request: None,
            answer: None,
        };
        Settlement { delivery, digest: [7; 32], disposition, raw: None, subject: None, author: None }
    }

    /// A disk that fails is met by whoever asks first. The program has to end of it, to be started anew: else a mailbox
    /// that could not be listed would be watched no longer, and nobody would know.
    #[tokio::test]
    async fn a_question_that_meets_a_failing_disk_ends_the_writer() {
        let dir = tempfile::tempdir().unwrap();
        let keeper = Keeper::start(Store::open(&Settings { path: dir.path().join("touchbase.db") }).unwrap(), false);
        let refused = keeper.ask(|_| Err::<(), _>(StoreError::NotFound("a mail".into()))).await;
        assert!(matches!(refused, Err(AskError::Store(StoreError::NotFound(_)))));
        assert!(keeper.ask(|_| Ok(())).await.is_ok(), "one question that is refused is no reason to end");
        let failed = keeper.ask(|_| Err::<(), _>(StoreError::Broken("disk I/O error".into()))).await;
        assert!(matches!(failed, Err(AskError::Store(StoreError::Broken(_)))));
        assert!(matches!(keeper.take_failure(), Some(StoreError::Broken(_))));
        assert!(matches!(keeper.ask(|_| Ok(())).await, Err(AskError::Gone)));
    }

    /// More mails wait than are gathered: the others join while these are written. One that is refused takes none with
    /// it, and a question is answered behind what was handed over before it and before what came later.
    #[tokio::test]
    async fn what_comes_while_a_batch_is_written_joins_it_in_its_order() {
        const BEFORE: usize = FIRST + 6;
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&Settings { path: dir.path().join("touchbase.db") }).unwrap();
        let mailbox = Mailbox { name: "capture".into(), folder: "INBOX".into() };
        let epoch = store.open_epoch(&mailbox, UidValidity(1), None, clock::now()).unwrap().epoch;
        let listed = |uid| Listed { key: Key::Uid(Uid(uid)), size: 9, arrived: None };
        let listed: Vec<Listed> = (1..=BEFORE as u32 + 1).map(listed).collect();
        let known = store.enumerate(epoch, &listed, Some(Uid(999)), clock::now()).unwrap();

        let keeper = Keeper::start(store, true);
        let (open, gate) = mpsc::channel::<()>();
        keeper.tell(move |_| _ = gate.recv());
        let dropped = Arc::new(Mutex::new(Vec::new()));
        let hand_over = |id: DeliveryId| {
            keeper.announce();
            keeper.settle(settlement(id), Box::new(Waiting(id.0, dropped.clone())));
        };
        let (before, behind) = known.split_at(BEFORE);
        let unknown = DeliveryId(9_999);
        before.iter().take(FIRST + 2).for_each(|mail| hand_over(mail.id));
        hand_over(unknown);
        before.iter().skip(FIRST + 2).for_each(|mail| hand_over(mail.id));
        let landed = dropped.clone();
        let mut between = std::pin::pin!(keeper.ask(move |_| Ok(lock(&landed).clone())));
        assert!(futures_util::poll!(between.as_mut()).is_pending());
        behind.iter().for_each(|mail| hand_over(mail.id));
        drop(open);

        let mut expected: Vec<i64> = before.iter().map(|mail| mail.id.0).collect();
        expected.insert(FIRST + 2, unknown.0);
        assert_eq!(between.await.unwrap(), expected, "those before it, each once, none behind it");
        keeper.ask(|_| Ok(())).await.unwrap();
        assert_eq!((lock(&dropped).len(), keeper.counts().total()), (BEFORE + 2, BEFORE as u64 + 1));
        assert!(keeper.take_failure().is_none());
        keeper.close();
    }
}
