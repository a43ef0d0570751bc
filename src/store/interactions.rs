//! Reading the record: one interaction, a stretch of time, somebody's timeline, all of it.

use std::ops::ControlFlow;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Row, params};

use super::value::{Columns, column};
use super::{Reader, Result, StoreError, person};
use crate::contacts::CustomerId;
use crate::interaction::{Interaction, Outcome, Recorded};
use crate::mail::{Address, Attachment, Moment, Untrusted};
use crate::understand::{FailedRecipient, Signal};

/// Whose record to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everything about a customer.
    Customer(CustomerId),
    /// Everything somebody at this address took part in.
    Address(Address),
}

/// What every question below selects; `children` adds the rest.
const SELECT: &str = "SELECT i.id, i.recorded_at, coalesce(i.sequence, 0) AS sequence, m.name AS mailbox, i.outcome, i.conversation, i.kind, i.direction,
    i.capture, i.automation, i.message_id, i.occurred_at, i.offset_seconds, i.exact, i.subject, i.text,
    iif(i.body_follows, i.text || i.body, i.body) AS body, i.signature, i.comment,
    EXISTS (SELECT 1 FROM interleaved AS b WHERE b.interaction = i.id) AS interleaved,
    EXISTS (SELECT 1 FROM departed AS d WHERE d.interaction = i.id) AS departed
    FROM interaction AS i JOIN mailbox AS m ON m.id = i.mailbox";

/// The same without what only its texts hold, which lie behind everything else and may be long.
const OUTLINE: &str =
    "SELECT i.id, i.recorded_at, coalesce(i.sequence, 0) AS sequence, '' AS mailbox, i.outcome, i.conversation, i.kind,
    i.direction, i.capture, i.automation, i.message_id, i.occurred_at, i.offset_seconds, i.exact, i.subject, '' AS text,
    NULL AS body, NULL AS signature, NULL AS comment, 0 AS interleaved, 0 AS departed
    FROM interaction AS i WHERE i.id = ?1";

/// The same with the new text.
const LINE: &str =
    "SELECT i.id, i.recorded_at, coalesce(i.sequence, 0) AS sequence, '' AS mailbox, i.outcome, i.conversation, i.kind,
    i.direction, i.capture, i.automation, i.message_id, i.occurred_at, i.offset_seconds, i.exact, i.subject, i.text,
    NULL AS body, NULL AS signature, NULL AS comment, 0 AS interleaved, 0 AS departed
    FROM interaction AS i WHERE i.id = ?1";

const SIGNALS: &str = "SELECT signal, sentence, due FROM signal_told WHERE interaction = ?1 ORDER BY position";

impl Reader {
    /// One interaction.
    ///
    /// # Errors
    /// `NotFound` when there is none of that number.
    pub fn get(&self, id: i64) -> Result<Recorded> {
        let found = self.select("WHERE i.id = ?1", [id])?.pop();
        found.ok_or_else(|| StoreError::NotFound(format!("interaction {id}")))
    }

