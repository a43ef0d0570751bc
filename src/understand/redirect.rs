//! Mail that was sent on unchanged: From is still the customer, and a header says who passed it on.
//!
//! Resent fields (RFC 5322, 3.6.6), what Gmail, Exchange and other servers
//! add when a rule forwards, and a delivery to an address that the mail never
//! named. Nothing here says that the author may be believed.

use crate::mail::{Address, Mail};

use super::Team;

/// Headers that only forwarding adds, with the rule they stand for.
const MARKS: [(&str, &str); 12] = [
    ("Resent-From", "resent by a person (RFC 5322, 3.6.6)"),
    ("Resent-To", "resent by a person (RFC 5322, 3.6.6)"),
    ("Resent-Sender", "resent by a person (RFC 5322, 3.6.6)"),
    ("X-Forwarded-To", "forwarded by a rule (X-Forwarded-To)"),
    ("X-Forwarded-For", "forwarded by a rule (X-Forwarded-For)"),
    ("X-Forwarded-By", "forwarded by a rule (X-Forwarded-By)"),
    ("X-MS-Exchange-Inbox-Rules-Loop", "forwarded by an Exchange rule"),
    ("X-MS-Exchange-ForwardingLoop", "forwarded by an Exchange rule"),
    ("X-MS-Exchange-Generated-Message-Source", "forwarded by an Exchange rule"),
    ("X-Autoforward", "forwarded by a rule (X-Autoforward)"),
    ("Autoforwarded", "forwarded by a rule (RFC 2156)"),
    ("X-Yahoo-Forwarded", "forwarded by a rule (Yahoo)"),
];

/// The rule by which a mail of somebody else was redirected to us; `None` when it came straight.
pub fn rule(mail: &Mail, team: &Team) -> Option<&'static str> {
    let marked = MARKS.iter().find(|(name, _)| mail.headers.first(name).is_some_and(|value| !value.trim().is_empty()));
    marked.map(|(_, rule)| *rule).or_else(|| announced(mail)).or_else(|| delivered_elsewhere(mail, team))
}

fn announced(mail: &Mail) -> Option<&'static str> {
    let auto = mail.headers.first("Auto-Submitted").is_some_and(|v| v.to_ascii_lowercase().contains("auto-forwarded"));
    auto.then_some("declared auto-forwarded (Auto-Submitted)")
}

/// It reached a capture address that stands in none of its fields.
fn delivered_elsewhere(mail: &Mail, team: &Team) -> Option<&'static str> {
    if team.sees_itself(mail) {
        return None;
    }
    let names = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To"];
    let delivered = names.iter().flat_map(|name| mail.headers.all(name));
    let addresses = delivered.filter_map(|value| Address::parse(value.trim().trim_matches(['<', '>'])));
    let ours = addresses.into_iter().any(|address| team.is_capture(&address));
    ours.then_some("delivered to the capture address, which the mail does not name")
}
