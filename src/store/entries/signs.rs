//! What the record knows besides mails of people: mails that did not arrive, people who left, mails that were named.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::super::conversation::thread_key;
use super::super::value::{column, instant};
use super::super::writing::keyed;
use super::super::{Reader, Result};
use crate::mail::Address;
use crate::measure::{CustomerNo, Entry, Left, Mentioned, PersonNo, Undelivered};

impl Reader {
    /// Mails that did not reach somebody on record, by time; few, so they are looked at before any interaction is. A bounce is about no customer; whom it names may be.
    pub(super) fn undelivered(
        &self,
        until: Timestamp,
        watermark: i64,
        by_address: impl FnOnce() -> HashMap<String, PersonNo>,
    ) -> Result<Vec<Undelivered>> {
        let sql = "SELECT f.interaction, i.occurred_at, f.address, f.permanent, f.status
            FROM failed_recipient AS f CROSS JOIN interaction AS i ON i.id = f.interaction
            WHERE i.occurred_at < ?1 AND i.sequence <= ?2 ORDER BY i.occurred_at, f.interaction, f.position";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![until.as_second(), watermark], |row| {
            let failed: Undelivered = Undelivered {
                interaction: row.get("interaction")?,
                at: instant(row, "occurred_at")?,
                person: PersonNo(0),
                permanent: row.get("permanent")?,
                status: row.get("status")?,
            };
            Ok((column::<Address>(row, "address")?.key(), failed))
        })?;
        let failed = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        if failed.is_empty() {
            return Ok(Vec::new());
        }
        let known = by_address();
        let of = |(address, failed)| known.get(&address).map(|person| Undelivered { person: *person, ..failed });
        Ok(failed.into_iter().filter_map(of).collect())
    }

    /// Automatic answers, among the entries, that say their author left; by time.
    pub(super) fn left(&self, entries: &[Entry], until: Timestamp, watermark: i64) -> Result<Vec<Left>> {
        let sql =
            "SELECT d.interaction, i.occurred_at FROM departed AS d CROSS JOIN interaction AS i ON i.id = d.interaction
            WHERE i.occurred_at < ?1 AND i.sequence <= ?2 ORDER BY i.occurred_at, i.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![until.as_second(), watermark])?;
        let mut left = Vec::new();
        while let Some(row) = rows.next()? {
            let (interaction, at) = (row.get("interaction")?, instant(row, "occurred_at")?);
            let entry = entries.binary_search_by_key(&(at, interaction), Entry::order).ok();
            let Some(person) = entry.and_then(|place| entries.get(place)?.author) else { continue };
            left.push(Left { interaction, at, person, successors: self.successors(interaction)? });
        }
        Ok(left)
    }

    fn successors(&self, interaction: i64) -> Result<Vec<String>> {
        let sql = "SELECT address FROM successor WHERE interaction = ?1 ORDER BY position";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([interaction], |row| row.get("address"))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What mails of people since `lately` refer to, by customer. What came to us later than the watermark was not
    /// seen yet.
    pub(super) fn mentioned(&self, entries: &[Entry], lately: Timestamp, watermark: i64) -> Result<Vec<Mentioned>> {
        let recent = entries.get(entries.partition_point(|entry| entry.at < lately)..).unwrap_or_default();
        let salt: Vec<u8> = self.conn.query_row("SELECT salt FROM instance", [], |row| row.get("salt"))?;
        let salted = keyed(&salt)?;
        let mut named: HashMap<String, usize> = HashMap::new();
        let mut pairs: Vec<(CustomerNo, usize)> = Vec::new();
        let mut unseen: Vec<bool> = Vec::new();
        let mut references = self.conn.prepare_cached("SELECT message_id FROM reference WHERE interaction = ?1")?;
        let mut seen = self.conn.prepare_cached("SELECT seen <= ?2 AS seen FROM thread WHERE message = ?1")?;
        for entry in recent.iter().filter(|entry| entry.personal()) {
            let mut rows = references.query([entry.interaction])?;
            while let Some(row) = rows.next()? {
                let id = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                let number = match named.get(id) {
                    Some(number) => *number,
                    None => {
                        let key = thread_key(&salted, id);
                        let came = seen.query_row([key, watermark], |row| row.get::<_, Option<bool>>(0));
                        let came = came.optional()?.flatten().unwrap_or(false);
                        unseen.push(!came);
                        named.insert(id.to_owned(), unseen.len() - 1);
                        unseen.len() - 1
                    }
                };
                pairs.extend(entry.customers.iter().map(|customer| (*customer, number)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut counts: Vec<Mentioned> = Vec::new();
        for (customer, number) in pairs {
            let unseen = u32::from(unseen.get(number).copied().unwrap_or(false));
            match counts.last_mut().filter(|count| count.customer == customer) {
                Some(count) => (count.ids, count.unseen) = (count.ids + 1, count.unseen + unseen),
                None => counts.push(Mentioned { customer, ids: 1, unseen }),
            }
        }
        Ok(counts)
    }
}
