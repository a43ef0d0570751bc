//! The directory on disk: customers and contacts, each source keeping its own rows.
//!
//! A contacts file that is read again replaces what it said before and nothing else. Where two sources know the
//! same customer or contact, the answer holds what either says; sources are asked in alphabetical order, and the
//! first that knows a fact has it. Interactions never refer here, so removing somebody loses no history.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::{Row, params};

use super::tombstone::is_forgotten;
use super::value::{column, maybe_date};
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

    /// The customers of one source, or of every source, one source after the other.
    fn rows(&self, source: Option<&str>) -> Result<Vec<Customer>> {
        let sql = "SELECT source, id, name, cadence_days, since, notes FROM customer
                   WHERE ?1 IS NULL OR source = ?1 ORDER BY source, id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([source], |row| Ok((row.get::<_, String>("source")?, customer(row)?)))?;
        rows.map(|row| {
            let (source, mut customer) = row?;
            customer.domains = self.domains(&source, &customer.id)?;
            customer.contacts = self.contacts(&source, &customer.id)?;
            Ok(customer)
        })
        .collect()
    }

    fn domains(&self, source: &str, id: &CustomerId) -> Result<Vec<Domain>> {
        let sql = "SELECT domain FROM customer_domain WHERE source = ?1 AND customer = ?2 ORDER BY position";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([source, &id.0], |row| column(row, "domain"))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn contacts(&self, source: &str, id: &CustomerId) -> Result<Vec<Contact>> {
        // Named, as the planner prefers the primary key and reads everybody of the source for each customer.
        let sql = "SELECT id, name, role, phone, since, notes FROM contact INDEXED BY contact_of_customer
                   WHERE source = ?1 AND customer = ?2 ORDER BY position, id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([source, &id.0], contact)?;
        rows.map(|row| {
            let mut contact = row?;
            contact.addresses = self.addresses(source, &contact.id)?;
            Ok(contact)
        })
        .collect()
    }

    fn addresses(&self, source: &str, id: &ContactId) -> Result<Vec<Address>> {
        let sql = "SELECT address FROM contact_address WHERE source = ?1 AND contact = ?2 ORDER BY position";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([source, &id.0], |row| column(row, "address"))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Store {
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

fn customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        id: column(row, "id")?,
        name: row.get("name")?,
        domains: Vec::new(),
        cadence_days: row.get("cadence_days")?,
        since: maybe_date(row, "since")?,
        notes: row.get("notes")?,
        contacts: Vec::new(),
    })
}

fn contact(row: &Row<'_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        id: column(row, "id")?,
        name: row.get("name")?,
        addresses: Vec::new(),
        role: row.get("role")?,
        phone: row.get("phone")?,
        since: maybe_date(row, "since")?,
        notes: row.get("notes")?,
    })
}

fn day(date: &Option<Date>) -> Option<String> {
    date.map(|d| d.to_string())
}
