//! A ledger in memory: what the store promises, without the store.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use touchbase::inbox::{Attempt, Ledger, LedgerError, State};
use touchbase::mailbox::{
    Comparison, Deed, Delivery, DeliveryId, EpochId, Key, Listed, Mailbox, Owed, Pending, Progress, Uid, UidValidity,
    Waiting,
};

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Listed, not settled.
    Pending,
    /// Handed over.
    Delivered,
    /// Handed over to be kept unread, for that reason.
    GivenUp(String),
    /// Removed before it was fetched.
    Vanished,
}

/// One mail of the book.
#[derive(Debug, Clone)]
pub struct Row {
    pub epoch: EpochId,
    pub listed: Listed,
    pub attempts: u32,
    pub fate: Fate,
    pub delivery: Option<Delivery>,
    /// How often its bytes were handed over.
    pub times: u32,
}

/// What an inbox did, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// Handed this mail over.
    HandedOver(DeliveryId),
    /// Waited until everything handed over is settled.
    Waited,
}

#[derive(Default)]
struct Book {
    epochs: Vec<(Mailbox, UidValidity, Uid)>,
    rows: BTreeMap<DeliveryId, Row>,
    states: Vec<(Mailbox, State)>,
    failures: Vec<String>,
    did: Vec<Did>,
    waiting: Vec<(Mailbox, Waiting)>,
    since: Option<Date>,
}

/// The ledger.
#[derive(Default)]
pub struct TestLedger {
    book: Mutex<Book>,
}

impl TestLedger {
    /// Every mail in the order it was listed.
    pub fn rows(&self) -> Vec<Row> {
        self.book.lock().unwrap().rows.values().cloned().collect()
    }

    /// Has a folder left alone, as an earlier start would have.
    pub fn leave_alone(&self, mailbox: Mailbox, waiting: Waiting) {
        self.book.lock().unwrap().waiting.push((mailbox, waiting));
    }

    /// Every mail handed over.
    pub fn delivered(&self) -> Vec<Delivery> {
        self.rows().into_iter().filter(|row| row.fate == Fate::Delivered).filter_map(|row| row.delivery).collect()
    }

    /// How many mails were handed over between one waiting for all to be settled and the next.
    pub fn groups(&self) -> Vec<usize> {
        let did = self.book.lock().unwrap().did.clone();
        let groups = did.split(|did| *did == Did::Waited).map(<[Did]>::len);
        groups.filter(|mails| *mails > 0).collect()
    }

    /// The mails handed over, in that order.
    pub fn order(&self) -> Vec<DeliveryId> {
        let handed = |did: &Did| if let Did::HandedOver(id) = did { Some(*id) } else { None };
        self.book.lock().unwrap().did.iter().filter_map(handed).collect()
    }

    /// Forgets what was done, not what is known.
    pub fn forget_what_was_done(&self) {
        self.book.lock().unwrap().did.clear();
    }

    /// Everything a folder was said to do.
    pub fn states(&self) -> Vec<State> {
        self.book.lock().unwrap().states.iter().map(|(_, state)| state.clone()).collect()
    }

    /// How many epochs were opened.
    pub fn epochs(&self) -> usize {
        self.book.lock().unwrap().epochs.len()
    }

    /// Makes a mail pending again with so many attempts, as a crash would have left it.
    pub fn crash(&self, place: usize, attempts: u32) {
        let mut book = self.book.lock().unwrap();
        let row = book.rows.values_mut().nth(place).expect("that mail");
        (row.fate, row.attempts, row.delivery) = (Fate::Pending, attempts, None);
    }

