//! vCard 3.0 (RFC 2426) and 4.0 (RFC 6350), one card a person; ORG is the customer.
//!
//! What vCard has no word for stands in `X-TOUCHBASE-` properties. A card of
//! `KIND:org` describes the customer itself.

use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue};

use super::super::import::Refusal;
use super::super::{Contact, Customer};
use super::{Raw, several};

pub(super) fn read(text: &str) -> Result<Vec<Raw>, Vec<Refusal>> {
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for (line, card) in cards(text) {
        match VCard::parse(&card) {
            Ok(parsed) => rows.push(row(line, &parsed)),
            Err(_) => refused.push(Refusal::new(line, "the card cannot be read, or does not end with END:VCARD")),
        }
    }
    if rows.is_empty() && refused.is_empty() {
        refused.push(Refusal::new(1, "there is no BEGIN:VCARD in it"));
    }
    if refused.is_empty() { Ok(rows) } else { Err(refused) }
}

/// Each card with the line it begins on, so that one broken card does not swallow the next.
fn cards(text: &str) -> Vec<(u32, String)> {
    let mut cards: Vec<(u32, String)> = Vec::new();
    for (line, number) in text.lines().zip(1_u32..) {
        if line.trim().eq_ignore_ascii_case("BEGIN:VCARD") {
            cards.push((number, String::new()));
        }
        if let Some((_, card)) = cards.last_mut() {
            card.push_str(line);
            card.push_str("\r\n");
        }
    }
    cards
}

fn row(line: u32, card: &VCard) -> Raw {
    let first = |property: VCardProperty| card.property(&property).map(first_text).unwrap_or_default();
    let own = |name: &str| {
        let named =
            |e: &&VCardEntry| matches!(&e.name, VCardProperty::Other(other) if other.eq_ignore_ascii_case(name));
        card.entries.iter().find(named).map(all_text).unwrap_or_default()
    };
    let customer = first(VCardProperty::Org);
    let mut raw = Raw { line, customer, cadence_days: own("X-TOUCHBASE-CADENCE-DAYS"), ..Raw::default() };
    raw.domains = several(&own("X-TOUCHBASE-DOMAINS"));
    let kind = first(VCardProperty::Kind);
    let addresses: Vec<String> =
        card.properties(&VCardProperty::Email).map(|e| without_scheme(&first_text(e), "mailto:")).collect();
    if kind.eq_ignore_ascii_case("org") && addresses.is_empty() {
        raw.customer_since = own("X-TOUCHBASE-SINCE");
        raw.customer_notes = first(VCardProperty::Note);
        if raw.customer.is_empty() {
            raw.customer = first(VCardProperty::Fn);
        }
        return raw;
    }
    raw.name = Some(first(VCardProperty::Fn)).filter(|n| !n.trim().is_empty()).unwrap_or_else(|| structured_name(card));
    raw.addresses = addresses;
    raw.role =
        Some(first(VCardProperty::Role)).filter(|r| !r.is_empty()).unwrap_or_else(|| first(VCardProperty::Title));
    raw.phone = without_scheme(&first(VCardProperty::Tel), "tel:");
    raw.since = own("X-TOUCHBASE-SINCE");
    raw.notes = first(VCardProperty::Note);
    raw
}

/// Given and family name of `N` (RFC 6350, 6.2.2).
fn structured_name(card: &VCard) -> String {
    let parts = card.property(&VCardProperty::N).map(texts).unwrap_or_default();
    let part = |nth: usize| parts.get(nth).cloned().unwrap_or_default();
    format!("{} {}", part(1), part(0)).trim().to_owned()
}

fn texts(entry: &VCardEntry) -> Vec<String> {
    let text = |value: &VCardValue| match value {
        VCardValue::Component(parts) => parts.clone(),
        VCardValue::Integer(number) => vec![number.to_string()],
        VCardValue::Kind(_) => vec![value.as_text().unwrap_or("org").to_owned()],
        other => vec![other.as_text().unwrap_or_default().to_owned()],
    };
    entry.values.iter().flat_map(text).collect()
}

fn first_text(entry: &VCardEntry) -> String {
    texts(entry).into_iter().next().unwrap_or_default()
}

fn all_text(entry: &VCardEntry) -> String {
    texts(entry).join(";")
}

fn without_scheme(text: &str, scheme: &str) -> String {
    match text.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) => text.get(scheme.len()..).unwrap_or_default().to_owned(),
        _ => text.to_owned(),
    }
}

pub(super) fn write(customers: &[Customer]) -> String {
    customers
        .iter()
        .flat_map(|c| std::iter::once(org_card(c)).chain(c.contacts.iter().map(|p| person_card(c, p))))
        .collect()
}

fn org_card(customer: &Customer) -> String {
    let domains: Vec<&str> = customer.domains.iter().map(|d| d.as_str()).collect();
    card(&[
        ("KIND", Some("org".to_owned())),
        ("FN", Some(escaped(&customer.name))),
        ("ORG", Some(escaped(&customer.name))),
        ("NOTE", customer.notes.as_deref().map(escaped)),
        ("X-TOUCHBASE-DOMAINS", Some(domains.join(" ")).filter(|d| !d.is_empty())),
        ("X-TOUCHBASE-CADENCE-DAYS", customer.cadence_days.map(|d| d.to_string())),
        ("X-TOUCHBASE-SINCE", customer.since.map(|d| d.to_string())),
    ])
}

fn person_card(customer: &Customer, contact: &Contact) -> String {
    // FN has to be there (RFC 6350, 6.2.1), and may be empty.
    let mut lines = vec![
        ("FN", Some(escaped(contact.name.as_deref().unwrap_or_default()))),
        ("ORG", Some(escaped(&customer.name))),
    ];
    lines.extend(contact.addresses.iter().map(|a| ("EMAIL", Some(escaped(a.as_str())))));
    lines.extend([
        ("TEL", contact.phone.as_deref().map(escaped)),
        ("ROLE", contact.role.as_deref().map(escaped)),
        ("NOTE", contact.notes.as_deref().map(escaped)),
        ("X-TOUCHBASE-SINCE", contact.since.map(|d| d.to_string())),
    ]);
    card(&lines)
}

fn card(lines: &[(&str, Option<String>)]) -> String {
    let body = lines.iter().filter_map(|(name, value)| Some(folded(&format!("{name}:{}", value.as_ref()?))));
    format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{}END:VCARD\r\n", body.collect::<String>())
}

/// RFC 6350, 3.4.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace("\r\n", "\\n").replace('\n', "\\n")
}

/// Lines of at most 75 bytes, continued with a space (RFC 6350, 3.2).
fn folded(line: &str) -> String {
    let mut folded = String::new();
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > 74 {
            folded.push_str("\r\n ");
            length = 1;
        }
        folded.push(c);
        length += c.len_utf8();
    }
    folded + "\r\n"
}
