//! The record as measures see it: one lean row for each interaction with a customer.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::value::{column, instant};
use super::{Reader, Result, person};
use crate::contacts::ContactId;
use crate::interaction::Person;
use crate::mail::Role;
use crate::measure::{Entry, PersonNo, Record, Roster, Signals, Someone};
use crate::understand::{Direction, SignalKind};

impl Reader {
    /// What happened before `until` and had joined the record by `watermark` (`None`: all of it). Automatic mail is
    /// among it.
    pub fn record_as_of(&self, until: Timestamp, watermark: Option<i64>) -> Result<Record> {
        let mut loading = Loading::default();
        let bounds = params![until.as_second(), watermark.unwrap_or(i64::MAX)];
        let sql =
            "SELECT i.id, i.occurred_at, i.kind, i.direction, i.automation, i.conversation, i.base_subject, i.words
            FROM interaction AS i
            WHERE i.occurred_at < ?1 AND i.sequence <= ?2
            AND EXISTS (SELECT 1 FROM interaction_customer AS c WHERE c.interaction = i.id)
            ORDER BY i.occurred_at, i.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        loading.entries = statement.query_map(bounds, entry)?.collect::<rusqlite::Result<Vec<Entry>>>()?;
        loading.places = loading.entries.iter().enumerate().map(|(place, e)| (e.interaction, place)).collect();
        self.add_customers(&mut loading)?;
        self.add_people(&mut loading)?;
        self.add_signals(&mut loading)?;
        let mut matters = self.matters_as_of(until)?;
        matters.retain(|matter| loading.places.contains_key(&matter.interaction));
        Ok(Record { roster: loading.roster, entries: loading.entries, matters, ..Record::default() })
    }

    fn add_customers(&self, loading: &mut Loading) -> Result<()> {
        for customer in self.load_customers()? {
            let number = loading.roster.customer(&customer.id);
            let contacts = u32::try_from(customer.contacts.len()).unwrap_or(u32::MAX);
            loading.roster.describe(number, customer.cadence_days, contacts);
        }
        let sql = "SELECT interaction, customer FROM interaction_customer ORDER BY interaction, customer";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let customer = loading.roster.customer(&column(row, "customer")?);
            if let Some(entry) = loading.at_place(row.get("interaction")?) {
                let customers = entry.customers.iter().copied().chain([customer]);
                entry.customers = customers.collect();
            }
        }
        Ok(())
    }

    /// Author and recipients. Outsiders of no customer count only as authors.
    fn add_people(&self, loading: &mut Loading) -> Result<()> {
        let sql = "SELECT interaction, position, role, name, address, contact, customer, team FROM participant
            ORDER BY interaction, position";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let interaction: i64 = row.get("interaction")?;
            if !loading.places.contains_key(&interaction) {
                continue;
            }
            let someone = person::read(row)?;
            let is_author = row.get::<_, i64>("position")? == person::AUTHOR as i64;
            if !is_author && (someone.team || someone.customer.is_none()) {
                continue;
            }
            let number = loading.person(&someone);
            let Some(entry) = loading.at_place(interaction) else { continue };
            let list = match someone.participant.role {
                _ if is_author => {
                    entry.author = Some(number);
                    continue;
                }
                Role::Cc | Role::Bcc => &mut entry.cc,
                _ => &mut entry.to,
            };
            if !list.contains(&number) {
                *list = list.iter().copied().chain([number]).collect();
            }
        }
        Ok(())
    }

    fn add_signals(&self, loading: &mut Loading) -> Result<()> {
        let mut statement = self.conn.prepare_cached("SELECT interaction, signal FROM signal")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind: SignalKind = column(row, "signal")?;
            if let Some(entry) = loading.at_place(row.get("interaction")?) {
                entry.signals = entry.signals.with(kind);
            }
        }
        Ok(())
    }
}

/// A record that is being put together.
#[derive(Default)]
struct Loading {
    roster: Roster,
    entries: Vec<Entry>,
    /// Where an interaction stands in `entries`.
    places: HashMap<i64, usize>,
    contacts: HashMap<ContactId, PersonNo>,
    addresses: HashMap<String, PersonNo>,
}

impl Loading {
    fn at_place(&mut self, interaction: i64) -> Option<&mut Entry> {
        self.entries.get_mut(*self.places.get(&interaction)?)
    }

    /// Somebody's number: a contact is one person with whatever address, anybody else an address, else a name.
    fn person(&mut self, person: &Person) -> PersonNo {
        let key = person::address(person).or_else(|| person::name(person)).unwrap_or_default();
        let known = match &person.contact {
            Some(contact) => self.contacts.get(contact),
            None => self.addresses.get(&key),
        };
        if let Some(number) = known {
            return *number;
        }
        let participant = &person.participant;
        let customer = person.customer.as_ref().map(|id| self.roster.customer(id));
        let number = self.roster.add(Someone {
            contact: person.contact.clone(),
            customer,
            team: person.team,
            name: participant.name.as_ref().filter(|n| !n.is_blank()).map(|n| n.raw().to_owned()),
            address: participant.address.as_ref().map(|a| a.as_str().to_owned()),
        });
        match &person.contact {
            Some(contact) => self.contacts.insert(contact.clone(), number),
            None => self.addresses.insert(key, number),
        };
        number
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let none: Arc<[PersonNo]> = Arc::new([]);
    Ok(Entry {
        interaction: row.get("id")?,
        at: instant(row, "occurred_at")?,
        conversation: row.get("conversation")?,
        heading: hash(&row.get::<_, String>("base_subject")?),
        customers: Arc::new([]),
        author: None,
        to: none.clone(),
        cc: none,
        words: row.get("words")?,
        signals: Signals::default(),
        kind: column(row, "kind")?,
        automation: column(row, "automation")?,
        inbound: column::<Direction>(row, "direction")? == Direction::Inbound,
        interleaved: false,
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
