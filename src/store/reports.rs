//! Which days have been reported, and what each first edition could know.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use super::value::{column, instant};
use super::{Reader, Result, Store};
use crate::failpoint::Step;

/// One published day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedReport {
    /// The day.
    pub date: Date,
    /// The time zone whose day it was.
    pub zone: String,
    /// The highest sequence number its first edition could know.
    pub watermark: i64,
    /// When it was published first.
    pub published_at: Timestamp,
}

impl Reader {
    /// Every day that was published.
    pub fn report_days(&self) -> Result<BTreeMap<Date, PublishedReport>> {
        let mut statement = self.conn.prepare_cached("SELECT date, zone, watermark, published_at FROM report")?;
        let rows = statement.query_map([], |row| published(row).map(|p| (p.date, p)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The highest sequence number given out so far; 0 when nothing is recorded.
    pub fn max_sequence(&self) -> Result<i64> {
        let sql = "SELECT sequence FROM instance";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |row| row.get("sequence"))?)
    }
}

impl Store {
    /// Notes that a day was published. Its first watermark stays, so that whatever came later is late for
    /// exactly one report; gives what is noted.
    pub fn note_report(&mut self, date: Date, zone: &str, watermark: i64, now: Timestamp) -> Result<PublishedReport> {
        self.write(Step::NoteReport, |w| {
            w.run(
                "INSERT INTO report (date, zone, watermark, published_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params![date.to_string(), zone, watermark, now.as_second()],
            )?;
            let sql = "SELECT date, zone, watermark, published_at FROM report WHERE date = ?1";
            Ok(w.tx.prepare_cached(sql)?.query_row([date.to_string()], published)?)
        })
    }
}

fn published(row: &Row<'_>) -> rusqlite::Result<PublishedReport> {
    Ok(PublishedReport {
        date: column(row, "date")?,
        zone: row.get("zone")?,
        watermark: row.get("watermark")?,
        published_at: instant(row, "published_at")?,
    })
}
