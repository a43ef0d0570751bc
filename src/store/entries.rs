//! The record as measures see it, read from the lean rows in the order of time.
//!
//! A [`Chronicle`] moves on from one day's end to the next, so that several reports share one reading. Wherever it
//! stands, it says what a fresh one would: numbers are given in the order of the record, and names and addresses are
//! those somebody was last seen with by then.

mod people;
mod signs;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, mpsc};

use jiff::{SignedDuration, Timestamp};

use self::people::People;
use super::lean::facts::{alone, numbers};
use super::matters::MATTERS;
use super::value::{column, strange};
use super::{Reader, Result, StoreError, lean};
use crate::contacts::{Customer, CustomerId};
use crate::measure::{CustomerNo, Entry, Matter, Record, Roster, Sieve};

/// How far back mails are looked through for the mails they mention (measures.md 15), if nobody says otherwise.
const LATELY: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How many entries are handed on together to be sifted.
const BATCH: usize = 2_048;

/// The record up to an instant, ready to be read on.
#[derive(Debug, Default)]
pub struct Chronicle {
    record: Record,
    /// The last sequence number that is known.
    watermark: i64,
    /// Up to when the record was read, which is not included; in UTC seconds.
    until: Option<i64>,
    /// How many entries were read so far.
    read: usize,
    /// Whether the past was let go of, so that nothing can be read on.
    leapt: bool,
    people: People,
    /// Lists of one customer, by its number in lean rows, and of several, as they are packed.
    one_customer: Vec<Option<Arc<[CustomerNo]>>>,
    customer_lists: HashMap<Box<[u8]>, Arc<[CustomerNo]>>,
    customers: HashMap<u64, CustomerId>,
}

impl Reader {
    /// A chronicle of what had joined the record by `watermark`, at its beginning. The customers are everyone known.
    pub fn chronicle(&self, customers: &[Customer], watermark: i64) -> Chronicle {
        let mut chronicle = Chronicle { watermark, ..Chronicle::default() };
        let roster = &mut chronicle.record.roster;
        for customer in customers {
            let number = roster.customer(&customer.id);
            let contacts = u32::try_from(customer.contacts.len()).unwrap_or(u32::MAX);
            roster.describe(number, customer.cadence_days, contacts);
        }
        chronicle
    }

    /// What happened before `until` and had joined the record by `watermark` (`None`: all of it). Automatic mail is
    /// among it.
    pub fn record_as_of(&self, until: Timestamp, watermark: Option<i64>) -> Result<Record> {
        let mut chronicle = self.chronicle(&self.load_customers()?, watermark.unwrap_or(i64::MAX));
        let lately = until.checked_sub(LATELY).unwrap_or(Timestamp::MIN);
        self.at_once(|| chronicle.advance(self, until, lately).map(drop))?;
        Ok(chronicle.record)
    }

    /// Asks many questions of the record as it stands at one instant, and without locking it for each of them.
    pub fn at_once<T>(&self, questions: impl FnOnce() -> Result<T>) -> Result<T> {
        self.conn.execute_batch("SAVEPOINT at_once")?;
        let answers = questions();
        self.conn.execute_batch("RELEASE at_once")?;
        answers
    }

    /// How many interactions with a customer happened from `from` until before `to`.
    pub fn count_between(&self, from: Timestamp, to: Timestamp) -> Result<u64> {
        let sql = "SELECT count(*) AS n FROM entry WHERE at >= ?1 AND at < ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let n: i64 = statement.query_row([from.as_second(), to.as_second()], |row| row.get("n"))?;
        Ok(n.unsigned_abs())
    }
}

impl Chronicle {
    /// Reads on up to `until`, which is not included and must not lie before where it stands; what mails since
    /// `lately` mention is counted ([`Record::mentioned`]). Gives the record as of then.
    pub fn advance(&mut self, reader: &Reader, until: Timestamp, lately: Timestamp) -> Result<&Record> {
        if self.leapt {
            return Err(StoreError::Defect("a record whose past was let go of cannot be read on".to_owned()));
        }
        self.people.learn(reader)?;
        // No more than ever joined the record; room that is not used is not taken.
        let most = usize::try_from(reader.max_sequence()?.min(self.watermark)).unwrap_or_default();
        self.record.entries.reserve_exact(most.saturating_sub(self.record.entries.len()));
        self.read_on(reader, until, |record, entry| record.entries.push(entry))?;
        self.people.describe(&mut self.record.roster);
        self.look_back(reader, until, lately)
    }

