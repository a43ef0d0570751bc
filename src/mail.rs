//! A mail as plain data: who, to whom, when, which words, what was attached.
//!
//! [`parse`] turns bytes into a [`Mail`] and never fails: what was missing,
//! cut or wrong stands in [`Mail::defects`]. Nothing here knows what a mail
//! means; that is [`crate::understand`].

pub mod address;
pub mod date;
pub mod header;
pub mod html;
pub mod message_id;
pub mod parse;
pub mod text;
pub mod untrusted;

use serde::{Deserialize, Serialize};

pub use address::{Address, Domain};
pub use date::Moment;
pub use header::Headers;
pub use html::Html;
pub use message_id::MessageId;
pub use parse::{headers_only, parse};
pub use text::{Body, Line, Marks};
pub use untrusted::{Untrusted, hides_or_steers, is_plain};

/// One mail, decoded: the headers that matter as values, every header as it stood, and the words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// Every header field in the order it stood, unfolded, not decoded.
    pub headers: Headers,
    /// `Message-ID` (RFC 5322, 3.6.4): the first one, if it is well formed.
    pub message_id: Option<MessageId>,
    /// `References` followed by those of `In-Reply-To` not among them: root first, parent last.
    pub references: Vec<MessageId>,
    /// `Date` (RFC 5322, 3.6.1) when it is a valid date.
    pub date: Option<Moment>,
    /// `Subject`, decoded, prefixes included; empty when there is none.
    pub subject: Untrusted,
    /// Everyone named in From, Sender, Reply-To, To, Cc and Bcc, in that order.
    pub participants: Vec<Participant>,
    /// The `text/plain` words, unfolded if `format=flowed`; several parts follow one another.
    pub plain: Option<Body>,
    /// The `text/html` words, rendered to lines with the structure they had when they are looked at.
    pub html: Option<Html>,
    /// Parts that are files rather than words.
    pub attachments: Vec<Attachment>,
    /// `message/rfc822` parts and attached `.eml` files, parsed the same way.
    pub attached: Vec<Mail>,
    /// `text/calendar` parts, decoded (RFC 5545).
    pub calendars: Vec<String>,
    /// `message/delivery-status`, `message/disposition-notification` and
    /// `message/feedback-report` parts: (media type, decoded text).
    pub reports: Vec<(String, String)>,
    /// The top-level media type, lower case, such as `multipart/report`.
    pub media_type: String,
    /// The size as delivered, in bytes.
    pub bytes: u64,
    /// Encoded bytes of files that were left on the server ([`parse::LEFT_OUT`]).
    pub left_out: u64,
    /// What was wrong with it, in words for a person; never empty-handed when something was cut.
    pub defects: Vec<Defect>,
}

impl Mail {
    /// The participants in one role, in the order they were named.
    pub fn role(&self, role: Role) -> impl Iterator<Item = &Participant> {
        self.participants.iter().filter(move |p| p.role == role)
    }

    /// The one author: the only `From` mailbox. `None` when there is none, or more than one (RFC 5322, 3.6.2).
    pub fn author(&self) -> Option<&Participant> {
        let mut from = self.role(Role::From);
        match (from.next(), from.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }
}

/// How somebody takes part in a mail (RFC 5322, 3.6.2 and 3.6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// `From`.
    From,
    /// `Sender`.
    Sender,
    /// `Reply-To`.
    ReplyTo,
    /// `To`.
    To,
    /// `Cc`.
    Cc,
    /// `Bcc`.
    Bcc,
    /// Invited by calendar mail (`ATTENDEE`, RFC 5545, 3.8.4.1).
    Attendee,
}

impl Role {
    /// The word used in JSON, CSV and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::From => "from",
            Role::Sender => "sender",
            Role::ReplyTo => "reply-to",
            Role::To => "to",
            Role::Cc => "cc",
            Role::Bcc => "bcc",
            Role::Attendee => "attendee",
        }
    }

    /// The role of that word; `None` for any other.
    pub fn from_word(word: &str) -> Option<Role> {
        [Role::From, Role::Sender, Role::ReplyTo, Role::To, Role::Cc, Role::Bcc, Role::Attendee]
            .into_iter()
            .find(|r| r.as_str() == word)
    }
}

/// A name and address on one mail, in a role. Either may be missing; a forward's header block often
/// names people without their addresses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Participant {
    /// In which role.
    pub role: Role,
    /// The display name, decoded.
    pub name: Option<Untrusted>,
    /// The address, if it is a valid one.
    pub address: Option<Address>,
}

/// A part that is a file rather than words. Its content is never read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file name it declares.
    pub name: Option<Untrusted>,
    /// The media type, lower case.
    pub media_type: String,
    /// Decoded size in bytes.
    pub bytes: u64,
}

/// Something that was wrong with a mail, named and, where it helps, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// A constant word in kebab-case, such as `too-many-parts`, `no-date`, `unknown-charset`.
    pub kind: String,
    /// What a person would want to know, free of the mail's own words.
    pub detail: String,
}

impl Defect {
    /// A defect of a kind, with its detail.
    pub fn new(kind: &str, detail: impl Into<String>) -> Defect {
        Defect { kind: kind.to_owned(), detail: detail.into() }
    }
}
