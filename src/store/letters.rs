//! What is mailed: who is to get which report, how often it was tried, and what came of it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use super::value::{column, instant, maybe_instant};
use super::writing::Writing;
use super::{Reader, Result, Store};
use crate::failpoint::Step;
use crate::mail::{Address, Domain, MessageId};
use crate::understand::own_report;

/// The longest pause between two attempts to mail a report.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// One report for one recipient, still to be mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedLetter {
    /// Its number.
    pub id: i64,
    /// The report's day.
    pub day: Date,
    /// Who gets it.
    pub recipient: Address,
    /// The report's identifier, the same for every recipient and every attempt.
    pub message_id: MessageId,
    /// When it was written down.
    pub written: Timestamp,
    /// How often it was tried so far.
    pub attempts: u32,
}

/// What came of an attempt to mail a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// The server has taken it.
    Sent,
    /// It will not be tried again, and why.
    Refused(String),
    /// It is tried again at its time, and why it did not work.
    Postponed(String),
}

/// How the mailing of reports is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailing {
    /// The newest day whose report was mailed to anybody, and when.
    pub last: Option<(Date, Timestamp)>,
    /// Letters that wait for their next attempt.
    pub queued: u64,
    /// What is wrong with one that waits, or with one of the newest report that will not be tried again.
    pub trouble: Option<MailingTrouble>,
}

/// A letter that could not be mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailingTrouble {
    /// Which report.
    pub day: Date,
    /// For whom.
    pub recipient: String,
    /// Why.
    pub reason: String,
    /// When it is tried again; `None` when it is not.
    pub next_try: Option<Timestamp>,
}

impl Store {
    /// Writes down that a day's report is to be mailed to these. What is written down already stays as it is. The
    /// report's identifier is the same however often this is asked.
    pub fn queue_letters(&mut self, day: Date, to: &[Address], domain: &Domain, now: Timestamp) -> Result<()> {
        self.write(Step::QueueLetter, |w| {
            let token: String =
                w.mark(&["report", &day.to_string()]).iter().take(16).map(|b| format!("{b:02x}")).collect();
            let id = own_report::message_id(day, &token, domain);
            for recipient in to {
                w.run(
                    "INSERT INTO letter (day, recipient, message_id, written_at) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO NOTHING",
                    params![day.to_string(), recipient.as_str(), id, now.as_second()],
                )?;
            }
            Ok(())
        })
    }

    /// Counts one more attempt before it is made. Until `next` nobody tries again, whatever happens meanwhile.
    pub fn count_sending(&mut self, id: i64, next: Timestamp) -> Result<()> {
        self.write(Step::CountSending, |w| {
            let sql = "UPDATE letter SET attempts = attempts + 1, not_before = ?2 WHERE id = ?1 AND state = 'queued'";
            w.run(sql, params![id, next.as_second()])?;
            Ok(())
        })
    }

    /// Writes down what came of an attempt.
    pub fn note_sending(&mut self, id: i64, outcome: &Sending, now: Timestamp) -> Result<()> {
        let (state, ended, reason) = match outcome {
            Sending::Sent => ("sent", Some(now.as_second()), None),
            Sending::Refused(why) => ("refused", Some(now.as_second()), Some(why)),
            Sending::Postponed(why) => ("queued", None, Some(why)),
        };
        self.write(Step::NoteSending, |w| {
            w.run(
                "UPDATE letter SET state = ?2, ended_at = ?3, reason = ?4,
                 not_before = iif(?2 = 'queued', not_before, NULL) WHERE id = ?1 AND state = 'queued'",
                params![id, state, ended, reason],
            )?;
            Ok(())
        })
    }
}

