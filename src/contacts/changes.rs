//! What differs between the customers before and after an import, entry by entry.
//!
//! Told from the two ends rather than noted on the way, so that a file which
//! says one thing twice, or takes back what it said, reports what came of it.

use std::collections::HashMap;

use super::{Contact, ContactId, Customer, CustomerId};

/// One customer or contact that an import adds or changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The first line of the file that is about it, counted from 1.
    pub line: u32,
    /// The customer.
    pub customer: CustomerId,
    /// The contact; `None` when the customer itself is meant.
    pub contact: Option<ContactId>,
    /// Who is added, or what changes: `Ann Li <ann@acme.example>`, `role, phone`.
    pub what: String,
}

/// On which lines of the file customers and contacts stand first, by their places.
#[derive(Debug, Default)]
pub(super) struct Lines {
    customers: HashMap<usize, u32>,
    contacts: HashMap<(usize, usize), u32>,
}

impl Lines {
    pub(super) fn customer(&mut self, at: usize, line: u32) {
        self.customers.entry(at).or_insert(line);
    }

    pub(super) fn contact(&mut self, place: (usize, usize), line: u32) {
        self.contacts.entry(place).or_insert(line);
    }
}

/// What is added and what is changed. `after` begins with all of `before`, in the same places.
pub(super) fn between(before: &[Customer], after: &[Customer], lines: &Lines) -> (Vec<Change>, Vec<Change>) {
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for (at, customer) in after.iter().enumerate() {
        let known = before.get(at);
        let mut note = |line: Option<&u32>, contact: Option<&Contact>, is_new: bool, what: String| {
            let change = Change {
                line: line.copied().unwrap_or_default(),
                customer: customer.id.clone(),
                contact: contact.map(|c| c.id.clone()),
                what,
            };
            if is_new { added.push(change) } else { changed.push(change) }
        };
        match known.map(|known| of_customer(known, customer)) {
            None => note(lines.customers.get(&at), None, true, customer.name.clone()),
            Some(what) if !what.is_empty() => note(lines.customers.get(&at), None, false, what),
            Some(_) => {}
        }
        for (nth, contact) in customer.contacts.iter().enumerate() {
            let line = lines.contacts.get(&(at, nth));
            match known.and_then(|c| c.contacts.get(nth)).map(|known| of_contact(known, contact)) {
                None => note(line, Some(contact), true, shown(contact)),
                Some(what) if !what.is_empty() => note(line, Some(contact), false, what),
                Some(_) => {}
            }
        }
    }
    added.sort_by_key(|c| c.line);
    changed.sort_by_key(|c| c.line);
    (added, changed)
}

fn of_customer(before: &Customer, after: &Customer) -> String {
    named([
        ("name", before.name != after.name),
        ("domains", before.domains != after.domains),
        ("cadence-days", before.cadence_days != after.cadence_days),
        ("since", before.since != after.since),
        ("notes", before.notes != after.notes),
        ("", false),
    ])
}

fn of_contact(before: &Contact, after: &Contact) -> String {
    named([
        ("name", before.name != after.name),
        ("addresses", before.addresses != after.addresses),
        ("role", before.role != after.role),
        ("phone", before.phone != after.phone),
        ("since", before.since != after.since),
        ("notes", before.notes != after.notes),
    ])
}

fn named(fields: [(&str, bool); 6]) -> String {
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

fn shown(contact: &Contact) -> String {
    match (&contact.name, contact.addresses.first()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (None, Some(address)) => address.to_string(),
        (name, None) => name.clone().unwrap_or_default(),
    }
}