    /// Waits until it is so, at most `within`.
    pub async fn until(&self, within: Duration, so: impl Fn(&TestLedger) -> bool) -> bool {
        let deadline = tokio::time::Instant::now() + within;
        while !so(self) {
            if tokio::time::Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    /// Waits until so many mails were handed over; says what there is when they were not.
    pub async fn until_delivered(&self, mails: usize, within: Duration) {
        let enough = self.until(within, |ledger| ledger.delivered().len() >= mails).await;
        assert!(enough, "{} of {mails} mails; states: {:?}", self.delivered().len(), self.states());
    }
}

fn pending(id: DeliveryId, row: &Row) -> Pending {
    let Listed { key, size, arrived } = row.listed.clone();
    Pending { id, key, size, arrived, attempts: row.attempts }
}

impl Ledger for TestLedger {
    async fn open_epoch(
        &self,
        mailbox: &Mailbox,
        validity: UidValidity,
        next: Option<Uid>,
    ) -> Result<Progress, LedgerError> {
        let mut book = self.book.lock().unwrap();
        let known = book.epochs.iter().rposition(|(of, promise, low)| {
            of == mailbox && *promise == validity && next.is_none_or(|next| next >= *low)
        });
        let place = known.unwrap_or_else(|| {
            book.epochs.push((mailbox.clone(), validity, Uid(1)));
            book.epochs.len() - 1
        });
        let epoch = EpochId(place as i64);
        let open = book.rows.iter().filter(|(_, row)| row.epoch == epoch && row.fate == Fate::Pending);
        let retry = open.map(|(id, row)| pending(*id, row)).collect();
        Ok(Progress { epoch, low_uid: book.epochs[place].2, retry })
    }

    async fn enumerate(
        &self,
        epoch: EpochId,
        listed: Vec<Listed>,
        low_uid: Option<Uid>,
    ) -> Result<Vec<Pending>, LedgerError> {
        let mut book = self.book.lock().unwrap();
        if let Some(low) = low_uid {
            book.epochs[epoch.0 as usize].2 = low;
        }
        let mut new = Vec::new();
        for listed in listed {
            if book.rows.values().any(|row| row.epoch == epoch && row.listed.key == listed.key) {
                continue;
            }
            let id = DeliveryId(book.rows.len() as i64 + 1);
            let row = Row { epoch, listed, attempts: 1, fate: Fate::Pending, delivery: None, times: 0 };
            new.push(pending(id, &row));
            book.rows.insert(id, row);
        }
        Ok(new)
    }

    async fn count_attempts(&self, ids: Vec<DeliveryId>) -> Result<Vec<Attempt>, LedgerError> {
        let mut book = self.book.lock().unwrap();
        let one = |id| {
            let row: &mut Row = book.rows.get_mut(&id).expect("a known mail");
            row.attempts += 1;
            if row.attempts > 3 { Attempt::GiveUp } else { Attempt::Go }
        };
        Ok(ids.into_iter().map(one).collect())
    }

    async fn give_back(&self, ids: Vec<DeliveryId>) -> Result<(), LedgerError> {
        let mut book = self.book.lock().unwrap();
        for id in ids {
            let row = book.rows.get_mut(&id).expect("a known mail");
            row.attempts = row.attempts.saturating_sub(1);
        }
        Ok(())
    }

    async fn failed(&self, _id: DeliveryId, reason: String) -> Result<(), LedgerError> {
        self.book.lock().unwrap().failures.push(reason);
        Ok(())
    }

    async fn vanished(&self, ids: Vec<DeliveryId>) -> Result<(), LedgerError> {
        let mut book = self.book.lock().unwrap();
        for id in ids {
            book.rows.get_mut(&id).expect("a known mail").fate = Fate::Vanished;
        }
        Ok(())
    }

    async fn deliver(&self, id: DeliveryId, delivery: Delivery, give_up: Option<String>) -> Result<(), LedgerError> {
        let mut book = self.book.lock().unwrap();
        let row = book.rows.get_mut(&id).expect("a known mail");
        row.fate = give_up.map_or(Fate::Delivered, Fate::GivenUp);
        row.delivery = Some(delivery);
        row.times += 1;
        book.did.push(Did::HandedOver(id));
        Ok(())
    }

    async fn settled(&self) -> Result<(), LedgerError> {
        self.book.lock().unwrap().did.push(Did::Waited);
        Ok(())
    }

    async fn waiting(&self, mailbox: &Mailbox) -> Result<Option<Waiting>, LedgerError> {
        Ok(self.book.lock().unwrap().waiting.iter().find(|(of, _)| of == mailbox).map(|(_, waiting)| waiting.clone()))
    }

    async fn comparison(&self, _epoch: EpochId, since: Option<Date>) -> Result<Comparison, LedgerError> {
        let mut book = self.book.lock().unwrap();
        book.since = book.since.max(since);
        Ok(Comparison { last: None, since: book.since })
    }

    async fn unknown(&self, epoch: EpochId, present: Vec<Uid>) -> Result<Vec<Uid>, LedgerError> {
        let book = self.book.lock().unwrap();
        let known = |uid: &Uid| book.rows.values().any(|row| row.epoch == epoch && row.listed.key == Key::Uid(*uid));
        Ok(present.into_iter().filter(|uid| !known(uid)).collect())
    }

    async fn wish(&self, _mailbox: &Mailbox, _wishes: bool) -> Result<(), LedgerError> {
        Ok(())
    }

    async fn owed(&self, _mailbox: &Mailbox) -> Result<Owed, LedgerError> {
        Ok(Owed::default())
    }

    async fn did(&self, _ids: Vec<DeliveryId>, _deed: Deed) -> Result<(), LedgerError> {
        Ok(())
    }

    fn state(&self, mailbox: &Mailbox, state: State) {
        self.book.lock().unwrap().states.push((mailbox.clone(), state));
    }
}

/// A small mail, unlike any other.
pub fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: Ann <ann@acme.example>\r\nTo: me@us.example\r\nSubject: Mail {number}\r\n\
         Message-ID: <{number}@acme.example>\r\nDate: Thu, 19 Nov 2026 09:12:00 +0100\r\n\r\nThe words of mail {number}.\r\n"
    )
    .into_bytes()
}

/// The key of a mail listed by a server.
pub fn uid_of(row: &Row) -> Option<u32> {
    match row.listed.key {
        Key::Uid(Uid(uid)) => Some(uid),
        Key::Name(_) => None,
    }
}

/// A fixed time.
pub fn noon() -> Timestamp {
    Timestamp::from_second(1_795_000_000).expect("a time")
}
