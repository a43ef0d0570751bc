//! Our one record of an exchange, and the decision what becomes of a mail.

mod answer;
mod decide;
mod ending;
pub mod json;

use serde::{Deserialize, Serialize};

use crate::contacts::{ContactId, CustomerId};
use crate::mail::{Address, Attachment, MessageId, Moment, Participant, Untrusted};
use crate::understand::{Automation, Capture, Direction, FailedRecipient, ForwardingRequest, Kind, Signal};

pub use answer::Answer;
pub use decide::{Context, Keep, Privacy, decide, mentioned};

/// What became of one mail: exactly one of five, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    /// Which of the five.
    pub outcome: Outcome,
    /// Why, in words for a person; `None` for `recorded`.
    pub reason: Option<String>,
    /// What is, or would be, recorded.
    pub interactions: Vec<Interaction>,
    /// A provider's request to forward mail here, which the report has to show.
    pub forwarding_request: Option<ForwardingRequest>,
    /// What a believed colleague asks for in an answer to a report.
    pub answer: Option<Answer>,
}

/// The five dispositions of product.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// An interaction with at least one known customer.
    Recorded,
    /// A human exchange with nobody known; kept for a while, then forgotten.
    Unmatched,
    /// Internal, automatic, own report, skipped or excluded.
    SetAside,
    /// Someone pretends to be inside, or authentication failed.
    Untrusted,
    /// Could not be read.
    Unreadable,
}

/// One exchange with its people matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// Mail, note or meeting.
    pub kind: Kind,
    /// By author.
    pub direction: Direction,
    /// How it came to us.
    pub capture: Capture,
    /// The original's Message-ID where known.
    pub message_id: Option<MessageId>,
    /// When the original was sent; the arrival when nothing in the mail says.
    pub occurred_at: Moment,
    /// Whether the mail stated the instant with its offset.
    pub exact: bool,
    /// The original's subject, prefixes included.
    pub subject: Untrusted,
    /// Who wrote it.
    pub author: Option<Person>,
    /// To, Cc, Bcc and attendees.
    pub recipients: Vec<Person>,
    /// Every customer on it, sorted, without repetition.
    pub customers: Vec<CustomerId>,
    /// Everything below the original's headers; empty when only metadata is kept.
    pub body: Untrusted,
    /// Its newly written words.
    pub text: Untrusted,
    /// The signature.
    pub signature: Option<Untrusted>,
    /// What the forwarder wrote around it.
    pub comment: Option<Untrusted>,
    /// Whether a person wrote it.
    pub automation: Automation,
    /// References, root first, parent last.
    pub conversation: Vec<MessageId>,
    /// What the phrase lists found.
    pub signals: Vec<Signal>,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// Whether it quotes lines and its author's new words stand directly below them.
    pub interleaved: bool,
    /// The quoted words that it answers directly below them (measures.md 13); empty when only metadata is kept.
    pub answered: Vec<Untrusted>,
    /// That an automatic answer says its author left, with the other addresses of that domain which it names.
    pub left: Option<Vec<Address>>,
    /// Whom a bounce did not reach.
    pub failed: Vec<FailedRecipient>,
}

/// A participant and who that turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name, address and role as the mail has them.
    pub participant: Participant,
    /// The known person.
    pub contact: Option<ContactId>,
    /// Their customer.
    pub customer: Option<CustomerId>,
    /// Whether it is one of us.
    pub team: bool,
}

/// An interaction as the record holds it: one line of `export`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number.
    pub id: i64,
    /// When it was recorded.
    pub recorded_at: jiff::Timestamp,
    /// The mailbox it came through first.
    pub mailbox: String,
    /// Recorded, unmatched or set-aside.
    pub outcome: Outcome,
    /// Its place in the order in which interactions joined the record; reports go by it.
    pub sequence: i64,
    /// Its conversation's number.
    pub conversation_id: i64,
    /// What was recorded.
    pub interaction: Interaction,
}
