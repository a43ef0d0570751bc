//! TOML: `[[customer]]` with `[[customer.contact]]`, the only format with ids and so the fullest.

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::import::Refusal;
use super::super::{Contact, Customer};
use super::{Raw, unknown};

const CUSTOMER: [&str; 7] = ["id", "name", "domains", "cadence-days", "since", "notes", "contact"];
const CONTACT: [&str; 7] = ["id", "name", "addresses", "role", "phone", "since", "notes"];

pub(super) fn read(text: &str) -> Result<Vec<Raw>, Vec<Refusal>> {
    let line = |at: usize| {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        1 + u32::try_from(before.iter().filter(|b| **b == b'\n').count()).unwrap_or(u32::MAX - 1)
    };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        vec![Refusal::new(line(at), format!("is not TOML: {}", error.message()))]
    })?;
    let mut reader = Reader { line, rows: Vec::new(), refused: Vec::new() };
    for customer in reader.tables(document.get_ref(), "customer", &["customer"]) {
        reader.customer(customer);
    }
    if reader.refused.is_empty() { Ok(reader.rows) } else { Err(reader.refused) }
}

struct Reader<F: Fn(usize) -> u32> {
    line: F,
    rows: Vec<Raw>,
    refused: Vec<Refusal>,
}

type Entry<'t> = &'t Spanned<DeValue<'t>>;

impl<F: Fn(usize) -> u32> Reader<F> {
    fn customer(&mut self, entry: Entry<'_>) {
        let DeValue::Table(table) = entry.get_ref() else { return };
        let own = Raw {
            line: (self.line)(entry.span().start),
            customer_id: self.text(table, "id"),
            customer: self.text(table, "name"),
            domains: self.list(table, "domains"),
            cadence_days: self.text(table, "cadence-days"),
            customer_since: self.text(table, "since"),
            customer_notes: self.text(table, "notes"),
            ..Raw::default()
        };
        let (id, name, at) = (own.customer_id.clone(), own.customer.clone(), own.line);
        if id.trim().is_empty() && name.trim().is_empty() {
            self.refused.push(Refusal::new(at, "a customer needs a name"));
        }
        self.rows.push(own);
        for contact in self.tables(table, "contact", &CUSTOMER) {
            let row = self.contact(contact);
            self.rows.push(Raw { customer_id: id.clone(), customer: name.clone(), ..row });
        }
    }

    fn contact(&mut self, entry: Entry<'_>) -> Raw {
        let line = (self.line)(entry.span().start);
        let DeValue::Table(table) = entry.get_ref() else { return Raw { line, ..Raw::default() } };
        self.refuse_unknown(table, &CONTACT);
        let addresses = self.list(table, "addresses");
        if addresses.is_empty() && !table.contains_key("addresses") {
            self.refused.push(Refusal::new(line, "a contact needs addresses = [\"name@domain\"]"));
        }
        Raw {
            line,
            contact_id: self.text(table, "id"),
            name: self.text(table, "name"),
            addresses,
            role: self.text(table, "role"),
            phone: self.text(table, "phone"),
            since: self.text(table, "since"),
            notes: self.text(table, "notes"),
            ..Raw::default()
        }
    }

    /// The tables of an array of tables; every key beside it has to be among `known`.
    fn tables<'t>(&mut self, table: &'t DeTable<'t>, key: &str, known: &[&str]) -> Vec<Entry<'t>> {
        self.refuse_unknown(table, known);
        let Some(value) = table.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) if items.iter().all(|i| matches!(i.get_ref(), DeValue::Table(_))) => {
                items.iter().collect()
            }
            _ => {
                let line = (self.line)(value.span().start);
                self.refused.push(Refusal::new(line, format!("`{key}` stands in double brackets")));
                Vec::new()
            }
        }
    }

    fn refuse_unknown(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for (key, _) in table.iter() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let line = (self.line)(key.span().start);
                self.refused.push(Refusal::new(line, unknown("key", name, known)));
            }
        }
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> String {
        let Some(value) = table.get(key) else { return String::new() };
        match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => {
                self.refused.push(Refusal::new((self.line)(value.span().start), format!("`{key}` is not text")));
                String::new()
            }
        }
    }

    fn list(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let items: Option<Vec<String>> = match value.get_ref() {
            DeValue::String(text) => Some(vec![text.to_string()]),
            DeValue::Array(items) => items.iter().map(|i| i.get_ref().as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        items.unwrap_or_else(|| {
            self.refused.push(Refusal::new((self.line)(value.span().start), format!("`{key}` is no list of texts")));
            Vec::new()
        })
    }
}

#[derive(Serialize)]
struct File<'a> {
    customer: Vec<CustomerTable<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct CustomerTable<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    domains: &'a [crate::mail::Domain],
    #[serde(skip_serializing_if = "Option::is_none")]
    cadence_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contact: Vec<ContactTable<'a>>,
}

#[derive(Serialize)]
struct ContactTable<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    addresses: &'a [crate::mail::Address],
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
}

pub(super) fn write(customers: &[Customer]) -> String {
    let customer = customers.iter().map(|c| CustomerTable {
        id: &c.id.0,
        name: &c.name,
        domains: &c.domains,
        cadence_days: c.cadence_days,
        since: c.since.map(|d| d.to_string()),
        notes: c.notes.as_deref(),
        contact: c.contacts.iter().map(contact_table).collect(),
    });
    toml::to_string(&File { customer: customer.collect() }).unwrap_or_default()
}

fn contact_table(contact: &Contact) -> ContactTable<'_> {
    ContactTable {
        id: &contact.id.0,
        name: contact.name.as_deref(),
        addresses: &contact.addresses,
        role: contact.role.as_deref(),
        phone: contact.phone.as_deref(),
        since: contact.since.map(|d| d.to_string()),
        notes: contact.notes.as_deref(),
    }
}
