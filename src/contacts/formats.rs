//! Contacts files: CSV, vCard and TOML, read into the same rows and written back.
//!
//! A reader refuses a file with everything that is wrong with it, line by
//! line, and guesses nothing: an unknown column may hold what somebody meant
//! to keep. Writing and reading again gives the same customers.

mod csv;
mod encoding;
mod toml;
mod vcard;

use super::import::{Person, Refusal, Row};
use super::{ContactId, Customer, CustomerId, names};
use crate::mail::{Address, Domain};

/// A form of contacts file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines with a header (RFC 4180), comma or semicolon, as spreadsheets write them.
    Csv,
    /// vCard 3.0 (RFC 2426) or 4.0 (RFC 6350).
    Vcard,
    /// `[[customer]]` with `[[customer.contact]]`.
    Toml,
}

impl Format {
    /// The format of a file by the end of its name.
    pub fn of(name: &str) -> Option<Format> {
        match name.rsplit('.').next()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Format::Csv),
            "vcf" | "vcard" => Some(Format::Vcard),
            "toml" => Some(Format::Toml),
            _ => None,
        }
    }

    /// The format of that word: `csv`, `vcard`, `toml`.
    pub fn from_word(word: &str) -> Option<Format> {
        [("csv", Format::Csv), ("vcard", Format::Vcard), ("toml", Format::Toml)]
            .into_iter()
            .find(|(name, _)| *name == word)
            .map(|(_, format)| format)
    }
}

/// Reads a file, its format told by the end of its `name`.
///
/// # Errors
/// Every line that cannot be taken, with the reason.
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<Row>, Vec<Refusal>> {
    let Some(format) = Format::of(name) else {
        return Err(vec![Refusal::new(1, "the name ends in none of .csv, .vcf and .toml")]);
    };
    let text = encoding::decode(bytes);
    let raw = match format {
        Format::Csv => csv::read(&text)?,
        Format::Vcard => vcard::read(&text)?,
        Format::Toml => toml::read(&text)?,
    };
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for row in raw {
        let line = row.line;
        match row.check() {
            Ok(row) => rows.push(row),
            Err(reasons) => refused.extend(reasons.into_iter().map(|why| Refusal::new(line, why))),
        }
    }
    if refused.is_empty() { Ok(rows) } else { Err(refused) }
}

/// Writes customers in a format; reading it again gives the same.
pub fn write(customers: &[Customer], format: Format) -> String {
    match format {
        Format::Csv => csv::write(customers),
        Format::Vcard => vcard::write(customers),
        Format::Toml => toml::write(customers),
    }
}

/// One line or card as written, nothing checked; empty where nothing stands.
#[derive(Debug, Default)]
struct Raw {
    line: u32,
    customer_id: String,
    customer: String,
    domains: Vec<String>,
    cadence_days: String,
    customer_since: String,
    customer_notes: String,
    contact_id: String,
    name: String,
    addresses: Vec<String>,
    role: String,
    phone: String,
    since: String,
    notes: String,
}

impl Raw {
    fn check(self) -> Result<Row, Vec<String>> {
        let mut wrong = Vec::new();
        let addresses = each(&self.addresses, "mail address", Address::parse, &mut wrong);
        let domains = each(&self.domains, "domain", Domain::parse, &mut wrong);
        let mut one = |text: &str, what: &str| -> Option<jiff::civil::Date> {
            let text = filled(text)?;
            let date = text.parse().ok();
            if date.is_none() {
                wrong.push(format!("{what} {text:?} is no date such as 2026-01-31"));
            }
            date
        };
        let since = one(&self.since, "since");
        let customer_since = one(&self.customer_since, "since");
        let cadence_days = filled(&self.cadence_days).and_then(|text| {
            let days = text.parse().ok().filter(|days| (1..=3_650).contains(days));
            if days.is_none() {
                wrong.push(format!("cadence-days {text:?} is no number of days from 1 to 3650"));
            }
            days
        });
        for id in [&self.customer_id, &self.contact_id].into_iter().filter_map(|id| filled(id)) {
            if names::slug(&id) != id {
                wrong.push(format!(
                    "id {id:?} is not lower-case letters, digits and hyphens, such as {:?}",
                    names::slug(&id)
                ));
            }
        }
        let person = [&self.name, &self.role, &self.phone, &self.contact_id].into_iter().find_map(|t| filled(t));
        if let (Some(person), true) = (person, self.addresses.is_empty()) {
            wrong.push(format!("{person:?} has no mail address, so nothing could be matched to them"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let contact = (!addresses.is_empty()).then(|| Person {
            id: filled(&self.contact_id).map(ContactId),
            name: filled(&self.name),
            addresses,
            role: filled(&self.role),
            phone: filled(&self.phone),
            since,
            notes: filled(&self.notes),
        });
        Ok(Row {
            line: self.line,
            customer_id: filled(&self.customer_id).map(CustomerId),
            customer: filled(&self.customer),
            domains,
            cadence_days,
            customer_since,
            customer_notes: filled(&self.customer_notes),
            contact,
        })
    }
}

fn each<T>(texts: &[String], what: &str, parse: fn(&str) -> Option<T>, wrong: &mut Vec<String>) -> Vec<T> {
    let mut found = Vec::new();
    for text in texts {
        match parse(text) {
            Some(value) => found.push(value),
            None => wrong.push(format!("{text:?} is no {what}")),
        }
    }
    found
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Several addresses or domains in one cell.
fn several(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || ";,|".contains(c)).filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

/// "unknown column `adress`, did you mean `address`?"
fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let near = known.iter().map(|k| (strsim::jaro_winkler(name, k), k)).filter(|(near, _)| *near >= 0.8);
    match near.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((_, near)) => format!("unknown {what} `{name}`, did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`; known: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests;
