//! How the machinery is doing: counts, mailboxes, sizes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Row;

use super::value::{column, maybe_instant};
use super::{Reader, Result};
use crate::interaction::Outcome;
use crate::mailbox::Mailbox;

/// The record at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Mails by what became of them.
    pub deliveries: BTreeMap<Outcome, u64>,
    /// Interactions by what they are kept as.
    pub interactions: BTreeMap<Outcome, u64>,
    /// Every mailbox that was ever opened, by name and folder.
    pub mailboxes: Vec<MailboxState>,
    /// Mails waiting in the quarantine.
    pub quarantine: u64,
    /// Bytes of the database and its write-ahead log.
    pub bytes: u64,
}

/// What can be asked often: nothing here grows with the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Every mailbox that was ever opened, by name and folder.
    pub mailboxes: Vec<MailboxState>,
    /// Mails waiting in the quarantine.
    pub quarantine: u64,
    /// When the last report was first written.
    pub last_report: Option<Timestamp>,
    /// Bytes of the database and its write-ahead log.
    pub bytes: u64,
}

/// How one mailbox is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxState {
    /// Which one.
    pub mailbox: Mailbox,
    /// When it was last read to the end.
    pub last_success: Option<Timestamp>,
    /// When reading it last failed; `None` once it succeeded again.
    pub last_failure: Option<Timestamp>,
    /// Why.
    pub failure: Option<String>,
    /// When it will be tried again.
    pub next_try: Option<Timestamp>,
    /// Mails that were seen and are not settled.
    pub pending: u64,
    /// Settled mails that are still to be seen, moved or deleted where they lie.
    pub owed: u64,
}

/// Mails of one folder that could not be read so far, and are tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resting {
    /// Which folder.
    pub mailbox: Mailbox,
    /// How many mails.
    pub mails: u64,
    /// Why, of the one that is tried next.
    pub reason: String,
    /// When that may be tried again; `None` when nothing keeps it from being.
    pub next_try: Option<Timestamp>,
}

impl MailboxState {
    /// One that was never opened.
    pub fn unread(mailbox: Mailbox) -> MailboxState {
        MailboxState {
            mailbox,
            last_success: None,
            last_failure: None,
            failure: None,
            next_try: None,
            pending: 0,
            owed: 0,
        }
    }
}

impl Reader {
    /// A number that changes whenever another program has written into the record (a command beside the daemon).
    pub fn foreign_writes(&self) -> Result<i64> {
        Ok(self.conn.query_row("SELECT data_version FROM pragma_data_version", [], |row| row.get("data_version"))?)
    }

    /// When the earliest interaction of the record took place; `None` while there is none.
    pub fn earliest(&self) -> Result<Option<Timestamp>> {
        let sql = "SELECT min(occurred_at) AS earliest FROM interaction WHERE outcome = 'recorded'";
        Ok(self.conn.query_row(sql, [], |row| maybe_instant(row, "earliest"))?)
    }
}

impl Reader {
    /// The record at a glance.
    pub fn status(&self) -> Result<Status> {
        let deliveries = "SELECT outcome, count(*) AS n FROM delivery WHERE state = 'settled' GROUP BY outcome";
        Ok(Status {
            deliveries: self.counts(deliveries)?,
            interactions: self.counts("SELECT outcome, count(*) AS n FROM interaction GROUP BY outcome")?,
            mailboxes: self.mailboxes()?,
            quarantine: self.quarantined()?,
            bytes: self.bytes(),
        })
    }

    /// How the machinery is doing, for whoever asks every few seconds.
    pub fn health(&self) -> Result<Health> {
        let sql = "SELECT max(published_at) AS at FROM report";
        Ok(Health {
            mailboxes: self.mailboxes()?,
            quarantine: self.quarantined()?,
            last_report: self.conn.prepare_cached(sql)?.query_row([], |row| maybe_instant(row, "at"))?,
            bytes: self.bytes(),
        })
    }

