//! Bytes to [`Mail`]: total, linear in the size, bounded in memory.
//!
//! Which field counts is decided by our own splitter ([`Headers::split`]): the
//! first `Message-ID`, `Date` and `Subject`, every `From`. The parts are found
//! by [`mime`], their words chosen by [`content`]; [`decode`] alone names
//! `mail_parser`. Nothing here fails: what is missing, cut or odd is a defect.

mod content;
mod decode;
mod encoded;
mod mime;
pub mod people;

use super::header::guess_text;
use super::{Defect, Headers, Mail, MessageId, Moment, Participant, Role, Untrusted, text};

pub use encoded::decoded;

/// The field by which a part tells how many of its encoded bytes were left on the server. Whoever fetches a mail
/// without its files adds it to their headers; a stranger who writes it only lies about a file's size.
pub const LEFT_OUT: &str = "X-Touchbase-Left-Out";

/// Mails attached within one another that are read.
const ATTACHED_DEPTH: usize = 10;
/// Attached mails that are read in all.
const ATTACHED_COUNT: usize = 200;
/// Decoded text that is kept of one mail and all within it, in bytes.
const ALL_TEXT: usize = 8 * 1024 * 1024;
/// What [`headers_only`] shows of the raw body, in bytes.
const RAW_TEXT: usize = 256 * 1024;

/// Participants of one mail that are kept, over all its fields.
const PARTICIPANTS: usize = 2_000;

/// The address fields, in the order [`Mail::participants`] has them.
const ROLES: [(&str, Role); 6] = [
    ("From", Role::From),
    ("Sender", Role::Sender),
    ("Reply-To", Role::ReplyTo),
    ("To", Role::To),
    ("Cc", Role::Cc),
    ("Bcc", Role::Bcc),
];

/// Reads a mail (RFC 5322, RFC 2045 ff.) with all that is attached to it.
pub fn parse(bytes: &[u8]) -> Mail {
    mail(bytes, 0, &mut Budget::default())
}

/// Reads the header alone and gives the beginning of the raw body as `plain`: for a mail whose
/// body must not be touched again.
pub fn headers_only(bytes: &[u8]) -> Mail {
    let (mut mail, body) = header(without_leading_lines(bytes));
    let raw = without_leading_lines(bytes).get(body..).unwrap_or_default();
    let start = raw.get(..RAW_TEXT).unwrap_or(raw);
    mail.plain = Some(text::body(&guess_text(start), None));
    mail.bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    note(&mut mail.defects, Defect::new("headers-only", "only the header was read; the body stands as it came"));
    mail
}

/// What one mail and everything within it may still use up.
struct Budget {
    mails: usize,
    text: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { mails: ATTACHED_COUNT, text: ALL_TEXT }
    }
}

impl Budget {
    /// Whether a mail attached to one at `depth` may be read; counts it.
    fn take_mail(&mut self, depth: usize) -> bool {
        let may = depth < ATTACHED_DEPTH && self.mails > 0;
        self.mails -= usize::from(may);
        may
    }
}

fn mail(bytes: &[u8], depth: usize, budget: &mut Budget) -> Mail {
    let bytes_from_header = without_leading_lines(bytes);
    let (mut mail, body) = header(bytes_from_header);
    let tree = mime::walk(bytes_from_header, &mail.headers, body);
    for defect in &tree.defects {
        note(&mut mail.defects, defect.clone());
    }
    content::fill(&mut mail, bytes_from_header, &tree, depth, budget);
    let left_out =
        tree.parts.iter().map(|part| part.left_out).chain(mail.attached.iter().map(|within| within.left_out));
    mail.left_out = left_out.fold(0, u64::saturating_add);
    mail.bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    mail
}

/// Everything that the header says, and where the body begins.
fn header(bytes: &[u8]) -> (Mail, usize) {
    let (headers, body, defects) = Headers::split(bytes);
    let mut mail = Mail { defects, ..Mail::default() };
    mail.message_id = headers.first("Message-ID").and_then(MessageId::parse);
    mail.references = references(&headers);
    mail.date = headers.first("Date").and_then(Moment::from_header);
    mail.subject = Untrusted::new(decoded(headers.first("Subject").unwrap_or("")));
    for (field, role) in ROLES {
        participants(&headers, field, role, &mut mail);
    }
    let media_type = headers.first("Content-Type").map(|value| decode::Parameters::parse(value).value);
    mail.media_type = media_type.filter(|value| value.contains('/')).unwrap_or_else(|| "text/plain".to_owned());
    for defect in missing(&headers, &mail) {
        note(&mut mail.defects, defect);
    }
    mail.headers = headers;
    (mail, body)
}

/// References, then what In-Reply-To adds (RFC 5322, 3.6.4).
fn references(headers: &Headers) -> Vec<MessageId> {
    let mut all = headers.first("References").map(MessageId::parse_all).unwrap_or_default();
    for parent in headers.first("In-Reply-To").map(MessageId::parse_all).unwrap_or_default() {
        if !all.contains(&parent) {
            all.push(parent);
        }
    }
    all
}

fn participants(headers: &Headers, field: &str, role: Role, mail: &mut Mail) {
    for value in headers.all(field) {
        let (mut list, mut more) = people::list(value);
        let room = PARTICIPANTS.saturating_sub(mail.participants.len());
        more |= list.len() > room;
        list.truncate(room);
        if list.iter().any(|person| person.address.is_none()) {
            let detail = format!("somebody in {field} has no valid address");
            note(&mut mail.defects, Defect::new("odd-address", detail));
        }
        if more {
            let detail = format!("{field} names more people than are read; the others were left out");
            note(&mut mail.defects, Defect::new("too-many-addresses", detail));
        }
        mail.participants.extend(list.into_iter().map(|person| Participant {
            role,
            name: person.name.map(Untrusted::new),
            address: person.address,
        }));
    }
}

/// What a header should have exactly one of (RFC 5322, 3.6), and has not.
fn missing(headers: &Headers, mail: &Mail) -> Vec<Defect> {
    let mut defects = Vec::new();
    let mut note = |when: bool, kind: &str, detail: &str| {
        if when {
            defects.push(Defect::new(kind, detail));
        }
    };
    let has_date = headers.has("Date");
    note(!has_date, "no-date", "there is no Date");
    note(has_date && mail.date.is_none(), "bad-date", "Date is not a date that exists");
    note(mail.message_id.is_none(), "no-message-id", "there is no well-formed Message-ID");
    note(!headers.has("From"), "no-from", "there is no From");
    for (field, kind) in [
        ("From", "several-from"),
        ("Date", "several-date"),
        ("Message-ID", "several-message-id"),
        ("Subject", "several-subject"),
    ] {
        note(headers.all(field).nth(1).is_some(), kind, "a field that may stand once stands several times");
    }
    defects
}

/// Attached mails often begin with blank lines; a header never does.
fn without_leading_lines(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or_default()
}

/// Adds a defect unless it is there already, so that ten thousand parts cannot make ten thousand of them.
fn note(defects: &mut Vec<Defect>, defect: Defect) {
    if !defects.contains(&defect) {
        defects.push(defect);
    }
}

#[cfg(test)]
mod tests;
