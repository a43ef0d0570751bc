//! The record as measures see it: one lean row for each interaction with a customer.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::value::{column, instant, maybe};
use super::{Reader, Result, person};
use crate::interaction::Person;
use crate::mail::Untrusted;
use crate::measure::Entry;
use crate::understand::{Automation, Direction};

impl Reader {
    /// What happened before `until` and had joined the record by `watermark` (`None`: all of it), by time, then
    /// number. Automatic mail is among it, marked as not personal.
    pub fn entries(&self, until: Timestamp, watermark: Option<i64>) -> Result<Vec<Entry>> {
        let bounds = params![until.as_second(), watermark.unwrap_or(i64::MAX)];
        let sql = "SELECT i.id, i.occurred_at, i.direction, i.automation, i.conversation, i.base_subject, i.words,
                i.asks, i.closes
            FROM interaction AS i
            WHERE i.occurred_at < ?1 AND i.sequence <= ?2
            AND EXISTS (SELECT 1 FROM interaction_customer AS c WHERE c.interaction = i.id)
            ORDER BY i.occurred_at, i.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut entries = statement.query_map(bounds, entry)?.collect::<rusqlite::Result<Vec<Entry>>>()?;
        let places: HashMap<i64, usize> = entries.iter().enumerate().map(|(place, e)| (e.interaction, place)).collect();
        self.add_customers(&mut entries, &places)?;
        self.add_people(&mut entries, &places)?;
        Ok(entries)
    }

    fn add_customers(&self, entries: &mut [Entry], places: &HashMap<i64, usize>) -> Result<()> {
        let sql = "SELECT interaction, customer FROM interaction_customer ORDER BY interaction, customer";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(entry) = at_place(entries, places, row.get("interaction")?) {
                entry.customers.push(column(row, "customer")?);
            }
        }
        Ok(())
    }

    /// The contacts, and the name to show: the author of what came in, else the first customer it went to.
    fn add_people(&self, entries: &mut [Entry], places: &HashMap<i64, usize>) -> Result<()> {
        let sql = "SELECT interaction, position, role, name, address, contact, customer, team FROM participant
                   WHERE team = 0 ORDER BY interaction, position";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(entry) = at_place(entries, places, row.get("interaction")?) else { continue };
            if let Some(contact) = maybe(row, "contact")?
                && !entry.contacts.contains(&contact)
            {
                entry.contacts.push(contact);
            }
            let someone = person::read(row)?;
            let customer = someone.customer.is_some();
            let author = row.get::<_, i64>("position")? == person::AUTHOR as i64;
            if entry.counterpart.is_empty() && (customer || author) {
                entry.counterpart = shown(&someone);
            }
        }
        Ok(())
    }
}

fn at_place<'e>(entries: &'e mut [Entry], places: &HashMap<i64, usize>, id: i64) -> Option<&'e mut Entry> {
    entries.get_mut(*places.get(&id)?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        interaction: row.get("id")?,
        at: instant(row, "occurred_at")?,
        inbound: column::<Direction>(row, "direction")? == Direction::Inbound,
        personal: column::<Automation>(row, "automation")? == Automation::None,
        conversation: row.get("conversation")?,
        customers: Vec::new(),
        contacts: Vec::new(),
        counterpart: String::new(),
        base_subject: row.get("base_subject")?,
        words: row.get("words")?,
        asks: row.get("asks")?,
        closes: row.get("closes")?,
    })
}

fn shown(person: &Person) -> String {
    let name = person.participant.name.as_ref().filter(|n| !n.is_blank()).map(Untrusted::raw);
    let address = person.participant.address.as_ref().map(|a| a.as_str());
    name.or(address).unwrap_or_default().to_owned()
}
