//! One write transaction, with what every write in it depends on.

use std::cell::{Cell, RefCell};

use hmac::{Hmac, Mac};
use rusqlite::{Params, Transaction, TransactionBehavior};
use sha2::Sha256;
use zstd::bulk::Compressor;

use super::{Result, Store, StoreError, lean};
use crate::failpoint::{self, Step};
use crate::understand::signal::Lists;

/// An open `BEGIN IMMEDIATE`: nobody else writes until it ends, so what it looks up stays true.
pub(super) struct Writing<'c> {
    pub(super) tx: Transaction<'c>,
    pub(super) salted: Hmac<Sha256>,
    /// Whether anybody was ever erased; without tombstones nobody needs to be looked for.
    pub(super) forgets: bool,
    /// What is listened for in the words of a mail.
    pub(super) lists: &'c Lists,
    /// What raw mails are compressed with: making one anew costs as much as a short mail.
    pub(super) press: RefCell<Option<Compressor<'static>>>,
    /// The last interaction that has its lean row, or needs none.
    entered: i64,
    sequence: Cell<i64>,
}

impl Store {
    /// Runs `work` in one transaction: all of it lands, or nothing. `step` names it among the durable steps.
    pub(super) fn write<T>(&mut self, step: Step, work: impl FnOnce(&Writing<'_>) -> Result<T>) -> Result<T> {
        let tx = self.reader.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let writing = Writing::begin(tx, self.lease, &self.lists)?;
        let done = work(&writing)?;
        failpoint::before(step);
        writing.end()?;
        failpoint::after(step);
        #[cfg(test)]
        {
            super::contract::lean::holds(self);
            super::contract::signatures::holds(self);
        }
        Ok(done)
    }
}

impl<'c> Writing<'c> {
    fn begin(tx: Transaction<'c>, mine: Option<i64>, lists: &'c Lists) -> Result<Writing<'c>> {
        let sql = "SELECT salt, lease, sequence, entered, EXISTS (SELECT 1 FROM tombstone) AS forgets FROM instance";
        let (salt, lease, sequence, entered, forgets): (Vec<u8>, i64, i64, i64, bool) =
            tx.prepare_cached(sql)?.query_row([], |row| row.try_into())?;
        if mine.is_some_and(|mine| mine != lease) {
            return Err(StoreError::Fenced);
        }
        let (salted, sequence) = (keyed(&salt)?, Cell::new(sequence));
        Ok(Writing { tx, salted, forgets, lists, press: RefCell::default(), entered, sequence })
    }

    /// The numbers given out are kept for good, so that none is given twice even when its interaction goes.
    fn end(self) -> Result<()> {
        self.index_new()?;
        lean::keep(&self.tx)?;
        self.run("UPDATE instance SET sequence = ?1 WHERE sequence <> ?1", [self.sequence.get()])?;
        Ok(self.tx.commit()?)
    }

    /// Adds the interactions of this transaction to the full-text index.
    fn index_new(&self) -> Result<()> {
        // Asked first: most transactions add none, and a connection that never touches the index need not set it up.
        let sql = "SELECT (SELECT max(id) FROM interaction) > indexed FROM instance";
        if self.tx.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<bool>>(0))? != Some(true) {
            return Ok(());
        }
        self.run(
            "INSERT INTO fulltext (rowid, subject, text, comment, people)
             SELECT id, subject, text, comment, people FROM interaction
             WHERE id > (SELECT indexed FROM instance) ORDER BY id",
            [],
        )?;
        self.run("UPDATE instance SET indexed = (SELECT max(id) FROM interaction)", [])?;
        Ok(())
    }

    /// The number that the next interaction to join the record gets.
    pub(super) fn upcoming(&self) -> i64 {
        self.sequence.get() + 1
    }

    /// The next number of the record.
    pub(super) fn next_sequence(&self) -> i64 {
        self.sequence.set(self.sequence.get() + 1);
        self.sequence.get()
    }

    /// Has the lean row of an interaction made anew, as a row is added to what it is made of. New interactions get theirs
    /// anyway.
    pub(super) fn changes(&self, interaction: i64) -> Result<()> {
        if interaction <= self.entered {
            self.run("INSERT INTO changed (interaction) VALUES (?1) ON CONFLICT DO NOTHING", [interaction])?;
        }
        Ok(())
    }

    /// Executes a statement; gives the number of rows it changed.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.tx.prepare_cached(sql)?.execute(params)?)
    }

    /// Executes an INSERT; gives the new row's number.
    pub(super) fn insert(&self, sql: &str, params: impl Params) -> Result<i64> {
        Ok(self.tx.prepare_cached(sql)?.insert(params)?)
    }

    /// The 32 bytes that `parts` are in this record and in no other. Parts do not run into one another.
    pub(super) fn mark(&self, parts: &[&str]) -> [u8; 32] {
        mark(&self.salted, parts)
    }

    /// The same as a number.
    pub(super) fn number(&self, parts: &[&str]) -> i64 {
        number(&self.salted, parts)
    }
}

/// See [`Writing::number`].
pub(super) fn number(salted: &Hmac<Sha256>, parts: &[&str]) -> i64 {
    mark(salted, parts).first_chunk().map_or(0, |first| i64::from_le_bytes(*first))
}

/// An HMAC under the record's salt.
pub(super) fn keyed(salt: &[u8]) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(salt).map_err(|e| StoreError::Defect(e.to_string()))
}

/// See [`Writing::mark`].
pub(super) fn mark(salted: &Hmac<Sha256>, parts: &[&str]) -> [u8; 32] {
    let mut hash = salted.clone();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into_bytes().into()
}
