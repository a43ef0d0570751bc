//! What waits for a person: untrusted and unreadable mails with their raw bytes.
//!
//! Retrying is reading again: [`Reader::take_for_retry`] gives the bytes, whoever reads mails reads them, and
//! [`Store::resettle`] writes down what came out. Releasing is the same with another judgement.

use std::io::Read;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::epochs::DeliveryId;
use super::settle::{Settled, Settlement, settle_one};
use super::value::{column, instant};
use super::writing::Writing;
use super::{Reader, Result, Store, StoreError, raw};
use crate::failpoint::Step;
use crate::interaction::Outcome;
use crate::mail::Untrusted;
use crate::mailbox::Mailbox;

/// One mail in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub id: DeliveryId,
    /// Where it lies.
    pub mailbox: Mailbox,
    /// When it arrived.
    pub arrived: Timestamp,
    /// When it was put here.
    pub since: Timestamp,
    /// Untrusted or unreadable.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// Its size in bytes, as the server stated it.
    pub size: u64,
    /// Its subject, where it could be read.
    pub subject: Option<Untrusted>,
    /// Whom it claims as its author, where that could be read.
    pub author: Option<Untrusted>,
    /// Whether its bytes are here.
    pub has_raw: bool,
}

/// A mail to be read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Its number.
    pub id: DeliveryId,
    /// Where it lies.
    pub mailbox: Mailbox,
    /// When it arrived.
    pub arrived: Timestamp,
    /// Its size in bytes, as the server stated it.
    pub size: u64,
    /// Its bytes, as far as they were fetched.
    pub raw: Vec<u8>,
}

const WAITING: &str = "d.state = 'settled' AND d.outcome IN ('untrusted', 'unreadable')";
const HELD: &str =
    "SELECT d.id, m.name, m.folder, d.arrived, d.settled_at, d.outcome, coalesce(d.reason, '') AS reason,
    d.size, d.subject, d.author, EXISTS (SELECT 1 FROM raw AS r WHERE r.delivery = d.id) AS has_raw
    FROM delivery AS d JOIN epoch AS e ON e.id = d.epoch JOIN mailbox AS m ON m.id = e.mailbox";

impl Reader {
    /// The quarantine, oldest first.
    pub fn quarantine(&self) -> Result<Vec<Held>> {
        let mut statement = self.conn.prepare_cached(&format!("{HELD} WHERE {WAITING} ORDER BY d.id"))?;
        let rows = statement.query_map([], held)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One mail of the quarantine.
    ///
    /// # Errors
    /// `NotFound` when it does not wait there.
    pub fn held(&self, id: DeliveryId) -> Result<Held> {
        let sql = format!("{HELD} WHERE {WAITING} AND d.id = ?1");
        let found = self.conn.prepare_cached(&sql)?.query_row([id.0], held).optional()?;
        found.ok_or_else(|| not_held(id))
    }

    /// The bytes of a mail in the quarantine.
    ///
    /// # Errors
    /// `NotFound` when it does not wait there or its bytes were never fetched.
    pub fn raw(&self, id: DeliveryId) -> Result<Vec<u8>> {
        let sql =
            format!("SELECT zstd FROM raw JOIN delivery AS d ON d.id = raw.delivery WHERE d.id = ?1 AND {WAITING}");
        let packed = self.conn.prepare_cached(&sql)?.query_row([id.0], |row| row.get::<_, Vec<u8>>("zstd"));
        let packed = packed.optional()?.ok_or_else(|| not_held(id))?;
        let mut bytes = Vec::new();
        raw::unpack(&packed)?.read_to_end(&mut bytes).map_err(raw::damaged)?;
        Ok(bytes)
    }

    /// What is needed to read a mail of the quarantine again. Nothing changes until [`Store::resettle`].
    ///
    /// # Errors
    /// As [`Reader::raw`].
    pub fn take_for_retry(&self, id: DeliveryId) -> Result<Retry> {
        let Held { mailbox, arrived, size, .. } = self.held(id)?;
        Ok(Retry { id, mailbox, arrived, size, raw: self.raw(id)? })
    }
}

impl Store {
    /// Settles a mail of the quarantine anew. If it is to stay there and comes without bytes, it keeps those it has.
    ///
    /// # Errors
    /// `NotFound` when it does not wait there.
    pub fn resettle(&mut self, settlement: Settlement, now: Timestamp) -> Result<Settled> {
        self.write(Step::Resettle, |w| {
            let sql =
                format!("UPDATE delivery AS d SET state = 'pending', outcome = NULL WHERE d.id = ?1 AND {WAITING}");
            if w.run(&sql, [settlement.delivery.0])? == 0 {
                return Err(not_held(settlement.delivery));
            }
            settle_one(w, &settlement, now)
        })
    }

    /// Takes a mail out of the quarantine for good: its bytes go, the delivery stays known, so that it does not
    /// come back.
    ///
    /// # Errors
    /// `NotFound` when it does not wait there.
    pub fn drop_held(&mut self, id: DeliveryId, reason: &str, now: Timestamp) -> Result<()> {
        self.write(Step::DropHeld, |w| {
            let sql = format!("SELECT 1 AS one FROM delivery AS d WHERE d.id = ?1 AND {WAITING}");
            if !w.tx.prepare_cached(&sql)?.exists([id.0])? {
                return Err(not_held(id));
            }
            put_away(w, id, reason, now)
        })
    }
}

/// Ends a mail's stay: no bytes, no names, and a reason.
pub(super) fn put_away(w: &Writing<'_>, id: DeliveryId, reason: &str, now: Timestamp) -> Result<()> {
    w.run(
        "UPDATE delivery SET state = 'dropped', reason = ?2, settled_at = ?3, subject = NULL, author = NULL
         WHERE id = ?1",
        params![id.0, reason, now.as_second()],
    )?;
    raw::discard(w, id)
}

fn held(row: &Row<'_>) -> rusqlite::Result<Held> {
    Ok(Held {
        id: DeliveryId(row.get("id")?),
        mailbox: Mailbox { name: row.get("name")?, folder: row.get("folder")? },
        arrived: instant(row, "arrived")?,
        since: instant(row, "settled_at")?,
        outcome: column(row, "outcome")?,
        reason: row.get("reason")?,
        size: row.get::<_, i64>("size")?.unsigned_abs(),
        subject: row.get::<_, Option<String>>("subject")?.map(Untrusted::new),
        author: row.get::<_, Option<String>>("author")?.map(Untrusted::new),
        has_raw: row.get("has_raw")?,
    })
}

fn not_held(id: DeliveryId) -> StoreError {
    StoreError::NotFound(format!("mail {} in the quarantine", id.0))
}
