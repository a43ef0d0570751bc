//! What a server says (RFC 3501, 7), as far as we need it, read by the grammar of async-imap (`imap_proto`).
//!
//! The only file that knows the library. It is given one whole response at a time, never one that is too deep or too
//! long for it, and its panics are caught: they become an answer that cannot be read. (The process's panic hook still
//! prints them; the two that ordinary servers cause are mended before, so that is left for the hostile.)
//!
//! An answer that cannot be read is skipped, since servers may say things we never asked for, with three exceptions
//! in which silence would look like nothing there. A FETCH keeps the UID it states and is marked, so that the mail
//! counts as failed. A SEARCH is known not to have been read. A list of capabilities is taken word by word, for the
//! library wants IMAP4rev1 among them. Strings are unescaped here, which the library leaves to us.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::catch_unwind;

use async_imap::imap_proto as proto;
use jiff::Timestamp;
use proto::{AttributeValue, MailboxDatum};

use super::frame::{Frame, place};
use super::items::{self, Value};
use super::structure::Part;

/// One response.
#[derive(Debug, PartialEq, Eq)]
pub enum Response {
    /// `+`: go on, with the words behind it as they stood: base64 while logging in.
    Continue(String),
    /// The end of a command.
    Tagged {
        /// The tag of the command.
        tag: String,
        /// How it ended.
        outcome: Outcome,
    },
    /// An untagged `OK`, `NO`, `BAD`, `BYE` or `PREAUTH`.
    Status(Outcome),
    /// How many mails the folder holds.
    Exists(u32),
    /// A mail left.
    Expunge,
    /// About one mail.
    Fetch(Box<Fetched>),
    /// The UIDs found; `None` when they cannot be read.
    Search(Option<Vec<u32>>),
    /// What the server can do, upper case.
    Capability(Vec<String>),
    /// A folder.
    List(Folder),
    /// Anything else.
    Other,
}

/// How a command ended, or what the server remarks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// OK, NO and so on.
    pub verdict: Verdict,
    /// What it says to programs.
    pub code: Option<Code>,
    /// The words for a person: cleaned, at most 200 characters.
    pub text: String,
}

/// The code in brackets before the words of an outcome (RFC 3501, 7.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// The folder's promise about its UIDs.
    UidValidity(u32),
    /// The UID of the next mail.
    UidNext(u32),
    /// What the server can do, upper case.
    Capability(Vec<String>),
    /// Another, as it stood.
    Other(String),
}

/// The word an outcome starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Done.
    Ok,
    /// Refused.
    No,
    /// Not understood.
    Bad,
    /// The server closes the connection.
    Bye,
    /// Logged in already.
    PreAuth,
}

/// What a FETCH response tells of one mail.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID; `None` when missing, 0, too large or stated twice with different numbers.
    pub uid: Option<u32>,
    /// Its size in bytes; `None` when missing or beyond 32 bits.
    pub size: Option<u64>,
    /// When it arrived.
    pub arrived: Option<Timestamp>,
    /// `BODY[]`, or a beginning of it; `None` when missing or NIL.
    pub body: Option<Vec<u8>>,
    /// What it is made of.
    pub structure: Option<Part>,
    /// Parts of it, or their beginnings, by section: `1.MIME`. Empty unless single parts were told of.
    pub sections: BTreeMap<String, Vec<u8>>,
    /// Whether the response could not be read but for its UID.
    pub unreadable: bool,
}

/// A line of LIST.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Attributes, lower case: `\sent`.
    pub attributes: Vec<String>,
    /// The name as it stood, in modified UTF-7.
    pub name: Vec<u8>,
}

