//! What taking a contacts file would do, decided before anything is done.
//!
//! A file is taken whole or refused whole, and taking it twice changes
//! nothing the second time. Rows are matched to what is known by customer (id
//! or name) and person (any shared address, or the same name at the same
//! customer); what a row leaves out stays as it was, and nobody is removed.
//! Where two people would own one address, nobody can say who wrote, so that
//! is refused with both named instead of guessed.

mod planner;

use std::collections::HashSet;

use jiff::civil::Date;

use super::{ContactId, Customer, CustomerId, changes};
use crate::mail::{Address, Domain};

pub use super::changes::Change;
use planner::Planner;

/// One line or card of a file, checked by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it begins, counted from 1.
    pub line: u32,
    /// The customer's short name, where the format has one.
    pub customer_id: Option<CustomerId>,
    /// The customer's name or short name; when missing, the addresses have to tell.
    pub customer: Option<String>,
    /// Domains of the customer.
    pub domains: Vec<Domain>,
    /// Rhythm of the customer, in days.
    pub cadence_days: Option<u32>,
    /// Customer since.
    pub customer_since: Option<Date>,
    /// Words about the customer.
    pub customer_notes: Option<String>,
    /// The person, if it names one.
    pub contact: Option<Person>,
}

/// The person of a row; at least one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their short name, where the format has one.
    pub id: Option<ContactId>,
    /// Their name.
    pub name: Option<String>,
    /// Their addresses.
    pub addresses: Vec<Address>,
    /// What they do.
    pub role: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Known since.
    pub since: Option<Date>,
    /// Words about them.
    pub notes: Option<String>,
}

/// Why a line is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The line, counted from 1.
    pub line: u32,
    /// Why, in words for a person.
    pub why: String,
}

impl Refusal {
    pub(super) fn new(line: u32, why: impl Into<String>) -> Refusal {
        Refusal { line, why: why.into() }
    }
}

/// What taking a file would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Customers and contacts that are new.
    pub added: Vec<Change>,
    /// Those that would change, with what.
    pub changed: Vec<Change>,
    /// Rows that say nothing new.
    pub unchanged: usize,
    /// Rows that cannot be taken. If there is one, nothing is: the rest of the plan is empty then.
    pub refused: Vec<Refusal>,
    /// Everybody afterwards, by customer id; what was known before if anything is refused.
    pub customers: Vec<Customer>,
}

/// Who can never be a contact or customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    /// Our people's addresses and the capture addresses.
    pub addresses: Vec<Address>,
    /// Our domains.
    pub domains: Vec<Domain>,
    /// Freemail domains besides those known.
    pub freemail_extra: Vec<Domain>,
}

/// Decides what taking `rows` would do to `existing`.
pub fn plan(existing: &[Customer], rows: &[Row], ours: &Ours) -> Plan {
    let mut planner = Planner::new(existing, ours);
    let mut refused = Vec::new();
    for row in rows {
        if let Err(why) = planner.take(row) {
            refused.push(Refusal::new(row.line, why));
        }
    }
    if !refused.is_empty() {
        return Plan { refused, customers: existing.to_vec(), ..Plan::default() };
    }
    let (added, changed) = changes::between(existing, &planner.customers, &planner.lines);
    let told: HashSet<u32> = added.iter().chain(&changed).map(|c| c.line).collect();
    let unchanged = rows.iter().filter(|row| !told.contains(&row.line)).count();
    let mut customers = planner.customers;
    customers.sort_by(|a, b| a.id.cmp(&b.id));
    Plan { added, changed, unchanged, refused, customers }
}

#[cfg(test)]
mod tests;