    /// The subject, the facts and the signals of one interaction, without its texts, people and files: what a report
    /// needs of the thousands of mails of which it shows a sentence.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub fn outline(&self, id: i64) -> Result<Recorded> {
        let found = self.conn.prepare_cached(OUTLINE)?.query_row([id], recorded).optional()?;
        let mut outline = found.ok_or_else(|| StoreError::NotFound(format!("interaction {id}")))?;
        outline.interaction.signals = self.children(SIGNALS, id, signal)?;
        Ok(outline)
    }

    /// What one line about an interaction is made of: its subject, facts, new text and signals, its people, customers and
    /// files. Pages show hundreds of thousands.
    ///
    /// # Errors
    /// As [`Reader::get`].
    pub fn line(&self, id: i64) -> Result<Recorded> {
        let found = self.conn.prepare_cached(LINE)?.query_row([id], recorded).optional()?;
        let mut line = found.ok_or_else(|| StoreError::NotFound(format!("interaction {id}")))?;
        self.add_line(id, &mut line.interaction)?;
        Ok(line)
    }

    /// What was recorded or set aside (with a customer on it) and happened from `from` until before `to`, by
    /// time, then number.
    pub fn interactions_between(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Recorded>> {
        self.select(
            "WHERE i.sequence IS NOT NULL AND i.occurred_at >= ?1 AND i.occurred_at < ?2
             AND EXISTS (SELECT 1 FROM interaction_customer AS c WHERE c.interaction = i.id)
             ORDER BY i.occurred_at, i.id",
            [from.as_second(), to.as_second()],
        )
    }

    /// What joined the record after the watermark `after`, up to and including `until`, although it happened from
    /// `from` until before `to`: the late ones of a report, by time, then number.
    pub fn late(&self, after: i64, until: i64, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Recorded>> {
        let sql = "SELECT interaction FROM entry
                   WHERE at >= ?1 AND at < ?2 AND sequence > ?3 AND sequence <= ?4 ORDER BY at, interaction";
        let bounds = [from.as_second(), to.as_second(), after, until];
        let mut statement = self.conn.prepare_cached(sql)?;
        let late = statement.query_map(bounds, |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
        late.into_iter().map(|id| self.get(id)).collect()
    }

    /// Somebody's interactions, newest first, at most `limit`; `before` is the time and number of the last one
    /// of the page that was read already.
    pub fn timeline(&self, whose: &Whose, limit: usize, before: Option<(Timestamp, i64)>) -> Result<Vec<Recorded>> {
        let (of, key) = match whose {
            Whose::Customer(id) => ("SELECT interaction FROM interaction_customer WHERE customer = ?1", id.0.as_str()),
            Whose::Address(address) => {
                ("SELECT interaction FROM participant WHERE address = ?1 AND team = 0", address.as_str())
            }
        };
        let (at, id) = before.map_or((i64::MAX, i64::MAX), |(at, id)| (at.as_second(), id));
        let tail = format!(
            "WHERE i.id IN ({of}) AND (i.occurred_at, i.id) < (?2, ?3) ORDER BY i.occurred_at DESC, i.id DESC LIMIT ?4"
        );
        self.select(&tail, params![key, at, id, limit as i64])
    }

    /// Every interaction by time, then number, one at a time, until `each` breaks off.
    pub fn export(&self, mut each: impl FnMut(Recorded) -> ControlFlow<()>) -> Result<()> {
        let sql = format!("{SELECT} ORDER BY i.occurred_at, i.id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let recorded = self.with_children(recorded(row)?)?;
            if each(recorded).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The interactions that a condition (and order) of ours selects.
    pub(super) fn select(&self, tail: &str, params: impl Params) -> Result<Vec<Recorded>> {
        let mut statement = self.conn.prepare_cached(&format!("{SELECT} {tail}"))?;
        let rows = statement.query_map(params, recorded)?;
        rows.map(|row| self.with_children(row?)).collect()
    }

    /// Adds people, customers, references, signals, files and failed recipients to a row.
    fn with_children(&self, mut recorded: Recorded) -> Result<Recorded> {
        let id = recorded.id;
        let interaction = &mut recorded.interaction;
        self.add_line(id, interaction)?;
        interaction.conversation =
            self.children("SELECT message_id FROM reference WHERE interaction = ?1 ORDER BY position", id, |row| {
                column(row, "message_id")
            })?;
        if interaction.left.is_some() {
            let sql = "SELECT address FROM successor WHERE interaction = ?1 ORDER BY position";
            interaction.left = Some(self.children(sql, id, |row| column(row, "address"))?);
        }
        interaction.failed = self.children(
            "SELECT address, permanent, status FROM failed_recipient WHERE interaction = ?1 ORDER BY position",
            id,
            failed,
        )?;
        Ok(recorded)
    }

    /// Adds people, customers, signals and files.
    fn add_line(&self, id: i64, interaction: &mut Interaction) -> Result<()> {
        for (position, someone) in person::of(&self.conn, id)? {
            match position {
                person::AUTHOR => interaction.author = Some(someone),
                _ => interaction.recipients.push(someone),
            }
        }
        interaction.customers = self.children(
            "SELECT customer FROM interaction_customer WHERE interaction = ?1 ORDER BY customer",
            id,
            |row| Columns::of(row).word(),
        )?;
        interaction.signals = self.children(SIGNALS, id, signal)?;
        interaction.attachments = self.children(
            "SELECT name, media_type, bytes FROM attachment WHERE interaction = ?1 ORDER BY position",
            id,
            attachment,
        )?;
        Ok(())
    }

    fn children<T>(&self, sql: &str, id: i64, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// One row of [`SELECT`], [`OUTLINE`] or [`LINE`]; the lists are still empty.
fn recorded(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    let mut columns = Columns::of(row);
    let (id, recorded_at, sequence) = (columns.next()?, columns.instant()?, columns.next()?);
    let (mailbox, outcome, conversation_id) = (columns.next()?, columns.word::<Outcome>()?, columns.next()?);
    let (kind, direction, capture) = (columns.word()?, columns.word()?, columns.word()?);
    let (automation, message_id) = (columns.word()?, columns.maybe_word()?);
    let occurred_at = Moment::new(columns.instant()?, columns.next()?);
    let (exact, subject) = (columns.next()?, Untrusted::new(columns.text()?));
    let (text, body) = (columns.text()?, columns.maybe_text()?);
    let body = Untrusted::new(body.unwrap_or(text));
    let (signature, comment) = (columns.maybe_text()?.map(Untrusted::new), columns.maybe_text()?.map(Untrusted::new));
    let interaction = Interaction {
        kind,
        direction,
        capture,
        message_id,
        occurred_at,
        exact,
        subject,
        author: None,
        recipients: Vec::new(),
        customers: Vec::new(),
        body,
        text: Untrusted::new(text),
        signature,
        comment,
        automation,
        conversation: Vec::new(),
        signals: Vec::new(),
        attachments: Vec::new(),
        interleaved: columns.next()?,
        // Only their content words are kept.
        answered: Vec::new(),
        left: columns.next::<bool>()?.then(Vec::new),
        failed: Vec::new(),
    };
    Ok(Recorded { id, recorded_at, mailbox, outcome, sequence, conversation_id, interaction })
}

fn signal(row: &Row<'_>) -> rusqlite::Result<Signal> {
    let mut columns = Columns::of(row);
    Ok(Signal { signal: columns.word()?, sentence: Untrusted::new(columns.text()?), due: columns.maybe_date()? })
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        name: row.get::<_, Option<String>>("name")?.map(Untrusted::new),
        media_type: row.get("media_type")?,
        bytes: row.get::<_, i64>("bytes")?.unsigned_abs(),
    })
}

fn failed(row: &Row<'_>) -> rusqlite::Result<FailedRecipient> {
    let address = column(row, "address")?;
    Ok(FailedRecipient { address, permanent: row.get("permanent")?, status: row.get("status")? })
}
