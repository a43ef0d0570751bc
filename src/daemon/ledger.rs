//! The inboxes' ledger, kept over the store: what was seen, tried and settled.
//!
//! Bytes that are handed over are read by the worker processes, several at a time, and settled in the
//! order in which they were handed over, so that the same mail gives the same record.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::StreamExt;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::keeper::{AskError, Keeper};
use super::states::States;
use super::tally::Tally;
use crate::clock;
use crate::inbox::{Attempt, Ledger, LedgerError, State};
use crate::interaction::{Disposition, Outcome};
use crate::mail::{Participant, Role, Untrusted};
use crate::mailbox::{
    Comparison, Deed, Delivery, DeliveryId, EpochId, Listed, Mailbox, Owed, Pending, Progress, Uid, UidValidity,
    Waiting,
};
use crate::pipeline::{self, Known, Understood};
use crate::store::{LONGEST_REST, Reader, Settlement, StoreError};
use crate::worker::{Pool, Unread};

/// Bytes handed over and not settled, in KiB: enough to keep both processors busy, far from the memory bar.
const IN_FLIGHT: u32 = 48 * 1024;
/// Mails that are read with one question, at the most, and bytes after which no further one joins.
const TOGETHER: usize = 32;
const TOGETHER_BYTES: usize = 384 * 1024;
/// How long mail is left alone when no process could be started to read it.
const NO_READER: SignedDuration = SignedDuration::from_secs(60);
/// Failed attempts after which a mail goes to the quarantine.
const ATTEMPTS: u32 = 3;
/// How long a mail that could not be had is left alone after each failed attempt. A server that hands over nothing
/// for some hours is not the fault of the mails that came meanwhile; the first try may just have been unlucky.
const REST: [SignedDuration; 3] = [SignedDuration::ZERO, SignedDuration::from_hours(2), LONGEST_REST];

/// What every mailbox's ledger shares.
pub struct Desk {
    /// The hand that writes.
    pub keeper: Keeper,
    /// The processes that read.
    pub pool: Arc<Pool>,
    /// How the mailboxes are doing.
    pub states: States,
    /// What the mailboxes cost.
    pub tally: Tally,
    /// Empty until the first mail asks, since most passes over a mailbox find none.
    known: RwLock<Arc<OnceCell<Arc<Known>>>>,
    learn_first: Arc<LearnFirst>,
    room: Arc<Semaphore>,
    clock: fn() -> Timestamp,
}

/// Reads who is known, and by which rules, from the record.
pub type LearnFirst = dyn Fn(&Reader) -> Result<Known, StoreError> + Send + Sync;

impl Desk {
    /// A desk that learns who is known when the first mail comes, unless it is told before.
    pub fn new(keeper: Keeper, pool: Arc<Pool>, learn_first: Arc<LearnFirst>) -> Desk {
        Desk {
            keeper,
            pool,
            states: States::default(),
            tally: Tally::default(),
            known: RwLock::default(),
            learn_first,
            room: Arc::new(Semaphore::new(IN_FLIGHT as usize)),
            clock: clock::now,
        }
    }

    /// The same with another time, for whoever counts it otherwise.
    pub fn with_clock(self, clock: fn() -> Timestamp) -> Desk {
        Desk { clock, ..self }
    }