    /// Reads from the beginning up to `until`, which is not included, and lets go of what was before `walked` and no
    /// finding as of `until` needs ([`crate::measure::Past`]): a record of many years takes the room of one. Nothing can
    /// be read on from there.
    pub fn leap(
        mut self,
        reader: &Reader,
        until: Timestamp,
        lately: Timestamp,
        walked: Timestamp,
    ) -> Result<Chronicle> {
        let going_on = reader.conversations_between(walked, until, self.watermark)?;
        let recent = going_on.len();
        self.people.learn(reader)?;
        let sieve = self.sift(reader, walked, Sieve::new(walked, going_on))?;
        let mut entries = Vec::with_capacity(recent);
        self.read_on(reader, until, |_, entry| entries.push(entry))?;
        self.people.describe(&mut self.record.roster);
        let record = &mut self.record;
        (record.entries, record.past) = sieve.finish(&record.roster);
        record.entries.append(&mut entries);
        self.look_back(reader, until, lately)?;
        self.leapt = true;
        Ok(self)
    }

    /// Reads on up to `walked`, and sifts what was read beside that: either takes as long as the other.
    fn sift(&mut self, reader: &Reader, walked: Timestamp, mut sieve: Sieve) -> Result<Sieve> {
        let (batches, read) = mpsc::sync_channel::<Vec<Entry>>(4);
        std::thread::scope(|scope| {
            let sifting = scope.spawn(move || {
                read.into_iter().flatten().for_each(|entry| sieve.take(entry));
                sieve
            });
            let mut batch = Vec::with_capacity(BATCH);
            let done = self.read_on(reader, walked, |_, entry| {
                batch.push(entry);
                if batch.len() == BATCH {
                    // Nobody takes it only if the other side panicked, which is told below.
                    _ = batches.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
                }
            });
            _ = batches.send(batch);
            drop(batches);
            let sieve = sifting.join().map_err(|_| StoreError::Defect("the past could not be sifted".to_owned()));
            done.and(sieve)
        })
    }

    /// The record as of an instant that was read already: what was open, had not arrived, had left and was mentioned
    /// by then. The entries that follow stay where they are; measures pass them over. [`Chronicle::advance`] to where
    /// it stands undoes it.
    pub fn look_back(&mut self, reader: &Reader, until: Timestamp, lately: Timestamp) -> Result<&Record> {
        if self.leapt {
            return Err(StoreError::Defect(
                "a record whose past was let go of says nothing of earlier days".to_owned(),
            ));
        }
        let known = self.record.entries.partition_point(|entry| entry.at < until);
        let entries = self.record.entries.get(..known).unwrap_or_default();
        let matters = self.matters(reader, until)?;
        let undelivered = reader.undelivered(until, self.watermark, || self.people.by_address())?;
        let left = reader.left(entries, until, self.watermark)?;
        let mentioned = reader.mentioned(entries, lately, self.watermark)?;
        let record = &mut self.record;
        (record.matters, record.undelivered, record.left, record.mentioned) = (matters, undelivered, left, mentioned);
        Ok(record)
    }

    /// The last sequence number that is known.
    pub fn watermark(&self) -> i64 {
        self.watermark
    }

    /// The same with the entries of one customer alone, and nothing to read on.
    #[must_use]
    pub fn of_customer(mut self, customer: &CustomerId) -> Chronicle {
        let number = self.record.roster.find(customer);
        self.record.entries.retain(|entry| number.is_some_and(|number| entry.customers.contains(&number)));
        self
    }

    /// Who the numbers are, and nothing else: when everything was found, the entries only take room.
    pub fn into_roster(self) -> Roster {
        self.record.roster
    }