impl Response {
    /// Reads one response, whatever its bytes.
    pub fn read(mut frame: Frame) -> Response {
        frame.mend();
        if frame.tells_of_parts() {
            return items::of_fetch(frame.bytes()).map_or_else(|| unread(&frame), |items| of_parts(&items));
        }
        let bytes = frame.bytes();
        let read = if frame.is_tame() { catch_unwind(|| meaning(bytes)).ok().flatten() } else { None };
        match read {
            Some((Response::Fetch(mail), Some(body))) => {
                Response::Fetch(Box::new(Fetched { body: Some(frame.cut(body)), ..*mail }))
            }
            Some((response, _)) => response,
            None => {
                tracing::debug!(bytes = bytes.len(), "response cannot be read");
                unread(&frame)
            }
        }
    }
}

/// What the bytes mean to the library, and where a mail's text stands in them.
fn meaning(bytes: &[u8]) -> Option<(Response, Option<Range<usize>>)> {
    let (rest, said) = proto::Response::parse(bytes).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let response = match said {
        proto::Response::Fetch(_, attributes) => {
            let (mail, body) = fetched(&attributes, bytes);
            return Some((Response::Fetch(Box::new(mail)), body));
        }
        proto::Response::Continue(said) => Response::Continue(said.information.unwrap_or_default().into_owned()),
        proto::Response::Done { tag, status, outcome } => {
            Response::Tagged { tag: tag.0, outcome: Outcome::new(status, outcome) }
        }
        proto::Response::Data { status, outcome } => Response::Status(Outcome::new(status, outcome)),
        proto::Response::Expunge(_) => Response::Expunge,
        // The library makes the same of ENABLED, which tells less.
        proto::Response::Capabilities(names) if names.contains(&proto::Capability::Imap4rev1) => {
            Response::Capability(capabilities(&names))
        }
        proto::Response::MailboxData(MailboxDatum::Exists(count)) => Response::Exists(count),
        proto::Response::MailboxData(MailboxDatum::Search(uids)) => Response::Search(Some(uids)),
        proto::Response::MailboxData(MailboxDatum::List(folder)) => Response::List(Folder {
            attributes: folder.name_attributes.iter().map(attribute).collect(),
            name: Frame::plain(bytes, folder.name.as_bytes()),
        }),
        _ => Response::Other,
    };
    Some((response, None))
}

/// What is known of a response the library does not read.
fn unread(frame: &Frame) -> Response {
    let mut words = frame.first_words().map(upper);
    if words.next().as_deref() != Some("*") {
        return Response::Other;
    }
    match (words.next().as_deref(), words.next()) {
        (Some("SEARCH"), _) => Response::Search(None),
        (Some("CAPABILITY"), first) => Response::Capability(first.into_iter().chain(words).collect()),
        _ if frame.is_fetch() => {
            Response::Fetch(Box::new(Fetched { uid: frame.stated_uid(), unreadable: true, ..Fetched::default() }))
        }
        _ => Response::Other,
    }
}

/// A FETCH that tells of a mail's structure, or hands over parts of it.
fn of_parts(items: &[(&[u8], Value<'_>)]) -> Response {
    let mut mail = Fetched::default();
    let mut uids = Vec::new();
    for (name, value) in items {
        let name = upper(name);
        if name == "UID" {
            uids.push(value.number().and_then(|uid| u32::try_from(uid).ok()));
        } else if name == "BODYSTRUCTURE" {
            mail.structure = Part::read(value);
        } else if let Some(section) = name.strip_prefix("BODY[").and_then(|rest| rest.split_once(']'))
            && let Some(bytes) = value.bytes()
        {
            mail.sections.entry(section.0.to_owned()).or_insert_with(|| bytes.to_vec());
        }
    }
    uids.dedup();
    mail.uid = if let [one] = uids.as_slice() { one.filter(|&uid| uid > 0) } else { None };
    Response::Fetch(Box::new(mail))
}

fn fetched(attributes: &[AttributeValue], bytes: &[u8]) -> (Fetched, Option<Range<usize>>) {
    let mut mail = Fetched::default();
    let mut body = None;
    let mut uids = Vec::new();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => uids.push(*uid),
            AttributeValue::Rfc822Size(size) => mail.size = Some(u64::from(*size)),
            AttributeValue::InternalDate(date) => mail.arrived = internal_date(date.as_bytes()),
            AttributeValue::BodySection { section: None, data: Some(data), .. } if body.is_none() => {
                // An empty string need not be a part of the bytes.
                body = Some(place(bytes, data).unwrap_or(0..0));
            }
            _ => {}
        }
    }
    uids.dedup();
    mail.uid = if let [one] = uids.as_slice() { Some(*one).filter(|&uid| uid > 0) } else { None };
    (mail, body)
}

