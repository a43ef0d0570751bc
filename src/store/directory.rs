//! The directory on disk: customers and contacts, each source keeping its own rows.
//!
//! A contacts file that is read again replaces what it said before and nothing else. Where two sources know the
//! same customer or contact, the answer holds what either says; sources are asked in alphabetical order, and the
//! first that knows a fact has it. Interactions never refer here, so removing somebody loses no history.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use rusqlite::params;

use super::tombstone::is_forgotten;
use super::value::Columns;
use super::writing::Writing;
use super::{Reader, Result, Store, StoreError};
use crate::contacts::{Contact, ContactId, Customer, CustomerId};
use crate::failpoint::Step;
use crate::mail::{Address, Domain};

/// The source of what was entered by hand.
pub const COMMAND: &str = "command";

impl Reader {
    /// Everybody known, from all sources, by customer, then in the order of their source.
    pub fn load_customers(&self) -> Result<Vec<Customer>> {
        let mut customers: BTreeMap<CustomerId, Customer> = BTreeMap::new();
        for customer in self.rows(None)? {
            match customers.get_mut(&customer.id) {
                Some(known) => unite(known, customer),
                None => drop(customers.insert(customer.id.clone(), customer)),
            }
        }
        Ok(customers.into_values().collect())
    }

    /// What one source says.
    pub fn customers_of(&self, source: &str) -> Result<Vec<Customer>> {
        self.rows(Some(source))
    }

    /// Who has said anything: contacts files by their path, and [`COMMAND`].
    pub fn sources(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached("SELECT DISTINCT source FROM customer ORDER BY source")?;
        let rows = statement.query_map([], |row| row.get("source"))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The customers of one source, or of every source, one source after the other.
    fn rows(&self, source: Option<&str>) -> Result<Vec<Customer>> {
        let mut domains = self.grouped(
            "SELECT source, customer AS owner, domain FROM customer_domain
             WHERE ?1 IS NULL OR source = ?1 ORDER BY source, customer, position",
            source,
            |columns| columns.word::<Domain>(),
        )?;
        let mut addresses = self.grouped(
            "SELECT source, contact AS owner, address FROM contact_address
             WHERE ?1 IS NULL OR source = ?1 ORDER BY source, contact, position",
            source,
            |columns| columns.word::<Address>(),
        )?;
        let mut contacts = self.grouped(
            "SELECT source, customer AS owner, id, name, role, phone, since, notes FROM contact
             WHERE ?1 IS NULL OR source = ?1 ORDER BY source, customer, position, id",
            source,
            contact,
        )?;
        let sql = "SELECT source, id, name, cadence_days, since, notes FROM customer
                   WHERE ?1 IS NULL OR source = ?1 ORDER BY source, id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([source], |row| {
            let mut columns = Columns::of(row);
            Ok((columns.next::<String>()?, customer(&mut columns)?))
        })?;
        rows.map(|row| {
            let (source, mut customer) = row?;
            let owner = (source, customer.id.0);
            customer.domains = domains.remove(&owner).unwrap_or_default();
            customer.contacts = contacts.remove(&owner).unwrap_or_default();
            let (source, id) = owner;
            customer.id = CustomerId(id);
            for contact in &mut customer.contacts {
                let owner = (source.clone(), contact.id.0.clone());
                contact.addresses = addresses.remove(&owner).unwrap_or_default();
            }
            Ok(customer)
        })
        .collect()
    }

    /// What rows say behind their source and owner, by these two, each in the order of the rows. Rows of one owner stand
    /// together.
    fn grouped<T>(
        &self,
        sql: &str,
        source: Option<&str>,
        read: impl Fn(&mut Columns<'_, '_>) -> rusqlite::Result<T>,
    ) -> Result<HashMap<(String, String), Vec<T>>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([source])?;
        let mut groups: Vec<((String, String), Vec<T>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let mut columns = Columns::of(row);
            let (source, owner) = (columns.text()?, columns.text()?);
            let value = read(&mut columns)?;
            match groups.last_mut().filter(|(known, _)| known.0 == source && known.1 == owner) {
                Some((_, values)) => values.push(value),
                None => groups.push(((source.to_owned(), owner.to_owned()), vec![value])),
            }
        }
        Ok(groups.into_iter().collect())
    }

    /// How often the directory was changed, by whomever.
    pub fn directory_changes(&self) -> Result<i64> {
        let sql = "SELECT directory_changes FROM instance";
        Ok(self.conn.query_row(sql, [], |row| row.get("directory_changes"))?)
    }

    /// Whether the directory is as it was when [`Store::note_directory`] noted this mark.
    pub fn directory_is(&self, mark: &[u8; 32]) -> Result<bool> {
        let sql = "SELECT directory_mark IS ?1 AND directory_seen = directory_changes AS same FROM instance";
        Ok(self.conn.query_row(sql, [mark], |row| row.get("same"))?)
    }
}

impl Store {
    /// Notes what the directory was read from, and that everybody on record was matched with it as it stood after
    /// so many `changes`.
    pub fn note_directory(&mut self, mark: &[u8; 32], changes: i64) -> Result<()> {
        self.write(Step::MarkDirectory, |w| {
            w.run("UPDATE instance SET directory_mark = ?1, directory_seen = ?2", params![mark, changes])?;
            Ok(())
        })
    }

    /// Replaces what `source` says, all at once. Whoever asked to be erased is left out; gives how many
    /// addresses that were.
    pub fn save_customers(&mut self, customers: &[Customer], source: &str) -> Result<usize> {
        self.write(Step::SaveCustomers, |w| {
            w.run("DELETE FROM customer WHERE source = ?1", [source])?;
            let mut left_out = 0;
            for customer in customers {
                insert_customer(w, customer, source)?;
                for (position, contact) in customer.contacts.iter().enumerate() {
                    left_out += insert_contact(w, contact, &customer.id, position, source)?;
                }
            }
            changed(w)?;
            Ok(left_out)
        })
    }