    /// The record as far as it was read.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The matters of the entries. Those that have any are few, and their signals show it.
    fn matters(&self, reader: &Reader, until: Timestamp) -> Result<Vec<Matter>> {
        let may = |entry: &&Entry| MATTERS.iter().any(|kind| entry.says(*kind));
        let known: HashSet<i64> = self.record.entries.iter().filter(may).map(|entry| entry.interaction).collect();
        reader.matters_as_of(until, |interaction| known.contains(&interaction))
    }

    fn read_on(&mut self, reader: &Reader, until: Timestamp, mut take: impl FnMut(&mut Record, Entry)) -> Result<()> {
        let from = self.until.unwrap_or(i64::MIN);
        let sql = "SELECT at, interaction, facts FROM entry WHERE at >= ?1 AND at < ?2 AND sequence <= ?3
                   ORDER BY at, interaction";
        let mut statement = reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query([from, until.as_second(), self.watermark])?;
        while let Some(row) = rows.next()? {
            let at = Timestamp::from_second(row.get(0)?).map_err(|_| strange("at", rusqlite::types::Type::Integer))?;
            let packed = lean::packed(row, 2)?;
            let customers = self.customers_of(reader, packed.customers)?;
            let place = self.read;
            let scalars = packed.scalars;
            let entry = Entry {
                interaction: row.get(1)?,
                at,
                conversation: scalars.conversation,
                heading: scalars.heading,
                customers,
                author: self.people.author(&mut self.record.roster, scalars.author, place),
                to: self.people.list(&mut self.record.roster, packed.to, place, people::List::To),
                cc: self.people.list(&mut self.record.roster, packed.cc, place, people::List::Cc),
                words: scalars.words,
                signals: scalars.signals,
                kind: scalars.kind,
                automation: scalars.automation,
                inbound: scalars.inbound,
                interleaved: scalars.interleaved,
            };
            take(&mut self.record, entry);
            self.read += 1;
        }
        self.until = Some(until.as_second().max(from));
        Ok(())
    }

    /// The customers of a row, sorted; most rows share their list with many.
    fn customers_of(&mut self, reader: &Reader, packed: &[u8]) -> Result<Arc<[CustomerNo]>> {
        let one = alone(packed).and_then(|number| usize::try_from(number).ok());
        if let Some(known) = one.and_then(|number| self.one_customer.get(number)?.as_ref()) {
            return Ok(known.clone());
        }
        if let Some(known) = self.customer_lists.get(packed) {
            return Ok(known.clone());
        }
        let mut list = Vec::new();
        for number in numbers(packed) {
            if !self.customers.contains_key(&number) {
                self.customers = reader.customer_numbers()?;
            }
            let id = self.customers.get(&number).ok_or_else(lean::unreadable)?;
            list.push(self.record.roster.customer(id));
        }
        list.sort_unstable();
        let list: Arc<[CustomerNo]> = list.into();
        match one {
            Some(number) => {
                self.one_customer.resize(self.one_customer.len().max(number + 1), None);
                self.one_customer.get_mut(number).map(|place| place.insert(list.clone()));
            }
            None => _ = self.customer_lists.insert(packed.into(), list.clone()),
        }
        Ok(list)
    }
}

impl Reader {
    /// The conversation of each entry from `from` until before `until`.
    fn conversations_between(&self, from: Timestamp, until: Timestamp, watermark: i64) -> Result<Vec<i64>> {
        let sql = "SELECT facts FROM entry WHERE at >= ?1 AND at < ?2 AND sequence <= ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([from.as_second(), until.as_second(), watermark])?;
        let mut conversations = Vec::new();
        while let Some(row) = rows.next()? {
            conversations.push(lean::packed(row, 0)?.scalars.conversation);
        }
        Ok(conversations)
    }

    fn customer_numbers(&self) -> Result<HashMap<u64, CustomerId>> {
        let mut statement = self.conn.prepare_cached("SELECT id, customer FROM customer_number")?;
        let rows =
            statement.query_map([], |row| Ok((row.get::<_, i64>("id")?.unsigned_abs(), column(row, "customer")?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