    fn quarantined(&self) -> Result<u64> {
        let sql = "SELECT count(*) AS n FROM delivery
                   WHERE state = 'settled' AND outcome IN ('untrusted', 'unreadable')";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>("n"))?.unsigned_abs())
    }

    fn counts(&self, sql: &str) -> Result<BTreeMap<Outcome, u64>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows =
            statement.query_map([], |row| Ok((column(row, "outcome")?, row.get::<_, i64>("n")?.unsigned_abs())))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every folder that was ever opened, by name.
    pub fn mailboxes(&self) -> Result<Vec<MailboxState>> {
        let sql = "SELECT m.name, m.folder, m.last_success, m.last_failure, m.failure, m.next_try,
                (SELECT count(*) FROM delivery AS d JOIN epoch AS e ON e.id = d.epoch
                 WHERE e.mailbox = m.id AND d.state = 'pending') AS pending,
                (SELECT count(*) FROM delivery AS d WHERE d.owed <> 0
                 AND d.epoch = (SELECT max(e.id) FROM epoch AS e WHERE e.mailbox = m.id)) AS owed
            FROM mailbox AS m ORDER BY m.name, m.folder";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], mailbox_state)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every folder with mails that were tried in vain and are neither settled nor given up, by name.
    pub fn resting(&self) -> Result<Vec<Resting>> {
        // SQLite takes the reason from the row with the least `not_before`.
        let sql = "SELECT m.name, m.folder, count(*) AS mails, d.reason, min(coalesce(d.not_before, 0)) AS next_try
            FROM delivery AS d JOIN epoch AS e ON e.id = d.epoch JOIN mailbox AS m ON m.id = e.mailbox
            WHERE d.state = 'pending' AND d.reason IS NOT NULL GROUP BY m.id ORDER BY m.name, m.folder";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(Resting {
                mailbox: Mailbox { name: row.get("name")?, folder: row.get("folder")? },
                mails: row.get::<_, i64>("mails")?.unsigned_abs(),
                reason: row.get("reason")?,
                next_try: maybe_instant(row, "next_try")?.filter(|at| *at > Timestamp::UNIX_EPOCH),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn bytes(&self) -> u64 {
        let mut log = self.path().as_os_str().to_owned();
        log.push("-wal");
        let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |m| m.len());
        size(self.path()) + size(log.as_ref())
    }
}

fn mailbox_state(row: &Row<'_>) -> rusqlite::Result<MailboxState> {
    Ok(MailboxState {
        mailbox: Mailbox { name: row.get("name")?, folder: row.get("folder")? },
        last_success: maybe_instant(row, "last_success")?,
        last_failure: maybe_instant(row, "last_failure")?,
        failure: row.get("failure")?,
        next_try: maybe_instant(row, "next_try")?,
        pending: row.get::<_, i64>("pending")?.unsigned_abs(),
        owed: row.get::<_, i64>("owed")?.unsigned_abs(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, listed, mailbox, temporary};
    use crate::mailbox::UidValidity;

    #[test]
    fn mails_that_were_tried_in_vain_are_told_with_the_next_ones_reason() {
        let (_dir, mut store) = temporary();
        let epoch = store.open_epoch(&mailbox(), UidValidity(7), None, at(0)).unwrap().epoch;
        let new = store.enumerate(epoch, &[listed(1), listed(2), listed(3)], None, at(0)).unwrap();
        assert_eq!(store.resting().unwrap(), []);
        store.failed(new[1].id, "later", at(90)).unwrap();
        store.failed(new[0].id, "sooner", at(60)).unwrap();
        let resting = store.resting().unwrap();
        assert_eq!(resting.len(), 1, "by folder");
        assert_eq!((resting[0].mails, resting[0].reason.as_str()), (2, "sooner"));
        assert_eq!((&resting[0].mailbox, resting[0].next_try), (&mailbox(), Some(at(60))));
        store.vanished(&[new[0].id, new[1].id]).unwrap();
        assert_eq!(store.resting().unwrap(), []);
    }
}
