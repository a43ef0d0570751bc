//! Answers to reports: what colleagues decide by mail, in the transaction that settles the mail.
//!
//! Decisions hold from when they are written down, so that reports about earlier days stay as they are; which of two
//! holds is decided by when they were said, so that an old answer that is read late undoes nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;

use super::value::{column, instant, maybe_date, word};
use super::writing::Writing;
use super::{MatterTold, Reader, Result, letters, matters};
use crate::interaction::Answer;
use crate::measure::Closed;
use crate::understand::Command;

/// What one order of an answer came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The matter's number, as the answer has it.
    pub number: i64,
    /// What it came to.
    pub came: Came,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It holds from now on.
    Decided,
    /// Nothing was to be changed, or the same answer was heeded before.
    Already,
    /// Somebody has said something else since.
    Older,
    /// No matter has that number (any more).
    Unknown,
}

/// What somebody decided about a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is closed.
    Closed(Closed),
    /// It is open again.
    Reopened,
    /// It is not to be told before this day.
    Later(Date),
}

/// A decision, with what it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settling {
    /// When it began to hold.
    pub at: Timestamp,
    /// What was decided.
    pub decision: Decision,
    /// The matter as it stands now.
    pub matter: MatterTold,
}

/// An order that nothing came of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheeded {
    /// The number it names.
    pub number: i64,
    /// Whether there is such a matter, and somebody has said something else since.
    pub older: bool,
}

/// Does what an answer asks for, if it answers a report of this record. Doing it twice changes nothing.
pub(super) fn heed(w: &Writing<'_>, answer: &Answer, now: Timestamp) -> Result<Vec<Answered>> {
    if !letters::is_ours(w, &answer.report)? {
        return Ok(Vec::new());
    }
    let said = answer.said.min(now);
    let mut heeded = Vec::new();
    for order in &answer.orders {
        let (number, decided, until) = match order {
            Command::Done(number) => (*number, word(&Closed::Done)?, None),
            Command::Dismiss(number) => (*number, word(&Closed::Dismissed)?, None),
            Command::Reopen(number) => (*number, "open".to_owned(), None),
            Command::Later(number, day) => (*number, "later".to_owned(), Some(*day)),
            Command::Private | Command::Skip | Command::Customer(_) => continue,
        };
        let came = decide(w, number, &decided, until, said, now)?;
        if matches!(came, Came::Older | Came::Unknown) {
            regret(w, answer, number, came, now)?;
        }
        heeded.push(Answered { number, came });
    }
    Ok(heeded)
}

fn decide(
    w: &Writing<'_>,
    number: i64,
    decided: &str,
    until: Option<Date>,
    said: Timestamp,
    now: Timestamp,
) -> Result<Came> {
    let Some(before) = matters::standing(w, number)? else { return Ok(Came::Unknown) };
    let sql = "SELECT max(ifnull(said_at, at)) AS said FROM decision WHERE matter = ?1";
    let last: Option<i64> = w.tx.prepare_cached(sql)?.query_row([number], |row| row.get("said"))?;
    match last {
        Some(last) if last == said.as_second() => return Ok(Came::Already),
        Some(last) if last > said.as_second() => return Ok(Came::Older),
        _ => {}
    }
    // Opening wants a closed matter; closing and putting off want an open one.
    if before.is_none() == (decided == "open") {
        return Ok(Came::Already);
    }
    w.run(
        "INSERT INTO decision (matter, at, decided, until, said_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![number, now.as_second(), decided, until.map(|day| day.to_string()), said.as_second()],
    )?;
    Ok(Came::Decided)
}

/// Remembers an order that nothing came of, once however often its mail comes.
fn regret(w: &Writing<'_>, answer: &Answer, number: i64, came: Came, now: Timestamp) -> Result<()> {
    let own = answer.mail.as_ref().map_or("", |id| id.as_str());
    let mail = w.mark(&["answer", own, answer.report.as_str(), &answer.said.as_second().to_string()]);
    let why = if came == Came::Older { "older" } else { "unknown" };
    w.run(
        "INSERT INTO unheeded (mail, number, why, heard_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![mail, number, why, now.as_second()],
    )?;
    Ok(())
}

impl Reader {
    /// What people decided about matters from one instant to before another, in its order.
    pub fn settled_between(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Settling>> {
        let sql = "SELECT matter, at, decided, until FROM decision WHERE at >= ?1 AND at < ?2 ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([from.as_second(), until.as_second()], |row| {
            let decision = match (row.get::<_, String>("decided")?.as_str(), maybe_date(row, "until")?) {
                (_, Some(day)) => Decision::Later(day),
                ("open", None) => Decision::Reopened,
                (_, None) => Decision::Closed(column(row, "decided")?),
            };
            Ok((row.get::<_, i64>("matter")?, instant(row, "at")?, decision))
        })?;
        let mut settled = Vec::new();
        for row in rows {
            let (number, at, decision) = row?;
            if let Some(matter) = self.matter(number)? {
                settled.push(Settling { at, decision, matter });
            }
        }
        Ok(settled)
    }

    /// What answers asked for in vain from one instant to before another, by number.
    pub fn unheeded_between(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Unheeded>> {
        let sql = "SELECT DISTINCT number, why = 'older' AS older FROM unheeded
                   WHERE heard_at >= ?1 AND heard_at < ?2 ORDER BY number, older";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([from.as_second(), until.as_second()], |row| {
            Ok(Unheeded { number: row.get("number")?, older: row.get("older")? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
