//! CSV as spreadsheets read and write it (RFC 4180): comma, semicolon or tab, columns in any order.
//!
//! A line with an address describes a person, and its `since` and `notes` are
//! theirs; a line without one describes the customer. `cadence-days` and
//! `domains` are the customer's wherever they stand.

use super::super::import::Refusal;
use super::super::{Contact, Customer};
use super::{Raw, several, unknown};

const COLUMNS: [&str; 9] =
    ["customer", "name", "address", "role", "phone", "since", "cadence-days", "domains", "notes"];

pub(super) fn read(text: &str) -> Result<Vec<Raw>, Vec<Refusal>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(text))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(header)) => columns(&header)?,
        _ => return Err(vec![Refusal::new(1, format!("there is no header line: {}", COLUMNS.join(",")))]),
    };
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                refused.push(Refusal::new(u32::try_from(line).unwrap_or(u32::MAX), "the line cannot be read"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        if record.iter().skip(header.len()).any(|cell| !cell.is_empty()) {
            let why = format!(
                "{} cells, but the header has {}: is one with a separator not in quotes?",
                record.len(),
                header.len()
            );
            refused.push(Refusal::new(line, why));
        } else if record.iter().any(|cell| !cell.is_empty()) {
            rows.push(row(line, &header, &record));
        }
    }
    if refused.is_empty() { Ok(rows) } else { Err(refused) }
}

/// Whichever separates the header.
fn separator(text: &str) -> u8 {
    let header = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let count = |c: char| header.matches(c).count();
    [(';', b';'), ('\t', b'\t')].into_iter().find(|(c, _)| count(*c) > count(',')).map_or(b',', |(_, byte)| byte)
}

/// The columns in their order.
fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, Vec<Refusal>> {
    let mut found = Vec::new();
    let mut refused = Vec::new();
    for name in header {
        let written = name.to_lowercase().replace([' ', '_'], "-");
        match COLUMNS.iter().find(|c| **c == written) {
            Some(column) if found.contains(column) => refused.push(format!("the column `{column}` stands twice")),
            Some(column) => found.push(*column),
            None => refused.push(unknown("column", &written, &COLUMNS)),
        }
    }
    if refused.is_empty() && !found.contains(&"address") && !found.contains(&"domains") {
        refused.push("there is neither a column `address` nor `domains`".to_owned());
    }
    match refused.is_empty() {
        true => Ok(found),
        false => Err(refused.into_iter().map(|why| Refusal::new(1, why)).collect()),
    }
}

fn row(line: u32, header: &[&str], record: &csv::StringRecord) -> Raw {
    let cell = |name: &str| {
        let at = header.iter().position(|column| *column == name);
        unguarded(at.and_then(|at| record.get(at)).unwrap_or_default()).to_owned()
    };
    let mut raw = Raw {
        line,
        customer: cell("customer"),
        name: cell("name"),
        addresses: several(&cell("address")),
        role: cell("role"),
        phone: cell("phone"),
        cadence_days: cell("cadence-days"),
        domains: several(&cell("domains")),
        ..Raw::default()
    };
    if raw.addresses.is_empty() {
        (raw.customer_since, raw.customer_notes) = (cell("since"), cell("notes"));
    } else {
        (raw.since, raw.notes) = (cell("since"), cell("notes"));
    }
    raw
}

pub(super) fn write(customers: &[Customer]) -> String {
    let mut lines = vec![COLUMNS.map(str::to_owned)];
    for customer in customers {
        lines.push(customer_line(customer));
        lines.extend(customer.contacts.iter().map(|contact| contact_line(customer, contact)));
    }
    lines.iter().map(|line| line.each_ref().map(|cell| quoted(cell)).join(",") + "\r\n").collect()
}

fn customer_line(customer: &Customer) -> [String; 9] {
    let domains: Vec<&str> = customer.domains.iter().map(|d| d.as_str()).collect();
    [
        customer.name.clone(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        customer.since.map(|d| d.to_string()).unwrap_or_default(),
        customer.cadence_days.map(|d| d.to_string()).unwrap_or_default(),
        domains.join(";"),
        customer.notes.clone().unwrap_or_default(),
    ]
}

fn contact_line(customer: &Customer, contact: &Contact) -> [String; 9] {
    let addresses: Vec<&str> = contact.addresses.iter().map(|a| a.as_str()).collect();
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    [
        customer.name.clone(),
        text(&contact.name),
        addresses.join(";"),
        text(&contact.role),
        text(&contact.phone),
        contact.since.map(|d| d.to_string()).unwrap_or_default(),
        String::new(),
        String::new(),
        text(&contact.notes),
    ]
}

/// Signs with which a spreadsheet begins a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that no spreadsheet takes for a formula: `'` stands before what looks like one.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(FORMULA) { "'" } else { "" };
    match cell.contains([',', ';', '"', '\n', '\r', '\'']) || !guard.is_empty() {
        true => format!("\"{guard}{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

/// The cell without the sign that kept it from being a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}