impl Reader {
    /// Letters whose time has come, oldest first. One that is to wait longer than any does was written down before the
    /// clock was set back.
    pub fn letters_due(&self, now: Timestamp) -> Result<Vec<QueuedLetter>> {
        let sql = "SELECT id, day, recipient, message_id, written_at, attempts FROM letter
                   WHERE state = 'queued' AND coalesce(not_before, 0) NOT BETWEEN ?1 + 1 AND ?1 + ?2 ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([now.as_second(), LONGEST_PAUSE.as_secs() as i64], |row| {
            Ok(QueuedLetter {
                id: row.get("id")?,
                day: column(row, "day")?,
                recipient: column(row, "recipient")?,
                message_id: column(row, "message_id")?,
                written: instant(row, "written_at")?,
                attempts: row.get("attempts")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How the mailing of reports is doing.
    pub fn mailing(&self) -> Result<Mailing> {
        let last = "SELECT day, ended_at FROM letter WHERE state = 'sent' ORDER BY day DESC, ended_at DESC LIMIT 1";
        let trouble = "SELECT day, recipient, reason, not_before, state FROM letter WHERE reason IS NOT NULL
                       AND (state = 'queued' OR day = (SELECT max(day) FROM letter)) ORDER BY day DESC, id LIMIT 1";
        let queued = "SELECT count(*) AS n FROM letter WHERE state = 'queued'";
        Ok(Mailing {
            last: self.first(last, |row| Ok((column(row, "day")?, instant(row, "ended_at")?)))?,
            queued: self.first(queued, |row| row.get::<_, i64>("n"))?.unwrap_or_default().unsigned_abs(),
            trouble: self.first(trouble, |row| {
                Ok(MailingTrouble {
                    day: column(row, "day")?,
                    recipient: row.get("recipient")?,
                    reason: row.get("reason")?,
                    next_try: maybe_instant(row, "not_before")?,
                })
            })?,
        })
    }

    fn first<T>(&self, sql: &str, read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>) -> Result<Option<T>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        Ok(rows.next()?.map(read).transpose()?)
    }
}

/// Whether a report of this record was written down to be mailed under this identifier.
pub(super) fn is_ours(w: &Writing<'_>, id: &MessageId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM letter WHERE message_id = ?1) AS ours";
    Ok(w.tx.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get("ours"))?)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, temporary};
    use super::*;
    use jiff::civil::date;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn queue(store: &mut Store, day: Date, to: &[&str]) {
        let to: Vec<Address> = to.iter().map(|one| address(one)).collect();
        store.queue_letters(day, &to, &Domain::parse("us.example").unwrap(), at(0)).unwrap();
    }

    #[test]
    fn a_letter_is_queued_once_and_keeps_its_identifier() {
        let (_dir, mut store) = temporary();
        queue(&mut store, date(2026, 11, 20), &["me@us.example", "you@us.example"]);
        let first = store.letters_due(at(1)).unwrap();
        queue(&mut store, date(2026, 11, 20), &["me@us.example", "you@us.example"]);
        assert_eq!(store.letters_due(at(1)).unwrap(), first);
        assert_eq!(first.len(), 2);
        assert_eq!(first[0].message_id, first[1].message_id);
        assert!(own_report::is_one(&first[0].message_id));
        queue(&mut store, date(2026, 11, 21), &["me@us.example"]);
        assert_ne!(store.letters_due(at(1)).unwrap()[2].message_id, first[0].message_id);
    }

    #[test]
    fn two_records_give_the_same_day_different_identifiers() {
        let ids = [(); 2].map(|()| {
            let (_dir, mut store) = temporary();
            queue(&mut store, date(2026, 11, 20), &["me@us.example"]);
            store.letters_due(at(1)).unwrap().remove(0).message_id
        });
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn an_attempt_is_counted_before_it_is_made_and_keeps_its_pause_whatever_happens() {
        let (_dir, mut store) = temporary();
        queue(&mut store, date(2026, 11, 20), &["me@us.example"]);
        let id = store.letters_due(at(1)).unwrap()[0].id;
        store.count_sending(id, at(60)).unwrap();
        assert_eq!(store.letters_due(at(59)).unwrap(), []);
        assert_eq!(store.letters_due(at(60)).unwrap()[0].attempts, 1);
        assert_eq!(store.letters_due(at(60) - LONGEST_PAUSE).unwrap(), []);
        assert_eq!(store.letters_due(at(59) - LONGEST_PAUSE).unwrap()[0].attempts, 1, "the clock was set back");
        store.note_sending(id, &Sending::Postponed("no network".into()), at(2)).unwrap();
        assert_eq!(store.letters_due(at(59)).unwrap(), []);
        let mailing = store.mailing().unwrap();
        assert_eq!((mailing.queued, mailing.last), (1, None));
        assert_eq!(mailing.trouble.unwrap().next_try, Some(at(60)));
    }

    #[test]
    fn what_is_sent_or_refused_is_over() {
        for (outcome, told) in [(Sending::Sent, false), (Sending::Refused("550 nobody".into()), true)] {
            let (_dir, mut store) = temporary();
            queue(&mut store, date(2026, 11, 20), &["me@us.example"]);
            let id = store.letters_due(at(1)).unwrap()[0].id;
            store.count_sending(id, at(60)).unwrap();
            store.note_sending(id, &outcome, at(2)).unwrap();
            store.note_sending(id, &Sending::Postponed("late word".into()), at(3)).unwrap();
            store.count_sending(id, at(90)).unwrap();
            assert_eq!(store.letters_due(at(1_000)).unwrap(), []);
            let mailing = store.mailing().unwrap();
            assert_eq!(mailing.trouble.is_some(), told, "{outcome:?}");
            assert_eq!(mailing.last.is_some(), !told);
        }
    }

    #[test]
    fn a_newer_report_that_was_mailed_ends_the_trouble_with_an_older_one() {
        let (_dir, mut store) = temporary();
        queue(&mut store, date(2026, 11, 20), &["me@us.example"]);
        store.note_sending(1, &Sending::Refused("552 too large".into()), at(2)).unwrap();
        assert_eq!(store.mailing().unwrap().trouble.unwrap().reason, "552 too large");
        queue(&mut store, date(2026, 11, 21), &["me@us.example"]);
        store.note_sending(2, &Sending::Sent, at(3)).unwrap();
        assert_eq!(store.mailing().unwrap().trouble, None);
    }
}