impl Outcome {
    fn new(status: proto::Status, outcome: proto::Outcome) -> Outcome {
        let text = outcome.information.unwrap_or_default();
        let (code, text) = match outcome.code {
            Some(known) => (named(&known), text.as_ref()),
            // A code the library does not know it leaves among the words.
            None => match text.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
                Some((code, text)) => (Some(unnamed(code)), text),
                None => (None, text.as_ref()),
            },
        };
        Outcome { verdict: Verdict::from(status), code, text: clean(text) }
    }
}

impl From<proto::Status> for Verdict {
    fn from(status: proto::Status) -> Verdict {
        match status {
            proto::Status::Ok => Verdict::Ok,
            proto::Status::No => Verdict::No,
            proto::Status::Bad => Verdict::Bad,
            proto::Status::Bye => Verdict::Bye,
            proto::Status::PreAuth => Verdict::PreAuth,
        }
    }
}

/// A code the library knows; `None` for those that tell us nothing.
fn named(code: &proto::ResponseCode) -> Option<Code> {
    let other = |word: &str| Some(Code::Other(word.to_owned()));
    match code {
        proto::ResponseCode::UidValidity(number) => Some(Code::UidValidity(*number)),
        proto::ResponseCode::UidNext(number) => Some(Code::UidNext(*number)),
        proto::ResponseCode::Capabilities(names) => Some(Code::Capability(capabilities(names))),
        proto::ResponseCode::Alert => other("ALERT"),
        proto::ResponseCode::Parse => other("PARSE"),
        proto::ResponseCode::TryCreate => other("TRYCREATE"),
        proto::ResponseCode::ReadOnly => other("READ-ONLY"),
        _ => None,
    }
}

fn unnamed(code: &str) -> Code {
    match code.split_once(' ') {
        Some((word, names)) if word.eq_ignore_ascii_case("CAPABILITY") => {
            Code::Capability(names.split_ascii_whitespace().map(str::to_ascii_uppercase).collect())
        }
        _ => Code::Other(code.to_owned()),
    }
}

fn capabilities(names: &[proto::Capability]) -> Vec<String> {
    let name = |name: &proto::Capability| match name {
        proto::Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        proto::Capability::Auth(way) => format!("AUTH={}", way.to_ascii_uppercase()),
        proto::Capability::Atom(name) => name.to_ascii_uppercase(),
    };
    names.iter().map(name).collect()
}

/// A folder's attribute as it is written, lower case.
fn attribute(attribute: &proto::NameAttribute) -> String {
    match attribute {
        proto::NameAttribute::Extension(name) => name.to_lowercase(),
        // The library names them as they are written, but for the backslash.
        known => format!("\\{known:?}").to_lowercase(),
    }
}

/// Words of the server fit for one line of a log: no control characters, not endless.
fn clean(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// `19-Nov-2026 09:12:00 +0100`, the day padded with a space or a zero (RFC 3501, 9: date-time).
pub(crate) fn internal_date(value: &[u8]) -> Option<Timestamp> {
    let value = std::str::from_utf8(value).ok()?.trim();
    jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", value).ok()?.to_timestamp().ok()
}

fn upper(word: &[u8]) -> String {
    String::from_utf8_lossy(word).to_ascii_uppercase()
}

#[cfg(test)]
mod tests;