    /// Adds a contact to what `source` says, and the customer with it if that source does not have it; a contact
    /// of that short name is replaced. Gives how many addresses were left out, as [`Store::save_customers`].
    pub fn add_contact(&mut self, customer: &Customer, contact: &Contact, source: &str) -> Result<usize> {
        self.write(Step::AddContact, |w| {
            let known = "SELECT 1 AS one FROM customer WHERE source = ?1 AND id = ?2";
            if !w.tx.prepare_cached(known)?.exists([source, &customer.id.0])? {
                insert_customer(w, customer, source)?;
            }
            w.run("DELETE FROM contact WHERE source = ?1 AND id = ?2", [source, &contact.id.0])?;
            let sql = "SELECT coalesce(max(position) + 1, 0) AS next FROM contact WHERE source = ?1 AND customer = ?2";
            let next: i64 = w.tx.prepare_cached(sql)?.query_row([source, &customer.id.0], |row| row.get("next"))?;
            changed(w)?;
            insert_contact(w, contact, &customer.id, next as usize, source)
        })
    }

    /// Removes a customer and its contacts from every source. A contacts file that still names it brings it back.
    ///
    /// # Errors
    /// `NotFound` when no source knows it.
    pub fn remove_customer(&mut self, id: &CustomerId) -> Result<()> {
        self.write(Step::RemoveCustomer, |w| {
            gone(w.run("DELETE FROM customer WHERE id = ?1", [&id.0])?, || format!("customer {}", id.0))
        })
    }

    /// Removes a contact from every source, as [`Store::remove_customer`].
    ///
    /// # Errors
    /// `NotFound` when no source knows it.
    pub fn remove_contact(&mut self, id: &ContactId) -> Result<()> {
        self.write(Step::RemoveContact, |w| {
            gone(w.run("DELETE FROM contact WHERE id = ?1", [&id.0])?, || format!("contact {}", id.0))
        })
    }
}

fn gone(rows: usize, what: impl FnOnce() -> String) -> Result<()> {
    if rows == 0 { Err(StoreError::NotFound(what())) } else { Ok(()) }
}

/// Counts that the directory changed: who adds to it tells, what changes or goes is watched by the store.
fn changed(w: &Writing<'_>) -> Result<()> {
    w.run("UPDATE instance SET directory_changes = directory_changes + 1", [])?;
    Ok(())
}

fn insert_customer(w: &Writing<'_>, customer: &Customer, source: &str) -> Result<()> {
    let Customer { id, name, domains, cadence_days, since, notes, .. } = customer;
    w.run(
        "INSERT INTO customer (source, id, name, cadence_days, since, notes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO NOTHING",
        params![source, id.0, name, cadence_days, day(since), notes],
    )?;
    for (position, domain) in domains.iter().enumerate() {
        let sql = "INSERT INTO customer_domain (source, customer, position, domain) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO NOTHING";
        w.run(sql, params![source, id.0, position as i64, domain.as_str()])?;
    }
    Ok(())
}

/// Writes a contact without its erased addresses; one that has no other is not written. Gives how many were erased.
fn insert_contact(
    w: &Writing<'_>,
    contact: &Contact,
    customer: &CustomerId,
    position: usize,
    source: &str,
) -> Result<usize> {
    let mut kept = Vec::new();
    for address in &contact.addresses {
        if !(w.forgets && is_forgotten(w, address.as_str())?) {
            kept.push(address);
        }
    }
    let left_out = contact.addresses.len() - kept.len();
    if kept.is_empty() && left_out > 0 {
        return Ok(left_out);
    }
    let Contact { id, name, role, phone, since, notes, .. } = contact;
    w.run(
        "INSERT INTO contact (source, id, customer, position, name, role, phone, since, notes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        params![source, id.0, customer.0, position as i64, name, role, phone, day(since), notes],
    )?;
    for (position, address) in kept.iter().enumerate() {
        let sql = "INSERT INTO contact_address (source, contact, position, address) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO NOTHING";
        w.run(sql, params![source, id.0, position as i64, address.as_str()])?;
    }
    Ok(left_out)
}

/// Adds to a customer what another source says of it.
fn unite(known: &mut Customer, other: Customer) {
    known.cadence_days = known.cadence_days.or(other.cadence_days);
    known.since = known.since.or(other.since);
    known.notes = known.notes.take().or(other.notes);
    add_new(&mut known.domains, other.domains);
    for contact in other.contacts {
        match known.contacts.iter_mut().find(|c| c.id == contact.id) {
            Some(same) => unite_contact(same, contact),
            None => known.contacts.push(contact),
        }
    }
}

fn unite_contact(known: &mut Contact, other: Contact) {
    known.name = known.name.take().or(other.name);
    known.role = known.role.take().or(other.role);
    known.phone = known.phone.take().or(other.phone);
    known.since = known.since.or(other.since);
    known.notes = known.notes.take().or(other.notes);
    add_new(&mut known.addresses, other.addresses);
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, other: Vec<T>) {
    for one in other {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

fn customer(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        id: columns.word()?,
        name: columns.next()?,
        domains: Vec::new(),
        cadence_days: columns.next()?,
        since: columns.maybe_date()?,
        notes: columns.next()?,
        contacts: Vec::new(),
    })
}

fn contact(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        id: columns.word()?,
        name: columns.next()?,
        addresses: Vec::new(),
        role: columns.next()?,
        phone: columns.next()?,
        since: columns.maybe_date()?,
        notes: columns.next()?,
    })
}

fn day(date: &Option<Date>) -> Option<String> {
    date.map(|d| d.to_string())
}