    /// What is known now. A mail is concluded by one snapshot of it.
    ///
    /// # Errors
    /// It was never read, and cannot be now.
    pub async fn known(&self) -> Result<Arc<Known>, AskError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let learn = self.learn_first.clone();
        let first = || async { self.keeper.ask(move |store| learn(store)).await.map(Arc::new) };
        known.get_or_try_init(first).await.cloned()
    }

    /// Has everything made ready that so many mails on their way will need.
    fn expect(self: &Arc<Desk>, mails: usize) {
        if mails > 0 {
            self.pool.expect(mails);
            let desk = self.clone();
            // Why it may fail is told with the mails, which ask again.
            tokio::spawn(async move { drop(desk.known().await) });
        }
    }

    /// Replaces what is known; mails on their way are concluded by the new.
    pub fn learn(&self, known: Known) {
        self.pool.reload(&known.rules.for_a_record());
        let known = Arc::new(OnceCell::new_with(Some(Arc::new(known))));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// One mailbox's ledger.
pub struct Book {
    desk: Arc<Desk>,
    jobs: mpsc::Sender<Job>,
    flight: Arc<Flight>,
}

/// A mail on its way from the inbox to the record.
struct Job {
    id: DeliveryId,
    delivery: Delivery,
    give_up: Option<String>,
    flying: Flying,
}

/// How many mails were handed over, and how many of them have landed.
struct Flight {
    handed: AtomicU64,
    landed: watch::Sender<u64>,
}

/// Counts as landed when dropped, and makes room.
struct Flying {
    flight: Arc<Flight>,
    _room: OwnedSemaphorePermit,
}

impl Drop for Flying {
    fn drop(&mut self) {
        self.flight.landed.send_modify(|landed| *landed += 1);
    }
}

impl Book {
    /// Opens a mailbox's ledger; `readers` mails are read at a time.
    pub fn open(desk: Arc<Desk>, readers: usize) -> Book {
        let (jobs, waiting) = mpsc::channel(256);
        let flight = Arc::new(Flight { handed: AtomicU64::new(0), landed: watch::Sender::new(0) });
        tokio::spawn(settle_in_order(desk.clone(), waiting, readers));
        Book { desk, jobs, flight }
    }
}

/// Reads several mails at a time and settles them in the order of their handing over.
async fn settle_in_order(desk: Arc<Desk>, waiting: mpsc::Receiver<Job>, readers: usize) {
    let batches =
        futures_util::stream::unfold(waiting, |mut waiting| async { Some((batch(&mut waiting).await?, waiting)) });
    let read = batches.map(|jobs| settlements(&desk, jobs));
    let mut settled = std::pin::pin!(read.buffered(readers.max(1)));
    while let Some(batch) = settled.next().await {
        for (settlement, flying) in batch {
            match settlement {
                Ok(settlement) => desk.keeper.settle(settlement, Box::new(flying)),
                Err(id) => {
                    // Before the mail counts as landed: whoever looks for it then finds the attempt taken back.
                    let later = (desk.clock)().saturating_add(NO_READER).unwrap_or(Timestamp::MAX);
                    desk.keeper.tell(move |store| {
                        let given_back = store.give_back(&[id]);
                        let noted = given_back.and_then(|()| store.failed(id, "no process could be started", later));
                        if let Err(error) = noted {
                            tracing::warn!(reason = %error, "an attempt stays counted");
                        }
                    });
                    desk.keeper.withdraw();
                }
            }
        }
    }
}

/// The next mail, and those that wait behind it already: questions to a reader cost as much as short mails do.
async fn batch(waiting: &mut mpsc::Receiver<Job>) -> Option<Vec<Job>> {
    let first = waiting.recv().await?;
    let mut bytes = first.delivery.bytes.len();
    let mut jobs = vec![first];
    while jobs.len() < TOGETHER && bytes < TOGETHER_BYTES {
        let Ok(job) = waiting.try_recv() else { break };
        bytes += job.delivery.bytes.len();
        jobs.push(job);
    }
    Some(jobs)
}

/// What becomes of each mail; its number when nobody could be found to read it, which is not its fault.
async fn settlements(desk: &Desk, jobs: Vec<Job>) -> Vec<(Result<Settlement, DeliveryId>, Flying)> {
    let to_read: Vec<&Delivery> = jobs.iter().filter(|job| job.give_up.is_none()).map(|job| &job.delivery).collect();
    let (known, answers) = tokio::join!(desk.known(), desk.pool.read_together(&to_read));
    let known = match known {
        Ok(known) => known,
        Err(error) => {
            tracing::error!(reason = %error, mails = jobs.len(), "who is known cannot be read; mails are read later");
            return jobs.into_iter().map(|job| (Err(job.id), job.flying)).collect();
        }
    };
    let mut answers = answers.into_iter();
    let one = |job: Job| {
        let read = match job.give_up {
            Some(reason) => Err(reason),
            None => match answers.next() {
                Some(Ok(understood)) => Ok(understood),
                Some(Err(Unread::Mail { reason })) => Err(reason),
                Some(Err(error @ Unread::NoWorker(_))) => {
                    tracing::error!(delivery = job.id.0, reason = %error, "mail is read later");
                    return (Err(job.id), job.flying);
                }
                None => return (Err(job.id), job.flying),
            },
        };
        (Ok(settlement(job.id, job.delivery, read, &known)), job.flying)
    };
    jobs.into_iter().map(one).collect()
}

/// What becomes of a mail that was read, or could not be for a reason.
fn settlement(id: DeliveryId, delivery: Delivery, read: Result<Understood, String>, known: &Known) -> Settlement {
    let digest = Sha256::digest(&delivery.bytes).into();
    let (disposition, shown) = match read {
        Ok(understood) => {
            let disposition = pipeline::conclude(&understood, delivery.route, Some(delivery.arrived), known);
            (disposition, Some(understood))
        }
        Err(reason) => (unreadable(reason), None),
    };
    let kept = matches!(disposition.outcome, Outcome::Untrusted | Outcome::Unreadable);
    Settlement {
        delivery: id,
        digest,
        raw: kept.then_some(delivery.bytes),
        subject: shown.as_ref().map(|u| u.reading.envelope.subject.clone()),
        author: shown.as_ref().and_then(claimed_author),
        disposition,
    }
}

/// The disposition of a mail that nobody could read.
pub fn unreadable(reason: String) -> Disposition {
    Disposition {
        outcome: Outcome::Unreadable,
        reason: Some(reason),
        interactions: Vec::new(),
        forwarding_request: None,
        answer: None,
    }
}

/// Whom the mail says it is from, for the quarantine's list.
pub fn claimed_author(understood: &Understood) -> Option<Untrusted> {
    let from = understood.reading.envelope.participants.iter().find(|p| p.role == Role::From)?;
    let Participant { name, address, .. } = from;
    match (name, address) {
        (Some(name), Some(address)) => Some(Untrusted::new(format!("{} <{address}>", name.raw()))),
        (None, Some(address)) => Some(Untrusted::new(address.as_str())),
        (name, None) => name.clone(),
    }
}

impl Ledger for Book {
    async fn open_epoch(
        &self,
        mailbox: &Mailbox,
        validity: UidValidity,
        next: Option<Uid>,
    ) -> Result<Progress, LedgerError> {
        self.desk.states.open(mailbox);
        let mailbox = mailbox.clone();
        let now = self.now();
        let progress = self.ask(move |store| store.open_epoch(&mailbox, validity, next, now)).await?;
        // The server has given out numbers that were not listed: whoever reads makes ready while they are.
        let unlisted = next.map_or(0, |next| next.0.saturating_sub(progress.low_uid.0));
        self.desk.expect(progress.retry.len() + unlisted as usize);
        Ok(progress)
    }

    async fn enumerate(
        &self,
        epoch: EpochId,
        listed: Vec<Listed>,
        low_uid: Option<Uid>,
    ) -> Result<Vec<Pending>, LedgerError> {
        let now = self.now();
        let new = self.ask(move |store| store.enumerate(epoch, &listed, low_uid, now)).await?;
        self.desk.expect(new.len());
        Ok(new)
    }

    async fn count_attempts(&self, ids: Vec<DeliveryId>) -> Result<Vec<Attempt>, LedgerError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let counted = self.ask(move |store| store.count_attempts(&ids)).await?;
        let may = |counted| if counted > ATTEMPTS { Attempt::GiveUp } else { Attempt::Go };
        Ok(counted.into_iter().map(may).collect())
    }

    async fn give_back(&self, ids: Vec<DeliveryId>) -> Result<(), LedgerError> {
        self.ask(move |store| store.give_back(&ids)).await
    }

    async fn failed(&self, id: DeliveryId, reason: String) -> Result<(), LedgerError> {
        let now = self.now();
        self.ask(move |store| {
            let failures = store.attempts(id)?.max(1) as usize - 1;
            let rest = REST.get(failures).or(REST.last()).copied().unwrap_or_default();
            store.failed(id, &reason, now.saturating_add(rest).unwrap_or(now))
        })
        .await
    }

    async fn vanished(&self, ids: Vec<DeliveryId>) -> Result<(), LedgerError> {
        self.ask(move |store| store.vanished(&ids)).await
    }

    async fn deliver(&self, id: DeliveryId, delivery: Delivery, give_up: Option<String>) -> Result<(), LedgerError> {
        let kib = u32::try_from(delivery.bytes.len() / 1024).unwrap_or(u32::MAX).saturating_add(1).min(IN_FLIGHT);
        let room = self.desk.room.clone().acquire_many_owned(kib).await.map_err(|_| LedgerError::Closed)?;
        self.flight.handed.fetch_add(1, Ordering::Relaxed);
        let flying = Flying { flight: self.flight.clone(), _room: room };
        self.desk.tally.fetched(&delivery.mailbox, delivery.bytes.len());
        self.desk.keeper.announce();
        self.jobs.send(Job { id, delivery, give_up, flying }).await.map_err(|_| LedgerError::Closed)
    }

    async fn settled(&self) -> Result<(), LedgerError> {
        let handed = self.flight.handed.load(Ordering::Relaxed);
        let mut landed = self.flight.landed.subscribe();
        landed.wait_for(|landed| *landed >= handed).await.map(|_| ()).map_err(|_| LedgerError::Closed)
    }

    async fn waiting(&self, mailbox: &Mailbox) -> Result<Option<Waiting>, LedgerError> {
        let mailbox = mailbox.clone();
        self.ask(move |store| store.waiting(&mailbox)).await
    }

    async fn comparison(&self, epoch: EpochId, since: Option<Date>) -> Result<Comparison, LedgerError> {
        self.ask(move |store| store.comparison(epoch, since)).await
    }

    async fn unknown(&self, epoch: EpochId, present: Vec<Uid>) -> Result<Vec<Uid>, LedgerError> {
        let now = self.now();
        let unknown = self.ask(move |store| store.unknown(epoch, &present, now)).await?;
        self.desk.tally.late(unknown.len());
        Ok(unknown)
    }

    async fn wish(&self, mailbox: &Mailbox, wishes: bool) -> Result<(), LedgerError> {
        let mailbox = mailbox.clone();
        self.ask(move |store| store.wish(&mailbox, wishes)).await
    }

    async fn owed(&self, mailbox: &Mailbox) -> Result<Owed, LedgerError> {
        let mailbox = mailbox.clone();
        self.ask(move |store| store.owed(&mailbox)).await
    }

    async fn did(&self, ids: Vec<DeliveryId>, deed: Deed) -> Result<(), LedgerError> {
        self.ask(move |store| store.did(&ids, deed)).await
    }

    fn state(&self, mailbox: &Mailbox, state: State) {
        self.desk.states.note(mailbox, &state);
        let (mailbox, now) = (mailbox.clone(), self.now());
        // A state that cannot be written down is told again soon.
        match state {
            State::Idle | State::Polling | State::Read => {
                self.desk.keeper.tell(move |store| drop(store.note_success(&mailbox, now)));
            }
            State::Waiting { until, wait, reason } => {
                self.desk.keeper.tell(move |store| drop(store.note_failure(&mailbox, &reason, now, until, wait)));
            }
            State::Connecting => self.desk.tally.connecting(&mailbox),
            State::Held { .. } | State::Reading { .. } | State::Stopped => {}
        }
    }
}

impl Book {
    fn now(&self) -> Timestamp {
        (self.desk.clock)()
    }

    async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut crate::store::Store) -> crate::store::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.desk.keeper.ask(call).await.map_err(|error| match error {
            // The writer has ended of it, and so will the program.
            AskError::Store(error) if error.is_fatal() => LedgerError::Closed,
            AskError::Store(error) => LedgerError::Busy(error.to_string()),
            AskError::Gone => LedgerError::Closed,
        })
    }
}
